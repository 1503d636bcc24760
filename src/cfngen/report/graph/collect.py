"""Many nodes of one type with the same neighbours, as one node that says how many it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from cfngen.report.graph.model import Edge, Graph, GraphNode

FEWEST: Final = 3
"""So many nodes become one."""

_NEVER: Final = frozenset({"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "principal", "stack"})
"""Whoever may do something is shown as one thing each."""


def collected(graph: Graph) -> Graph:
    """The graph with one node for several of a stack that have one type and the same kinds of neighbours.

    >>> alarms = tuple(GraphNode(f"s/A{n}", "s", "AWS::CloudWatch::Alarm", f"A{n}") for n in range(3))
    >>> [(node.id, node.count) for node in collected(Graph(alarms, (), ("s",))).nodes]
    [('s/A0', 3)]
    """
    classes = _classes(graph)
    members: dict[int, list[GraphNode]] = defaultdict(list)
    for node in graph.nodes:
        members[classes[node.id]].append(node)
    stands_for: dict[str, str] = {}
    nodes = []
    for together in members.values():
        if len(together) < FEWEST or together[0].type in _NEVER:
            nodes += together
            stands_for.update((node.id, node.id) for node in together)
            continue
        first = together[0]
        names = tuple(name for node in together for name in node.members)
        nodes.append(replace(first, name="", members=names, count=len(together)))
        stands_for.update((node.id, first.id) for node in together)
    order = {node.id: number for number, node in enumerate(graph.nodes)}
    nodes.sort(key=lambda node: order[node.id])
    return Graph(tuple(nodes), merged(graph.edges, stands_for), graph.groups)


def merged(edges: tuple[Edge, ...], stands_for: Mapping[str, str]) -> tuple[Edge, ...]:
    """The edges between what now stands for their ends, each once."""
    found: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        source, target = stands_for[edge.source], stands_for[edge.target]
        if source == target:
            continue
        before = found.get((source, target, edge.kind))
        what = tuple(dict.fromkeys([*(before.what if before else ()), *edge.what]))
        limited = edge.condition and (before is None or before.condition)
        found[source, target, edge.kind] = Edge(source, target, edge.kind, what, limited)
    return tuple(found.values())


def _classes(graph: Graph) -> dict[str, int]:
    """The coarsest division in which nodes of one class have the same edges to the same classes."""
    classes = _numbered({node.id: (node.group, node.type) for node in graph.nodes})
    while True:
        around: dict[str, set[tuple[object, ...]]] = {node.id: set() for node in graph.nodes}
        for edge in graph.edges:
            seen = (edge.kind, edge.what, edge.condition)
            around[edge.source].add(("to", *seen, classes[edge.target]))
            around[edge.target].add(("from", *seen, classes[edge.source]))
        finer = _numbered({node: (classes[node], frozenset(found)) for node, found in around.items()})
        if len(set(finer.values())) == len(set(classes.values())):
            return finer
        classes = finer


def _numbered(keys: Mapping[str, object]) -> dict[str, int]:
    numbers: dict[object, int] = {}
    return {node: numbers.setdefault(key, len(numbers)) for node, key in keys.items()}
