"""What shows each control, and each claim with its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cfngen.report.controls.declared import declared_claims
from cfngen.report.controls.evidence import (
    STATUSES,
    CheckEvidence,
    ControlEvidence,
    Status,
    evidence,
    outcomes,
)
from cfngen.report.controls.mapping import Framework, mapping
from cfngen.report.controls.subjects import subject
from cfngen.report.results import Results
from cfngen.report.source import ReportedStack, ReportSource
from cfngen.verify.claims import Claim


@dataclass(frozen=True)
class Controlled:
    """One control, with what it is about."""

    evidence: ControlEvidence
    subject: str


@dataclass(frozen=True)
class FrameworkEvidence:
    """One framework.

    Attributes:
        counts: how many controls have each status, in the order of `STATUSES`.
        shown: the controls that these stacks show something of, or could.
        others: the ids of the controls that these stacks are not about.
    """

    framework: Framework
    counts: Mapping[Status, int]
    shown: tuple[Controlled, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """One claim.

    Attributes:
        result: as `verify` wrote it; None where it was not checked.
    """

    id: str
    says: str
    about: str
    severity: str
    source: str
    result: Mapping[str, Any] | None

    @property
    def outcome(self) -> str:
        """The outcome, empty where it was not checked."""
        return str(self.result["outcome"]) if self.result else ""


@dataclass(frozen=True)
class StackClaims:
    """The claims of one stack.

    Attributes:
        outcomes: the claims by their outcome, what does not hold first; `""`: not checked.
    """

    stack: ReportedStack
    outcomes: Mapping[str, tuple[Checked, ...]]


@dataclass(frozen=True)
class Evidence:
    """The part.

    Attributes:
        checks: what each check of a control sees, by its name; many controls share one.
        credit: where the mapping of the controls is from.
        linked: the ids of the claims that a check names.
        checked: when the claims were checked, empty where that is not known.
    """

    frameworks: tuple[FrameworkEvidence, ...]
    checks: tuple[CheckEvidence, ...]
    stacks: tuple[StackClaims, ...]
    credit: str
    linked: frozenset[str]
    checked: str

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each check on the page, from 1."""
        return {check.check: number for number, check in enumerate(self.checks, start=1)}


_GRAVEST = ("does-not-hold", "cannot-tell", "not-yet", "holds", "")


def evidence_part(source: ReportSource, results: Results) -> Evidence:
    """The part."""
    verify = results.verify
    declared = {stack.name: _declared(source, stack) for stack in source.stacks}
    found = evidence(
        {stack.name: stack.resolved for stack in source.stacks},
        [claim for claims in declared.values() for claim in claims],
        outcomes(verify) if verify else None,
        possible={
            str(body.get("Type"))
            for stack in source.stacks
            for body in stack.template.get("Resources", {}).values()
            if isinstance(body, dict)
        },
        emulated=bool(verify and verify["emulated"]),
    )
    checks = {check.check: check for each in found for check in each.checks}
    return Evidence(
        tuple(
            _framework(framework, [each for each in found if each.framework == framework.id])
            for framework in mapping().frameworks
        ),
        tuple(checks[name] for name in sorted(checks)),
        tuple(_claims(stack, declared[stack.name], verify) for stack in source.stacks),
        mapping().credit,
        frozenset(claim.id for check in checks.values() for item in check.items for claim in item.claims),
        _moment(str(verify.get("at") or "")) if verify else "",
    )


def _moment(at: str) -> str:
    """A time as people read it.

    >>> _moment("2026-03-05T11:00:09+00:00"), _moment("")
    ('2026-03-05 11:00 UTC', '')
    """
    try:
        return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return at


def _declared(source: ReportSource, stack: ReportedStack) -> list[Claim]:
    return declared_claims(
        stack.name,
        stack.claims,
        stack.template,
        stack.parameters,
        account=source.environment.account,
        region=source.environment.region,
    )


def _framework(framework: Framework, found: list[ControlEvidence]) -> FrameworkEvidence:
    counted = Counter(each.status for each in found)
    return FrameworkEvidence(
        framework,
        {status: counted[status] for status in STATUSES},
        tuple(Controlled(each, subject(framework.id, each.control)) for each in found if each.checks),
        tuple(each.control for each in found if not each.checks),
    )


def _claims(stack: ReportedStack, declared: list[Claim], verify: Mapping[str, Any] | None) -> StackClaims:
    results = [claim for claim in (verify["claims"] if verify else ()) if claim["stack"] == stack.name]
    claims = list(_checked(declared, results))
    grouped = {outcome: tuple(claim for claim in claims if claim.outcome == outcome) for outcome in _GRAVEST}
    return StackClaims(stack, {outcome: group for outcome, group in grouped.items() if group})


def _checked(declared: list[Claim], results: list[Mapping[str, Any]]) -> Iterator[Checked]:
    """The claims that were checked, and those that are declared and were not."""
    for result in results:
        yield Checked(
            result["id"],
            result["says"],
            result["about"] or "",
            result["severity"],
            result["source"] or "",
            result,
        )
    seen = {result["id"] for result in results}
    for claim in declared:
        if claim.id not in seen:
            yield Checked(claim.id, claim.says, claim.about, claim.severity, claim.source, None)
