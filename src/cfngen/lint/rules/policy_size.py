from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, resources, text
from cfngen.template.intrinsics import NO_VALUE, choice, intrinsic, parts

MANAGED: Final = 6_144
TRUST: Final = 2_048
INLINE: Final = {"AWS::IAM::Role": 10_240, "AWS::IAM::User": 2_048, "AWS::IAM::Group": 5_120}

# Inline policies that are resources of their own, and the property that names whom they are embedded in.
_EMBEDDED: Final = {
    "AWS::IAM::Policy": ("Roles", "Users", "Groups"),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
}
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z0-9]+)\}")
# What a dynamic reference stands for is known to CloudFormation only:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
_DYNAMIC: Final = re.compile(r"\{\{resolve:[^}]*\}\}")
# The shortest values: https://docs.aws.amazon.com/general/latest/gr/rande.html
_PSEUDO: Final = {"AWS::AccountId": 12, "AWS::Partition": 3, "AWS::Region": 9, "AWS::URLSuffix": 13}


class PolicySize(CloudFormationLintRule):
    """IAM takes policies up to a size."""

    id = "E9517"
    shortdesc = "Keep policies within IAM's size limits"
    description = (
        "A managed policy has at most 6,144 characters, a trust policy 2,048 (a quota that AWS raises up to "
        "8,192 on request), and all inline policies of a role together 10,240, of a group 5,120, of a user "
        "2,048. White space does not count. IAM refuses more at deployment only. What a parameter or "
        "another resource puts in counts with its shortest value, so what is reported is certain."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
    tags = ["resources", "iam"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Rights:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Action: s3:GetObject
                  Resource:
    """ + "".join(
        f"                - !Sub 'arn:${{AWS::Partition}}:s3:::models/projects/{number:03}/a-long-prefix/*'\n"
        for number in range(120)
    )
    right = """
        Rights:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Action: s3:GetObject
                  Resource: !Sub 'arn:${AWS::Partition}:s3:::models/projects/*'
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        sizes = _Sizes(cfn.template.get("Parameters"))
        matches = []
        for path, told, size, limit in _documents(cfn, sizes):
            if size > limit:
                counted = f"at least {size:,} characters without white space"
                matches.append(RuleMatch(path, f"{told} {counted}, and IAM takes {limit:,}"))
        return matches


def _documents(cfn: Template, sizes: _Sizes) -> Iterator[tuple[Path, str, int, int]]:
    """Place, name, size and limit of everything that has a limit."""
    embedded = _embedded(cfn, sizes)
    for logical_id, resource, properties in resources(cfn):
        path, kind = ["Resources", logical_id, "Properties"], str(resource.get("Type"))
        if kind == "AWS::IAM::ManagedPolicy" and "PolicyDocument" in properties.data:
            size = sizes.least(properties.data["PolicyDocument"])
            yield [*path, "PolicyDocument"], f"the policy {logical_id} has", size, MANAGED
        if kind == "AWS::IAM::Role" and "AssumeRolePolicyDocument" in properties.data:
            size = sizes.least(properties.data["AssumeRolePolicyDocument"])
            yield [*path, "AssumeRolePolicyDocument"], f"the trust policy of {logical_id} has", size, TRUST
        if kind in INLINE:
            own = properties.data.get("Policies", [])
            size = sizes.inline(own) + embedded.get(logical_id, 0)
            told = f"the inline policies of {logical_id} together have"
            yield [*path, *(["Policies"] if own else [])], told, size, INLINE[str(kind)]


def _embedded(cfn: Template, sizes: _Sizes) -> dict[str, int]:
    """The characters that policies of their own surely add to a role, user or group."""
    added: dict[str, int] = {}
    for _, resource, properties in resources(cfn, *_EMBEDDED):
        if "Condition" in resource:
            continue
        size = sizes.least(properties.data.get("PolicyDocument", {}))
        for key in _EMBEDDED[str(resource["Type"])]:
            for holder in _holders(properties.data.get(key)):
                added[holder] = added.get(holder, 0) + size
    return added


def _holders(value: Any) -> set[str]:
    """Those that a policy is surely embedded in: not what a condition chooses."""
    written = map(text, value if isinstance(value, list) else [value])
    return {match[1] for match in map(_REFERENCE.fullmatch, written) if match}


class _Sizes:
    """The smallest number of characters, without white space, that a value can have as JSON."""

    def __init__(self, parameters: Any) -> None:
        self._parameters: Mapping[str, Any] = parameters if isinstance(parameters, dict) else {}

    def least(self, value: Any) -> int:
        """Of any value; one that a condition may leave out counts nothing."""
        if value == NO_VALUE:
            return 0
        if branches := choice(value):
            return min(self.least(branch) for branch in branches[1:])
        if isinstance(value, str) or intrinsic(value):
            written = self._text(value)
            # A whole document as text is JSON already; elsewhere text stands in quotes.
            return written if isinstance(value, dict) and self._is_document(value) else written + 2
        if isinstance(value, dict):
            sizes = {key: self.least(item) for key, item in value.items()}
            return self._enclosed(len(json.dumps(str(key))) + 1 + size for key, size in sizes.items() if size)
        if isinstance(value, list):
            return self._enclosed(filter(None, map(self.least, value)))
        return len(json.dumps(value, default=str))

    def _enclosed(self, members: Iterable[int]) -> int:
        """In brackets, with commas between; what may be left out is not among the members."""
        sizes = [*members]
        return 2 + sum(sizes) + max(len(sizes) - 1, 0)

    def inline(self, policies: Any) -> int:
        """Of the documents of a list of inline policies."""
        if branches := choice(policies):
            return min(self.inline(branch) for branch in branches[1:])
        if isinstance(policies, dict) and policies != NO_VALUE:
            return self.least(policies.get("PolicyDocument", NO_VALUE))
        return sum(map(self.inline, policies)) if isinstance(policies, list) else 0

    def _is_document(self, value: dict[str, Any]) -> bool:
        first = next(iter(parts(value)), "")
        return isinstance(first, str) and first.lstrip().startswith("{")

    def _text(self, value: Any) -> int:
        total = 0
        for part in parts(value):
            if isinstance(part, str):
                total += len("".join(_DYNAMIC.sub("", part).split()))
            elif branches := choice({part.function: part.argument}):
                total += min(self._text(branch) if branch != NO_VALUE else 0 for branch in branches[1:])
            elif part.function == "Ref":
                total += self._parameter(str(part.argument))
            else:
                total += 1
        return total

    def _parameter(self, name: str) -> int:
        match self._parameters.get(name):
            case {"AllowedValues": [*allowed]} if allowed:
                return min(len(str(value)) for value in allowed)
            case {"MinLength": int() | str() as least} if str(least).isdecimal():
                return int(least)
            case None:
                return _PSEUDO.get(name, 1)
        return 0
