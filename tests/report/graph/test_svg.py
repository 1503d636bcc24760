"""The drawing as SVG: well formed, and everything that somebody else wrote is text."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from cfngen.report.graph.model import Edge, Graph, GraphNode
from cfngen.report.graph.pictures import GraphLine, Picture, stack
from cfngen.report.graph.svg import svg

NASTY = (
    "<script>window.hit=1</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "\u202egro.elpmaxe\u202c",
    "]]>&amp;<!--",
    "a\x00b\x1b[2K",
)
SVG = "{http://www.w3.org/2000/svg}"


def hostile() -> Picture:
    nodes = tuple(
        GraphNode(f"{name}/{number}", name, name, name, name, members=(name,))
        for number, name in enumerate(NASTY)
    )
    lines = tuple(
        GraphLine(one.id, other.id, (Edge(one.id, other.id, "delivers to", (NASTY[0],)),))
        for one, other in pairwise(nodes)
    )
    return Picture("<i>", nodes, lines)


def test_names_are_text_and_never_markup() -> None:
    written = svg(hostile())
    root = ElementTree.fromstring(written.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg",
        "defs",
        "marker",
        "path",
        "g",
        "title",
        "rect",
        "text",
    }
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or "href" in name for name in attributes)
    assert "\u202e" not in written
    assert "\\u202e" in written
    shown = [element.text for element in root.iter(f"{SVG}title")]
    assert any(NASTY[0] in str(text) for text in shown)


def test_lines_and_their_titles_are_text_too() -> None:
    nodes = (GraphNode("a/x", "a", "AWS::S3::Bucket", "x"), GraphNode("a/y", "a", "AWS::S3::Bucket", "y"))
    edge = Edge("a/x", "a/y", "delivers to", ("<b>logs</b>",), condition=True)
    written = svg(stack(Graph(nodes, (edge,), ("a",)), "a"))
    assert "<b>" not in written
    assert 'class="line delivers-to limited"' in written
    assert "<title>a/x → a/y: delivers to: &lt;b&gt;logs&lt;/b&gt;</title>" in written


def test_a_node_leads_to_where_its_thing_is_told_of() -> None:
    nodes = (GraphNode("a/x", "a", "AWS::S3::Bucket", "x"), GraphNode("a/y", "a", "AWS::S3::Bucket", "y"))
    written = svg(stack(Graph(nodes, (), ("a",)), "a"), leads={"a/x": "t-a/x"})
    assert written.count('<a class="node" href="#t-a/x">') == 1
    assert written.count('<g class="node">') == 1


def test_words_of_another_language_are_drawn() -> None:
    nodes = (GraphNode("a/x", "a", "AWS::S3::Bucket", "x"), GraphNode("a/y", "a", "AWS::S3::Bucket", "y"))
    edge = Edge("a/x", "a/y", "delivers to", ("access logs",))
    written = svg(stack(Graph(nodes, (edge,), ("a",)), "a"), {"delivers to": "gửi tới", "Stack": "Stack của"})
    assert "gửi tới" in written
    assert 'aria-label="Stack của a"' in written
