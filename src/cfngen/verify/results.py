"""What became of a claim, and what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cfngen.template.likeness import Unlike
from cfngen.verify.claims import Claim

Outcome = Literal["holds", "does not hold", "not yet", "cannot tell"]
OUTCOMES: tuple[Outcome, ...] = ("holds", "does not hold", "not yet", "cannot tell")


class Verdict(NamedTuple):
    """What a check says.

    Attributes:
        evidence: what was seen, sentences without a full stop at the end.
        needs: the IAM actions that the check was denied.
        again: when it is worth looking again, in words.
        details: further lines, one for each thing that is not as claimed.
        unlike: the same as data, where values are compared.
        missing: whether what the claim is about does not exist.
    """

    outcome: Outcome
    evidence: str
    needs: tuple[str, ...] = ()
    again: str = ""
    details: tuple[str, ...] = ()
    unlike: tuple[Unlike, ...] = ()
    missing: bool = False


def holds(evidence: str) -> Verdict:
    """The claim is true."""
    return Verdict("holds", evidence)


def fails(evidence: str, details: Sequence[str] = ()) -> Verdict:
    """The claim is not true."""
    return Verdict("does not hold", evidence, details=tuple(details))


def not_yet(evidence: str, again: str) -> Verdict:
    """The claim cannot be true so early."""
    return Verdict("not yet", evidence, again=again)


def cannot_tell(evidence: str, needs: Sequence[str] = ()) -> Verdict:
    """Nothing follows from what could be seen."""
    return Verdict("cannot tell", evidence, needs=tuple(dict.fromkeys(needs)))


@dataclass(frozen=True)
class Result:
    """A claim and its verdict.

    Attributes:
        seconds: how long the check took.
    """

    claim: Claim
    verdict: Verdict
    seconds: float = 0.0

    @property
    def outcome(self) -> Outcome:
        return self.verdict.outcome


def counts(results: Sequence[Result]) -> dict[Outcome, int]:
    """How many of each outcome, all four named."""
    return {name: sum(result.outcome == name for result in results) for name in OUTCOMES}
