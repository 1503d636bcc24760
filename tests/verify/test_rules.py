"""What AWS Config's rules say, and what they may report because the stack means it so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cfngen.verify.checks import rules
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict
from cfngen.verify.world import World

NAMES = {"Logged": "p-logged", "Private": "p-private"}
BY_DESIGN = {"Logged": "the log bucket does not log itself", "Absent": "left out by a condition"}


def judged(**said: str) -> Verdict:
    """The verdict where each rule says what it is given, and others nothing."""

    def pages(*_: Any, **asked: Any) -> list[dict[str, Any]]:
        return [
            {"ConfigRuleName": NAMES[rule], "Compliance": {"ComplianceType": answer}}
            for rule, answer in said.items()
            if NAMES[rule] in asked["ConfigRuleNames"]
        ]

    stack = SimpleNamespace(ids=NAMES, types=dict.fromkeys(NAMES, "AWS::Config::ConfigRule"))
    world = SimpleNamespace(deployed=lambda _: stack, calls=SimpleNamespace(pages=pages))
    claim = SimpleNamespace(stack="compliance", given={"by_design": BY_DESIGN})
    return rules.check(cast(Claim, claim), cast(World, world))


@pytest.mark.parametrize(
    ("logged", "private", "outcome", "told"),
    [
        ("COMPLIANT", "COMPLIANT", "holds", "2 rules have evaluated, none is noncompliant"),
        ("NON_COMPLIANT", "COMPLIANT", "holds", "p-logged: the log bucket does not log itself"),
        ("COMPLIANT", "NON_COMPLIANT", "does not hold", "1 of 2 rules are noncompliant"),
        ("NON_COMPLIANT", "NON_COMPLIANT", "does not hold", "1 of 2 rules are noncompliant"),
        ("NON_COMPLIANT", "INSUFFICIENT_DATA", "not yet", "1 of 2 rules have not evaluated anything yet"),
    ],
)
def test_a_rule_that_reports_what_is_meant_breaks_nothing(
    logged: str, private: str, outcome: str, told: str
) -> None:
    verdict = judged(Logged=logged, Private=private)
    assert verdict.outcome == outcome
    assert told in verdict.evidence
    assert verdict.details == (("p-private",) if outcome == "does not hold" else ())
