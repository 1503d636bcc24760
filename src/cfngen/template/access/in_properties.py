"""Permissions that stand in properties instead of a policy document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfngen.template.access.alternatives import both, branches
from cfngen.template.access.names import name_of
from cfngen.template.access.readings import Permission, Switch
from cfngen.template.access.statements import EVERYONE, Policy
from cfngen.template.intrinsics import intrinsic, text
from cfngen.template.values import is_mark

_PROPERTY: Final = re.compile(r"\{([\w.*]*)\}")


def of_permission(logical_id: str, permission: Permission, properties: Mapping[str, Any]) -> Iterator[Policy]:
    """The permission, or one for each item of the list that holds them, as a policy of what it is about."""
    for part, when in at(permission.each, properties) if permission.each else [(properties, "")]:
        if not isinstance(part, dict):
            continue
        item = {**properties, **part}
        about = [("", "")]
        if permission.resource:
            pattern = f"{{{permission.resource}}}" if _plain(permission.resource) else permission.resource
            about = list(filled_in(pattern, item, logical_id))
        actions = list(_values(permission.action, item, logical_id))
        condition = _limits(permission, item)
        for principal, of_principal in _values(permission.principal, item, logical_id):
            for action, of_action in actions:
                statement = {"Principal": principal, "Action": action, "Condition": condition}
                document = {"Statement": [{"Effect": item.get("Effect", "Allow"), **statement}]}
                for resource, inner in about:
                    limits = both(when, of_principal, of_action, inner)
                    yield Policy("resource", resource or logical_id, document, when=limits)


def of_switch(logical_id: str, switch: Switch, properties: Mapping[str, Any]) -> Iterator[Policy]:
    """What the property allows or denies everyone, while it has such a value or may have one."""
    statement = {"Effect": switch.effect, "Principal": EVERYONE, "Action": switch.action}
    about = list(filled_in(f"{{{switch.resource}}}", properties, logical_id))
    for value, when in at(switch.property, properties) or [("", "")]:
        limit = unknown(switch.property, value)
        if limit or text(value).lower() in switch.values:
            for resource, inner in about:
                limits = both(limit, when, inner)
                yield Policy("resource", resource or logical_id, {"Statement": [statement]}, when=limits)


def unknown(name: str, value: Any) -> str:
    """A value that only a deployment knows, as a limit; empty for every other one."""
    words = text(value)
    return f"{name.rpartition('.')[2]} is {words}" if intrinsic(value) or is_mark(words) else ""


def filled_in(pattern: str, properties: Mapping[str, Any], logical_id: str) -> Iterator[tuple[str, str]]:
    """Words with a property's values in their braces, each with its condition; `{}` is the logical id."""
    filled: list[tuple[str, str]] = [("", "")]
    end = 0
    for match in _PROPERTY.finditer(pattern):
        values = [(logical_id, "")]
        if match.group(1):
            values = [(name_of(value), when) for value, when in at(match.group(1), properties)]
        before = pattern[end : match.start()]
        filled = [
            (start + before + value, both(limit, when)) for start, limit in filled for value, when in values
        ]
        end = match.end()
    yield from ((start + pattern[end:], limit) for start, limit in filled)


def _values(pattern: str, properties: Mapping[str, Any], logical_id: str) -> Iterator[tuple[Any, str]]:
    """A property's values, or words with a property's values in them."""
    if _plain(pattern):
        yield from at(pattern, properties)
        return
    for words, when in filled_in(pattern, properties, logical_id):
        yield {"Fn::Sub": words} if "${" in words else words, when


def _plain(pattern: str) -> bool:
    return pattern.replace(".", "").isalnum()


def _limits(permission: Permission, item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    limits: dict[str, dict[str, Any]] = {}
    for name, test in permission.limits.items():
        if values := [value for value, _ in at(name, item)]:
            operator, _, key = test.partition(" ")
            limits.setdefault(operator, {})[key] = values
    return limits


def at(path: str, properties: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """The values at a path, each with the condition it has; `*` stands for every name."""
    values: list[tuple[Any, str]] = [(properties, "")]
    for name in path.split("."):
        values = [
            (inner, both(when, also))
            for value, when in values
            if isinstance(value, dict)
            for key in (value if name == "*" else [name])
            if key in value
            for inner, also in branches(value[key])
        ]
    return values
