"""A removed resource whose name a new one of its type has: that one is created while the old one exists."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import at, dotted, set_names
from cfngen.template.change.equality import canonical
from cfngen.template.change.judgement import Judgement
from cfngen.template.change.resource_types import PropertyPath, Schemas

_Key = tuple[str, PropertyPath, Hashable]


def with_clashes(
    judgements: Iterable[Judgement], old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas
) -> Iterator[Judgement]:
    """The judgements; a removal that a new resource of the same name makes fail is told as such.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """
    judged = list(judgements)
    added = _resources(judged, new, "add")
    wanted = {key: name for name, body in added.items() for key in _names(body, schemas)}
    if not wanted:
        yield from judged
        return
    for item in judged:
        body = old.get("Resources", {}).get(item.change.logical_id)
        removed = item.change.section == "Resources" and item.change.action == "remove"
        keys = _names(body, schemas) if removed and isinstance(body, dict) else ()
        clash = next(((wanted[key], key[1]) for key in keys if key in wanted), None)
        if clash is None:
            yield item
            continue
        name, path = clash
        reasons = (
            f"to CloudFormation, {name} is a new resource",
            f"and the old resource still has the name ({dotted(path)}) when the new one is created",
        )
        certain = "Condition" not in body and "Condition" not in added[name]
        yield replace(
            item, consequence=Consequence.IMPOSSIBLE, reasons=reasons, data_loss=False, certain=certain
        )


def _resources(judgements: Iterable[Judgement], template: Mapping[str, Any], action: str) -> dict[str, Any]:
    """The bodies of the resources that something happened to."""
    changes = (item.change for item in judgements)
    names = [
        change.logical_id for change in changes if change.section == "Resources" and change.action == action
    ]
    bodies = {name: template["Resources"][name] for name in names}
    return {name: body for name, body in bodies.items() if isinstance(body, dict)}


def _names(body: Mapping[str, Any], schemas: Schemas) -> Iterator[_Key]:
    kind = body.get("Type")
    schema = schemas.get(kind) if isinstance(kind, str) else None
    for path in () if schema is None else set_names(schema, body):
        yield str(kind), path, canonical(at(body, path))
