"""The graph: things, what lies between them, and the stacks that they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["delivers to", "may", "refers to"]
KINDS: tuple[Kind, ...] = ("delivers to", "may", "refers to")
COPY = "@"
"""Between the id of a thing and that of the node beside which a copy of it is drawn."""


@dataclass(frozen=True)
class GraphNode:
    """One thing.

    Attributes:
        id: `audit-trail/TrailBucket`; a stack's is its name; `outside/<name>` for what no stack makes.
        group: the stack that it belongs to; `outside` for what no stack makes.
        type: the resource type, `stack`, or `principal`.
        label: what people read: the logical id, the stack's name, the principal.
        name: its physical name or ARN, as far as it is known.
        members: the logical ids that the node stands for: itself and what belongs to it.
        count: how many things of its type it stands for.
    """

    id: str
    group: str
    type: str
    label: str
    name: str = ""
    members: tuple[str, ...] = ()
    count: int = 1

    @property
    def thing(self) -> str:
        """The id of what it stands for: a drawing may show one thing in several places."""
        return self.id.partition(COPY)[0]


@dataclass(frozen=True, order=True)
class Edge:
    """What lies between two nodes.

    Attributes:
        what: what is delivered or allowed, or where the reference stands.
        condition: whether what it says holds only under conditions.
    """

    source: str
    target: str
    kind: Kind
    what: tuple[str, ...] = ()
    condition: bool = False


@dataclass(frozen=True)
class Graph:
    """All nodes, all edges, and the groups in the order in which they are deployed."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[Edge, ...]
    groups: tuple[str, ...]

    def node(self, name: str) -> GraphNode:
        """A node by its id.

        Raises:
            KeyError: there is none.
        """
        for node in self.nodes:
            if node.id == name:
                return node
        raise KeyError(name)
