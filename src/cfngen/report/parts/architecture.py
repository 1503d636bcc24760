"""The drawings, and what a reader sees of a thing that is chosen in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cfngen.report.graph.collect import collected
from cfngen.report.graph.model import Graph
from cfngen.report.graph.pictures import Picture, pictures
from cfngen.report.source import ReportSource

MOST_PROPERTIES: Final = 10
LONGEST: Final = 88
_ALIKE: Final = ("Tags", "PolicyDocument.Version", "AssumeRolePolicyDocument.Version")
"""Properties that say the same of every resource."""


@dataclass(frozen=True)
class Member:
    """One resource.

    Attributes:
        properties: path and value of the first properties, as text.
        more: how many properties are not shown.
    """

    logical_id: str
    type: str
    properties: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True)
class Thing:
    """What a box of a drawing stands for.

    Attributes:
        id: the node's.
        name: its physical name or ARN, empty where it is not known.
        members: the resources that the box stands for.
    """

    id: str
    stack: str
    label: str
    type: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class StackDrawing:
    """One stack: its drawing, and its things in the order of its template."""

    stack: str
    picture: Picture
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class Architecture:
    """The part."""

    overview: Picture | None
    stacks: tuple[StackDrawing, ...]
    lines: int


def architecture(source: ReportSource, graph: Graph) -> Architecture:
    """The part."""
    drawn = {picture.name: picture for picture in pictures(graph)}
    nodes = collected(graph).nodes
    stacks = []
    for stack in source.stacks:
        if stack.name not in drawn:
            continue
        things = [
            Thing(
                node.id,
                node.group,
                node.label,
                node.type,
                node.name,
                tuple(_members(stack.resources, node.members or (node.label,))),
            )
            for node in nodes
            if node.group == stack.name
        ]
        stacks.append(StackDrawing(stack.name, drawn[stack.name], tuple(things)))
    return Architecture(drawn.get("overview"), tuple(stacks), len(graph.edges))


def _members(resources: Mapping[str, Mapping[str, Any]], names: tuple[str, ...]) -> Iterator[Member]:
    for name in names:
        body = resources.get(name)
        if body is not None:
            properties = [each for each in _flat(body.get("Properties", {}), "") if each[0] not in _ALIKE]
            yield Member(
                name,
                str(body.get("Type", "")),
                tuple(properties[:MOST_PROPERTIES]),
                max(len(properties) - MOST_PROPERTIES, 0),
            )


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Mappings by their paths; a list is one value.

    >>> list(_flat({"A": {"B": True}, "C": [1]}, ""))
    [('A.B', 'true'), ('C', '[1]')]
    """
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else str(key))
        return
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    yield path, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
