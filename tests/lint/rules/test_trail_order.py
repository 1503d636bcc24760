from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Parameters: {Name: {Type: String, Default: logs}}
    Conditions: {Own: !Equals [!Ref Name, logs]}
    Resources:
      Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
      Later: {Type: AWS::SNS::Topic, DependsOn: Policy}
      Policy:
        Type: AWS::S3::BucketPolicy
        POLICY
        Properties: {Bucket: BUCKET, PolicyDocument: {Version: '2012-10-17', Statement: []}}
      Trail:
        Type: AWS::CloudTrail::Trail
        TRAIL
        Properties: {IsLogging: true, S3BucketName: TARGET}
"""


def written(policy: str = "", trail: str = "", bucket: str = "!Ref Logs", target: str = "!Ref Logs") -> str:
    marks = {"POLICY": policy, "TRAIL": trail, "BUCKET": bucket, "TARGET": target}
    lines = TEMPLATE
    for mark, value in marks.items():
        lines = lines.replace(mark, value)
    return "\n".join(line for line in lines.split("\n") if line.strip())


@pytest.mark.parametrize(
    "template",
    [
        written(),
        written(trail="DependsOn: Logs"),
        written(trail="DependsOn: [Logs]"),
        written(bucket="!Ref Name", target="!Ref Name"),
        written(policy="Condition: Own", trail="Condition: Own"),
        written(target="!Ref Name"),
        written(bucket="!Sub '${Name}'"),
        written(trail="DependsOn: [{Ref: Policy}]"),
    ],
)
def test_reports_a_trail_that_may_come_first(check: Check, template: str) -> None:
    [finding] = check(template, "E9513")
    assert finding.message.endswith("add DependsOn: Policy")
    assert (finding.level, finding.logical_id) == ("error", "Trail")


@pytest.mark.parametrize(
    "template",
    [
        written(trail="DependsOn: Policy"),
        written(trail="DependsOn: [Logs, Policy]"),
        written(target="another-bucket"),
        written(policy="Condition: Own"),
        written(trail="DependsOn: Later"),
        written(bucket="!Sub 'a-${AWS::AccountId}'", target="!Sub 'b-${AWS::AccountId}'"),
        written(bucket="!Sub 'a-${Name}'", target="!Sub 'b-${Name}'"),
    ],
)
def test_accepts_a_trail_that_waits_or_writes_elsewhere(check: Check, template: str) -> None:
    assert check(template, "E9513") == []
