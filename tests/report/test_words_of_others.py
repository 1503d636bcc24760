"""What other packages say on the page is translated: what verify saw, what costs are called."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import cfngen
from cfngen.activity.answers import Counts, Skipped
from cfngen.cost.account import ChargedAccount
from cfngen.cost.estimate import estimate
from cfngen.cost.prices import table
from cfngen.cost.quantity import Quantity
from cfngen.cost.usage import ASSUMPTIONS, OWN, Usage
from cfngen.present.activity.wording import basis, proof
from cfngen.present.cost import notes
from cfngen.report.access.actions import KINDS
from cfngen.report.access.conditions import unknown
from cfngen.report.access.situations import BOUNDARY, NOTHING, TOO_MANY
from cfngen.report.graph.build import COUNTS
from cfngen.report.graph.deliveries import DELIVERIES
from cfngen.report.words import PageLanguage, holes, of_page
from cfngen.report.words import table as words_of
from cfngen.template.change.consequence import Consequence
from tests.support.charged import CHARGED
from tests.support.evidence_sentences import constants, reasons, sentences
from tests.support.words import PACKAGE

VIETNAMESE = PageLanguage("vi", of_page("vi"))
SAID = dict([*sentences(), *reasons()])


@pytest.mark.parametrize("sentence", sorted(SAID))
def test_what_a_check_says_is_translated(sentence: str) -> None:
    """A hole gets a word of its own, so that the sentence with the right holes is found."""
    numbers = count(1)
    said = re.sub(r"\{\}", lambda _: f"X{next(numbers)}", sentence)
    found = VIETNAMESE.say(said)
    assert found.language == "vi", f"{SAID[sentence]} says {sentence!r}: write it into words/vi/"
    assert set(re.findall(r"X\d+", found.words)) == set(re.findall(r"X\d+", said))


def test_what_costs_are_called_is_translated() -> None:
    """The items, what an allowance gives, and what each assumption counts."""
    prices = table()
    said = {str(row["item"]) for row in prices.rows.values()}
    said |= {str(row["free_note"]) for row in prices.rows.values() if row.get("free_note")}
    said |= {assumption.meaning for assumption in ASSUMPTIONS.values()}
    said |= {own.meaning for own in OWN.values()}
    usage = Usage({"log_gb": Quantity.of(100)})
    for region in prices.regions:
        found = estimate(ChargedAccount.of({"stack": CHARGED}, usage), prices, region)
        said |= set(notes(found))
    missing = {sentence for sentence in said if VIETNAMESE.say(sentence).language == "en"}
    assert not missing, "write them into words/vi/prices.yaml"


def test_kinds_of_use_and_consequences_are_translated() -> None:
    assert VIETNAMESE.say(NOTHING).language == VIETNAMESE.say(BOUNDARY).language == "vi"
    assert VIETNAMESE.say(TOO_MANY).language == VIETNAMESE.say(COUNTS).language == "vi"
    assert VIETNAMESE.say(unknown("StringOdd")).language == "vi"
    assert VIETNAMESE.say("see the permissions; Sid - A, + B").words.endswith("Sid - A, + B")
    said = {kind for kinds in KINDS.values() for kind in kinds}
    said |= {delivery.what for delivery in DELIVERIES.values()}
    said |= {"new", "removed", "no effect", *(each for each in Consequence if each is not Consequence.NONE)}
    uncertain = {Consequence.NONE, Consequence.MAYBE_REPLACE}
    said |= {f"{each}?" for each in Consequence if each not in uncertain}
    assert not {each for each in said if VIETNAMESE.say(str(each)).language == "en"}


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("status", ["verified", "refuted", "unproven"])
def test_what_the_activity_rests_on_is_translated(number: int, status: Any) -> None:
    kinds = ("insight", "aggregated", "network", "unknown")
    counts = Counts(
        files=number,
        new=number,
        events=3 * number,
        copies=number,
        outside=number,
        earliest="2026-11-01 00:00:00",
        latest="2026-11-02 00:00:00",
        others=dict.fromkeys(kinds, number),
        mended=number,
        dropped=number,
        versions={"9.9": number},
        skipped=(Skipped("key", "reason"),) * number,
    )
    for found in (0, 2):
        about = SimpleNamespace(
            counts=counts,
            scanned=7,
            verification=SimpleNamespace(status=status, digests_found=found, digests=1, files=1),
        )
        for sentence in (proof(cast("Any", about)), *basis(cast("Any", about))):
            assert VIETNAMESE.say(sentence).language == "vi", sentence


@pytest.mark.parametrize("file", ["verify.yaml", "prices.yaml", "terms.yaml"])
def test_every_translation_is_of_something_that_is_said(file: str) -> None:
    """Each stretch of its words stands in the code or in the data that it is said by."""
    folder = Path(cfngen.__file__).parent
    places = ("verify", "cost", "aws/resources.py", "present", "report", "template", "trail", "activity")
    sources = [folder / place for place in places]
    said = "\n".join(text for source in sources for text in constants(source))
    said += "\n".join(SAID) + (folder / "cost" / "prices.json").read_text(encoding="utf-8")
    for sentence in words_of((PACKAGE / "words" / "vi" / file).read_text(encoding="utf-8"), file):
        parts = re.split("|".join(rf"\{{{name}\}}" for name in holes(sentence)) or "$^", sentence)
        if file == "terms.yaml":  # its sentences are put together of a number and a word
            parts = re.findall(r"[\w.-]+", " ".join(parts))
        for part in parts:
            assert part.strip(" ?,") in said, f"nobody says {part!r} of {sentence!r}"
