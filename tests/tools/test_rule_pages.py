"""The pages of our lint rules: up to date, and every example is what the page says of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lint.conftest import Check, check, engine
from tests.support.projects import ROOT
from tools import rule_pages

__all__ = ["check", "engine"]

RULES = rule_pages.rules()


def test_the_pages_are_made_from_the_rules() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert written == rule_pages.pages(), "run python tools/rule_pages.py and commit what it writes"


def test_ids_are_given_once() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.id[1:] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_the_examples_are_what_the_page_says(check: Check, rule: Any) -> None:
    wrong, right = rule_pages.examples(rule)
    for example, values, wanted in (
        (wrong, getattr(rule, "wrong_values", None), 1),
        (right, getattr(rule, "right_values", None), 0),
    ):
        environments = {"dev": values} if values else {}
        findings = check(example, rule.id, **environments)
        assert len(findings) == wanted, findings
