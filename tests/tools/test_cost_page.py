"""docs/cost.md is what the tool makes of out/ and deployments/ now."""

from __future__ import annotations

from tools import cost_page


def test_the_page_is_up_to_date() -> None:
    assert cost_page.TARGET.read_text(encoding="utf-8") == cost_page.page(), (
        "run python tools/cost_page.py and commit docs/cost.md"
    )
