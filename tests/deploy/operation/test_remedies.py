"""What helps against a failure, by AWS's words and the type that failed."""

from __future__ import annotations

import pytest

from cfngen.deploy.operation.events import root_cause
from cfngen.deploy.operation.remedies import remedy

ROLE = "Invalid request provided: Access denied. Check the trust relationship for your role."
CALLER = "User: arn:aws:iam::1:user/a is not authorized to perform: cloudtrail:CreateTrail (AccessDenied)"


@pytest.mark.parametrize("reason", [ROLE, "AccessDenied: cannot write to the log group"])
def test_a_trail_right_after_its_role(reason: str) -> None:
    event = {
        "EventType": "PROVISIONING_ERROR",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
        "ResourceType": "AWS::CloudTrail::Trail",
        "LogicalResourceId": "Trail",
    }
    assert "run the same command again" in (remedy(reason, event["ResourceType"]) or "")
    failure = root_cause([event])
    assert failure is not None
    assert "run the same command again" in (failure.remedy or "")


@pytest.mark.parametrize(
    ("reason", "kind"), [(CALLER, "AWS::CloudTrail::Trail"), ("AccessDenied", "AWS::S3::Bucket")]
)
def test_another_denial_is_no_matter_of_time(reason: str, kind: str) -> None:
    assert "allow that action" in (remedy(reason, kind) or "")
