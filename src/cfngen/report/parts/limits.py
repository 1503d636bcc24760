"""What the rest of the page does not say: not recorded, not proven, not covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.report.parts.access import Access
from cfngen.report.parts.cost import Cost
from cfngen.report.parts.evidence import Evidence
from cfngen.report.parts.unrecorded import KnownLimit, not_recorded
from cfngen.report.results import Results
from cfngen.report.source import ReportedStack, ReportSource
from cfngen.report.words import Text, plural, text


@dataclass(frozen=True)
class Group:
    """The limits of one kind."""

    heading: Text
    limits: tuple[KnownLimit, ...]


def limits(
    source: ReportSource, results: Results, evidence: Evidence, access: Access, cost: Cost | None
) -> tuple[Group, ...]:
    """The groups that have something to say."""
    groups = (
        Group(text("Not recorded"), tuple(not_recorded(source, results.activity))),
        Group(text("Not proven"), tuple(_not_proven(source, results, evidence, access))),
        Group(text("Not covered"), tuple(_not_covered(source, evidence, cost))),
    )
    return tuple(group for group in groups if group.limits)


def _of_these_templates(source: ReportSource, claim: Mapping[str, Any]) -> bool:
    """Whether a result of verify is of a claim that out/ makes now."""
    stack = source.stack(claim["stack"])
    if stack is None:
        return False
    if claim["kind"] in {"resource", "additions"}:
        return claim["about"] in stack.resources
    # What every stack promises as a whole is about no resource of it.
    return not claim["about"] or str(claim["id"]).removeprefix(f"{stack.name}/") in stack.claims


def _not_proven(
    source: ReportSource, results: Results, evidence: Evidence, access: Access
) -> Iterator[KnownLimit]:
    verify = results.verify
    unchecked = [claim.id for stack in evidence.stacks for claim in stack.outcomes.get("", ())]
    if verify is None:
        yield KnownLimit(
            text("No verification was given: templates show what is asked for, not what is in the account.")
        )
    else:
        if verify["emulated"]:
            yield KnownLimit(text("The claims were checked on an emulator: this proves nothing about AWS."))
        if unchecked:
            yield KnownLimit(
                plural(
                    len(unchecked),
                    "{count} claim that a definition declares was not checked.",
                    "{count} claims that definitions declare were not checked.",
                ),
                _some(unchecked),
            )
        older = [claim["id"] for claim in verify["claims"] if not _of_these_templates(source, claim)]
        if older:
            yield KnownLimit(
                plural(
                    len(older),
                    "{count} result is about a claim of other templates, not of these.",
                    "{count} results are about claims of other templates, not of these.",
                ),
                _some(older),
            )
        unknown, early = (
            [_why(claim) for claim in verify["claims"] if claim["outcome"] == outcome]
            for outcome in ("cannot-tell", "not-yet")
        )
        if unknown:
            says = plural(
                len(unknown), "{count} claim could not be decided.", "{count} claims could not be decided."
            )
            yield KnownLimit(says, _some(unknown))
        if early:
            says = plural(
                len(early), "{count} claim cannot be true yet.", "{count} claims cannot be true yet."
            )
            yield KnownLimit(says, _some(early))
    drift = results.drift
    if drift is None:
        yield KnownLimit(text("Drift was not looked for: what was changed by hand is not known."))
    else:
        unread = [
            f"{stack['stack']}: {stack['checked']} / {stack['total']}"
            for stack in drift["stacks"]
            if stack.get("total") and stack.get("checked", 0) < stack["total"]
        ]
        if unread:
            yield KnownLimit(
                text("Of these stacks, not every resource could be read for drift."), tuple(unread)
            )
    if access.undecided:
        yield KnownLimit(
            plural(
                len(access.undecided),
                "{count} cell of the access matrix depends on what no template says.",
                "{count} cells of the access matrix depend on what no template says.",
            ),
            _some([f"{cell.principal} → {cell.resource}: {cell.kind}" for cell in access.undecided]),
        )
    yield KnownLimit(
        text(
            "The access matrix knows the policies of these stacks and AWS's own managed policies. It does "
            "not know service control policies, session policies, or roles and users that other stacks make."
        )
    )


def _why(claim: Mapping[str, Any]) -> str:
    needs = f" ({', '.join(claim['needs'])})" if claim["needs"] else ""
    return f"{claim['id']}: {claim['evidence']}{needs}"


def _not_covered(source: ReportSource, evidence: Evidence, cost: Cost | None) -> Iterator[KnownLimit]:
    left_out = [
        f"{stack.name}: {_types(missing)}" for stack in source.stacks if (missing := _left_out(stack))
    ]
    if left_out:
        yield KnownLimit(
            text("The templates can make these, too; the values of this environment leave them out."),
            tuple(left_out),
        )
    frameworks = [
        f"{each.framework.name}: {len(each.others)} / {len(each.framework.controls)}"
        for each in evidence.frameworks
    ]
    yield KnownLimit(
        text("For each framework, how many of its controls are about something outside of these stacks."),
        tuple(frameworks),
    )
    yield KnownLimit(
        text(
            "Evidence for a control is not compliance: a control asks for people and procedures, too, and "
            "only an auditor can judge it."
        )
    )
    if cost is None:
        yield KnownLimit(
            text("There are no prices for the Region {region}.", region=source.environment.region)
        )
        return
    if cost.estimate.unmodelled:
        types = dict.fromkeys(each.type for each in cost.estimate.unmodelled)
        yield KnownLimit(text("These are not in the estimate of the cost."), tuple(types))
    if cost.estimate.unpriced:
        items = dict.fromkeys(line.item for line in cost.estimate.unpriced)
        yield KnownLimit(text("The price table has no price for these, so they count nothing."), tuple(items))
    yield KnownLimit(text("The cost is an estimate before tax, from a table of prices, not from a bill."))


def _left_out(stack: ReportedStack) -> Counter[str]:
    """The types of the resources that the template has and these values do not make."""
    there = stack.resources
    return Counter(
        str(body.get("Type"))
        for name, body in stack.template.get("Resources", {}).items()
        if name not in there and isinstance(body, dict) and "Type" in body
    )


def _types(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in sorted(counted.items()))


def _some(names: list[str], most: int = 12) -> tuple[str, ...]:
    return (*names[:most], *((f"… +{len(names) - most}",) if len(names) > most else ()))
