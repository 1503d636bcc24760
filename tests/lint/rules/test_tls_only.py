from __future__ import annotations

import pytest

from tests.lint.conftest import Check

STATEMENT = """{
                Effect: Deny, Principal: '*', Action: 's3:*',
                Resource: [!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*'],
                Condition: {Bool: {'aws:SecureTransport': 'false'}}
              }"""
TEMPLATE = """
    Parameters: {Named: {Type: String, Default: ''}}
    Conditions: {HasName: !Not [!Equals [!Ref Named, '']]}
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        CONDITION
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Bucket
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - STATEMENT
"""


def written(statement: str = STATEMENT, condition: str = "") -> str:
    return TEMPLATE.replace("STATEMENT", statement).replace("CONDITION", condition or "Properties: {}")


def test_accepts_a_bucket_that_denies_plain_http(check: Check) -> None:
    assert check(written(), "E9506") == []
    assert check(written(condition="Condition: HasName"), "E9506") == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("Deny", "Allow"),
        ("Principal: '*'", "Principal: {AWS: !Sub '${AWS::AccountId}'}"),
        ("'s3:*'", "'s3:PutObject'"),
        ("[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']", "!Sub '${Bucket.Arn}/*'"),
        ("[!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']", "!GetAtt Bucket.Arn"),
        ("'false'", "'true'"),
        ("{Bool: {'aws:SecureTransport': 'false'}}", "{NumericLessThan: {'s3:TlsVersion': '1.2'}}"),
        # A second test: only who fails both would be denied.
        ("{Bool: {", "{StringEquals: {'aws:PrincipalType': User}, Bool: {"),
    ],
)
def test_reports_a_denial_with_a_hole(check: Check, was: str, becomes: str) -> None:
    assert was in STATEMENT
    [finding] = check(written(STATEMENT.replace(was, becomes)), "E9506")
    assert (finding.level, finding.logical_id) == ("error", "Policy")
    assert "without TLS" in finding.message


def test_reports_a_bucket_without_a_policy(check: Check) -> None:
    [finding] = check("Resources: {Bucket: {Type: AWS::S3::Bucket}}", "E9506")
    assert (finding.logical_id, finding.message) == ("Bucket", "the bucket has no bucket policy of its own")


def test_reports_a_policy_that_may_be_missing_when_the_bucket_is_there(check: Check) -> None:
    template = written().replace("BucketPolicy\n", "BucketPolicy\n        Condition: HasName\n")
    [finding] = check(template, "E9506")
    assert finding.logical_id == "Bucket"


def test_knows_a_bucket_by_its_name_too(check: Check) -> None:
    template = written(condition="Properties: {BucketName: !Sub '${Named}-log'}")
    template = template.replace("Bucket: !Ref Bucket", "Bucket: !Sub '${Named}-log'")
    assert check(template, "E9506") == []
