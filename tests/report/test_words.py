"""Both languages of the page: every sentence has a translation, and every translation a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cfngen.errors import CfngenError
from cfngen.project import Project
from cfngen.report.controls.evidence import STATUSES
from cfngen.report.controls.rows import ROWS
from cfngen.report.controls.subjects import SUBJECTS
from cfngen.report.words import LANGUAGES, PageLanguage, Said, holes, of_page, table, text, words
from tests.support.words import PACKAGE, of_code, of_templates

OTHERS = ("verify.yaml", "prices.yaml", "terms.yaml")
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_every_translation_used(language: str) -> None:
    said = dict([*of_templates(), *of_code(), *((sentence, "controls") for sentence in of_controls())])
    known = of_page(language)
    missing = {sentence: place for sentence, place in said.items() if sentence not in known}
    assert not missing, f"write into words/{language}/: {missing}"
    assert not known.keys() - said.keys() - of_others(), "nothing says these any longer"


def of_controls() -> set[str]:
    """What a control is about, how it stands, and what each row says."""
    subjects = {subject for each in SUBJECTS.values() for subject in each.values()}
    return subjects | set(STATUSES) | {row.says for row in ROWS}


def of_others() -> set[str]:
    """The sentences of other packages that the page shows; test_words_of_others.py judges them."""
    files = [PACKAGE / "words" / language / name for language in TRANSLATED for name in OTHERS]
    return {sentence for path in files for sentence in table(path.read_text(encoding="utf-8"), path.name)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_translated_twice(language: str) -> None:
    seen: dict[str, str] = {}
    for path in sorted((PACKAGE / "words" / language).glob("*.yaml")):
        for sentence in table(path.read_text(encoding="utf-8"), path.name):
            assert sentence not in seen, f"{sentence!r} is in {seen[sentence]} and in {path.name}"
            seen[sentence] = path.name


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_with_holes_has_words_of_its_own(language: str) -> None:
    """Else it would be found in sentences that say something else."""
    for sentence in of_page(language):
        others = set(holes(sentence)) - {"count", "n", "total"}
        own = re.findall(r"[a-zA-Z]{2,}", re.sub(r"\{\w+\}", " ", sentence))
        assert not others or len("".join(own)) >= 4, sentence


def test_what_has_no_translation_is_marked_as_english() -> None:
    vietnamese = PageLanguage("vi", {"Stacks": "Các stack"})
    assert vietnamese.say("Stacks") == Said("Các stack", "vi")
    assert vietnamese.say("Nothing") == Said("Nothing", "en")
    assert PageLanguage().say(text("{n} of {m}", n=1, m=text("{k}", k=2))) == Said("1 of 2", "en")


def test_values_are_never_read_as_sentences_with_holes() -> None:
    assert PageLanguage().say(text("{n} is here", n="{m}")) == Said("{m} is here", "en")
    assert PageLanguage("vi", {"{n} is here": "có {n}"}).say(text("{n} is here", n="{m}")) == Said(
        "có {m}", "vi"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- a", "is not a mapping"),
        ("a: 1", "is not text"),
        ("a: [", "not YAML"),
        ('"{n} stacks": "{m} stack"', "have other holes"),
    ],
)
def test_a_broken_file_of_the_project_is_one_clear_error(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "vi.yaml").write_text(content)
    with pytest.raises(CfngenError, match=problem) as error:
        words(Project(tmp_path), "vi")
    assert error.value.place == "translations/vi.yaml"
