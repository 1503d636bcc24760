from __future__ import annotations

from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

_INLINE: Final = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy")
_HOLDERS: Final = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")


class CustomerManaged(CloudFormationLintRule):
    """Every policy can be read, compared and attached by itself."""

    id = "E9602"
    shortdesc = "Write policies as customer managed ones, never inline"
    description = (
        "An inline policy has no versions and goes with its role; IAM's console, Access Analyzer and the "
        "boundary's checks look at managed policies. Write an AWS::IAM::ManagedPolicy and attach it."
    )
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-choosing-managed-or-inline.html"
    )
    tags = ["resources", "iam"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
            Policies:
              - PolicyName: read
                PolicyDocument: {Version: '2012-10-17', Statement: []}
    """
    right = """
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
            ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/read-models']
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        found: list[RuleMatch] = []
        for logical_id, resource in cfn.get_resources().items():
            properties = resource.get("Properties")
            holds = isinstance(properties, dict) and properties.get("Policies")
            if resource.get("Type") in _INLINE:
                told = f"{logical_id} is an inline policy"
                found.append(RuleMatch(["Resources", logical_id, "Type"], told))
            elif resource.get("Type") in _HOLDERS and holds:
                told = f"{logical_id} has inline policies"
                found.append(RuleMatch(["Resources", logical_id, "Properties", "Policies"], told))
        return found
