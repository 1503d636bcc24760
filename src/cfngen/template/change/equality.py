"""When two values of a template are the same to CloudFormation, whichever way each is written.

`${Project}-log` is the same by `Fn::Sub` and by `Fn::Join`; `true` is the same as `"true"`, save in JSON that
no schema describes; a value of `AWS::NoValue` is the same as none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any, Final

from cfngen.template.change.resource_types import Node
from cfngen.template.intrinsics import ABSENT, NO_VALUE, Absent, Call, intrinsic, parts
from cfngen.template.values import as_text

_LATER: Final = re.compile(r"(\{\{resolve:[^{}]*\}\}|<[A-Za-z0-9]+(?:[.:][A-Za-z0-9.:]+)?>)")
"""A dynamic reference, or the mark of what a deployment alone knows.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""


def canonical(value: Any, node: Node | None = None) -> Hashable:
    """The same hashable thing for values that are the same to CloudFormation.

    Arguments:
        node: the part of the resource schema that describes `value`; it tells lists whose order is ignored.

    >>> canonical({"Fn::Join": ["-", [{"Ref": "P"}, "log"]]}) == canonical({"Fn::Sub": "${P}-log"})
    True
    >>> canonical({"Fn::If": ["C", "a", {"Fn::Select": [0, ["a", "b"]]}]})
    'a'
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
    if isinstance(value, Absent):
        return value
    if node is not None and node.free_form and isinstance(value, int | float):
        return "json", isinstance(value, bool), float(value)
    return as_text(value)


def surely_different(before: Any, after: Any) -> bool:
    """Whether two values that are not the same differ whatever the parameters and conditions are.

    >>> surely_different({"Fn::Sub": "${P}-a"}, {"Fn::Sub": "${P}-b"})
    True
    >>> surely_different("prod-a", {"Fn::Sub": "${P}-a"})
    False
    >>> surely_different("a", "{{resolve:ssm:/name}}")
    False
    """
    if before is ABSENT or after is ABSENT:
        return intrinsic(after if before is ABSENT else before) != "Fn::If"
    if _literal(before) and _literal(after):
        return True
    old, new = _unshared(_known(before), _known(after))
    old, new = _unshared(old[::-1], new[::-1])
    return all(isinstance(part, str) for part in (*old, *new))


def _known(value: Any) -> list[str | Call]:
    """The parts of a value; what a deployment alone knows is a call, also where a text stands for it."""
    pieces: list[str | Call] = []
    for part in parts(value):
        words = _LATER.split(part) if isinstance(part, str) else [part]
        pieces += [
            Call("", word) if isinstance(word, str) and _LATER.fullmatch(word) else word for word in words
        ]
    return [piece for piece in pieces if piece != ""]


def _unshared(old: list[str | Call], new: list[str | Call]) -> tuple[list[str | Call], list[str | Call]]:
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
    if isinstance(value, list):
        return all(map(_literal, value))
    return not isinstance(value, str) or _LATER.search(value) is None


def _call(call: Mapping[str, Any], node: Node | None) -> Hashable:
    ((function, argument),) = call.items()
    if call == NO_VALUE:
        return ABSENT
    match function, argument:
        case "Fn::If", [name, *branches]:
            values = [canonical(item, node) for item in branches]
            return values[0] if len(set(values)) == 1 else (function, canonical(name), *values)
        case "Fn::GetAZs", {"Ref": "AWS::Region"}:
            return _call({function: ""}, node)  # which is how the documentation says the same
        case "Fn::Select", [int() | str() as index, [*items]] if _are_plain(items):
            if str(index).isdecimal() and int(index) < len(items):
                return canonical(items[int(index)], node)
        case "Fn::Split", [str() as delimiter, str() as written] if delimiter:
            return canonical(written.split(delimiter), node)
    pieces = tuple(map(_frozen, parts(call)))
    return pieces[0] if len(pieces) == 1 else ("+", *pieces) if pieces else ""


def _are_plain(items: list[Any]) -> bool:
    """Whether the list surely has as many items as are written."""
    return not any(item == NO_VALUE or intrinsic(item) == "Fn::If" for item in items)


def _frozen(part: str | Call) -> Hashable:
    return part if isinstance(part, str) else (part.function, canonical(part.argument))
