"""The page, looked at in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from cfngen.report.render import PARTS
from cfngen.report.words import LANGUAGES
from tests.support.browser import MODULES
from tests.support.report import drawn
from tests.support.schemas import valid

WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MOST_PAGES = 24  # of dev, folded
A4 = 688  # what its margins leave, in pixels
AXE = MODULES / "axe-core" / "axe.min.js"


class Opened:
    """The pages that are open, one a language, and what they said and asked for."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._pages: dict[str, Page] = {}
        self._numbers = count()
        self.said: list[str] = []
        self.asked: list[str] = []

    def at(
        self,
        language: str,
        *,
        width: int = 1440,
        scheme: Literal["light", "dark"] = "light",
        unfolded: bool = False,
    ) -> Page:
        """The page about dev as it is at first, but for these."""
        if language not in self._pages:
            self._pages[language] = self.new(drawn(language))
        page = self._pages[language]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, media="screen")
        page.evaluate(FOLD, unfolded)
        return page

    def new(self, content: str, *, scripts: bool = True) -> Page:
        """A page, from a file, without a network."""
        file = self._folder / f"a page {next(self._numbers)}.html"
        file.write_text(content, encoding="utf-8")
        context = self._browser.new_context(
            viewport={"width": 1440, "height": 900},
            offline=True,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", self._note)
        page.goto(file.as_uri())
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)


FOLD = """(open) => {
  for (const each of document.querySelectorAll("details")) each.open = open;
  delete document.documentElement.dataset.theme;
  document.activeElement.blur();
}"""


@pytest.fixture(scope="module")
def pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    made = Opened(browser, tmp_path_factory.mktemp("pages"))
    yield made
    for context in browser.contexts:
        context.close()
    assert len(made.asked) == len(set(made.asked)), made.asked
    assert all(each.startswith("file://") for each in made.asked)


@pytest.fixture
def opened(pages: Opened) -> Iterator[Opened]:
    """Opens pages; they may say nothing and ask for nothing but themselves."""
    yield pages
    assert pages.said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_drawn(opened: Opened, language: str) -> None:
    page = opened.at(language)
    assert page.get_attribute("html", "lang") == language
    for part in PARTS:
        section = page.locator(f"section#{part}")
        box = section.bounding_box()
        assert box is not None
        assert box["height"] > 100
        assert section.locator("h2").inner_text()
        assert page.locator(f"nav a[href='#{part}']").is_visible()
    assert page.locator("#architecture .graph .node").count() > 100
    assert page.locator("#access .matrix td a").count() > 100
    assert page.locator("#cost svg.bar").count() > 5
    assert page.locator("#activity td.heat").count() == 12
    assert page.locator("#changes .diff li").count() > 100


