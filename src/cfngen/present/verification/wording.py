"""The words that every format shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cfngen.verify.results import Result, counts


@dataclass(frozen=True)
class Report:
    """All results of a run.

    Attributes:
        environment: its name.
        account: twelve digits.
        emulated: whether it was an emulator that answered, which proves nothing about AWS.
        seconds: how long the run took.
        calls: how many API calls it made.
        at: when it began, in UTC, as ISO 8601 writes it.
    """

    environment: str
    account: str
    region: str
    emulated: bool
    results: Sequence[Result]
    seconds: float
    calls: int
    at: str = ""


def summary(results: Sequence[Result]) -> str:
    """The last line: all four outcomes.

    >>> summary([])
    '0 claims: 0 hold, 0 do not hold, 0 not yet, 0 cannot tell'
    """
    found = counts(results)
    return (
        f"{len(results)} claim{'' if len(results) == 1 else 's'}: {found['holds']} hold, "
        f"{found['does not hold']} do not hold, "
        f"{found['not yet']} not yet, {found['cannot tell']} cannot tell"
    )


def where(report: Report) -> str:
    """The account that answered."""
    emulator = ", an emulator: this proves nothing about AWS" if report.emulated else ""
    return f"{report.environment}: account {report.account}, {report.region}{emulator}"


def lines(result: Result) -> list[str]:
    """What is said below a claim."""
    verdict = result.verdict
    found = [verdict.evidence, *(detail for detail in verdict.details if detail != verdict.evidence)]
    if verdict.again:
        found.append(f"look again {verdict.again}")
    if verdict.needs:
        found.append(f"needs {', '.join(verdict.needs)}")
    return found
