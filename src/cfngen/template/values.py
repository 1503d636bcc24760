"""A parameter's value as the template sees it."""

from __future__ import annotations


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


def items(value: str) -> list[str]:
    """The members of a list parameter's value; an empty one has one empty member, not none.

    https://github.com/aws-cloudformation/cfn-language-discussion/issues/102

    >>> items("a, b"), items("")
    (['a', 'b'], [''])
    """
    return [member.strip() for member in value.split(",")]
