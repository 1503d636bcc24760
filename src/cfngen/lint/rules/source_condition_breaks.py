from __future__ import annotations

from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._policy import TRUST, statements
from cfngen.lint.rules.source_condition_missing import SOURCE_KEYS, service_of

# CloudTrail: the role policy "doesn't support" the keys, says source_url below. EC2: an instance's role is
# assumed by the instance's own service, and no source is sent along.
SILENT: Final = {"cloudtrail", "ec2"}


class SourceConditionBreaks(CloudFormationLintRule):
    """No condition that can never hold."""

    id = "E9505"
    shortdesc = "Do not require a source from a service that sends none"
    description = (
        "CloudTrail and EC2 assume a role without saying for which source. A trust policy that asks for "
        "aws:SourceArn or aws:SourceAccount is never satisfied: delivery to CloudWatch Logs stops, "
        "instances get no credentials. Trust the service plainly."
    )
    source_url = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
        "cloudtrail-required-policy-for-cloudwatch-logs.html"
    )
    tags = ["resources", "iam"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Delivery:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {Service: cloudtrail.amazonaws.com}
                  Action: sts:AssumeRole
                  Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}
    """
    right = """
        Delivery:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {Service: cloudtrail.amazonaws.com}
                  Action: sts:AssumeRole
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for statement in statements(cfn, TRUST):
            if not statement.allows():
                continue
            asked = {
                test.key
                for branch in statement.conditions
                for test in branch
                if test.key in SOURCE_KEYS and not test.holds_without_the_key()
            }
            for principal in statement.principals("Service"):
                if asked and service_of(principal) in SILENT:
                    keys = ", ".join(sorted(asked))
                    found.append(RuleMatch(statement.path, f"{principal} never sends {keys}"))
        return found
