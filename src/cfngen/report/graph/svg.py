"""A picture as SVG: it takes its colours from the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from cfngen.present.visible import visible
from cfngen.report.graph.drawing import LABEL_LINE, drawing
from cfngen.report.graph.layout import Point, Rect
from cfngen.report.graph.model import COPY, KINDS, GraphNode
from cfngen.report.graph.pictures import OVERVIEW, GraphLine, Picture
from cfngen.report.graph.wording import NONE, Translations, edge_text, line_texts, node_lines

STYLE: Final = """\
.graph{display:block;height:auto;max-width:100%;font-family:system-ui,sans-serif;color:var(--graph-ink,#1b1f24)}
.graph text{fill:currentColor;dominant-baseline:middle}
.graph .node{color:inherit;text-decoration:none}
.graph .node rect{fill:var(--graph-box,#fff);stroke:var(--graph-edge,#57606a);stroke-width:1.2;rx:6px}
.graph .stub rect{fill:var(--graph-stub,#f6f8fa);stroke-dasharray:4 3}
.graph text{font-size:11px;text-anchor:middle}
.graph .node text{opacity:.85}
.graph .node rect+text{font-size:13px;font-weight:600;opacity:1}
.graph a.node:focus rect,.graph a.node:hover rect{stroke:var(--graph-focus,#0550ae);stroke-width:2.4}
.graph a.node:focus{outline:none}
.graph .line path{fill:none;stroke:var(--graph-line,#57606a);stroke-width:1.3;marker-end:url(#arrow)}
.graph .delivers-to path{stroke:var(--graph-delivers,#0550ae);stroke-width:1.8}
.graph .may path{stroke:var(--graph-may,#953800)}
.graph .refers-to path{stroke-dasharray:2 3}
.graph .limited path{stroke-dasharray:7 3}
.graph .line rect{fill:var(--graph-ground,#fff);opacity:.92;rx:3px}
.graph marker path{fill:context-stroke;stroke:none}
"""
"""The drawing's style; the page sets the colours by the variables, for light and dark."""


ARROW: Final = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 .5 8 4 0 7.5z"/></marker></defs>'
)
"""The end of every line, for one `<svg>` of the page that is always shown."""


def svg(picture: Picture, words: Translations = NONE, leads: Mapping[str, str] = NONE) -> str:
    """The picture as an `<svg>` element; every text of a template is escaped.

    Arguments:
        leads: where on the page each thing is told of: a node that stands for one is a link to there.
    """
    picture, placed = drawing(picture, words)
    parts = [
        f'<svg class="graph" role="group" aria-label="{_text(_title(picture, words))}" '
        f'viewBox="0 0 {placed.width:g} {placed.height:g}" '
        f'width="{placed.width:g}" height="{placed.height:g}">',
    ]
    for line, path, room in zip(picture.lines, placed.paths, placed.labels, strict=True):
        parts += _line(line, path, room, words)
    for node, rect in zip(picture.nodes, placed.boxes, strict=True):
        parts += _node(picture, node, rect, words, leads)
    return "\n".join([*parts, "</svg>"])


def _node(
    picture: Picture, node: GraphNode, rect: Rect, words: Translations, leads: Mapping[str, str]
) -> Iterator[str]:
    name, about = node_lines(node, words)
    kind = "node stub" if node.id in picture.stubs else "node"
    title = " · ".join(dict.fromkeys(filter(None, [node.label, about, node.name])))
    x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
    place = leads.get(node.thing)
    yield f'<a class="{kind}" href="#{_text(place)}">' if place else f'<g class="{kind}">'
    yield f"<title>{_text(title)}</title>"
    yield f'<rect x="{rect.x:g}" y="{rect.y:g}" width="{rect.width:g}" height="{rect.height:g}"/>'
    yield f'<text x="{x:g}" y="{y - 8:g}">{_text(name)}</text>'
    yield f'<text x="{x:g}" y="{y + 10:g}">{_text(about)}</text>{"</a>" if place else "</g>"}'


def _line(line: GraphLine, path: tuple[Point, ...], room: Rect | None, words: Translations) -> Iterator[str]:
    kinds = [kind for kind in KINDS if any(edge.kind == kind for edge in line.edges)]
    limited = " limited" if all(edge.condition for edge in line.edges) else ""
    title = "; ".join(edge_text(edge, words) for edge in line.edges)
    yield f'<g class="line {kinds[0].replace(" ", "-")}{limited}">'
    between = f"{_thing(line.source)} → {_thing(line.target)}"
    yield f"<title>{_text(f'{between}: {title}')}</title>"
    yield f'<path d="{_way(path)}"/>'
    if room:
        yield f'<rect x="{room.x:g}" y="{room.y:g}" width="{room.width:g}" height="{room.height:g}"/>'
        for number, text in enumerate(line_texts(line, words)):
            x, y = room.x + room.width / 2, room.y + 1 + LABEL_LINE * (number + 0.5)
            yield f'<text x="{x:g}" y="{y:g}">{_text(text)}</text>'
    yield "</g>"


def _way(path: Sequence[Point]) -> str:
    """The corners as a path's data.

    >>> _way([(1, 2.5), (1, 9), (4, 9), (5, 10)])
    'M1 2.5V9H4L5 10'
    """
    drawn = f"M{path[0][0]:g} {path[0][1]:g}"
    for before, (x, y) in pairwise(path):
        drawn += f"V{y:g}" if x == before[0] else f"H{x:g}" if y == before[1] else f"L{x:g} {y:g}"
    return drawn


def _thing(end: str) -> str:
    return end.partition(COPY)[0]


def _title(picture: Picture, words: Translations) -> str:
    if picture.name == OVERVIEW:
        return words.get("All stacks", "All stacks")
    return f"{words.get('Stack', 'Stack')} {picture.name}"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)
