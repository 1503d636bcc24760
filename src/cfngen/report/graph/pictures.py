"""What is drawn: the overview of stacks, and each stack with its neighbours."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Final

from cfngen.report.graph.build import OUTSIDE
from cfngen.report.graph.collect import collected, merged
from cfngen.report.graph.model import COPY, Edge, Graph, GraphNode

OVERVIEW: Final = "overview"
"""The name of the picture of all stacks."""


@dataclass(frozen=True)
class GraphLine:
    """All edges from one node to another, drawn as one line."""

    source: str
    target: str
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes:
        name: the stack's, or `overview`.
        stubs: the ids of the nodes that stand for neighbours.
    """

    name: str
    nodes: tuple[GraphNode, ...]
    lines: tuple[GraphLine, ...]
    stubs: frozenset[str] = frozenset()


def overview(graph: Graph) -> Picture:
    """One node for each stack. What no stack makes is not in it: the stacks' own pictures show it."""
    sizes = Counter(node.group for node in graph.nodes for _ in range(node.count))
    nodes = tuple(
        GraphNode(group, group, "stack", group, members=tuple(_types(graph, group)), count=sizes[group])
        for group in graph.groups
    )
    stands_for = {node.id: node.group for node in graph.nodes}
    edges = merged(tuple(edge for edge in graph.edges if OUTSIDE not in _groups(edge)), stands_for)
    return Picture(OVERVIEW, nodes, _lines(edges))


def stack(graph: Graph, name: str) -> Picture:
    """One stack: its nodes, alike ones as one, and a stub for each neighbour."""
    whole = collected(graph)
    stands_for = {node.id: node.id if node.group in {name, OUTSIDE} else node.group for node in whole.nodes}
    edges = merged(tuple(edge for edge in whole.edges if name in _groups(edge)), stands_for)
    met = {end for edge in edges for end in (edge.source, edge.target)}
    own = tuple(node for node in whole.nodes if node.group == name)
    around = [node for node in whole.nodes if node.group == OUTSIDE and node.id in met]
    around += [
        GraphNode(group, group, "stack", group) for group in graph.groups if group in met and group != name
    ]
    return Picture(name, (*own, *around), _lines(edges), frozenset(node.id for node in around))


def copied(picture: Picture, most: int) -> Picture:
    """The picture with a neighbour of more than so many lines drawn once beside each end of them."""
    lines_of = Counter(end for line in picture.lines for end in (line.source, line.target))
    nodes = {node.id: node for node in picture.nodes}
    copies: dict[str, GraphNode] = {}

    def beside(end: str, other: str) -> str:
        if end not in picture.stubs or lines_of[end] <= most:
            return end
        name = f"{end}{COPY}{other}"
        copies[name] = replace(nodes[end], id=name)
        return name

    lines = tuple(
        GraphLine(beside(line.source, line.target), beside(line.target, line.source), line.edges)
        for line in picture.lines
    )
    gone = {node.thing for node in copies.values()}
    kept = [node for node in picture.nodes if node.id not in gone]
    stubs = (picture.stubs - gone) | copies.keys()
    return Picture(picture.name, (*kept, *copies.values()), lines, frozenset(stubs))


def pictures(graph: Graph) -> tuple[Picture, ...]:
    """The overview, then each stack that has something to show."""
    found = [overview(graph), *(stack(graph, name) for name in graph.groups)]
    return tuple(picture for picture in found if picture.nodes)


def _types(graph: Graph, group: str) -> list[str]:
    counted = Counter(node.type for node in graph.nodes if node.group == group for _ in range(node.count))
    return [kind for kind, _ in counted.most_common()]


def _groups(edge: Edge) -> set[str]:
    return {edge.source.partition("/")[0], edge.target.partition("/")[0]}


def _lines(edges: tuple[Edge, ...]) -> tuple[GraphLine, ...]:
    together: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        together[edge.source, edge.target].append(edge)
    return tuple(GraphLine(source, target, tuple(found)) for (source, target), found in together.items())
