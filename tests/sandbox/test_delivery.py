"""A trail goes on delivering, whatever became of one delivery."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.support.sandbox_account import Aws

TRAIL = "sound"


def _status(aws: Aws, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The trail's status, once it is ready; meanwhile there is something to deliver."""
    until = time.monotonic() + 300
    while not ready(status := aws.client("cloudtrail").get_trail_status(Name=TRAIL)):
        aws.client("sns").list_topics()
        assert time.monotonic() < until, status
        time.sleep(0.3)
    return dict(status)


def test_a_delivery_that_fails_is_told_and_ends_no_other(aws: Aws) -> None:
    trails = aws.client("cloudtrail")
    s3, bucket = aws.client("s3"), f"sound-{aws.account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statement |= {"Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    trails.create_trail(Name=TRAIL, S3BucketName=bucket)
    trails.update_trail(Name=TRAIL, CloudWatchLogsLogGroupArn="not:an:arn")
    trails.start_logging(Name=TRAIL)
    broken = _status(aws, lambda status: "LatestDeliveryError" in status)
    assert broken["LatestDeliveryError"].startswith("IndexError")
    trails.update_trail(Name=TRAIL, CloudWatchLogsLogGroupArn="")
    mended = _status(aws, lambda status: "LatestDeliveryError" not in status)
    assert mended["LatestDeliveryTime"] >= broken["LatestDeliveryTime"]
