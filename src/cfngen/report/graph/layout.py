"""Where everything stands in a drawing: the one place that knows the layout library.

graphlay places the nodes in layers, orders them for few crossings, routes the lines around the boxes and
finds room for the labels: https://aarkue.github.io/graphlay/docs/guide
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

MARGIN: Final = 16.0
"""Around the drawing, in pixels."""


class Box(NamedTuple):
    """What is to be placed: an id, and its size in pixels."""

    id: str
    width: float
    height: float


class Link(NamedTuple):
    """A line to be drawn from one box to another, with a label of this size; zero: without one."""

    source: str
    target: str
    width: float = 0.0
    height: float = 0.0


class Rect(NamedTuple):
    """A placed rectangle: its left upper corner, and its size."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Rect) -> bool:
        """Whether the two have a point of their inside in common.

        >>> Rect(0, 0, 2, 2).meets(Rect(1, 1, 5, 5)), Rect(0, 0, 2, 2).meets(Rect(2, 0, 5, 5))
        (True, False)
        """
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


Point = tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """A drawing's geometry in pixels, y downwards.

    Attributes:
        boxes: in the order in which they were given.
        paths: each line's corners, from source to target.
        labels: the room of each line's label; None where it has none.
        crossings: how often lines cross each other.
    """

    width: float
    height: float
    boxes: tuple[Rect, ...]
    paths: tuple[tuple[Point, ...], ...]
    labels: tuple[Rect | None, ...]
    crossings: int


_OPTIONS: Final[dict[str, Any]] = {
    "direction": "leftright",
    "spacing": {"layer_gap": 40.0, "node_gap": 22.0, "dummy_gap": 20.0, "port_gap": 12.0},
    "labels": {"reservation": "always", "clearance": 6.0},
}


def place(boxes: Sequence[Box], links: Sequence[Link]) -> Placement:
    """The same geometry for the same input, on every machine.

    Arguments:
        links: between ids of `boxes`; none from a box to itself.
    """
    import graphlay

    graph = graphlay.Graph()
    for box in boxes:
        graph.node(box.id, width=box.width, height=box.height)
    for link in links:
        label = {"width": link.width, "height": link.height} if link.width else None
        graph.edge(link.source, link.target, label_size=label)
    drawn = graphlay.layout(graph, options=_OPTIONS)
    left, top = (drawn.bounds["min"][axis] - MARGIN for axis in "xy")
    right, bottom = (drawn.bounds["max"][axis] + MARGIN for axis in "xy")

    def around(centre: dict[str, float], width: float, height: float) -> Rect:
        x, y = centre["x"] - left - width / 2, centre["y"] - top - height / 2
        return Rect(round(x, 1), round(y, 1), width, height)

    return Placement(
        round(right - left, 1),
        round(bottom - top, 1),
        tuple(
            around(node["center"], box.width, box.height)
            for node, box in zip(drawn.nodes, boxes, strict=True)
        ),
        tuple(
            tuple((round(point["x"] - left, 1), round(point["y"] - top, 1)) for point in edge["points"])
            for edge in drawn.edges
        ),
        tuple(
            around(edge["label_anchor"], link.width, link.height) if edge["label_anchor"] else None
            for edge, link in zip(drawn.edges, links, strict=True)
        ),
        int(drawn.metrics()["crossings"]),
    )
