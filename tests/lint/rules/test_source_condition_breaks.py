from __future__ import annotations

import pytest

from tests.lint.conftest import Check

ROLE = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Principal: {Service: SERVICE}
                Action: sts:AssumeRole
                Condition: {OPERATOR: {'aws:SourceAccount': !Ref AWS::AccountId}}
"""


@pytest.mark.parametrize("service", ["cloudtrail.amazonaws.com", "ec2.amazonaws.com"])
def test_reports_a_condition_that_never_holds(check: Check, service: str) -> None:
    template = ROLE.replace("SERVICE", service).replace("OPERATOR", "StringEquals")
    [finding] = check(template, "E9505")
    assert finding.message == f"{service} never sends aws:sourceaccount"
    assert finding.level == "error"


@pytest.mark.parametrize(
    ("service", "operator"),
    [("sagemaker.amazonaws.com", "StringEquals"), ("ec2.amazonaws.com", "StringEqualsIfExists")],
)
def test_accepts_a_condition_that_can_hold(check: Check, service: str, operator: str) -> None:
    assert check(ROLE.replace("SERVICE", service).replace("OPERATOR", operator), "E9505") == []
