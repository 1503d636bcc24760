from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {statement}
"""


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("{Effect: Allow, Action: '*', Resource: '*'}", "* is allowed"),
        ("{Effect: Allow, Action: ['s3:GetObject', 's3:*'], Resource: ['*']}", "s3:* is allowed"),
        ("{Effect: Allow, NotAction: 'iam:*', Resource: '*'}", "everything but iam:* is allowed"),
        ("{Effect: Allow, Action: 's3:*', NotResource: 'arn:aws:s3:::audit'}", "s3:* is allowed"),
        ("{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:${AWS::Partition}:s3:::*'}", "s3:* is allowed"),
    ],
)
def test_reports_everything_on_everything(check: Check, statement: str, what: str) -> None:
    [finding] = check(TEMPLATE.replace("{statement}", statement), "E9503")
    assert finding.message.startswith(what)
    assert (finding.level, finding.logical_id) == ("error", "Policy")


@pytest.mark.parametrize(
    "statement",
    [
        "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}",
        "{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:${AWS::Partition}:s3:::models/*'}",
        "{Effect: Allow, Action: 'ecr:Get*', Resource: '*'}",
        "{Effect: Deny, Action: '*', Resource: '*'}",
        "{Effect: Deny, NotAction: 'iam:*', Resource: '*'}",
    ],
)
def test_accepts_a_name_on_either_side_and_any_deny(check: Check, statement: str) -> None:
    assert check(TEMPLATE.replace("{statement}", statement), "E9503") == []


def test_looks_into_every_branch_of_a_condition(check: Check) -> None:
    template = """
        Parameters: {Wide: {Type: String, Default: 'no', AllowedValues: ['yes', 'no']}}
        Conditions: {IsWide: !Equals [!Ref Wide, 'yes']}
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: '2012-10-17'
                Statement:
                  - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
              Policies:
                - PolicyName: inline
                  PolicyDocument:
                    Version: '2012-10-17'
                    Statement:
                      - !If
                        - IsWide
                        - {Effect: Allow, Action: 's3:*', Resource: '*'}
                        - !Ref AWS::NoValue
                      - {Effect: Allow, Action: 's3:GetObject', Resource: '*'}
    """
    [finding] = check(template, "E9503")
    assert finding.path[-3:] == (0, "Fn::If", 1)


def test_leaves_the_root_statement_of_a_key_policy_alone(check: Check) -> None:
    template = """
        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              KeyPolicy:
                Version: '2012-10-17'
                Statement:
                  - Effect: Allow
                    Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
                    Action: kms:*
                    Resource: '*'
    """
    assert check(template, "E9503") == []
