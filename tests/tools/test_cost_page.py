"""docs/cost.md is what the tool makes of out/ and deployments/ now."""

from __future__ import annotations

import re

import pytest

from cfngen.cost.prices import table
from tools import cost_page


@pytest.fixture(scope="module")
def page() -> str:
    return cost_page.page()


def test_the_page_is_up_to_date(page: str) -> None:
    assert cost_page.TARGET.read_text(encoding="utf-8") == page, (
        "run python tools/cost_page.py and commit docs/cost.md"
    )


def test_both_quick_starts_say_what_the_page_says(page: str) -> None:
    found = re.search(r"^## workshop: ([\d.,]+) US dollars", page, re.MULTILINE)
    assert found is not None
    for name in ("quick-start.md", "vi/quick-start.md"):
        text = (cost_page.TARGET.parent / name).read_text(encoding="utf-8")
        said = re.search(r"`cfngen cost --env workshop` (?:estimates|ước tính) ([\d.,]+) US dollar", text)
        assert said is not None, name
        assert said[1] == found[1], f"docs/{name}: write {found[1]}"


def test_no_price_that_was_not_seen_is_without_its_mark(page: str) -> None:
    """In the answer to 0.05 as in the tables: by what the table of prices says of each item."""
    prices = table()
    unseen = {
        str(row["item"])
        for row in prices.rows.values()
        if row["regions"].get("ap-southeast-1", {}).get("confidence") == "C"
    }
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    told = [row for row in rows if any(f"| {item} (" in row or f": {item} (" in row for item in unseen)]
    assert len(told) > 6
    assert all(" ? |" in row for row in told)
