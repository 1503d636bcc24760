"""Values as a template sees them: text, lists, and what only a deployment knows."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_BYTES = 1024 * 1024
"""Largest template that CloudFormation accepts, from S3.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

MAX_DEPTH = 100
"""Deeper than any resource schema goes, shallow enough for every recursion over a template."""

MASK = "****"
"""What CloudFormation itself shows for a NoEcho parameter's value."""

Path = tuple[str | int, ...]
"""Keys and indices from the top of a template, or of a part of it, down to a value."""

_MARK = re.compile(r"<([A-Za-z0-9]+(?:[.:][A-Za-z0-9.:]+)?)>")


def as_text(value: object) -> str:
    """A template's scalar as the string CloudFormation compares.

    >>> as_text(True), as_text(30)
    ('true', '30')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_list(kind: str) -> bool:
    """Whether a parameter of this type is a list to the template.

    >>> is_list("CommaDelimitedList"), is_list("AWS::SSM::Parameter::Value<List<String>>"), is_list("String")
    (True, True, False)
    """
    return kind == "CommaDelimitedList" or "List<" in kind or "<CommaDelimitedList" in kind


def is_address(kind: str) -> bool:
    """Whether the value of a parameter of this type is the name of a parameter in Parameter Store.

    >>> is_address("AWS::SSM::Parameter::Value<String>"), is_address("AWS::SSM::Parameter::Name")
    (True, False)
    """
    return kind.startswith("AWS::SSM::Parameter::Value<")


def items(value: str) -> list[str]:
    """The members of a list parameter's value; an empty one has one empty member, not none.

    https://github.com/aws-cloudformation/cfn-language-discussion/issues/102

    >>> items("a, b"), items("")
    (['a', 'b'], [''])
    """
    return [member.strip() for member in value.split(",")]


def mark(name: str) -> str:
    """How a value is written that only a deployment knows.

    Neither an IAM wildcard nor a policy variable, so that a policy with it in still means the same.
    """
    return f"<{name}>"


def is_mark(value: str) -> bool:
    """Whether a value is nothing but a mark.

    >>> is_mark("<Key>"), is_mark("key/<Key>")
    (True, False)
    """
    return _MARK.fullmatch(value) is not None


def unknowns(value: object) -> set[str]:
    """What is still open in a resolved value.

    >>> sorted(unknowns({"a": ["key/<Key>", "<Trail.SnsTopicArn>"], "b": "a < b > c"}))
    ['Key', 'Trail.SnsTopicArn']
    """
    if isinstance(value, str):
        return set(_MARK.findall(value))
    nested = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return set().union(*map(unknowns, nested))
