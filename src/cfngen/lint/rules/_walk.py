"""Look through intrinsic functions: every value that a place of a template can take, as it is written.

Templates that are not well formed yield less, never an exception: other rules say what is wrong with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cfnlint.template import Template

from cfngen.template import intrinsics
from cfngen.template.intrinsics import NO_VALUE, choice, parts

Path = list[str | int]

SEGMENT: Final = r"(?:\$\{[^}]*\}|[^:])*"
"""Regular expression for a part of an ARN, as `text` writes it: `${AWS::Partition}` has colons of its own."""


@dataclass(frozen=True)
class PropertyValue:
    """One value that a place can take.

    Attributes:
        data: the value; never an Fn::If.
        path: where it is written.
        conditions: the conditions that choose it, each with the answer that does.
    """

    data: Any
    path: Path
    conditions: Mapping[str, bool] = field(default_factory=dict)

    def get(self, key: str) -> Iterator[PropertyValue]:
        """The values of a key, when this is a mapping that has it."""
        if isinstance(self.data, dict) and key in self.data:
            yield from values(self.data[key], [*self.path, key], self.conditions)

    def items(self) -> Iterator[PropertyValue]:
        """The items, when this is a list; else itself: policies take one thing or a list of them."""
        if not isinstance(self.data, list):
            yield self
            return
        for index, item in enumerate(self.data):
            for value in values(item, [*self.path, index], self.conditions):
                # An Fn::If in a list can stand for several items.
                yield from value.items() if isinstance(value.data, list) else [value]

    def each(self, key: str) -> Iterator[PropertyValue]:
        """The items of all values of a key."""
        for value in self.get(key):
            yield from value.items()


def values(data: Any, path: Path, conditions: Mapping[str, bool] | None = None) -> Iterator[PropertyValue]:
    """The branches of `Fn::If`, without those that a condition already asked for excludes, and without
    `AWS::NoValue`; anything else as it is.
    """
    asked = conditions or {}
    if data == NO_VALUE:
        return
    if chosen := choice(data):
        condition, yes, no = chosen
        for answer, branch, index in ((True, yes, 1), (False, no, 2)):
            if asked.get(condition, answer) is answer:
                yield from values(branch, [*path, "Fn::If", index], {**asked, condition: answer})
        return
    yield PropertyValue(data, path, asked)


def resources(cfn: Template, *types: str) -> Iterator[tuple[str, dict[str, Any], PropertyValue]]:
    """Logical id, resource and properties of each resource of these types; of all without any."""
    for logical_id, resource in cfn.get_resources().items():
        if isinstance(resource, dict) and (not types or resource.get("Type") in types):
            conditions = {}
            if isinstance(condition := resource.get("Condition"), str):
                conditions[condition] = True
            properties = resource.get("Properties")
            path: Path = ["Resources", str(logical_id), "Properties"]
            shaped = properties if isinstance(properties, dict) else {}
            yield str(logical_id), resource, PropertyValue(shaped, path, conditions)


def waits_for(cfn: Template) -> Callable[[str], set[str]]:
    """Tells all that CloudFormation makes before a resource: what it names in DependsOn or refers to, and
    what those wait for.
    """
    direct = {
        logical_id: {*_named(resource.get("DependsOn")), *references(properties.data)}
        for logical_id, resource, properties in resources(cfn)
    }

    def before(logical_id: str) -> set[str]:
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            new = direct.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found

    return before


def _named(depends_on: Any) -> Iterator[str]:
    listed = depends_on if isinstance(depends_on, list) else [depends_on]
    return (str(name) for name in listed if isinstance(name, str))


def text(data: Any) -> str:
    """A string value as one would write it in Fn::Sub; what cannot be known is `${?}`.

    >>> text({"Fn::Join": ["-", [{"Ref": "Project"}, "log"]]}), text({"Fn::GetAtt": ["Log", "Arn"]})
    ('${Project}-log', '${Log.Arn}')
    >>> text({"Fn::Sub": ["${P}-${E}", {"P": {"Ref": "Project"}}]})
    '${Project}-${E}'
    """
    return "".join(
        part if isinstance(part, str) else f"${{{part.argument}}}" if part.refers else "${?}"
        for part in parts(data)
    )


def references(data: Any) -> set[str]:
    """The logical ids and parameters that a value refers to, anywhere inside it.

    >>> sorted(references([{"Fn::Sub": "${A.Arn}/*"}, {"Fn::If": ["C", {"Ref": "B"}, {"Ref": "D"}]}]))
    ['A', 'B', 'D']
    """
    return {name for (kind, name), _ in intrinsics.references(data) if kind == "name"}


def document(value: PropertyValue) -> PropertyValue | None:
    """A policy document; also one that is written as JSON text, with or without Fn::Sub."""
    if isinstance(value.data, dict) and not value.data.keys() & {"Fn::Sub", "Fn::Join", "Ref"}:
        return value
    try:
        parsed = json.loads(text(value.data))
    except ValueError:
        return None
    # Text has no places inside: what is found in it is found where it begins.
    return PropertyValue(parsed, value.path, value.conditions) if isinstance(parsed, dict) else None
