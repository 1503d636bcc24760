from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Resources:
      Images:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryPolicyText:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Principal: '*', Action: 'ecr:BatchGetImage' MORE}
              - {Effect: Deny, Principal: '*', Action: 'ecr:BatchDeleteImage'}
"""


@pytest.mark.parametrize("key", ["Resource", "NotResource"])
def test_reports_a_resource(check: Check, key: str) -> None:
    [finding] = check(TEMPLATE.replace(" MORE", f", {key}: '*'"), "E9515")
    assert finding.message == f"ECR refuses a repository policy that has a {key}: leave it out"
    assert (finding.level, finding.logical_id) == ("error", "Images")


def test_accepts_a_policy_about_its_own_repository(check: Check) -> None:
    assert check(TEMPLATE.replace(" MORE", ""), "E9515") == []
