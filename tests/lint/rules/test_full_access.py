"""Both rules about wide AWS managed policies: the one for a default, the one for an environment's choice."""

from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Parameters: {Access: {Type: String, Default: scoped, AllowedValues: [scoped, aws-managed]}}
    Conditions: {Wide: !Equals [!Ref Access, aws-managed]}
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
          ManagedPolicyArns: ARNS
"""
S3 = "!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess'"


@pytest.mark.parametrize(
    ("policy", "gives"),
    [
        ("AmazonS3FullAccess", "every S3 action"),
        ("AWSCloudTrail_FullAccess", "every CloudTrail action"),
        ("AdministratorAccess", "nearly everything"),
        ("PowerUserAccess", "nearly everything"),
    ],
)
def test_warns_of_a_wide_policy_and_names_what_it_gives(check: Check, policy: str, gives: str) -> None:
    [finding] = check(TEMPLATE.replace("ARNS", "[" + S3.replace("AmazonS3FullAccess", policy) + "]"), "W9509")
    assert finding.message.startswith(f"Role gets {policy}: {gives}")
    assert finding.level == "warning"


def test_accepts_a_narrow_policy(check: Check) -> None:
    arns = "[!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonEKSClusterPolicy']"
    assert check(TEMPLATE.replace("ARNS", arns), "W9509") == []


def test_only_the_environment_that_chose_it_is_told(check: Check) -> None:
    template = TEMPLATE.replace("ARNS", f"!If [Wide, [{S3}], !Ref AWS::NoValue]")
    findings = check(template, "", dev={"Access": "aws-managed"}, prod={"Access": "scoped"})
    ours = [finding for finding in findings if finding.rule in {"W9509", "I9511"}]
    assert [(each.rule, each.level, each.environments) for each in ours] == [
        ("I9511", "informational", ("dev",))
    ]
    assert check(template, "W9509") == []


def test_a_choice_that_is_the_default_is_a_warning_for_all(check: Check) -> None:
    template = TEMPLATE.replace("ARNS", f"[!If [Wide, !Ref AWS::NoValue, {S3}]]")
    findings = check(template, "", dev={"Access": "scoped"})
    assert [(each.rule, each.environments) for each in findings if each.rule[1:3] == "95"][-1] == (
        "W9509",
        (),
    )
