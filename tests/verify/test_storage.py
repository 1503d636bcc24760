"""Objects that arrive: what is said of a list that goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cfngen.verify.checks.storage import check
from cfngen.verify.claims import Claim
from cfngen.verify.world import World

CLAIM = Claim("s", "n", "", "storage", given={"demand": "objects", "bucket": "b", "prefix": "p/"})


@pytest.mark.parametrize(
    ("cut_off", "said"),
    [
        (False, "2 objects under p/, the last of 10:30 UTC"),
        # Keys are listed by name: which object is the last one is not known before the end.
        (True, "more than 2 objects under p/"),
    ],
)
def test_the_last_object_is_told_where_all_are_listed(*, cut_off: bool, said: str) -> None:
    times = [datetime(2026, 11, 28, 10, minute, tzinfo=UTC) for minute in (30, 10)]

    def fresh(*_: str, **__: Any) -> dict[str, Any]:
        return {"IsTruncated": cut_off, "Contents": [{"LastModified": time} for time in times]}

    verdict = check(CLAIM, cast("World", SimpleNamespace(calls=SimpleNamespace(fresh=fresh))))
    assert (verdict.outcome, verdict.evidence) == ("holds", said)
