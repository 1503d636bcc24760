"""A picture as Mermaid's text: GitHub draws it in a README and in a pull request.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from typing import Final

from cfngen.present.visible import visible
from cfngen.report.graph.model import GraphNode
from cfngen.report.graph.pictures import Picture
from cfngen.report.graph.wording import NONE, TIMES, Translations, line_texts, node_lines

_PLAIN: Final = frozenset(f" .,:+-_/…{TIMES}")
_ARROWS: Final = {"delivers to": "==>", "may": "-->", "refers to": "-.->"}


def mermaid(picture: Picture, words: Translations = NONE) -> str:
    """The picture as a flowchart, a new line at the end."""
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
    lines = ["flowchart LR"]
    lines += [f"  {names[node.id]}{_shape(node, picture, words)}" for node in picture.nodes]
    for line in picture.lines:
        arrow = _ARROWS[min((edge.kind for edge in line.edges), key=list(_ARROWS).index)]
        label = "<br>".join(map(_text, line_texts(line, words)))
        lines.append(f'  {names[line.source]} {arrow}|"{label}"| {names[line.target]}')
    return "\n".join(lines) + "\n"


def _shape(node: GraphNode, picture: Picture, words: Translations) -> str:
    name, about = node_lines(node, words)
    label = f'"{_text(name)}<br>{_text(about)}"'
    return f"([{label}])" if node.id in picture.stubs else f"[{label}]"


def _text(text: str) -> str:
    """Text in quotes: Mermaid reads `#35;` as the character with this number.

    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    """
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in visible(text)
    )
