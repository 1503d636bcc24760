from __future__ import annotations

import re
from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._policy import IDENTITY, Statement, statements
from cfngen.lint.rules._walk import SEGMENT

_EVERY_ACTION: Final = re.compile(r"\*|[\w-]+:\*")
_EVERY_RESOURCE: Final = re.compile(rf"\*|arn(:{SEGMENT}){{4}}:\*")


class Wildcard(CloudFormationLintRule):
    """No statement that allows everything on everything."""

    id = "E9503"
    shortdesc = "Allow named actions on named resources"
    description = (
        "An Allow of '*', of a whole service such as 's3:*', or of everything but a list (NotAction), on "
        "every resource, includes actions that were not intended: deleting the audit logs, say, and the "
        "actions that AWS adds tomorrow. Name the actions, or name the resources."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    tags = ["resources", "iam", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Rights:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: '2012-10-17'
              Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]
    """
    right = """
        Rights:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                - {Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:${AWS::Partition}:s3:::m/*'}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for statement in statements(cfn, IDENTITY):
            if statement.allows() and _everywhere(statement):
                found += [
                    RuleMatch(statement.path, f"{what} is allowed on every resource")
                    for what in _everything(statement)
                ]
        return found


def _everything(statement: Statement) -> list[str]:
    if statement.strings("NotAction"):
        return [f"everything but {', '.join(statement.strings('NotAction'))}"]
    return [action for action in statement.strings("Action") if _EVERY_ACTION.fullmatch(action)]


def _everywhere(statement: Statement) -> bool:
    named = statement.strings("Resource")
    # NotResource is every resource but some: for a grant of a whole service that is everything.
    return bool(statement.strings("NotResource")) or any(_EVERY_RESOURCE.fullmatch(name) for name in named)