@pytest.mark.parametrize("unfolded", [False, True], ids=["folded", "unfolded"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_at_any_width(opened: Opened, language: str, unfolded: bool) -> None:
    for width in WIDTHS:
        page = opened.at(language, width=width, unfolded=unfolded)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


# What sticks out of what surrounds it, unless that scrolls; text that an element hides.
CUT = """() => {
  const found = [];
  const scrolls = (element) => element.closest(".scroll, nav ul");
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || element.closest("svg, .hide, .skip")) continue;
    const box = element.getBoundingClientRect();
    const outside = box.right > innerWidth + 1 || box.left < -1;
    const hidden = element.scrollWidth > element.clientWidth + 1 && /hidden|clip/.test(style.overflowX)
      && element.clientWidth > 0;
    if ((outside && !scrolls(element)) || hidden) found.push(element.outerHTML.slice(0, 120));
  }
  return found.slice(0, 5);
}"""


def test_no_name_stands_letter_below_letter_on_a_telephone(opened: Opened) -> None:
    page = opened.at("vi", width=WIDTHS[0], unfolded=True)
    heights: list[float] = page.evaluate("""() =>
      [...document.querySelectorAll(".controls a, .matrix .who")].map((each) => each.offsetHeight)""")
    assert len(heights) > 300
    assert max(heights) <= 100


def test_a_change_of_a_policy_is_told_once_and_no_surer_than_it_is(opened: Opened) -> None:
    for language, folded, uncertain in (
        ("en", "PolicyDocument: see the permissions", "maybe wider"),
        ("vi", "PolicyDocument: xem các quyền", "có thể rộng hơn"),
    ):
        changes = opened.at(language, unfolded=True).locator("#changes")
        assert changes.locator(".diff li li", has_text=folded).count() > 3
        assert changes.locator(".tag", has_text=uncertain).count() > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_box_and_no_label_of_a_drawing_covers_another(opened: Opened, language: str) -> None:
    page = opened.at(language, unfolded=True)
    overlaps = page.evaluate("""() => {
      const found = [];
      for (const drawing of document.querySelectorAll(".drawing .graph")) {
        const nodes = [...drawing.querySelectorAll(".node rect")];
        const labels = [...drawing.querySelectorAll(".line text")];
        const boxes = [...nodes, ...labels].map((each) => [each, each.getBoundingClientRect()]);
        boxes.forEach(([one, a], index) => {
          for (const [other, b] of boxes.slice(index + 1)) {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 2) found.push([one.outerHTML, other.outerHTML]);
          }
        });
        for (const text of drawing.querySelectorAll(".node text")) {
          const room = text.parentElement.querySelector("rect").getBoundingClientRect();
          const box = text.getBoundingClientRect();
          if (box.left < room.left || box.right > room.right) found.push(["cut", text.textContent]);
        }
      }
      return found;
    }""")
    assert overlaps == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_either_scheme_folded_or_not(opened: Opened, language: str) -> None:
    """Of what is there many times, twice: axe takes a second for each thousand elements."""
    page = opened.new(drawn(language))
    before = page.evaluate(KINDS)
    page.evaluate(PRUNE)
    assert page.evaluate(KINDS) == before
    page.evaluate(AXE.read_text(encoding="utf-8"))  # the page's policy lets no script in
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for unfolded in (False, True):
            page.evaluate(FOLD, unfolded)
            assert page.evaluate(VIOLATIONS) == [], (scheme, unfolded)
    page.context.close()


KIND = 'const kind = (each) => `${each.localName}.${each.getAttribute("class") ?? ""}`;'
KINDS = f"""() => {{
  {KIND}
  return [...new Set([...document.querySelectorAll("body *")].map(kind))].sort();
}}"""
PRUNE = f"""() => {{
  {KIND}
  const seen = new Set();
  const visit = (parent) => {{
    const many = new Map();
    for (const child of [...parent.children]) {{
      const number = (many.get(kind(child)) ?? 0) + 1;
      many.set(kind(child), number);
      const known = [child, ...child.querySelectorAll("*")].every((each) => seen.has(kind(each)));
      if (number > 2 && known && !child.matches("tr > *, h2, h3, h4, button")) child.remove();
      else {{ seen.add(kind(child)); visit(child); }}
    }}
  }};
  visit(document.body);
}}"""


def test_axe_finds_nothing_in_the_whole_page(opened: Opened) -> None:
    page = opened.at("vi", scheme="dark", unfolded=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(VIOLATIONS) == []


VIOLATIONS = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"]});
  return violations.map(({id, nodes}) =>
    [id, nodes.length, nodes[0].html.slice(0, 200), nodes[0].failureSummary]);
}"""


MARKED = """() => {
  const shown = [];
  for (const element of document.querySelectorAll("body *")) {
    const {content, visibility} = getComputedStyle(element, "::before");
    const [mark, said] = content.split(" / ").map((text) => text.replace(/^"|"$/g, "").trim());
    if (element.checkVisibility() && visibility === "visible" && mark.length === 1) {
      shown.push({mark, said: said ?? mark, words: element.innerText.trim(),
        place: element.closest("section").id, legend: element.closest(".legend") !== null});
    }
  }
  return shown;
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mark_is_in_a_legend_and_is_read_out(opened: Opened, language: str) -> None:
    marks = opened.at(language, unfolded=True).evaluate(MARKED)
    legend = {(each["place"], each["mark"]) for each in marks if each["legend"]}
    assert {mark for _, mark in legend} == set("✓◐◔✗●?…\u2013")
    assert {(each["place"], each["mark"]) for each in marks if each["said"]} <= legend
    silent = [each for each in marks if not each["said"] and not each["words"]]
    assert silent == []
    said = {each["mark"]: each["said"] for each in marks if each["said"]}
    assert set("✓◐◔✗?…") <= said.keys()
    assert all(len(words) > 2 for words in said.values())


def test_what_is_read_out_is_in_the_tree_that_a_screen_reader_gets(opened: Opened) -> None:
    page = opened.at("en", unfolded=True)
    tree = page.context.new_cdp_session(page)
    root = tree.send("DOM.getDocument")["root"]["nodeId"]

    def name(selector: str) -> str:
        node = tree.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        (found,) = tree.send("Accessibility.getPartialAXTree", {"nodeId": node, "fetchRelatives": False})[
            "nodes"
        ]
        return str(found["name"]["value"])

    assert name(".controls a:not([class])").startswith("shown: ")
    assert name(".controls a.watched").startswith("AWS Config watches it, its result is not known: ")
    assert name("#access a.o.does-not-hold, #evidence a.o.does-not-hold").startswith("does not hold: ")
    assert name(".matrix a:has(> span.conditional)").startswith("allowed under conditions: ")


def test_axe_sees_what_it_looks_for(opened: Opened) -> None:
    page = opened.new("<!doctype html><title>A page</title><h1>text</h1><h4 style='color:#aaa'>late</h4>")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert {"color-contrast", "html-has-lang", "heading-order"} <= {
        found[0] for found in page.evaluate(VIOLATIONS)
    }
    page.context.close()


def test_the_keyboard_alone_reaches_everything(opened: Opened) -> None:
    page = opened.at("en")
    wanted: int = page.evaluate("""() => {
      const able = [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")]
        .filter((each) => each.checkVisibility());
      able.forEach((each, number) => { each.dataset.stop = number; });
      return able.length;
    }""")
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.stop ?? null"))
    assert reached - {None} == {str(number) for number in range(wanted)}


def test_a_button_opens_all_and_closes_it_again(opened: Opened) -> None:
    page = opened.at("en")
    open_ = "document.querySelectorAll('details[open]').length"
    page.click("#all")
    assert page.evaluate(open_) == page.locator("details").count()
    page.click("#all")
    assert page.evaluate(open_) == 0


def test_a_box_of_the_drawing_leads_to_what_it_stands_for(opened: Opened) -> None:
    page = opened.at("en")
    box = page.locator("#architecture > .drawing .node[href='#s-audit-trail']")
    box.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[id='s-audit-trail']")).to_have_attribute("open", "")
    page.click("details[id='s-audit-trail'] > summary")
    box.click()
    expect(page.locator("details[id='s-audit-trail']")).to_have_attribute("open", "")
    page.click("details[id='s-audit-trail'] .node[href='#t-audit-trail/TrailBucket']")
    thing = page.locator("details[id='t-audit-trail/TrailBucket']")
    expect(thing).to_have_attribute("open", "")
    assert "BucketName" in thing.inner_text()
    assert "cloudtrail.amazonaws.com" in thing.inner_text()
    thing.get_by_role("link", name="cloudtrail.amazonaws.com").click()
    proof = page.locator(".proof:target")
    expect(proof).to_be_visible()
    expect(proof).to_contain_text("s3:PutObject")
    page.evaluate("location.hash = ''")


def test_every_link_leads_somewhere_and_every_id_is_one(opened: Opened) -> None:
    page = opened.at("en")
    broken = page.evaluate("""() => [...document.querySelectorAll("a[href^='#']")]
      .filter((each) => !document.getElementById(each.getAttribute("href").slice(1)))
      .map((each) => each.outerHTML)""")
    assert broken == []
    twice = page.evaluate("""() => {
      const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    }""")
    assert twice == []


def test_the_scheme_follows_the_system_until_the_reader_chooses(opened: Opened) -> None:
    page = opened.at("en", scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("#theme")
    light = page.evaluate(ground)
    assert dark != light == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light")
    page.click("#theme")
    assert page.evaluate(ground) == dark


def test_it_prints_in_the_light_scheme_without_what_is_for_the_screen(opened: Opened) -> None:
    page = opened.at("en", scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    page.set_viewport_size({"width": A4, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    printed = page.pdf(format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert MOST_PAGES // 2 < pages <= MOST_PAGES
    assert printed.count(b"/Subtype /Link") > 200


def test_it_says_the_same_without_scripts(opened: Opened) -> None:
    page = opened.new(drawn("en"), scripts=False)
    assert page.locator("#theme").is_hidden()
    page.locator("#s-audit-trail > summary").click()
    assert page.locator("[id='t-audit-trail/TrailBucket'] > summary").is_visible()
    page.context.close()


def test_the_results_that_are_shown_are_what_the_commands_write() -> None:
    from cfngen.project import Project
    from cfngen.report.source import read_source
    from cfngen.template.environment.deployment_file import environment
    from tests.support.projects import ROOT
    from tests.support.report import activity_document, drift_document, verify_document

    source = read_source(Project(ROOT), environment(Project(ROOT), "dev"))
    for name, made in (
        ("verify", verify_document),
        ("activity", activity_document),
        ("drift", drift_document),
    ):
        valid(name, json.loads(json.dumps(made(source))))
