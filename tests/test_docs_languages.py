"""docs/vi/ says what the same pages of docs/ say: headings, commands, numbers, tables, links."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from cfngen.report.controls.mapping import mapping
from cfngen.report.words import of_page, table
from cfngen.report.words.glossary import Entry, glossary
from tests.support.projects import ROOT
from tools import glossary as pages

DOCS = ROOT / "docs"
VIETNAMESE = sorted((DOCS / "vi").glob("*.md"))
NAMES = [page.name for page in VIETNAMESE]
LETTERS = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


class Section(NamedTuple):
    """What stands under one heading.

    Attributes:
        blocks: fenced code, whole.
        text: the rest.
    """

    level: int
    heading: str
    blocks: list[str]
    text: str

    @property
    def spans(self) -> Counter[str]:
        return Counter(re.findall(r"`([^`\n]+)`", self.text))

    @property
    def prose(self) -> str:
        """Without code and without the targets of links."""
        return re.sub(r"`[^`\n]+`|\]\([^)]*\)|<!--.*?-->", " ", self.text)

    @property
    def numbers(self) -> Counter[str]:
        return Counter(re.findall(r"\d+(?:[.,-]\d+)*", f"{self.heading}\n{self.prose}"))

    @property
    def links(self) -> list[str]:
        return re.findall(r"\]\(([^)\s]+)\)", self.text)

    @property
    def cells(self) -> list[int]:
        """The columns of each row of its tables."""
        rows = [line for line in self.text.splitlines() if line.startswith("|")]
        return [len(re.sub(r"`[^`]*`", "", row).strip("|").split("|")) for row in rows]


def sections(page: Path) -> list[Section]:
    found: list[Section] = []
    text = page.read_text(encoding="utf-8")
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        hidden.append(match[0])
        return f"\0{len(hidden) - 1}\0"

    text = re.sub(r"^```.*?^```$", hide, text, flags=re.DOTALL | re.MULTILINE)
    for part in re.split(r"^(?=#)", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        blocks = [hidden[int(number)] for number in re.findall(r"\0(\d+)\0", body)]
        level = len(heading) - len(heading.lstrip("#"))
        found.append(Section(level, heading.lstrip("# "), blocks, re.sub(r"\0\d+\0", "", body)))
    return found


def pair(name: str) -> list[tuple[Section, Section]]:
    english, vietnamese = sections(DOCS / name), sections(DOCS / "vi" / name)
    assert [each.level for each in english] == [each.level for each in vietnamese]
    return list(zip(english, vietnamese, strict=True))


def test_there_are_pages() -> None:
    assert {"README.md", "quick-start.md", "evidence.md", "troubleshooting.md", "glossary.md"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_headings_and_commands_are_the_same(name: str) -> None:
    for english, vietnamese in pair(name):
        assert english.blocks == vietnamese.blocks, vietnamese.heading


@pytest.mark.parametrize("name", [name for name in NAMES if name != "glossary.md"])
def test_names_numbers_and_tables_are_the_same(name: str) -> None:
    for english, vietnamese in pair(name):
        assert english.spans == vietnamese.spans, vietnamese.heading
        assert english.numbers == vietnamese.numbers, vietnamese.heading
        assert english.cells == vietnamese.cells, vietnamese.heading
        assert len(english.links) == len(vietnamese.links), vietnamese.heading


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_the_same(name: str) -> None:
    for english, vietnamese in pair(name):
        for one, other in zip(english.links, vietnamese.links, strict=True):
            if one.startswith("http"):
                assert one == other
                continue
            (first, first_at), (second, second_at) = (
                _target(DOCS / name, one),
                _target(DOCS / "vi" / name, other),
            )
            twin = DOCS / "vi" / first.name
            same = {first.resolve(), twin.resolve()}
            if name == "README.md" and "README.md" in one:  # each names the other language
                assert {first.resolve(), second.resolve()} == {(DOCS / name).resolve(), twin.resolve()}
                continue
            assert second.resolve() in same
            assert not twin.exists() or second.resolve() == twin.resolve(), f"{other} has a translation"
            assert first_at == second_at


def _target(page: Path, link: str) -> tuple[Path, int | None]:
    """The file, and the number of the heading in it."""
    path, _, anchor = link.partition("#")
    file = (page.parent / path) if path else page
    assert file.exists(), link
    if not anchor:
        return file, None
    anchors = [_slug(section.heading) for section in sections(file)]
    return file, anchors.index(anchor)


def _slug(heading: str) -> str:
    """As GitHub makes an anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", VIETNAMESE, ids=lambda page: page.name)
