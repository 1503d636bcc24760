"""What the rest of the page does not say: not recorded, not proven, not covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cfngen.report.parts.access import Access
from cfngen.report.parts.cost import Cost
from cfngen.report.parts.evidence import Evidence
from cfngen.report.results import Results
from cfngen.report.source import Source, Stack
from cfngen.report.words import Text, plural, text


@dataclass(frozen=True)
class Limit:
    """One thing that is not said elsewhere.

    Attributes:
        says: the sentence.
        details: names and reasons, as they are.
    """

    says: Text
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """The limits of one kind."""

    heading: Text
    limits: tuple[Limit, ...]


def limits(
    source: Source, results: Results, evidence: Evidence, access: Access, cost: Cost | None
) -> tuple[Group, ...]:
    """The groups that have something to say."""
    groups = (
        Group(text("Not recorded"), tuple(_not_recorded(source, results.activity))),
        Group(text("Not proven"), tuple(_not_proven(results, evidence, access))),
        Group(text("Not covered"), tuple(_not_covered(source, evidence, cost))),
    )
    return tuple(group for group in groups if group.limits)


def _not_recorded(source: Source, activity: Mapping[str, Any] | None) -> Iterator[Limit]:
    trails = list(_typed(source, "AWS::CloudTrail::Trail"))
    if not trails:
        yield Limit(text("No stack here makes a trail: these stacks record no API call."))
    for stack, logical_id, trail in trails:
        yield from _of_trail(f"{stack.name}/{logical_id}", trail)
    unlogged = [
        f"{stack.name}/{logical_id}"
        for stack, logical_id, bucket in _typed(source, "AWS::S3::Bucket")
        if not bucket.get("LoggingConfiguration")
    ]
    if unlogged:
        yield Limit(
            plural(
                len(unlogged),
                "{count} bucket writes no access log.",
                "{count} buckets write no access log.",
            ),
            tuple(unlogged),
        )
    if activity is None:
        yield Limit(text("No activity was given: this page does not say who did what."))
    else:
        yield from _of_activity(activity)


def _of_trail(name: str, trail: Mapping[str, Any]) -> Iterator[Limit]:
    if str(trail.get("IsMultiRegionTrail", False)).lower() != "true":
        yield Limit(text("Trail {trail} records its own Region only.", trail=name))
    selectors: Sequence[Mapping[str, Any]] = trail.get("AdvancedEventSelectors", ())
    if not selectors:
        selected = [
            str(each.get("Type"))
            for selector in trail.get("EventSelectors", ())
            for each in selector.get("DataResources", ())
        ]
        left_out: list[str] = []
    else:
        fields = [field for selector in selectors for field in selector.get("FieldSelectors", ())]
        selected = [
            value
            for field in fields
            if field.get("Field") == "resources.type"
            for value in field.get("Equals", ())
        ]
        left_out = [
            f"{field.get('Field')} {value}"
            for field in fields
            for operator in ("NotEquals", "NotStartsWith", "NotEndsWith")
            for value in field.get(operator, ())
        ]
    if selected:
        yield Limit(
            text("Trail {trail} records data events of these types only.", trail=name),
            tuple(dict.fromkeys(selected)),
        )
    else:
        yield Limit(text("Trail {trail} records no data events, such as reads of an object.", trail=name))
    if left_out:
        yield Limit(
            text("Trail {trail} leaves these events out.", trail=name), tuple(dict.fromkeys(left_out))
        )


def _of_activity(activity: Mapping[str, Any]) -> Iterator[Limit]:
    verification = activity["verification"]
    if verification["status"] != "verified":
        yield Limit(
            text("The activity is not from verified logs: files may be changed or missing."),
            tuple(verification["problems"][:10]),
        )
    skipped = activity["counts"]["skipped"] if activity["counts"] else []
    if skipped:
        yield Limit(
            plural(
                len(skipped), "{count} log file could not be read.", "{count} log files could not be read."
            ),
            tuple(f"{each['key']}: {each['reason']}" for each in skipped[:10]),
        )
    cut = [question["name"] for question in activity["questions"] if question["cut"]]
    if cut:
        yield Limit(text("These answers may have more rows than their query gives."), tuple(cut))


def _not_proven(results: Results, evidence: Evidence, access: Access) -> Iterator[Limit]:
    verify = results.verify
    unchecked = [claim.id for stack in evidence.stacks for claim in stack.outcomes.get("", ())]
    if verify is None:
        yield Limit(
            text("No verification was given: templates show what is asked for, not what is in the account.")
        )
    else:
        if verify["emulated"]:
            yield Limit(text("The claims were checked on an emulator: this is no evidence about AWS."))
        if unchecked:
            yield Limit(
                plural(
                    len(unchecked),
                    "{count} claim that a definition declares was not checked.",
                    "{count} claims that definitions declare were not checked.",
                ),
                _some(unchecked),
            )
        unknown, early = (
            [_why(claim) for claim in verify["claims"] if claim["outcome"] == outcome]
            for outcome in ("cannot-tell", "not-yet")
        )
        if unknown:
            says = plural(
                len(unknown), "{count} claim could not be decided.", "{count} claims could not be decided."
            )
            yield Limit(says, _some(unknown))
        if early:
            says = plural(
                len(early), "{count} claim cannot be true yet.", "{count} claims cannot be true yet."
            )
            yield Limit(says, _some(early))
    drift = results.drift
    if drift is None:
        yield Limit(text("Drift was not looked for: what was changed by hand is not known."))
    else:
        unread = [
            f"{stack['stack']}: {stack['checked']} / {stack['total']}"
            for stack in drift["stacks"]
            if stack.get("total") and stack.get("checked", 0) < stack["total"]
        ]
        if unread:
            yield Limit(text("Of these stacks, not every resource could be read for drift."), tuple(unread))
    if access.undecided:
        yield Limit(
            plural(
                len(access.undecided),
                "{count} cell of the access matrix depends on what no template says.",
                "{count} cells of the access matrix depend on what no template says.",
            ),
            _some([f"{cell.principal} → {cell.resource}: {cell.kind}" for cell in access.undecided]),
        )
    yield Limit(
        text(
            "The access matrix knows the policies of these stacks and AWS's own managed policies. It does "
            "not know service control policies, session policies, or roles and users that other stacks make."
        )
    )


def _why(claim: Mapping[str, Any]) -> str:
    needs = f" ({', '.join(claim['needs'])})" if claim["needs"] else ""
    return f"{claim['id']}: {claim['evidence']}{needs}"


def _not_covered(source: Source, evidence: Evidence, cost: Cost | None) -> Iterator[Limit]:
    left_out = [
        f"{stack.name}: {_types(missing)}" for stack in source.stacks if (missing := _left_out(stack))
    ]
    if left_out:
        yield Limit(
            text("The templates can make these, too; the values of this environment leave them out."),
            tuple(left_out),
        )
    frameworks = [
        f"{each.framework.name}: {len(each.others)} / {len(each.framework.controls)}"
        for each in evidence.frameworks
    ]
    yield Limit(text("So many controls are about what is outside of these stacks."), tuple(frameworks))
    yield Limit(
        text(
            "Evidence for a control is not compliance: a control asks for people and procedures, too, and "
            "only an auditor can judge it."
        )
    )
    if cost is None:
        yield Limit(text("There are no prices of the Region {region}.", region=source.environment.region))
        return
    if cost.estimate.unmodelled:
        types = dict.fromkeys(each.type for each in cost.estimate.unmodelled)
        yield Limit(text("These are not in the estimate of the cost."), tuple(types))
    if cost.estimate.unpriced:
        items = dict.fromkeys(line.item for line in cost.estimate.unpriced)
        yield Limit(text("The price table has no price for these, so they count nothing."), tuple(items))
    yield Limit(text("The cost is an estimate before tax, from a table of prices, not from a bill."))


def _left_out(stack: Stack) -> Counter[str]:
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


def _typed(source: Source, kind: str) -> Iterator[tuple[Stack, str, Mapping[str, Any]]]:
    for stack in source.stacks:
        for logical_id, body in stack.resources.items():
            if body.get("Type") == kind:
                yield stack, logical_id, body.get("Properties", {})
