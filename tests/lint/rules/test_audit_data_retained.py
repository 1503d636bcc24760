from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TRAIL = """
    Parameters: {Key: {Type: String, Default: ''}}
    Conditions: {HasKey: !Not [!Equals [!Ref Key, '']]}
    Resources:
      Cmk:
        Type: AWS::KMS::Key
        KEEP
      AccessLogs:
        Type: AWS::S3::Bucket
        KEEP
      Logs:
        Type: AWS::S3::Bucket
        KEEP
        Properties:
          LoggingConfiguration: {DestinationBucketName: !Ref AccessLogs}
      Other:
        Type: AWS::S3::Bucket
      Group:
        Type: AWS::Logs::LogGroup
        KEEP
        Properties: {RetentionInDays: 365}
      Role:
        Type: AWS::IAM::Role
        Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}
      Trail:
        Type: AWS::CloudTrail::Trail
        Properties:
          IsLogging: true
          S3BucketName: !Ref Logs
          CloudWatchLogsLogGroupArn: !GetAtt Group.Arn
          CloudWatchLogsRoleArn: !GetAtt Role.Arn
          KMSKeyId: !If [HasKey, !Ref Key, !GetAtt Cmk.Arn]
"""
RETAINED = "{DeletionPolicy: Retain, UpdateReplacePolicy: Retain}"


def written(deletion: str = "Retain", replace: str = "Retain") -> str:
    lines = f"DeletionPolicy: {deletion}\n        UpdateReplacePolicy: {replace}"
    return TRAIL.replace("KEEP", lines)


@pytest.mark.parametrize("deletion", ["Retain", "RetainExceptOnCreate"])
def test_accepts_audit_data_that_is_kept(check: Check, deletion: str) -> None:
    assert check(written(deletion), "E9502") == []


def test_follows_the_trail_to_everything_that_holds_its_records(check: Check) -> None:
    findings = check(written("Delete", "Retain"), "E9502")
    assert {finding.logical_id for finding in findings} == {"Logs", "AccessLogs", "Group", "Cmk"}
    assert all(finding.level == "error" for finding in findings)
    reasons = {finding.logical_id: finding.message for finding in findings}
    assert "(Trail's S3BucketName)" in reasons["Logs"]
    assert "(Logs's DestinationBucketName)" in reasons["AccessLogs"]


def test_both_policies_are_needed(check: Check) -> None:
    findings = check(TRAIL.replace("        KEEP\n", ""), "E9502")
    messages = [finding.message for finding in findings if finding.logical_id == "Group"]
    assert [message.split(": ")[-1] for message in messages] == [
        "DeletionPolicy must be Retain",
        "UpdateReplacePolicy must be Retain",
    ]


def test_knows_the_bucket_by_its_name(check: Check) -> None:
    template = """
        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties: {BucketName: !Sub 'log-${AWS::AccountId}'}
          Trail:
            Type: AWS::CloudTrail::Trail
            Properties: {IsLogging: true, S3BucketName: !Sub 'log-${AWS::AccountId}'}
    """
    assert {finding.logical_id for finding in check(template, "E9502")} == {"Logs"}


def test_an_event_data_store_holds_its_records_itself(check: Check) -> None:
    template = """
        Resources:
          Store:
            Type: AWS::CloudTrail::EventDataStore
            Properties: {Name: events, RetentionPeriod: 365}
    """
    assert {finding.logical_id for finding in check(template, "E9502")} == {"Store"}
