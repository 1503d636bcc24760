"""Large templates through S3."""

from __future__ import annotations

from hashlib import sha256

import pytest

from cfngen.aws.calls import CallError
from cfngen.deploy.bucket import template_url
from cfngen.deploy.trail import Trail
from tests.support.sandbox_account import Aws


def test_the_same_content_is_sent_once(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="large", CreateBucketConfiguration={"LocationConstraint": aws.region})
    content = b"x" * 60_000
    url = template_url(s3, "large", content, Trail())
    first = s3.head_object(Bucket="large", Key=f"cfngen/{sha256(content).hexdigest()}.yaml")
    assert url.endswith(f"/large/cfngen/{sha256(content).hexdigest()}.yaml")
    assert template_url(s3, "large", content, Trail()) == url
    again = s3.head_object(Bucket="large", Key=f"cfngen/{sha256(content).hexdigest()}.yaml")
    assert first["LastModified"] == again["LastModified"]


def test_a_bucket_that_is_not_there(aws: Aws) -> None:
    with pytest.raises(CallError, match="PutObject"):
        template_url(aws.client("s3"), "nowhere-to-be-seen", b"x", Trail())


def test_what_somebody_else_put_under_that_name_is_not_used(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="large", CreateBucketConfiguration={"LocationConstraint": aws.region})
    key = f"cfngen/{sha256(b'mine').hexdigest()}.yaml"
    s3.put_object(Bucket="large", Key=key, Body=b"theirs")
    trail = Trail()
    template_url(s3, "large", b"mine", trail)
    assert s3.get_object(Bucket="large", Key=key)["Body"].read() == b"mine"
    (warning,) = trail.warnings
    assert "another template" in warning
