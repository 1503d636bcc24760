from __future__ import annotations

from typing import ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._full_access import SOURCE_URL, attachments


class FullAccessChosen(CloudFormationLintRule):
    """Says where an environment asked for a wide AWS managed policy."""

    id = "I9511"
    shortdesc = "Know where an environment chose a full-access policy"
    description = (
        "The template attaches a wide AWS managed policy only when a parameter asks for it, and this "
        "environment's deployment file does. That is a reviewed choice, so this is not a warning; it is "
        "said at each run, so that it is not forgotten."
    )
    source_url = SOURCE_URL
    tags = ["resources", "iam", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
            ManagedPolicyArns: !If
              - Wide
              - [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess']
              - [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/read-models']
    """
    conditions = "Wide: !Equals [!Ref Access, wide]"
    parameters = "Access: {Type: String, Default: scoped, AllowedValues: [scoped, wide]}"
    wrong_values: ClassVar = {"Access": "wide"}
    right_values: ClassVar = {"Access": "scoped"}

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(found.value.path, f"{found.logical_id} gets {found.policy}: {found.gives}")
            for found in attachments(cfn)
            if not found.chosen(cfn, {})
            and any(found.chosen(cfn, chosen.parameters) for chosen in cfn.context.parameter_sets or ())
        ]
