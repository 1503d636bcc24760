"""The trail records everything it should, and delivers it.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cfngen.aws.calls import CallError
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = (
    "cloudtrail:GetTrail",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetInsightSelectors",
)
DAY = timedelta(days=1)
FIRST_DELIVERY = timedelta(minutes=15)


def check(claim: Claim, world: World) -> Verdict:
    """Check one demand, `given["demand"]`, of the trail `given["trail"]`."""
    return _DEMANDS[claim.given["demand"]](claim.given["trail"], world)


def _logging(trail: str, world: World) -> Verdict:
    status = world.calls("cloudtrail", "GetTrailStatus", Name=trail)
    if status.get("IsLogging"):
        return holds(f"the trail is logging, since {_when(status.get('StartLoggingTime'))}")
    return fails(f"the trail is not logging, since {_when(status.get('StopLoggingTime'))}")


def _regions(trail: str, world: World) -> Verdict:
    found = world.calls("cloudtrail", "GetTrail", Name=trail)["Trail"]
    if not found.get("IsMultiRegionTrail"):
        return fails(f"the trail records {found.get('HomeRegion', 'its own Region')} only")
    if not found.get("IncludeGlobalServiceEvents", True):
        return fails("the trail leaves out the events of global services such as IAM")
    return holds("IsMultiRegionTrail is true, and global services are included")


def _validation(trail: str, world: World) -> Verdict:
    on = world.calls("cloudtrail", "GetTrail", Name=trail)["Trail"].get("LogFileValidationEnabled")
    return holds("log file validation is on") if on else fails("log file validation is off")


def _management(trail: str, world: World) -> Verdict:
    for names in _selections(trail, world):
        category = names.get("eventCategory", {}).get("Equals", [])
        if category == ["Management"] and names.keys() == {"eventCategory"}:
            return holds("an event selector selects every management event, read and write")
    answer = world.calls("cloudtrail", "GetEventSelectors", TrailName=trail)
    for selector in answer.get("EventSelectors") or ():
        if (
            selector.get("IncludeManagementEvents")
            and selector.get("ReadWriteType") == "All"
            and not selector.get("ExcludeManagementEventSources")
        ):
            return holds("an event selector selects every management event, read and write")
    return fails("no event selector selects every management event, read and write")


def _data(trail: str, world: World) -> Verdict:
    limits: set[str] = set()
    for names in _selections(trail, world):
        if names.get("eventCategory", {}).get("Equals") == ["Data"] and names.get("resources.type", {}).get(
            "Equals"
        ) == ["AWS::S3::Object"]:
            left_out = names.get("resources.ARN", {}).get("NotStartsWith", [])
            narrowed = names.keys() - {"eventCategory", "resources.type", "resources.ARN"}
            only = names.get("resources.ARN", {}).keys() - {"NotStartsWith"}
            if narrowed or only:
                limits |= narrowed or only
                continue
            return holds(
                "an event selector selects the data events of every S3 object"
                + (f", without those of {' and '.join(left_out)}" if left_out else "")
            )
    if limits:
        return fails(f"the event selectors limit S3 data events by {', '.join(sorted(limits))}")
    return fails("no event selector selects the data events of S3 objects")


def _insights(trail: str, world: World) -> Verdict:
    wanted = {"ApiCallRateInsight", "ApiErrorRateInsight"}
    try:
        answer = world.calls("cloudtrail", "GetInsightSelectors", TrailName=trail)
    except CallError as error:
        if "InsightNotEnabled" in str(error.__cause__):
            return fails("Insights events are off")
        raise
    missing = wanted - {each["InsightType"] for each in answer.get("InsightSelectors", ())}
    if missing:
        return fails(f"Insights events are off for {' and '.join(sorted(missing))}")
    return holds("both kinds of Insights events are on; the first Insights event may take 36 hours")


def _bucket(trail: str, world: World) -> Verdict:
    return _delivered(trail, world, "LatestDeliveryTime", "LatestDeliveryError", "the bucket")


def _log_group(trail: str, world: World) -> Verdict:
    found = world.calls("cloudtrail", "GetTrail", Name=trail)["Trail"]
    if not found.get("CloudWatchLogsLogGroupArn"):
        return fails("the trail does not deliver to CloudWatch Logs")
    return _delivered(
        trail,
        world,
        "LatestCloudWatchLogsDeliveryTime",
        "LatestCloudWatchLogsDeliveryError",
        "CloudWatch Logs",
    )


def _digest(trail: str, world: World) -> Verdict:
    return _delivered(
        trail,
        world,
        "LatestDigestDeliveryTime",
        "LatestDigestDeliveryError",
        "the digests",
        timedelta(hours=2),
    )


def _delivered(
    trail: str, world: World, time: str, error: str, where: str, first: timedelta = FIRST_DELIVERY
) -> Verdict:
    status = world.calls("cloudtrail", "GetTrailStatus", Name=trail)
    if status.get(error):
        return fails(f"delivery to {where} fails: {status[error]}")
    last, started = status.get(time), status.get("StartLoggingTime")
    now = datetime.now(UTC)
    if last is None:
        if started is not None and now - started < first and status.get("IsLogging"):
            return not_yet(f"nothing was delivered to {where} yet; logging began {_when(started)}", "soon")
        return fails(f"nothing was ever delivered to {where}")
    if now - last > DAY:
        return fails(f"the last delivery to {where} was {_when(last)}, more than a day ago")
    return holds(f"the last delivery to {where} was {_when(last)}, without an error")


def _selections(trail: str, world: World) -> Iterator[dict[str, dict[str, Any]]]:
    """The advanced selectors, each as its fields by name."""
    answer = world.calls("cloudtrail", "GetEventSelectors", TrailName=trail)
    for selector in answer.get("AdvancedEventSelectors") or ():
        yield {
            field["Field"]: {key: value for key, value in field.items() if key != "Field" and value}
            for field in selector["FieldSelectors"]
        }


def _when(time: Any) -> str:
    return "an unknown time" if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


_DEMANDS: dict[str, Callable[[str, World], Verdict]] = {
    "logging": _logging,
    "every region": _regions,
    "validation": _validation,
    "management events": _management,
    "data events": _data,
    "insights": _insights,
    "bucket delivery": _bucket,
    "log group delivery": _log_group,
    "digest delivery": _digest,
}
