"""The whole page in Vietnamese: nothing of it is marked as English, whatever was measured."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count, cycle
from typing import Any

import pytest

from cfngen.project import Project
from cfngen.report.page import page
from cfngen.report.render import html
from cfngen.report.results import Results
from cfngen.report.source import read_source
from cfngen.report.words import PageLanguage, words
from cfngen.template.environment.deployment_file import environment, environments
from tests.support.evidence_sentences import sentences
from tests.support.projects import ROOT
from tests.support.report import WRITTEN, activity_document, drift_document, verify_document

PROJECT = Project(ROOT)
MOST_BYTES = 1_000_000
ENGLISH = re.compile(r'<span lang="?en"?>([^<]*)')


def _drawn(name: str, language: PageLanguage) -> str:
    """The page with every sentence of the checks among its evidence."""
    source = read_source(PROJECT, environment(PROJECT, name))
    verify: dict[str, Any] = verify_document(source)
    numbers = count(1)
    said = cycle(re.sub(r"\{\}", lambda _: f"X{next(numbers)}", each) for each, _ in sentences())
    for claim in verify["claims"]:
        claim["evidence"] = next(said)
    activity: dict[str, Any] = activity_document(source)
    queries = [
        str(body["Properties"]["Description"]).partition(" (")[0]
        for stack in source.stacks
        for body in stack.resources.values()
        if body["Type"] == "AWS::Athena::NamedQuery"
    ]
    for question, description in zip(activity["questions"], queries, strict=False):
        question["description"] = description
    activity["verification"]["problems"] = ["digest a/b.json.gz: is cut short"]
    activity["counts"]["skipped"] = [{"key": "broken.json.gz", "reason": "is not gzip"}]
    results = Results(verify=verify, activity=activity, drift=drift_document(source))
    return html(page(PROJECT, source, results, WRITTEN), language)


@pytest.mark.parametrize("name", [each.name for each in environments(PROJECT)])
def test_no_sentence_of_the_page_is_left_in_english_and_the_page_is_small(name: str) -> None:
    drawn = _drawn(name, words(PROJECT, "vi"))
    assert not Counter(ENGLISH.findall(drawn))
    assert len(drawn.encode()) <= MOST_BYTES


def test_what_is_left_in_english_is_found() -> None:
    known = words(PROJECT, "vi").known
    less = PageLanguage("vi", {key: value for key, value in known.items() if key != "the trail is active"})
    assert set(ENGLISH.findall(_drawn("dev", less))) == {"the trail is active"}
