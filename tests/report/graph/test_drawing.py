"""Drawings of every stack, measured: nothing lies over anything else, and the texts have their room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise

import pytest

from cfngen.project import Project
from cfngen.report.graph.drawing import ABOUT, LABEL, LABEL_LINE, NAME, drawing
from cfngen.report.graph.layout import Box, Link, Placement, Point, Rect, place
from cfngen.report.graph.pictures import Picture, overview, pictures
from cfngen.report.graph.svg import svg
from cfngen.report.graph.wording import line_texts, node_lines, width
from cfngen.report.page import drawn
from cfngen.report.source import read_source
from cfngen.template.environment.deployment_file import environment
from tests.support.projects import ROOT

ENVIRONMENTS = ("dev", "prod")
# What the drawings of an environment may cost: crossings of lines, and bytes.
MOST_CROSSINGS = {"dev": 12, "prod": 18}
MOST_BYTES = 170_000


@cache
def shown(name: str) -> tuple[tuple[Picture, Placement], ...]:
    project = Project(ROOT)
    graph = drawn(read_source(project, environment(project, name)))
    return tuple(drawing(picture) for picture in pictures(graph))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_nothing_lies_over_anything_else(name: str) -> None:
    for picture, placed in shown(name):
        assert list(_faults(placed)) == [], picture.name


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_line_goes_from_its_source_over_its_label_to_its_target(name: str) -> None:
    for picture, placed in shown(name):
        rects = {node.id: rect for node, rect in zip(picture.nodes, placed.boxes, strict=True)}
        for line, path, label in zip(picture.lines, placed.paths, placed.labels, strict=True):
            assert _touches(rects[line.source], path[0])
            assert _touches(rects[line.target], path[-1])
            assert label is not None
            assert sum(_touches(label, point) for point in path) >= len((path[0], path[-1]))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_texts_fit_into_their_boxes(name: str) -> None:
    for picture, placed in shown(name):
        for node, rect in zip(picture.nodes, placed.boxes, strict=True):
            title, about = node_lines(node)
            assert max(width(title, NAME), width(about, ABOUT)) < rect.width
        for line, label in zip(picture.lines, placed.labels, strict=True):
            texts = line_texts(line)
            assert label is not None
            assert max(width(text, LABEL) for text in texts) < label.width
            assert len(texts) * LABEL_LINE <= label.height


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_crossings_are_few_and_counted_rightly(name: str) -> None:
    counted = {picture.name: placed.crossings for picture, placed in shown(name)}
    assert sum(counted.values()) <= MOST_CROSSINGS[name]
    for picture, placed in shown(name):
        assert _crossings(placed.paths) <= placed.crossings, picture.name


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_all_drawings_together_are_small_and_the_same_each_time(name: str) -> None:
    texts = [svg(picture) for picture, _ in shown(name)]
    assert sum(map(len, texts)) < MOST_BYTES
    assert texts == [svg(picture) for picture, _ in shown(name)]


def test_every_stack_is_in_the_overview_and_every_resource_in_one_drawing() -> None:
    project = Project(ROOT)
    graph = drawn(read_source(project, environment(project, "dev")))
    assert {node.id for node in overview(graph).nodes} == set(graph.groups)
    found = {
        f"{node.group}/{name}" for each in pictures(graph) for node in each.nodes for name in node.members
    }
    assert {node.id for node in graph.nodes if node.group != "outside"} <= found


def test_the_measure_sees_what_it_looks_for() -> None:
    rect = Rect(0, 0, 10, 10)
    over = Placement(50, 50, (rect, Rect(5, 5, 10, 10)), (), (), 0, 0)
    through = Placement(50, 50, (rect,), (((-5, 5), (20, 5)),), (None,), 0, 0)
    outside = Placement(5, 5, (rect,), (), (), 0, 0)
    assert [len(list(_faults(each))) > 0 for each in (over, through, outside)] == [True] * 3
    assert _crossings([((0, 5), (10, 5)), ((5, 0), (5, 10))]) == 1


def test_a_circle_of_two_and_a_thing_alone_are_drawn() -> None:
    boxes = [Box(name, 100, 40) for name in "abc"]
    placed = place(boxes, [Link("a", "b", 40, 16), Link("b", "a", 40, 16)])
    assert list(_faults(placed)) == []
    assert len(set(placed.boxes)) == len(boxes)


def _faults(placed: Placement) -> Iterator[str]:
    rooms = [*placed.boxes, *(label for label in placed.labels if label)]
    for one, other in combinations(rooms, 2):
        if one.meets(other):
            yield f"{one} lies over {other}"
    for path, own in zip(placed.paths, placed.labels, strict=True):
        for start, end in pairwise(path):
            segment = _inside(start, end)
            yield from (
                f"{start} {end} runs through {room}" for room in rooms if room != own and room.meets(segment)
            )
    for room in rooms:
        if (
            min(room.x, room.y) < 0
            or room.x + room.width > placed.width
            or room.y + room.height > placed.height
        ):
            yield f"{room} is cut"
    for x, y in (point for path in placed.paths for point in path):
        if not (0 <= x <= placed.width and 0 <= y <= placed.height):
            yield f"a line leaves the drawing at {x}, {y}"


def _inside(start: Point, end: Point) -> Rect:
    """A line from one corner to the next, a little thinner and shorter than it is drawn."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    small = 0.2
    return Rect(
        left + small, top + small, max(right - left - 2 * small, 0.01), max(bottom - top - 2 * small, 0.01)
    )


def _touches(rect: Rect, point: Point) -> bool:
    near = 1.0
    x, y = point
    across = rect.x - near <= x <= rect.x + rect.width + near
    return across and rect.y - near <= y <= rect.y + rect.height + near


def _crossings(paths: list[tuple[Point, ...]] | tuple[tuple[Point, ...], ...]) -> int:
    """How often a level part of a line crosses an upright part of another line, inside of both."""
    parts = [(number, *pair) for number, path in enumerate(paths) for pair in pairwise(path)]
    level = [part for part in parts if part[1][1] == part[2][1]]
    upright = [part for part in parts if part[1][0] == part[2][0]]
    found = 0
    for line, start, end in level:
        left, right = sorted((start[0], end[0]))
        for other, first, last in upright:
            top, bottom = sorted((first[1], last[1]))
            found += line != other and left < first[0] < right and top < start[1] < bottom
    return found


def test_an_id_of_the_page_is_plain_and_a_stack_reads_no_other() -> None:
    texts = [svg(picture) for picture, _ in shown("dev")]
    ids = [name for text in texts for name in re.findall(r' id="([^"]*)"', text)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-zA-Z][\w-]*", name) for name in ids)
