"""A picture and where its parts stand: the best of a few ways to draw it."""

from __future__ import annotations

from itertools import product
from typing import Final

from cfngen.present.visible import visible
from cfngen.report.graph.layout import Box, Direction, Link, Placement, place
from cfngen.report.graph.pictures import Picture, copied
from cfngen.report.graph.wording import NONE, Translations, line_texts, node_lines, width

# Sizes in pixels: of the fonts, as the style has them, and of what is around the texts.
NAME: Final = 13.0
ABOUT: Final = 11.0
LABEL: Final = 11.0
LABEL_LINE: Final = 14.0
_PADDING: Final = 12.0
_HEIGHT: Final = 46.0
_NARROWEST: Final = 90.0

_GAPS: Final = (24.0, 36.0, 54.0)
_COPIES: Final = (99, 2, 1)
"""From how many lines on a neighbour is drawn beside each of their ends."""
_WIDE: Final = 1100.0
"""What a page shows at its full size; a wider drawing is made smaller."""


def drawing(picture: Picture, words: Translations = NONE) -> tuple[Picture, Placement]:
    """The picture as it is drawn, and its geometry: without faults, few crossings, small."""
    tried: list[tuple[Picture, float, Placement]] = []
    for gap, most in product(_GAPS, _COPIES):
        shown = copied(picture, most)
        if most == _COPIES[0] or shown.stubs != picture.stubs:
            tried.append((shown, gap, _placed(shown, words, "topbottom", gap)))
        fewest = min((placed.faults, placed.crossings) for _, _, placed in tried)
        if fewest == (0, 0) or (most == _COPIES[-1] and not fewest[0]):
            break
    # Which lines cross is the same from left to right: only the best way is drawn so, too.
    shown, gap, down = min(tried, key=lambda way: (way[2].faults, way[2].crossings, _cost(way[2])))
    return shown, min(down, _placed(shown, words, "leftright", gap), key=_cost)


def _cost(placed: Placement) -> float:
    """What a reader pays, in crossings."""
    too_wide = max(placed.width - _WIDE, 0) / 60
    return 100 * placed.faults + placed.crossings + too_wide + placed.height / 250


def _placed(picture: Picture, words: Translations, direction: Direction, gap: float) -> Placement:
    boxes = []
    for node in picture.nodes:
        name, about = map(visible, node_lines(node, words))
        room = max(width(name, NAME), width(about, ABOUT)) + 2 * _PADDING
        boxes.append(Box(node.id, round(max(room, _NARROWEST)), _HEIGHT))
    links = []
    for line in picture.lines:
        texts = [visible(text) for text in line_texts(line, words)]
        wide = round(max(width(text, LABEL) for text in texts) + 6)
        links.append(Link(line.source, line.target, wide, LABEL_LINE * len(texts) + 2))
    return place(boxes, links, direction, gap)
