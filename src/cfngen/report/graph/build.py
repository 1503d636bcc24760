"""The graph of all stacks of an environment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cfngen.report.access.model import RANK, Matrix
from cfngen.report.graph.deliveries import NOT_SHOWN, PART_OF, WORDS, delivery
from cfngen.report.graph.model import Edge, Graph, GraphNode, Kind
from cfngen.report.view import StackView, View
from cfngen.template.access.statements import document_of
from cfngen.template.environment.physical_names import naming_property
from cfngen.template.values import Path

COUNTS: Final = "counts"
"""What a metric filter delivers to an alarm."""

OUTSIDE: Final = "outside"
"""The group of what no stack makes."""

_MARK: Final = re.compile(r"<([^<>/]+)/([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?>")
_ARN: Final = re.compile(r"arn:[^\s\"',]+")
_IMPORT: Final = re.compile(r"<(?:[^<>/]+/)?Fn::ImportValue:([^<>]+)>")
_SHORTEST: Final = 6
"""A shorter name is not looked for: it could mean anything."""


def build(view: View, access: Matrix | None = None) -> Graph:
    """The graph of a view: references, deliveries, and with `access` who may do what."""
    return _Building(view).graph(access)


class _Building:
    def __init__(self, view: View) -> None:
        self._view = view
        self._types: dict[str, str] = {}
        self._names: dict[str, str] = {}  # node by physical name, ARN or export
        self._owner: dict[str, str] = {}  # what it is a part of
        self._edges: dict[tuple[str, str, Kind], dict[str, None]] = defaultdict(dict)
        self._conditional: dict[tuple[str, str, Kind], bool] = {}

    def graph(self, access: Matrix | None) -> Graph:
        for stack, logical_id, body in self._view.resources():
            self._name(stack, logical_id, body)
        for each in self._view.stacks:
            self._exports(each)
        traced = [
            (f"{each.stack}/{logical_id}", str(body.get("Type")), body.get("Properties") or {})
            for each in self._view.stacks
            for logical_id, body in each.traced.items()
        ]
        for node, kind, properties in traced:
            self._belongs(node, kind, properties)
        for node, kind, properties in traced:
            self._resource(node, kind, properties)
        self._metrics()
        people = list(self._permissions(access)) if access else []
        edges = tuple(
            Edge(source, target, kind, tuple(what), self._conditional.get((source, target, kind), False))
            for (source, target, kind), what in sorted(self._edges.items())
        )
        return Graph((*self._nodes(), *people), edges, tuple(stack.stack for stack in self._view.stacks))

    def _name(self, stack: str, logical_id: str, body: Mapping[str, Any]) -> None:
        kind, node = str(body.get("Type")), f"{stack}/{logical_id}"
        self._types[node] = kind
        name, arn = self._view.name(stack, logical_id, body), self._view.arn(stack, logical_id, body)
        for known in (name, arn) if not arn.startswith("<") or kind not in PART_OF else ():
            if len(known) >= _SHORTEST and not known.startswith("<"):
                self._names.setdefault(known.removesuffix(":*"), node)

    def _exports(self, stack: StackView) -> None:
        for output in stack.outputs.values():
            export = output.get("Export") if isinstance(output, Mapping) else None
            targets = list(self._targets(output.get("Value"))) if export else []
            if isinstance(export, Mapping) and targets:
                name = re.sub("[^A-Za-z0-9.]", ".", str(export.get("Name")))
                self._names.setdefault(f"export {name}", targets[0])

    def _belongs(self, node: str, kind: str, properties: Mapping[str, Any]) -> None:
        named = list(self._targets(properties.get(PART_OF[kind]))) if kind in PART_OF else []
        if named:
            self._owner[node] = named[0]

    def _resource(self, node: str, kind: str, properties: Mapping[str, Any]) -> None:
        own = {naming_property(kind), PART_OF.get(kind)}
        for path, value in _strings(properties):
            place = ".".join(part for part in path if isinstance(part, str))
            if (
                place in own
                or WORDS & set(path)
                or "PolicyDocument" in place
                or place.startswith("KeyPolicy")
            ):
                continue
            found = delivery(kind, place)
            for target in self._targets(value):
                if found is None:
                    self._edge(node, target, "refers to", place)
                else:
                    ends = (target, node) if found.back else (node, target)
                    self._edge(*ends, "delivers to", found.what)

    def _metrics(self) -> None:
        """A metric filter counts for the alarms that watch its metric."""
        counted: dict[tuple[str, str], str] = {}
        for stack, logical_id, body in self._view.resources():
            if body.get("Type") == "AWS::Logs::MetricFilter":
                for each in (body.get("Properties") or {}).get("MetricTransformations", []):
                    metric = str(each.get("MetricNamespace")), str(each.get("MetricName"))
                    counted[metric] = f"{stack}/{logical_id}"
        for stack, logical_id, body in self._view.resources():
            properties = body.get("Properties") or {}
            metric = str(properties.get("Namespace")), str(properties.get("MetricName"))
            if body.get("Type") == "AWS::CloudWatch::Alarm" and metric in counted:
                self._edge(counted[metric], f"{stack}/{logical_id}", "delivers to", COUNTS)

    def _permissions(self, access: Matrix) -> Iterator[GraphNode]:
        """The edges of the access matrix; the principals from outside that they need."""
        rows = {row.id: row for row in access.principals if row.kind != "administrator"}
        columns = {column.id: column for column in access.resources}
        needed: dict[str, GraphNode] = {}
        for (principal, resource, use), cell in access.cells.items():
            row, column = rows.get(principal), columns[resource]
            if row is None or RANK[cell.verdict] == 0:
                continue
            source = principal if row.stack else f"{OUTSIDE}/{principal}"
            if not row.stack and source not in needed:
                needed[source] = GraphNode(source, OUTSIDE, "principal", row.label)
            for member in column.members or (column.logical_id,):
                target = f"{column.stack}/{member}"
                self._edge(source, target, _MAY, use)
                key = self._top(source), self._top(target), _MAY
                limited = cell.verdict != "allowed"
                self._conditional[key] = self._conditional.get(key, True) and limited
        yield from needed.values()

    def _edge(self, source: str, target: str, kind: Kind, what: str) -> None:
        source, target = self._top(source), self._top(target)
        if source != target and not NOT_SHOWN & {self._types.get(source), self._types.get(target)}:
            self._edges[source, target, kind][what] = None

    def _top(self, node: str) -> str:
        seen = {node}
        while (owner := self._owner.get(node)) and owner not in seen:
            node = owner
            seen.add(node)
        return node

    def _targets(self, value: Any) -> Iterator[str]:
        """The nodes that a value speaks of."""
        for _, text in _strings(value):
            for match in _MARK.finditer(text):
                if (node := f"{match[1]}/{match[2]}") in self._types:
                    yield node
            for match in _IMPORT.finditer(text):
                if node := self._names.get(f"export {match[1]}", ""):
                    yield node
            whole = text[5:].partition("/")[0] if text.startswith("s3://") else text
            for word in (whole, *_ARN.findall(text)):
                if node := self._names.get(word.removesuffix("/*").removesuffix(":*"), ""):
                    yield node

    def _nodes(self) -> Iterator[GraphNode]:
        parts: dict[str, list[str]] = defaultdict(list)
        for node in self._owner:
            parts[self._top(node)].append(node.partition("/")[2])
        for stack, logical_id, body in self._view.resources():
            node, kind = f"{stack}/{logical_id}", str(body.get("Type"))
            if node in self._owner or kind in NOT_SHOWN:
                continue
            name = self._view.name(stack, logical_id, body)
            members = (logical_id, *parts.get(node, ()))
            yield GraphNode(node, stack, kind, logical_id, "" if name.startswith("<") else name, members)


_MAY: Final[Kind] = "may"


def _strings(value: Any, path: Path = ()) -> Iterator[tuple[Sequence[str | int], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        if document_of(value) is None:
            for key, member in value.items():
                yield from _strings(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))
