"""Where everything stands in a drawing: the one place that knows the layout library.

graphlay places the nodes in layers, orders them for few crossings, routes the lines around the boxes and
sees that nothing overlaps: https://aarkue.github.io/graphlay/docs/guide
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

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
        faults: how often a line runs through a box, a box lies over another, or a label over something.
    """

    width: float
    height: float
    boxes: tuple[Rect, ...]
    paths: tuple[tuple[Point, ...], ...]
    labels: tuple[Rect | None, ...]
    crossings: int
    faults: int


Direction = Literal["topbottom", "leftright"]
_PATIENCE: Final = 16
"""So many changed orders in a row that save no crossing end the search; the library's own number is 64. The
drawings take a quarter less time and have no more crossings."""
_FAULTS: Final = ("node_edge_hits", "node_overlaps", "unrouted_edges")


def place(
    boxes: Sequence[Box], links: Sequence[Link], direction: Direction = "topbottom", gap: float = 24.0
) -> Placement:
    """The same geometry for the same input, on every machine.

    A label is a box of its own in the middle of its line: nothing lies over it, no other line runs through.

    Arguments:
        links: between ids of `boxes`; none from a box to itself.
        gap: between two layers, in pixels.
    """
    import graphlay

    graph = graphlay.Graph()
    node = {box.id: graph.node(width=box.width, height=box.height) for box in boxes}
    halves: list[list[int]] = []
    labels: list[int | None] = []
    for link in links:
        label = graph.node(width=link.width, height=link.height) if link.width else None
        ends = [node[link.source], *([] if label is None else [label]), node[link.target]]
        halves.append([graph.edge(*pair) for pair in pairwise(ends)])
        labels.append(label)
    spacing = {"layer_gap": gap, "node_gap": 18.0, "dummy_gap": 18.0, "port_gap": 12.0}
    tuning = {"order": {"kick_patience": _PATIENCE}}
    options = {"direction": direction, "spacing": spacing, "tuning": tuning}
    drawn = graphlay.layout(graph, options=options)
    left, top = (drawn.bounds["min"][axis] - MARGIN for axis in "xy")
    right, bottom = (drawn.bounds["max"][axis] + MARGIN for axis in "xy")
    rects = [_rect(node, left, top) for node in drawn.nodes]
    measured = drawn.metrics()
    return Placement(
        round(right - left, 1),
        round(bottom - top, 1),
        tuple(rects[: len(boxes)]),
        tuple(
            tuple(
                (round(point["x"] - left, 1), round(point["y"] - top, 1))
                for half in of_link
                for point in drawn.edges[half]["points"]
            )
            for of_link in halves
        ),
        tuple(None if label is None else rects[label] for label in labels),
        int(measured["crossings"]),
        sum(int(measured[fault]) for fault in _FAULTS),
    )


def _rect(node: dict[str, Any], left: float, top: float) -> Rect:
    wide, high = node["size"]["width"], node["size"]["height"]
    x, y = node["center"]["x"] - left - wide / 2, node["center"]["y"] - top - high / 2
    return Rect(round(x, 1), round(y, 1), wide, high)
