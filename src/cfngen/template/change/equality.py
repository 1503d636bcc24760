"""When two values of a template are the same to CloudFormation, whichever way each is written.

`${Project}-log` is the same by `Fn::Sub` and by `Fn::Join`; `true` is the same as `"true"`; a value of
`AWS::NoValue` is the same as none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final

from cfngen.template.change.resource_types import Node
from cfngen.template.values import as_text

SUB_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
_SUB_LITERAL: Final = re.compile(r"\$\{!([^}]*)\}")


class Absent:
    """No value where the other template has one."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()


def intrinsic(value: Any) -> str | None:
    """The function's name when `value` is a call of an intrinsic function.

    >>> intrinsic({"Fn::Sub": "${A}"}), intrinsic({"Key": "A"}), intrinsic("A")
    ('Fn::Sub', None, None)
    """
    if isinstance(value, dict) and len(value) == 1:
        name = next(iter(value))
        if name in {"Ref", "Condition"} or name.startswith("Fn::"):
            return str(name)
    return None


def canonical(value: Any, node: Node | None = None) -> Hashable:
    """The same hashable thing for values that are the same to CloudFormation.

    Arguments:
        node: the part of the resource schema that describes `value`; it tells lists whose order is ignored.

    >>> canonical({"Fn::Join": ["-", [{"Ref": "P"}, "log"]]}) == canonical({"Fn::Sub": "${P}-log"})
    True
    """
    if isinstance(value, dict):
        if intrinsic(value):
            return _call(value, node)
        members = ((key, canonical(item, node and node.member(key))) for key, item in value.items())
        return "{", frozenset(member for member in members if member[1] is not ABSENT)
    if isinstance(value, list):
        inner = node and node.items()
        items = [canonical(item, inner) for item in value]
        items = [item for item in items if item is not ABSENT]
        if node is not None and node.unordered:
            return "(", frozenset(Counter(items).items())
        return "[", *items
    return ABSENT if value is ABSENT else as_text(value)


def parts(value: Any) -> list[Hashable]:
    """A string value as its literal and its computed parts, in order: literals are str, the rest are not.

    >>> parts({"Fn::Sub": "${P}-${Trail.Arn}"})
    [('Ref', 'P'), '-', ('Fn::GetAtt', 'Trail.Arn')]
    """
    form = canonical(value)
    if isinstance(form, tuple) and form[0] == "+":
        return list(form[1:])
    return [form]


def surely_different(before: Any, after: Any) -> bool:
    """Whether two values that are not the same differ whatever the parameters and conditions are.

    >>> surely_different({"Fn::Sub": "${P}-a"}, {"Fn::Sub": "${P}-b"})
    True
    >>> surely_different("prod-a", {"Fn::Sub": "${P}-a"})
    False
    """
    if before is ABSENT or after is ABSENT:
        return intrinsic(after if before is ABSENT else before) != "Fn::If"
    if _literal(before) and _literal(after):
        return True
    old, new = _unshared(parts(before), parts(after))
    old, new = _unshared(old[::-1], new[::-1])
    return all(isinstance(part, str) for part in (*old, *new))


def _unshared(old: list[Hashable], new: list[Hashable]) -> tuple[list[Hashable], list[Hashable]]:
    """Both without the parts that they begin with alike."""
    shared = 0
    while shared < min(len(old), len(new)) and old[shared] == new[shared]:
        shared += 1
    return old[shared:], new[shared:]


def _literal(value: Any) -> bool:
    """Whether nothing in the value is computed."""
    if intrinsic(value):
        return False
    if isinstance(value, dict):
        return all(map(_literal, value.values()))
    return all(map(_literal, value)) if isinstance(value, list) else True


def _call(call: Mapping[str, Any], node: Node | None) -> Hashable:
    ((function, argument),) = call.items()
    if argument == "AWS::NoValue" and function == "Ref":
        return ABSENT
    pieces = _pieces(function, argument)
    if pieces is not None:
        return _joined(pieces)
    if function == "Fn::If" and isinstance(argument, list):
        return function, *(canonical(item, node) for item in argument)
    return function, canonical(argument)


def _pieces(function: str, argument: Any) -> list[Hashable] | None:
    """What a function that makes a string puts together; None for every other function."""
    if function == "Ref" and isinstance(argument, str):
        return [("Ref", argument)]
    if function == "Fn::GetAtt" and isinstance(argument, list) and all(isinstance(x, str) for x in argument):
        return [("Fn::GetAtt", ".".join(argument))]
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
        delimiter, items = argument
        if isinstance(delimiter, str) and isinstance(items, list):
            joined: list[Hashable] = []
            for index, item in enumerate(items):
                joined += [delimiter, *parts(item)] if index else parts(item)
            return joined
    if function == "Fn::Sub":
        text, variables = (
            argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004
        )
        if isinstance(text, str) and isinstance(variables, dict):
            return list(_substituted(text, variables))
    return None


def _substituted(text: str, variables: Mapping[str, Any]) -> Iterator[Hashable]:
    end = 0
    for match in SUB_VARIABLE.finditer(text):
        yield _SUB_LITERAL.sub(r"${\1}", text[end : match.start()])
        name = match.group(1).strip()
        if name in variables:
            yield from parts(variables[name])
        else:
            yield ("Fn::GetAtt" if "." in name else "Ref"), name
        end = match.end()
    yield _SUB_LITERAL.sub(r"${\1}", text[end:])


def _joined(pieces: list[Hashable]) -> Hashable:
    """Neighbouring literals as one; a single part as itself."""
    merged: list[Hashable] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else ("+", *merged)
