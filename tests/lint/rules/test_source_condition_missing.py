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
                Condition: CONDITION
"""
TOPIC = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Principal: {Service: SERVICE}
                Action: sns:Publish
                Resource: !Ref Topic
                Condition: CONDITION
"""


def written(template: str, service: str, condition: str) -> str:
    return template.replace("SERVICE", service).replace("CONDITION", condition)


@pytest.mark.parametrize(
    ("template", "service", "condition"),
    [
        (ROLE, "sagemaker.amazonaws.com", "{}"),
        (ROLE, "config.amazonaws.com", "{StringEquals: {'aws:PrincipalType': x}}"),
        (ROLE, "[ec2.amazonaws.com, codebuild.amazonaws.com]", "{}"),
        (ROLE, "!Sub 'states.${AWS::URLSuffix}'", "{}"),
        (
            ROLE,
            "sagemaker.amazonaws.com",
            "{StringEqualsIfExists: {'aws:SourceAccount': !Ref AWS::AccountId}}",
        ),
        (TOPIC, "cloudwatch.amazonaws.com", "{}"),
        (TOPIC, "budgets.amazonaws.com", "{StringNotEquals: {'aws:SourceAccount': 'x'}}"),
    ],
)
def test_reports_a_service_that_acts_for_anybody(
    check: Check, template: str, service: str, condition: str
) -> None:
    [finding] = check(written(template, service, condition), "E9504")
    assert finding.level == "error"
    assert "any AWS customer" in finding.message


@pytest.mark.parametrize(
    ("template", "service", "condition"),
    [
        (ROLE, "sagemaker.amazonaws.com", "{StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}"),
        (ROLE, "config.amazonaws.com", "{StringEquals: {'AWS:SourceAccount': !Ref AWS::AccountId}}"),
        (TOPIC, "cloudwatch.amazonaws.com", "{ArnLike: {'aws:SourceArn': !Sub 'arn:${AWS::Partition}:x'}}"),
        (TOPIC, "events.amazonaws.com", "{StringEquals: {'aws:SourceOrgID': o-1}}"),
        # These send no source: asking for one would break them.
        (ROLE, "ec2.amazonaws.com", "{}"),
        (ROLE, "eks.amazonaws.com", "{}"),
        (ROLE, "cloudtrail.amazonaws.com", "{}"),
        (TOPIC, "logdelivery.elasticloadbalancing.amazonaws.com", "{}"),
    ],
)
def test_accepts_a_tied_service_and_one_that_cannot_be_tied(
    check: Check, template: str, service: str, condition: str
) -> None:
    assert check(written(template, service, condition), "E9504") == []


def test_an_encryption_context_ties_a_service_to_its_log_group(check: Check) -> None:
    key = """
        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              KeyPolicy:
                Version: '2012-10-17'
                Statement:
                  - Effect: Allow
                    Principal: {Service: !Sub 'logs.${AWS::Region}.amazonaws.com'}
                    Action: kms:Decrypt
                    Resource: '*'
                    Condition: {ArnLike: {KEY: !Sub 'arn:${AWS::Partition}:logs:*'}}
    """
    assert check(key.replace("KEY", "'kms:EncryptionContext:aws:logs:arn'"), "E9504") == []
    assert len(check(key.replace("KEY", "'aws:PrincipalArn'"), "E9504")) == 1


def test_reads_a_policy_that_is_written_as_json_text(check: Check) -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": '
        '"sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": %s}}'
    )
    role = """
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument: !Sub '%s'
    """
    assert len(check(role % (text % "{}"), "E9504")) == 1
    tied = '{"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}'
    assert check(role % (text % tied), "E9504") == []


def test_every_branch_of_the_condition_must_tie(check: Check) -> None:
    branches = """!If
                  - Wide
                  - {StringEquals: {'aws:PrincipalType': x}}
                  - {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}"""
    parameters = """
    Parameters: {Size: {Type: String, Default: a}}
    Conditions: {Wide: !Equals [!Ref Size, b]}"""
    assert len(check(parameters + written(TOPIC, "cloudwatch.amazonaws.com", branches), "E9504")) == 1
