from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, resources, text, waits_for


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
        names = {
            f"${{{logical_id}}}": {text(name.data) for name in properties.get("BucketName")}
            for logical_id, _, properties in resources(cfn, "AWS::S3::Bucket")
        }
        policies = [
            (logical_id, resource.get("Condition"), text(bucket.data))
            for logical_id, resource, properties in resources(cfn, "AWS::S3::BucketPolicy")
            for bucket in properties.get("Bucket")
        ]
        before = waits_for(cfn)
        matches = []
        for logical_id, trail, properties in resources(cfn, "AWS::CloudTrail::Trail"):
            for bucket in properties.get("S3BucketName"):
                name = text(bucket.data)
                for policy, condition, of in policies:
                    same = {name, *names.get(name, ())} & {of, *names.get(of, ())}
                    if (
                        same
                        and policy not in before(logical_id)
                        and condition in (None, trail.get("Condition"))
                    ):
                        path: Path = ["Resources", logical_id]
                        told = f"{logical_id} may be created before {policy}, which lets it write"
                        matches.append(RuleMatch(path, f"{told}: add DependsOn: {policy}"))
        return matches
