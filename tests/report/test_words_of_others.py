"""What other packages say on the page is translated: what verify saw, what costs are called."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest

import cfngen
from cfngen.cost.prices import table
from cfngen.cost.usage import ASSUMPTIONS
from cfngen.report.words import Words, holes, of_page
from cfngen.report.words import table as words_of
from tests.support.evidence_sentences import constants, sentences
from tests.support.words import PACKAGE

VIETNAMESE = Words("vi", of_page("vi"))
SAID = dict(sentences())


@pytest.mark.parametrize("sentence", sorted(SAID))
def test_what_a_check_says_is_translated(sentence: str) -> None:
    """A hole gets a word of its own, so that the sentence with the right holes is found."""
    numbers = count(1)
    said = re.sub(r"\{\}", lambda _: f"X{next(numbers)}", sentence)
    found = VIETNAMESE.say(said)
    assert found.language == "vi", f"{SAID[sentence]} says {sentence!r}: write it into words/vi/verify.yaml"
    assert set(re.findall(r"X\d+", found.words)) == set(re.findall(r"X\d+", said))


def test_what_costs_are_called_is_translated() -> None:
    """The items, what an allowance gives, and what each assumption counts."""
    prices = table()
    said = {str(row["item"]) for row in prices.rows.values()}
    said |= {str(row["free_note"]) for row in prices.rows.values() if row.get("free_note")}
    said |= {assumption.meaning for assumption in ASSUMPTIONS.values()}
    missing = {sentence for sentence in said if VIETNAMESE.say(sentence).language == "en"}
    assert not missing, "write them into words/vi/prices.yaml"


@pytest.mark.parametrize("file", ["verify.yaml", "prices.yaml"])
def test_every_translation_is_of_something_that_is_said(file: str) -> None:
    """Each stretch of its words stands in the code or in the data that it is said by."""
    folder = Path(cfngen.__file__).parent
    sources = [folder / "verify", folder / "cost", folder / "aws" / "resources.py"]
    said = "\n".join(text for source in sources for text in constants(source))
    said += "\n".join(SAID) + (folder / "cost" / "prices.json").read_text(encoding="utf-8")
    for sentence in words_of((PACKAGE / "words" / "vi" / file).read_text(encoding="utf-8"), file):
        for part in re.split("|".join(rf"\{{{name}\}}" for name in holes(sentence)) or "$^", sentence):
            assert part.strip() in said, f"nobody says {part!r} of {sentence!r}"
