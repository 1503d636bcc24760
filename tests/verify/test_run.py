"""In which order claims are begun, and what becomes of one that nothing can be made of."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cfngen.verify.claims import Claim
from cfngen.verify.run import in_turn, result_of


def claim(name: str, about: str, kind: str = "resource", stack: str = "one") -> Claim:
    return Claim(stack, name, "", kind, about)


def test_what_takes_long_is_begun_first_then_one_claim_about_each_thing() -> None:
    claims = [
        claim("a1", "A"),
        claim("a2", "A"),
        claim("b1", "B"),
        claim("a3", "A"),
        claim("chain", "A", "integrity"),
        claim("b2", "B"),
        claim("a1", "A", stack="two"),
    ]
    order = [f"{each.stack} {each.name}" for each in in_turn(claims)]
    assert order == ["one chain", "one a1", "one b1", "two a1", "one a2", "one b2", "one a3"]


@pytest.mark.parametrize(
    ("given", "why"),
    [({}, "'demand' is missing"), ({"demand": "none"}, "'none' is missing"), ({"demand": []}, "unhashable")],
)
def test_what_a_check_cannot_take_is_told_and_never_ends_the_run(given: dict[str, object], why: str) -> None:
    world = SimpleNamespace(clock=SimpleNamespace(now=lambda: 0.0))
    odd = Claim("one", "a", "", "storage", "A", given=given)
    verdict = result_of(odd, world).verdict  # type: ignore[arg-type]
    assert verdict.outcome == "cannot tell"
    assert why in str(verdict.evidence)
