"""What these stacks do not record of what happens in the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cfngen.report.source import ReportedStack, ReportSource
from cfngen.report.words import Text, plural, text


@dataclass(frozen=True)
class KnownLimit:
    """One thing that is not said elsewhere.

    Attributes:
        says: the sentence.
        details: names and reasons, as they are.
    """

    says: Text
    details: tuple[str, ...] = ()


def not_recorded(source: ReportSource, activity: Mapping[str, Any] | None) -> Iterator[KnownLimit]:
    """The limits of the trails, of the buckets' access logs, and of the activity that was given."""
    trails = list(_typed(source, "AWS::CloudTrail::Trail"))
    if not trails:
        yield KnownLimit(text("No stack here makes a trail: these stacks record no API call."))
    for stack, logical_id, trail in trails:
        yield from _of_trail(f"{stack.name}/{logical_id}", trail)
    unlogged = [
        f"{stack.name}/{logical_id}"
        for stack, logical_id, bucket in _typed(source, "AWS::S3::Bucket")
        if not bucket.get("LoggingConfiguration")
    ]
    if unlogged:
        yield KnownLimit(
            plural(
                len(unlogged),
                "{count} bucket writes no access log.",
                "{count} buckets write no access log.",
            ),
            tuple(unlogged),
        )
    if activity is None:
        yield KnownLimit(text("No activity was given: this page does not say who did what."))
    else:
        yield from _of_activity(activity)


def _of_trail(name: str, trail: Mapping[str, Any]) -> Iterator[KnownLimit]:
    if str(trail.get("IsMultiRegionTrail", False)).lower() != "true":
        yield KnownLimit(text("Trail {trail} records its own Region only.", trail=name))
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
        yield KnownLimit(
            text("Trail {trail} records data events of these types only.", trail=name),
            tuple(dict.fromkeys(selected)),
        )
    else:
        yield KnownLimit(
            text("Trail {trail} records no data events, such as reads of an object.", trail=name)
        )
    if left_out:
        yield KnownLimit(
            text("Trail {trail} leaves these events out.", trail=name), tuple(dict.fromkeys(left_out))
        )


def _of_activity(activity: Mapping[str, Any]) -> Iterator[KnownLimit]:
    verification = activity["verification"]
    if verification["status"] != "verified":
        yield KnownLimit(
            text("The activity is not from verified logs: files may be changed or missing."),
            tuple(verification["problems"][:10]),
        )
    skipped = activity["counts"]["skipped"] if activity["counts"] else []
    if skipped:
        yield KnownLimit(
            plural(
                len(skipped), "{count} log file could not be read.", "{count} log files could not be read."
            ),
            tuple(f"{each['key']}: {each['reason']}" for each in skipped[:10]),
        )
    cut = [question["name"] for question in activity["questions"] if question["cut"]]
    if cut:
        yield KnownLimit(text("These answers may have more rows than their query gives."), tuple(cut))


def _typed(source: ReportSource, kind: str) -> Iterator[tuple[ReportedStack, str, Mapping[str, Any]]]:
    for stack in source.stacks:
        for logical_id, body in stack.resources.items():
            if body.get("Type") == kind:
                yield stack, logical_id, body.get("Properties", {})
