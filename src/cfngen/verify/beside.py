"""What an account has within a property that the template sets, beside what the template sets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.template.change.resource_types import Node
from cfngen.template.likeness import differences


def beside(node: Node, given: Any, actual: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The path and value of each member that the schema knows, the account has and the template does not set.

    An item of a list is looked into where one of the template's is like it; where none is, that is told as a
    difference already. So it is of JSON that the schema says nothing about, such as a policy.

    >>> rule = {"properties": {"Days": {}, "Prefix": {}}}
    >>> schema = {"properties": {"Rules": {"type": "array", "items": rule}}}
    >>> kept = {"Rules": [{"Prefix": "logs/"}]}, {"Rules": [{"Prefix": "logs/", "Days": 1, "x": 2}]}
    >>> list(beside(Node(schema, {}), *kept))
    [('Rules.Days', 1)]
    """
    if node.free_form:
        return
    if isinstance(given, Mapping) and isinstance(actual, Mapping):
        for name, value in actual.items():
            member, inner = node.member(name), f"{path}.{name}" if path else name
            if member is None:
                continue
            if name in given:
                yield from beside(member, given[name], value, inner)
            else:
                yield inner, value
    elif isinstance(given, list) and isinstance(actual, list) and (each := node.items()) is not None:
        left = list(actual)
        for item in given:
            match = next((other for other in left if not differences(item, other)), None)
            if match is not None:
                left.remove(match)
                yield from beside(each, item, match, path)
