from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path

_PARTITION: Final = re.compile(r"arn:aws[a-z-]*:")
_ACCOUNT: Final = re.compile(r"(?<![\w.])(?<![0-9a-f]-)\d{12}(?![\w.])")

# What is prose, a pattern or a name of the template itself.
_PROSE: Final = {"AllowedPattern", "ConstraintDescription", "Description", "Metadata", "Type", "Version"}
_SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs")


class HardCoded(CloudFormationLintRule):
    """The template works in any account of any partition."""

    id = "E9508"
    shortdesc = "Do not hard-code a partition or an account id"
    description = (
        "A template that says arn:aws: fails in China and GovCloud; one that holds an account id works in "
        "that account alone, and publishes it. Use ${AWS::Partition} and ${AWS::AccountId}, or a parameter."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    )
    tags = ["resources", "portability"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Rights:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: '2012-10-17'
              Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/*'}]
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
        for section in _SECTIONS:
            for string, path in _strings(cfn.template.get(section), [section]):
                if partition := _PARTITION.search(string):
                    found.append(
                        RuleMatch(path, f"{partition[0]} names a partition: use ${{AWS::Partition}}")
                    )
                if account := _ACCOUNT.search(string):
                    found.append(RuleMatch(path, f"{account[0]} is an account id: use ${{AWS::AccountId}}"))
        return found


def _strings(data: Any, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(data, str):
        yield data, path
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in _PROSE:
                yield from _strings(value, [*path, key])
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strings(value, [*path, index])
