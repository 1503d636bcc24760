"""Fn::ForEach with a collection that is known: what it makes, in its place.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cfngen.template.intrinsics import intrinsic
from cfngen.template.values import as_text, is_list, is_mark, items

_LOOP: Final = "Fn::ForEach::"
_MOST: Final = 5_000
"""What one template's loops may make; ten times the resources that CloudFormation takes."""


class _TooManyError(Exception):
    """The loops would make more than any template may hold."""


def expanded(template: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The template with every loop written out whose collection is a list of plain values.

    A loop over anything else stays as it is: only CloudFormation knows what it makes. So do the loops of a
    section in which one of them makes something else than what belongs there.

    Arguments:
        parameters: the values of parameters, for loops over a list parameter; None leaves those as they are.

    >>> loop = ["Name", ["Red", "Blue"], {"${Name}Topic": {"Type": "AWS::SNS::Topic"}}]
    >>> sorted(expanded({"Resources": {"Fn::ForEach::Topics": loop}})["Resources"])
    ['BlueTopic', 'RedTopic']
    """
    lists = _lists(template, parameters)
    try:
        return {section: _section(section, body, lists) for section, body in template.items()}
    except _TooManyError:
        return dict(template)


def is_loop(name: str) -> bool:
    """Whether the key is a loop's."""
    return name.startswith(_LOOP)


def is_function(name: str) -> bool:
    """Whether what stands in the place of a logical id is a function, which only CloudFormation expands."""
    return name.startswith("Fn::")


def _sound(section: str, made: Mapping[str, Any]) -> bool:
    """Whether all that the loops of a section made can be what the section holds, as `load` demands it."""
    bodies = [body for name, body in made.items() if not is_function(name)]
    if section in {"Parameters", "Outputs"}:
        return all(isinstance(body, dict) for body in bodies)
    return section != "Resources" or all(
        isinstance(body, dict)
        and isinstance(body.get("Type"), str)
        and isinstance(body.get("Properties", {}), dict)
        for body in bodies
    )


def _section(section: str, body: Any, lists: Mapping[str, list[str]]) -> Any:
    if not isinstance(body, dict) or _LOOP not in str(body):
        return body
    made = _Expansion(lists).value(body, {})
    return made if _sound(section, made) else body


def _lists(template: Mapping[str, Any], parameters: Mapping[str, str] | None) -> dict[str, list[str]]:
    if parameters is None:
        return {}
    lists = {}
    for name, definition in template.get("Parameters", {}).items():
        if is_function(name):
            continue
        value = parameters.get(name, definition.get("Default"))
        known = value is not None and not is_mark(as_text(value))
        if known and is_list(str(definition.get("Type", ""))):
            lists[name] = items(as_text(value))
    return lists


class _Expansion:
    """One walk over a section; counts what it makes."""

    def __init__(self, lists: Mapping[str, list[str]]) -> None:
        self._lists = lists
        self._made = 0

    def value(self, node: Any, names: Mapping[str, str]) -> Any:
        if isinstance(node, str):
            return _filled_in(node, names)
        if isinstance(node, list):
            return [self.value(item, names) for item in node]
        if not isinstance(node, dict):
            return node
        if intrinsic(node) == "Ref" and isinstance(name := node["Ref"], str) and name in names:
            return names[name]
        result: dict[str, Any] = {}
        for key, body in node.items():
            made = self._loop(body, names) if key.startswith(_LOOP) else None
            if made is None:
                result[_filled_in(key, names)] = self.value(body, names)
            else:
                result.update(made)
        return result

    def _loop(self, loop: Any, names: Mapping[str, str]) -> dict[str, Any] | None:
        match loop:
            case [str() as identifier, collection, dict() as fragment]:
                values = self._collection(self.value(collection, names))
                if values is None:
                    return None
                self._made += len(values) * len(fragment)
                if self._made > _MOST:
                    raise _TooManyError
                made: dict[str, Any] = {}
                for value in values:
                    made.update(self.value(fragment, {**names, identifier: value}))
                return made
        return None

    def _collection(self, collection: Any) -> Sequence[str] | None:
        match collection:
            case {"Ref": str() as name}:
                return self._lists.get(name)
            case [*members]:
                values: list[str] = []
                for member in members:
                    inner = self._collection(member) if isinstance(member, dict) else [as_text(member)]
                    if inner is None or isinstance(member, list):
                        return None
                    values += inner
                return values
        return None


def _filled_in(text: str, names: Mapping[str, str]) -> str:
    """The text with the loop's values; `&{Name}` leaves out what no logical id may have.

    >>> _filled_in("${A}-&{A}", {"A": "10.0.0.1"})
    '10.0.0.1-10001'
    """
    for name, value in names.items():
        if name in text:
            text = text.replace(f"${{{name}}}", value)
            text = text.replace(f"&{{{name}}}", re.sub("[^A-Za-z0-9]", "", value))
    return text