def test_every_paragraph_is_vietnamese(page: Path) -> None:
    for section in sections(page):
        for paragraph in re.split(r"\n\s*\n", section.prose):
            words = re.sub(r"\[[^\]]*\]|[*|#-]", " ", paragraph).split()
            if len(words) > 4 and not paragraph.startswith("|"):
                assert LETTERS.search(paragraph), paragraph


@pytest.mark.parametrize("entry", [each for each in glossary() if each.avoid], ids=lambda entry: entry.term)
def test_one_thing_has_one_name(entry: Entry) -> None:
    """Pages, the report and the translations of this project use the words of the glossary."""
    said = {
        page.name: "\n".join(f"{each.heading}\n{each.prose}" for each in sections(page))
        for page in VIETNAMESE
        if page.name != "glossary.md"
    }
    project = (ROOT / "translations" / "vi.yaml").read_text(encoding="utf-8")
    said |= of_page("vi") | table(project, "vi.yaml")
    said |= {f"glossary: {each.term}": each.vi_means for each in glossary()}
    for place, text in said.items():
        plain = re.sub(r"`[^`]*`|\[[^\]]*\]|\{\w+\}", " ", text)
        for word in entry.avoid:
            assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain, re.IGNORECASE), f"{place}: {word}"


def test_the_glossary_is_in_order_and_its_pages_are_fresh() -> None:
    terms = [each.term.lower() for each in glossary()]
    assert terms == sorted(set(terms))
    for language, (path, *_) in pages.PAGES.items():
        assert path.read_text(encoding="utf-8") == pages.page(language), "run python tools/glossary.py"


# --- What the pages say is true -----------------------------------------------------------------------------

QUICK = (DOCS / "quick-start.md").read_text(encoding="utf-8")
EVIDENCE = (DOCS / "evidence.md").read_text(encoding="utf-8")


def test_every_acceptance_criterion_is_a_claim() -> None:
    part = next(each for each in sections(DOCS / "quick-start.md") if each.heading == "Acceptance criteria")
    claims = [span for span in part.spans if span.count("/") == 2]
    assert len(claims) > 15
    for claim in claims:
        stack, _, name = claim.partition("/")
        document = json.loads((ROOT / "out" / f"{stack}.claims.json").read_text(encoding="utf-8"))
        assert name in document["claims"], claim


def test_the_costs_are_those_of_the_page_of_costs() -> None:
    costs = (DOCS / "cost.md").read_text(encoding="utf-8")
    (expected,) = re.findall(r"^## workshop: ([\d.]+) US dollars a month", costs, re.MULTILINE)
    assert f"estimates {expected} US dollars a month" in QUICK
    (dashboard,) = set(re.findall(r"\| dashboards \(Dashboard\) \| [\d.]+ \| ([\d.]+)", costs))
    assert f"the dashboard ({dashboard} a month)" in QUICK


def test_the_controls_are_counted() -> None:
    known = mapping()
    assert known.commit in EVIDENCE
    assert known.date in EVIDENCE
    for framework in known.frameworks:
        assert f"| {framework.name} | {len(framework.controls)} |" in EVIDENCE


def test_the_states_have_the_names_of_the_report() -> None:
    words = of_page("vi")
    vietnamese = (DOCS / "vi" / "evidence.md").read_text(encoding="utf-8")
    for state in ("evidence", "partly", "no evidence", "not covered by these stacks"):
        assert f"| {state} |" in EVIDENCE
        assert f"| {words[state]} |" in vietnamese
    for outcome in ("holds", "does not hold", "not yet", "cannot tell"):
        assert f"| {outcome} |" in EVIDENCE
        assert f"| {outcome} ({words[outcome]}) |" in vietnamese


def test_the_readme_names_the_vietnamese_pages_on_its_first_screen() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:25]
    assert any("docs/vi/README.md" in line for line in first)
