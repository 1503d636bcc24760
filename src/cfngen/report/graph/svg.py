"""A picture as SVG: it takes its colours from the page, and carries what the page's script asks for."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
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
.graph .node rect{fill:var(--graph-box,#fff);stroke:var(--graph-edge,#57606a);stroke-width:1.2}
.graph .stub rect{fill:var(--graph-stub,#f6f8fa);stroke-dasharray:4 3}
.graph .node .name{font-size:13px;font-weight:600;text-anchor:middle}
.graph .node .about{font-size:11px;text-anchor:middle;opacity:.85}
.graph .node:focus rect,.graph .node:hover rect{stroke:var(--graph-focus,#0550ae);stroke-width:2.4}
.graph .node:focus{outline:none}
.graph .line path{fill:none;stroke:var(--graph-line,#57606a);stroke-width:1.3}
.graph .delivers-to path{stroke:var(--graph-delivers,#0550ae);stroke-width:1.8}
.graph .may path{stroke:var(--graph-may,#953800)}
.graph .refers-to path{stroke-dasharray:2 3}
.graph .limited path{stroke-dasharray:7 3}
.graph .line text{font-size:11px;text-anchor:middle}
.graph .line rect{fill:var(--graph-ground,#fff);opacity:.92}
.graph marker path{fill:context-stroke;stroke:none}
"""
"""The drawing's style; the page sets the colours by the variables, for light and dark."""


def svg(picture: Picture, words: Translations = NONE) -> str:
    """The picture as an `<svg>` element; every text of a template is escaped.

    Nodes carry `data-node`, `data-stack` and `data-type`, lines `data-from`, `data-to` and `data-kinds`. A
    node can be focused; its title says what it is.
    """
    picture, placed = drawing(picture, words)
    marker = _id(picture, "arrow")
    parts = [
        f'<svg class="graph" role="group" aria-label="{_text(_title(picture, words))}" '
        f'viewBox="0 0 {placed.width:g} {placed.height:g}" '
        f'width="{placed.width:g}" height="{placed.height:g}">',
        f'<defs><marker id="{marker}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 .5 8 4 0 7.5z"/></marker></defs>',
    ]
    for line, path, room in zip(picture.lines, placed.paths, placed.labels, strict=True):
        parts += _line(line, path, room, marker, words)
    for node, rect in zip(picture.nodes, placed.boxes, strict=True):
        parts += _node(picture, node, rect, words)
    return "\n".join([*parts, "</svg>"])


def _node(picture: Picture, node: GraphNode, rect: Rect, words: Translations) -> Iterator[str]:
    name, about = node_lines(node, words)
    kind = "node stub" if node.id in picture.stubs else "node"
    title = " · ".join(dict.fromkeys(filter(None, [node.label, about, node.name])))
    x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
    yield (
        f'<g class="{kind}" id="{_id(picture, node.id)}" tabindex="0" role="button" '
        f'data-node="{_text(node.thing)}" data-stack="{_text(node.group)}" data-type="{_text(node.type)}">'
    )
    yield f"<title>{_text(title)}</title>"
    yield f'<rect x="{rect.x:g}" y="{rect.y:g}" width="{rect.width:g}" height="{rect.height:g}" rx="6"/>'
    yield f'<text class="name" x="{x:g}" y="{y - 8:g}">{_text(name)}</text>'
    yield f'<text class="about" x="{x:g}" y="{y + 10:g}">{_text(about)}</text></g>'


def _line(
    line: GraphLine, path: tuple[Point, ...], room: Rect | None, marker: str, words: Translations
) -> Iterator[str]:
    kinds = [kind for kind in KINDS if any(edge.kind == kind for edge in line.edges)]
    limited = " limited" if all(edge.condition for edge in line.edges) else ""
    title = "; ".join(edge_text(edge, words) for edge in line.edges)
    corners = " ".join(f"{x:g} {y:g}" for x, y in path)
    yield (
        f'<g class="line {kinds[0].replace(" ", "-")}{limited}" data-from="{_text(_thing(line.source))}" '
        f'data-to="{_text(_thing(line.target))}" data-kinds="{_text(", ".join(kinds))}">'
    )
    between = f"{_thing(line.source)} → {_thing(line.target)}"
    yield f"<title>{_text(f'{between}: {title}')}</title>"
    yield f'<path d="M{corners}" marker-end="url(#{marker})"/>'
    if room:
        yield f'<rect x="{room.x:g}" y="{room.y:g}" width="{room.width:g}" height="{room.height:g}" rx="3"/>'
        for number, text in enumerate(line_texts(line, words)):
            x, y = room.x + room.width / 2, room.y + 1 + LABEL_LINE * (number + 0.5)
            yield f'<text x="{x:g}" y="{y:g}">{_text(text)}</text>'
    yield "</g>"


def _thing(end: str) -> str:
    return end.partition(COPY)[0]


def _title(picture: Picture, words: Translations) -> str:
    if picture.name == OVERVIEW:
        return words.get("All stacks", "All stacks")
    return f"{words.get('Stack', 'Stack')} {picture.name}"


def _id(picture: Picture, name: str) -> str:
    """An id of the page: letters, digits and hyphens; another character by its number."""
    return "graph-" + "".join(
        letter if letter.isascii() and letter.isalnum() else "-" if letter == "-" else f"_{ord(letter):x}_"
        for letter in f"{picture.name}/{name}"
    )


def _text(text: str) -> str:
    return escape(visible(text), quote=True)
