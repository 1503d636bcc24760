"""The first part: what is deployed, which versions, what holds and what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cfngen.report.results import Results
from cfngen.report.source import ReportedStack, ReportSource

OUTCOMES: Final = ("holds", "does-not-hold", "not-yet", "cannot-tell")


@dataclass(frozen=True)
class StackRow:
    """One stack in the table.

    Attributes:
        released: whether the template is a frozen release, byte for byte.
        resources: how many its template makes with this environment's values.
        claims: how many its definition declares.
        outcomes: of the verification, by outcome; None where it was not verified.
        drift: the result of `drift`; None where it was not looked at.
    """

    stack: ReportedStack
    released: bool
    resources: int
    claims: int
    outcomes: Mapping[str, int] | None
    drift: str | None

    @property
    def state(self) -> str:
        """The gravest outcome of the stack; empty where it was not verified."""
        grave = ("does-not-hold", "cannot-tell", "not-yet", "holds")
        return next((each for each in grave if self.outcomes and self.outcomes[each]), "")


@dataclass(frozen=True)
class EnvironmentOverview:
    """The glance.

    Attributes:
        outcomes: of all claims together; None where nothing was verified.
        emulated: whether an emulator answered, which proves nothing about AWS.
        failing: the claims that do not hold, gravest first, as `verify` wrote them.
    """

    rows: tuple[StackRow, ...]
    outcomes: Mapping[str, int] | None
    emulated: bool
    failing: tuple[Mapping[str, Any], ...]

    @property
    def resources(self) -> int:
        """How many resources there are in all."""
        return sum(row.resources for row in self.rows)

    @property
    def declared(self) -> int:
        """How many claims the definitions declare."""
        return sum(row.claims for row in self.rows)

    @property
    def verified(self) -> int:
        """How many claims were checked."""
        return sum(self.outcomes.values()) if self.outcomes else 0

    @property
    def drifted(self) -> int:
        """How many stacks were changed by hand."""
        return sum(row.drift == "drifted" for row in self.rows)

    @property
    def looked_for_drift(self) -> bool:
        """Whether drift was looked for in any stack."""
        return any(row.drift for row in self.rows)


_SEVERITIES: Final = ("critical", "high", "medium", "low")


def overview(source: ReportSource, results: Results) -> EnvironmentOverview:
    """The overview."""
    verify = results.verify
    claims = verify["claims"] if verify else []
    drifts = {each["stack"]: each["result"] for each in results.drift["stacks"]} if results.drift else {}
    rows = []
    for stack in source.stacks:
        found = Counter(claim["outcome"] for claim in claims if claim["stack"] == stack.name)
        rows.append(
            StackRow(
                stack,
                _released(stack),
                len(stack.resources),
                len(stack.claims),
                {outcome: found[outcome] for outcome in OUTCOMES} if found else None,
                drifts.get(stack.name),
            )
        )
    failing = [claim for claim in claims if claim["outcome"] == "does-not-hold"]
    return EnvironmentOverview(
        tuple(rows),
        verify and verify["counts"],
        bool(verify and verify["emulated"]),
        tuple(sorted(failing, key=lambda claim: _SEVERITIES.index(claim["severity"]))),
    )


def _released(stack: ReportedStack) -> bool:
    return stack.sha256 == stack.entry.releases.get(stack.version)
