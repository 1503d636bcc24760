"""The graph's texts: what a node and a line say, how wide that is, and how it is shortened."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from textwrap import wrap
from typing import Final

from cfngen.report.graph.model import Edge, GraphNode
from cfngen.report.graph.pictures import GraphLine

Translations = Mapping[str, str]
"""The words of another language by the English ones; what is missing stays English."""

NONE: Final[Translations] = {}

MOST_WHAT: Final = 2
MOST_LETTERS: Final = 14
TOGETHER: Final = "\u00a0"
"""A space at which no line ends."""

LONGEST: Final = 34
"""Characters of a name in a box; the whole name is in the title."""

TIMES: Final = "\u00d7"
_FIRST_WIDE: Final = 0x2E80  # East Asian scripts, and pictures

# Widths in em of DejaVu Sans, bold, which is wider than what browsers take for sans-serif on any system.
_NARROW: Final = frozenset("iIjl.,:;'|!()[]{}ft -/\\`")
_WIDE: Final = frozenset("mwMW@%&")


def node_lines(node: GraphNode, words: Translations = NONE) -> tuple[str, str]:
    """A node's name and, below it, what it is."""
    if node.type == "stack":
        about = words.get("stack", "stack")
        if node.members:
            unit = "resource" if node.count == 1 else "resources"
            about = f"{node.count} {words.get(unit, unit)}"
    elif node.type == "principal":
        about = words.get("outside the stacks", "outside the stacks")
    else:
        about = type_name(node.type)
    if node.count > 1 and node.type != "stack":
        return f"{node.count} {TIMES} {about}", f"{shortened(node.label)} …"
    return shortened(node.label), about


def type_name(kind: str) -> str:
    """A resource type as people write it.

    >>> type_name("AWS::S3::Bucket"), type_name("Custom::Thing")
    ('S3 Bucket', 'Custom Thing')
    """
    return shortened(" ".join(kind.removeprefix("AWS::").split("::")))


def line_texts(line: GraphLine, words: Translations = NONE) -> tuple[str, ...]:
    """A line's label: what each kind of edge says, in short lines."""
    texts = (edge_text(edge, words, MOST_WHAT) for edge in line.edges)
    return tuple(
        part for text in texts for part in wrap(text, MOST_LETTERS, break_long_words=False) or [text]
    )


def edge_text(edge: Edge, words: Translations = NONE, most: int | None = None) -> str:
    """What an edge says: its kind, and what is delivered or allowed.

    >>> edge_text(Edge("a", "b", "may", ("read", "write")))
    'may read, write'
    """
    kind = words.get(edge.kind, edge.kind)
    if edge.kind == "refers to" and most is not None:
        return kind
    what = [words.get(each, each).replace(" ", TOGETHER) for each in edge.what[:most]]
    rest = len(edge.what) - len(what)
    listed = ", ".join(what) + (f"{TOGETHER}+{rest}" if rest else "")
    return f"{kind}{':' if edge.kind != 'may' else ''} {listed}" if listed else kind


def shortened(text: str, most: int = LONGEST) -> str:
    """The text, its middle left out where it is too long.

    >>> shortened("abcdefghij", 5)
    'ab…ij'
    """
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[: most - 1 - half]}…{text[len(text) - half :]}"


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """The room that a text needs at most, in pixels, at a font size in pixels."""
    return sum(map(_em, text)) * size


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.48
    if letter in _WIDE:
        return 1.12
    if ord(letter) >= _FIRST_WIDE or unicodedata.east_asian_width(letter) in "WF":
        return 1.15
    return 0.86 if letter.isupper() or letter == TIMES else 0.74
