"""Mermaid's own parser, in a browser as on GitHub, reads what we write and draws it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cfngen.project import Project
from cfngen.report.graph.mermaid import mermaid
from cfngen.report.graph.model import Edge, Graph, GraphNode
from cfngen.report.graph.pictures import Picture, overview, pictures, stack
from cfngen.report.page import drawn
from cfngen.report.source import read_source
from cfngen.template.environment.deployment_file import environment
from tests.support.browser import MODULES
from tests.support.projects import ROOT

# What GitHub draws at most: https://mermaid.js.org/config/schema-docs/config.html#maxtextsize
MOST_LETTERS = 50_000
READ = """async (text) => {
    const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
    const plain = (label) => label.replaceAll("<br>", " ").replaceAll("\u00a0", " ");
    return {
        nodes: [...diagram.db.getVertices().values()].map((node) => node.text),
        lines: diagram.db.getEdges().map((edge) => [edge.start, edge.end, plain(edge.text)]),
    };
}"""
DRAW = """async (text) => {
    const { svg } = await mermaid.render("drawing", text);
    document.body.innerHTML = svg;
    return document.body.innerText;
}"""
NASTY = (
    '"];click n0 "javascript:alert(1)"',
    "<img src=x onerror=window.hit=1>",
    "end",
    "a --> b; %%{init: {}}%%",
    "`**bold**` #quot; &lt;b&gt; $$x$$",
    "\u202egro.elpmaxe\u202c",
    "line\nbreak\x1b[2K",
)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=MODULES / "mermaid" / "dist" / "mermaid.min.js")
    page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
    yield page
    page.close()


@cache
def graph(name: str) -> Graph:
    project = Project(ROOT)
    return drawn(read_source(project, environment(project, name)))


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_every_picture_is_read_as_it_is_meant(reader: Page, name: str) -> None:
    for picture in pictures(graph(name)):
        text = mermaid(picture)
        assert len(text) < MOST_LETTERS
        read = reader.evaluate(READ, text)
        assert len(read["nodes"]) == len(picture.nodes)
        ids = {node.id: f"n{number}" for number, node in enumerate(picture.nodes)}
        lines = [(ids[line.source], ids[line.target]) for line in picture.lines]
        assert [(start, end) for start, end, _ in read["lines"]] == lines
        for line, (_, _, label) in zip(picture.lines, read["lines"], strict=True):
            assert all(edge.kind in label for edge in line.edges), label


def test_the_overview_is_drawn_with_every_stack_in_it(reader: Page) -> None:
    shown = reader.evaluate(DRAW, mermaid(overview(graph("dev"))))
    assert all(name in shown for name in graph("dev").groups)


def test_hostile_names_are_shown_and_not_run(reader: Page) -> None:
    picture = _hostile()
    read: dict[str, Any] = reader.evaluate(READ, mermaid(picture))
    assert len(read["nodes"]) == len(NASTY)
    assert [len(line) for line in read["lines"]] == [3] * len(picture.lines)
    shown = reader.evaluate(DRAW, mermaid(picture))
    assert "<img src=x" in shown
    assert "\\u202e" in shown
    assert not any(character in shown for character in "\u202e\x1b")
    assert reader.evaluate("window.hit") is None
    assert reader.locator("body :is(img, script, a)").count() == 0


def test_a_text_that_is_none_is_refused(reader: Page) -> None:
    """The parser is one that can say no."""
    text = mermaid(overview(graph("dev"))).replace('["', "[[", 1)
    assert reader.evaluate("async (text) => mermaid.parse(text, { suppressErrors: true })", text) is False


def test_the_readme_shows_what_the_command_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = readme.split("```mermaid\n")[1:]
    assert [block.partition("```")[0] for block in blocks] == [mermaid(overview(graph("dev")))], (
        "put the output of `cfngen report --env dev --mermaid` into README.md"
    )


def _hostile() -> Picture:
    nodes = tuple(GraphNode(f"s/{number}", "s", "AWS::S3::Bucket", name) for number, name in enumerate(NASTY))
    edges = tuple(
        Edge(f"s/{number}", f"s/{number + 1}", "delivers to", (name,))
        for number, name in enumerate(NASTY[1:])
    )
    return stack(Graph(nodes, edges, ("s",)), "s")
