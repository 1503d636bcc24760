"""What shows each control: template properties, and claims with their results. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cfngen.report.controls.mapping import Control, mapping
from cfngen.report.controls.row import CheckRow, Shows
from cfngen.report.controls.rows import ROWS
from cfngen.report.controls.stacks import ResolvedResource, Stacks
from cfngen.verify.claims import Claim

Status = Literal["evidence", "partly", "no evidence", "not covered by these stacks"]
STATUSES: tuple[Status, ...] = ("evidence", "partly", "no evidence", "not covered by these stacks")
"""What can be said of a control; what it never says is that somebody complies."""

State = Literal["shown", "partly", "watched", "missing", "contradicted", "not covered"]
_SHOWING = {"shown", "partly", "watched"}


class Outcome(NamedTuple):
    """What `cfngen verify` found out about a claim: one of its four results, in its words."""

    outcome: str
    evidence: str = ""
    details: tuple[str, ...] = ()


class ClaimResult(NamedTuple):
    """A claim that looks at the same in the account; `outcome` is None where it was not checked."""

    id: str
    says: str
    outcome: Outcome | None


@dataclass(frozen=True)
class CheckedResource:
    """One resource that a check is about.

    Attributes:
        state: `shown`: the property is as the check wants it. `watched`: AWS Config looks, its result is not
            known. `missing`: the property is not so. `contradicted`: it is, and the account is not.
    """

    row: CheckRow
    stack: str
    logical_id: str
    state: Literal["shown", "watched", "missing", "contradicted"]
    claims: tuple[ClaimResult, ...] = ()


@dataclass(frozen=True)
class CheckEvidence:
    """One check of a control.

    Attributes:
        check: prowler's name.
        state: of all its items together; `partly` also where it asks for every Region.
    """

    check: str
    state: State
    items: tuple[CheckedResource, ...] = ()

    @property
    def alike(self) -> tuple[tuple[CheckedResource, ...], ...]:
        """The items, those together of which the same is said."""
        found: dict[object, list[CheckedResource]] = {}
        for item in self.items:
            told = item.state, item.row.property, item.row.says, item.claims
            found.setdefault(told, []).append(item)
        return tuple(map(tuple, found.values()))


@dataclass(frozen=True)
class ControlEvidence:
    """One control.

    Attributes:
        framework: its id in the mapping.
        checks: those that these stacks can show something of, in the order of the source.
        others: the names of the checks that are about something else.
    """

    framework: str
    control: str
    status: Status
    checks: tuple[CheckEvidence, ...]
    others: tuple[str, ...]


def evidence(
    stacks: Mapping[str, Mapping[str, Any]],
    claims: Sequence[Claim] = (),
    results: Mapping[str, Outcome] | None = None,
    *,
    possible: Collection[str] = (),
    emulated: bool = False,
) -> list[ControlEvidence]:
    """The evidence for every control of every framework, in the order of the source.

    Arguments:
        stacks: by name, each template with an environment's values put in.
        claims: what the stacks promise.
        results: what `cfngen verify` found out, by claim id; None or {}: nothing was checked.
        possible: types of resources that the templates have and this environment leaves out.
        emulated: whether an emulator gave the results: what one says is not evidence for a control.
    """
    judge = _Judge(Stacks.of(stacks), claims, results or {}, possible, emulated=emulated)
    return [
        judge.control(framework.id, control)
        for framework in mapping().frameworks
        for control in framework.controls
    ]


def outcomes(document: Mapping[str, Any]) -> dict[str, Outcome]:
    """The results of the JSON that `cfngen verify --format json` or `--save` writes, by claim id."""
    return {
        claim["id"]: Outcome(
            claim["outcome"].replace("-", " "), claim["evidence"], tuple(claim.get("details", ()))
        )
        for claim in document["claims"]
    }


class _Judge:
    """Judges each check once; many controls share them."""

    def __init__(
        self,
        stacks: Stacks,
        claims: Iterable[Claim],
        results: Mapping[str, Outcome],
        possible: Collection[str],
        *,
        emulated: bool,
    ) -> None:
        self._emulated = emulated
        self._stacks = stacks
        self._results = results
        self._possible = possible
        self._claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        self._kinds: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in claims:
            self._claims[claim.stack, claim.about].append(claim)
            self._kinds[claim.stack, claim.kind].append(claim)
        self._rows: dict[str, list[CheckRow]] = defaultdict(list)
        for row in ROWS:
            self._rows[row.check].append(row)
        self._checks: dict[str, CheckEvidence] = {}

    def control(self, framework: str, control: Control) -> ControlEvidence:
        judged = [self.check(name) for name in control.checks]
        covered = tuple(each for each in judged if each.state != "not covered")
        others = tuple(each.check for each in judged if each.state == "not covered")
        status: Status
        if not covered:
            status = "not covered by these stacks"
        elif not others and all(each.state == "shown" for each in covered):
            status = "evidence"
        elif any(each.state in _SHOWING for each in covered):
            status = "partly"
        else:
            status = "no evidence"
        return ControlEvidence(framework, control.id, status, covered, others)

    def check(self, name: str) -> CheckEvidence:
        if name not in self._checks:
            items = [item for row in self._rows[name] for item in self._items(row)]
            self._checks[name] = CheckEvidence(name, self._state(name, items), tuple(items))
        return self._checks[name]

    def _state(self, name: str, items: Sequence[CheckedResource]) -> State:
        if not items:
            return "missing" if any(self._lacks(row) for row in self._rows[name]) else "not covered"
        states = {item.state for item in items}
        if states == {"shown"}:
            return "partly" if any(item.row.here_only for item in items) else "shown"
        if len(states) == 1:
            return states.pop()
        return "partly" if "shown" in states else "watched" if "watched" in states else "contradicted"

    def _lacks(self, row: CheckRow) -> bool:
        """Whether a resource that would show it could be there: its template leaves it out here."""
        there = any(True for _ in self._stacks.typed(row.type))
        return row.wanted if there else row.type in self._possible

    def _items(self, row: CheckRow) -> list[CheckedResource]:
        """The resources that the row is about; where one is enough, those that show it if any does."""
        found = [
            self._item(row, resource, holds=holds)
            for resource in self._stacks.typed(row.type)
            if (holds := row.holds(resource, self._stacks)) is not None
        ]
        showing = [item for item in found if item.state in _SHOWING]
        return showing if row.one_is_enough and showing else found

    def _item(self, row: CheckRow, resource: ResolvedResource, *, holds: bool) -> CheckedResource:
        claims = tuple(self._linked(row, resource))
        state: Literal["shown", "watched", "missing", "contradicted"]
        if not holds:
            state = "missing"
        elif row.by == "watch":
            state = _watched(resource, claims)
            if state == "shown" and self._emulated:
                state = "watched"
        elif any(_denies(claim, row) for claim in claims):
            state = "contradicted"
        else:
            state = "shown"
        return CheckedResource(row, resource.stack, resource.logical_id, state, claims)

    def _linked(self, row: CheckRow, resource: ResolvedResource) -> Iterable[ClaimResult]:
        stack, logical_id = resource.stack, resource.logical_id
        near = {claim.id: claim for claim in self._claims[stack, logical_id]}
        if row.type == "AWS::Logs::MetricFilter":  # its claim is about its alarm
            name = resource.at("FilterName")
            near |= {
                claim.id: claim for claim in self._kinds[stack, "alarm"] if claim.given.get("filter") == name
            }
        if row.by == "watch":  # one claim is about all rules of a stack
            near |= {claim.id: claim for claim in self._kinds[stack, "rules"]}
        for claim in near.values():
            if any(_is(claim, shows) for shows in row.claims):
                yield ClaimResult(claim.id, claim.says, self._results.get(claim.id))
        as_template = f"{stack}/{logical_id}/as-template"
        if as_template in self._results:
            yield ClaimResult(
                as_template, f"{logical_id} is as its template says", self._results[as_template]
            )


def _is(claim: Claim, shows: Shows) -> bool:
    return claim.kind == shows.kind and shows.demand in ("", claim.given.get("demand"))


def _denies(claim: ClaimResult, row: CheckRow) -> bool:
    """Whether the account is not as the property says; a resource may differ in another property."""
    outcome = claim.outcome
    if outcome is None or outcome.outcome != "does not hold":
        return False
    if not claim.id.endswith("/as-template") or not outcome.details:
        return True
    first = row.property.partition(".")[0]
    return any(detail.startswith(first) for detail in outcome.details)


def _watched(
    rule: ResolvedResource, claims: Iterable[ClaimResult]
) -> Literal["shown", "watched", "contradicted"]:
    """What is known of what a rule watches: the claim about all rules names those that are broken."""
    for claim in claims:
        if claim.outcome is None or claim.id.endswith("/as-template"):
            continue
        if claim.outcome.outcome == "holds":
            return "shown"
        if rule.at("ConfigRuleName") in claim.outcome.details:
            return "contradicted"
    return "watched"
