from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._policy import RESOURCE, TRUST, Statement, statements

SOURCE_KEYS: Final = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}

# The services that say for whom they assume a role, by their own documentation (each has a page on
# cross-service confused deputy prevention in its guide). Others must not be asked: their call would fail.
TELLING: Final = {
    "batch",
    "bedrock",
    "codebuild",
    "codepipeline",
    "config",
    "datasync",
    "ecs-tasks",
    "glue",
    "logs",
    "pipes",
    "sagemaker",
    "scheduler",
    "ssm",
    "states",
    "transfer",
    "vpc-flow-logs",
}

# Classic load balancers' and ALB's log delivery sends no source:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
SILENT: Final = {"logdelivery.elasticloadbalancing"}


class SourceConditionMissing(CloudFormationLintRule):
    """A service may act here only for whom it is meant to."""

    id = "E9504"
    shortdesc = "Tie an AWS service's access to a source account or ARN"
    description = (
        "An AWS service acts for every customer. A policy that trusts the service alone lets a stranger "
        "send it here (the confused deputy). Add a condition on aws:SourceArn, aws:SourceAccount or "
        "aws:SourceOrgID; on a key, an encryption context serves as well."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    tags = ["resources", "iam", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Training:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {Service: sagemaker.amazonaws.com}
                  Action: sts:AssumeRole
    """
    right = """
        Training:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {Service: sagemaker.amazonaws.com}
                  Action: sts:AssumeRole
                  Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            *self._matches(cfn, TRUST, trust=True),
            *self._matches(cfn, RESOURCE, trust=False),
        ]

    def _matches(
        self, cfn: Template, places: tuple[tuple[str, tuple[str, ...]], ...], *, trust: bool
    ) -> Iterator[RuleMatch]:
        for statement in statements(cfn, places):
            if not statement.allows() or _tied(statement):
                continue
            for principal in statement.principals("Service"):
                service = service_of(principal)
                if service in TELLING if trust else service not in SILENT | {""}:
                    message = f"{principal} may act here for any AWS customer"
                    yield RuleMatch(statement.path, message)


def service_of(principal: str) -> str:
    """The service's short name; empty for what is not a service principal.

    >>> service_of("logs.${AWS::Region}.amazonaws.com"), service_of("ec2.${AWS::URLSuffix}"), service_of("*")
    ('logs', 'ec2', '')
    """
    for suffix in (".amazonaws.com", ".amazonaws.com.cn", ".${AWS::URLSuffix}"):
        if principal.endswith(suffix):
            return principal.removesuffix(suffix).removesuffix(".${AWS::Region}")
    return ""


def _tied(statement: Statement) -> bool:
    return all(
        any(
            (test.key in SOURCE_KEYS or test.key.startswith("kms:encryptioncontext:"))
            and not test.holds_without_the_key()
            for test in branch
        )
        for branch in statement.conditions
    )
