"""What a value is under each of the template's conditions, and those conditions in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from cfngen.template.intrinsics import NO_VALUE, choice, intrinsic, text

_MOST_CHOICES: Final = 4
"""A value that depends on more conditions than this is told as one, with its conditions in it."""


def branches(value: Any, when: str = "") -> Iterator[tuple[Any, str]]:
    """The items of a list, or the one item; both branches of an Fn::If, each with its condition.

    An Fn::If inside of a text makes two texts.

    >>> named = {"Fn::Join": ["/", ["role", {"Fn::If": ["Named", {"Ref": "Name"}, "a"]}]]}
    >>> for item, when in branches(named):
    ...     print(text(item), when)
    role/${Name} the template's condition Named holds
    role/a the template's condition Named does not hold
    """
    if isinstance(value, str):
        yield value, when
    elif isinstance(value, list):
        for item in value:
            yield from branches(item, when)
    elif chosen := choice(value):
        condition, yes, no = chosen
        yield from branches(yes, both(when, during(condition)))
        yield from branches(no, both(when, during(condition, holds=False)))
    elif value != NO_VALUE:
        yield from alternatives(value, when) if intrinsic(value) else [(value, when)]


def alternatives(value: Any, when: str = "") -> Iterator[tuple[Any, str]]:
    """A value as a whole as it is under each of the conditions that it depends on.

    >>> wanted = {"StringEquals": {"aws:SourceAccount": {"Fn::If": ["Own", "1", "2"]}}}
    >>> [item for item, _ in alternatives(wanted)]
    [{'StringEquals': {'aws:SourceAccount': '1'}}, {'StringEquals': {'aws:SourceAccount': '2'}}]
    """
    conditions = tuple(dict.fromkeys(_conditions(value))) if isinstance(value, dict | list) else ()
    if not 0 < len(conditions) <= _MOST_CHOICES:
        yield value, when
        return
    for holds in (True, False):
        decided = _decided(value, conditions[0], holds=holds)
        yield from alternatives(decided, both(when, during(conditions[0], holds=holds)))


def during(condition: Any, *, holds: bool = True) -> str:
    """The template's condition as a limit, in words."""
    return f"{_OF_TEMPLATE}{text(condition)}{_HOLDS if holds else _DOES_NOT_HOLD}"


def opposite(limit: str) -> str:
    """The limit that holds where a template's condition, in words, does not; empty for any other limit.

    >>> opposite(during("A"))
    "the template's condition A does not hold"
    """
    if not limit.startswith(_OF_TEMPLATE):
        return ""
    if limit.endswith(_DOES_NOT_HOLD):
        return limit.removesuffix(_DOES_NOT_HOLD) + _HOLDS
    return limit.removesuffix(_HOLDS) + _DOES_NOT_HOLD if limit.endswith(_HOLDS) else ""


def both(*limits: str) -> str:
    """All limits as one.

    >>> both("a", "", "b", "a")
    'a and b'
    """
    return _AND.join(dict.fromkeys(filter(None, limits)))


def each(limits: str) -> list[str]:
    """The limits that `both` made one of, where they are of the template's conditions."""
    return [
        part if not index else f"{_OF_TEMPLATE}{part}"
        for index, part in enumerate(limits.split(_AND + _OF_TEMPLATE))
        if part
    ]


_OF_TEMPLATE: Final = "the template's condition "
_HOLDS: Final = " holds"
_DOES_NOT_HOLD: Final = " does not hold"
_AND: Final = " and "


def _conditions(value: Any) -> Iterator[str]:
    """The conditions of every well-formed Fn::If inside of a value."""
    if chosen := choice(value):
        yield chosen[0]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from _conditions(member)


def _decided(value: Any, condition: str, *, holds: bool) -> Any:
    """The value where the condition holds, or where it does not; AWS::NoValue is left out."""
    if (chosen := choice(value)) and chosen[0] == condition:
        return _decided(chosen[1 if holds else 2], condition, holds=holds)
    if isinstance(value, dict):
        decided = {key: _decided(member, condition, holds=holds) for key, member in value.items()}
        return {key: member for key, member in decided.items() if member != NO_VALUE}
    if isinstance(value, list):
        return [_decided(item, condition, holds=holds) for item in value]
    return value
