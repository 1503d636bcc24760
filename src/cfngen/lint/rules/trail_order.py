from __future__ import annotations

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, references, resources, text


class TrailOrder(CloudFormationLintRule):
    """A trail is made after the policy that lets it write."""

    id = "E9513"
    shortdesc = "Make a trail after the policy of its bucket"
    description = (
        "CloudTrail tries to write to the bucket when the trail is created. Nothing in a trail's properties "
        "refers to the bucket policy, so CloudFormation may create the trail first, and the creation fails "
        "now and then. Name the bucket policy in the trail's DependsOn."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-cloudtrail-trail.html"
    )
    tags = ["resources", "cloudtrail"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Trail:
          Type: AWS::CloudTrail::Trail
          Properties: {IsLogging: true, S3BucketName: !Ref Logs}
    """
    right = """
        Trail:
          Type: AWS::CloudTrail::Trail
          DependsOn: LogsPolicy
          Properties: {IsLogging: true, S3BucketName: !Ref Logs}
    """
    around = """
        Logs:
          Type: AWS::S3::Bucket
          DeletionPolicy: Retain
          UpdateReplacePolicy: Retain
        LogsPolicy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Logs
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Deny
                  Principal: '*'
                  Action: 's3:*'
                  Resource: [!GetAtt Logs.Arn, !Sub '${Logs.Arn}/*']
                  Condition: {Bool: {'aws:SecureTransport': 'false'}}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        policies = [
            (logical_id, resource.get("Condition"), bucket.data)
            for logical_id, resource, properties in resources(cfn, "AWS::S3::BucketPolicy")
            for bucket in properties.get("Bucket")
        ]
        matches = []
        for logical_id, trail, properties in resources(cfn, "AWS::CloudTrail::Trail"):
            waits_for = _waits_for(trail)
            for bucket in properties.get("S3BucketName"):
                for policy, condition, of in policies:
                    same = text(of) == text(bucket.data) or references(of) & references(bucket.data)
                    if same and policy not in waits_for and condition in (None, trail.get("Condition")):
                        path: Path = ["Resources", logical_id]
                        told = f"{logical_id} may be created before {policy}, which lets it write"
                        matches.append(RuleMatch(path, f"{told}: add DependsOn: {policy}"))
        return matches


def _waits_for(resource: dict[str, Any]) -> set[str]:
    """What is made before a resource: what it names in DependsOn, and what it refers to."""
    named = resource.get("DependsOn", [])
    return {*([named] if isinstance(named, str) else named), *references(resource.get("Properties"))}
