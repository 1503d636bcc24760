from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Resources:
      Recorder:
        Type: AWS::Config::ConfigurationRecorder
        DependsOn: [BEFORE_RECORDER]
        Properties: {RoleARN: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/r'}
      Channel:
        Type: AWS::Config::DeliveryChannel
        DependsOn: [BEFORE_CHANNEL]
        Properties: {S3BucketName: BUCKET}
      Records: {Type: AWS::S3::Bucket}
      News: {Type: AWS::SNS::Topic, DependsOn: Recorder}
"""


def written(recorder: str = "", channel: str = "", bucket: str = "!Ref Records") -> str:
    ordered = TEMPLATE.replace("BEFORE_RECORDER", recorder).replace("BEFORE_CHANNEL", channel)
    return ordered.replace("BUCKET", bucket)


@pytest.mark.parametrize(
    ("template", "waits"),
    [
        (written(channel="Recorder"), "Channel waits for Recorder"),
        (written(recorder="Channel"), "Recorder waits for Channel"),
        (written(channel="Records, Recorder"), "Channel waits for Recorder"),
        (written(bucket="!Sub 'records-${Recorder}'"), "Channel waits for Recorder"),
        (written(channel="News"), "Channel waits for Recorder"),
        (written(channel="{Ref: News}, Recorder"), "Channel waits for Recorder"),
    ],
)
def test_reports_one_that_waits_for_the_other(check: Check, template: str, waits: str) -> None:
    [finding] = check(template, "E9514")
    assert finding.message.startswith(waits)


def test_accepts_two_that_wait_for_others(check: Check) -> None:
    assert check(written(recorder="Records", channel="Records"), "E9514") == []
