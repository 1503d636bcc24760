"""The names that make a resource one of a kind: two resources cannot have the same at the same time.

CloudFormation creates the new resource before it deletes the old one, so one with a name of its own cannot be
replaced under that name:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cfngen.template.change.equality import canonical
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema
from cfngen.template.intrinsics import ABSENT
from cfngen.template.values import Path


def set_names(schema: ResourceSchema, body: Mapping[str, Any]) -> tuple[PropertyPath, ...]:
    """The properties of a resource that name it and have a value.

    They are its type's primary identifier where that can be chosen, and what only a new resource can have
    and is called like a name of the type; none where the old resource is deleted first.
    """
    if schema.delete_then_create or exceptional(schema.type).name_is_label:
        return ()
    identifier = schema.primary_identifier
    chosen = () if any(path in schema.read_only for path in identifier) else identifier
    kind = schema.type.rpartition("::")[2]
    called = (path for path in schema.create_only if names_type(path[-1], kind) and path not in chosen)
    return tuple(path for path in (*chosen, *called) if at(body, path) is not ABSENT)


def kept_names(
    schema: ResourceSchema, before: Mapping[str, Any], after: Mapping[str, Any], derived: Sequence[Path]
) -> tuple[PropertyPath, ...]:
    """The names that a new resource would share with the old one; empty when any of them changes.

    Arguments:
        derived: the properties that come out differently although both templates write the same.
    """
    names = set_names(schema, after)
    moved = {tuple(without_branches(path)) for path in derived}
    for name in names:
        if canonical(at(before, name)) != canonical(at(after, name)) or name in moved:
            return ()
    return names


def at(body: Mapping[str, Any], path: PropertyPath) -> Any:
    """The property's value, ABSENT where it has none."""
    value = body.get("Properties", {})
    for name in path:
        value = value.get(name, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def without_branches(path: Path) -> Iterator[str | int]:
    """The path as if no Fn::If were on it.

    >>> list(without_branches(("Tags", "Fn::If", 1, 0, "Key")))
    ['Tags', 0, 'Key']
    """
    steps = iter(path)
    for step in steps:
        if step == "Fn::If":
            next(steps, None)
        else:
            yield step


def dotted(path: PropertyPath) -> str:
    """
    >>> dotted(("Budget", "BudgetName"))
    'Budget.BudgetName'
    """
    return ".".join(path)


def names_type(name: str, kind: str) -> bool:
    """Whether a property of this name is the name of a resource whose type ends in `kind`.

    >>> names_type("GroupName", "SecurityGroup"), names_type("Path", "Role")
    (True, False)
    """
    return name == "Name" or (name.endswith("Name") and kind.endswith(name.removesuffix("Name")))
