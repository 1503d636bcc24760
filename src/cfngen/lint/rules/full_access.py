from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._full_access import SOURCE_URL, attachments


class FullAccess(CloudFormationLintRule):
    """No wide AWS managed policy unless somebody asks for it."""

    id = "W9509"
    shortdesc = "Do not attach a full-access policy by default"
    description = (
        "AWS managed policies do not grant least privilege, and ...FullAccess, AdministratorAccess and "
        "PowerUserAccess grant on every resource of the account. Write a customer managed policy."
    )
    source_url = SOURCE_URL
    tags = ["resources", "iam", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
            ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess']
    """
    right = """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
            ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/read-models']
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(found.value.path, f"{found.logical_id} gets {found.policy}: {found.gives}")
            for found in attachments(cfn)
            if found.chosen(cfn, {})
        ]
