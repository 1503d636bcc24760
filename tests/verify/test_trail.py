"""A trail's selectors are judged together: one that selects less takes nothing away from another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cfngen.verify.checks.trail import check
from cfngen.verify.claims import Claim
from cfngen.verify.world import World

CLAIM = Claim("s", "n", "", "trail", given={"demand": "data events", "trail": "t"})
EVERY = [
    {"Field": "eventCategory", "Equals": ["Data"]},
    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
]
WRITES = [*EVERY, {"Field": "readOnly", "Equals": ["false"]}]


@pytest.mark.parametrize(
    ("selectors", "outcome", "said"),
    [
        ([WRITES, EVERY], "holds", "an event selector selects the data events of every S3 object"),
        ([WRITES], "does not hold", "the event selectors limit S3 data events by readOnly"),
        ([], "does not hold", "no event selector selects the data events of S3 objects"),
    ],
)
def test_data_events(selectors: list[Any], outcome: str, said: str) -> None:
    answer = {"AdvancedEventSelectors": [{"FieldSelectors": fields} for fields in selectors]}
    world = cast("World", SimpleNamespace(calls=lambda *_, **__: answer))
    verdict = check(CLAIM, world)
    assert (verdict.outcome, verdict.evidence) == (outcome, said)
