"""A call that is made now is recorded: one harmless call with a mark, then a look where it should appear.

CloudTrail delivers within 15 minutes on average, so that is how long is waited.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cfngen.aws.calls import body, call
from cfngen.trail.digests import BrokenFileError, inflate
from cfngen.trail.layout import EVENTS, day_prefixes
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, holds, not_yet
from cfngen.verify.world import World

NEEDS = (
    "sts:GetCallerIdentity",
    "cloudtrail:LookupEvents",
    "logs:FilterLogEvents",
    "s3:ListBucket",
    "s3:GetObject",
)
PATIENCE = 15 * 60.0
"""Seconds."""

_PAUSE = 15.0
_PLACES = ("event history", "log group", "bucket")


def check(claim: Claim, world: World) -> Verdict:
    """Call, then look until it is everywhere or the time is over."""
    if not world.live:
        return not_yet("no call was made", "with --live, which makes one")
    mark = f"cfngen-probe-{uuid4().hex[:12]}"
    begun = datetime.now(UTC)
    call(world.account.marked("sts", mark), "GetCallerIdentity")
    seen: dict[str, int] = {}
    started = world.clock.now()
    while True:
        for place in _PLACES:
            if place not in seen and _sees(place, mark, claim.given, world, begun):
                seen[place] = round(world.clock.now() - started)
        waited = world.clock.now() - started
        world.say(f"the probe was seen in {len(seen)} of {len(_PLACES)} places after {waited:.0f} s")
        if len(seen) == len(_PLACES):
            told = ", ".join(f"the {place} after {seconds} s" for place, seconds in seen.items())
            return holds(f"GetCallerIdentity with the mark {mark} was seen in {told}")
        if waited > PATIENCE:
            missing = " and ".join(f"the {place}" for place in _PLACES if place not in seen)
            return cannot_tell(
                f"GetCallerIdentity with the mark {mark} was not seen in {missing} in 15 minutes"
            )
        world.clock.sleep(_PAUSE)


def _sees(place: str, mark: str, given: Mapping[str, Any], world: World, begun: datetime) -> bool:
    since = begun - timedelta(minutes=1)
    if place == "event history":
        events = world.calls.pages(
            "cloudtrail",
            "LookupEvents",
            "Events",
            fresh=True,
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "GetCallerIdentity"}],
            StartTime=since,
            EndTime=begun + timedelta(minutes=1),
        )
        return any(mark in event.get("CloudTrailEvent", "") for event in events)
    if place == "log group":
        events = world.calls.pages(
            "logs",
            "FilterLogEvents",
            "events",
            after="nextToken",
            fresh=True,
            logGroupName=given["log_group"],
            startTime=int(since.timestamp() * 1000),
            filterPattern=f'"{mark}"',
        )
        return any(mark in event["message"] for event in events)
    return any(mark in text for text in _logs(given, world, since))


def _logs(given: Mapping[str, Any], world: World, since: datetime) -> Iterator[str]:
    base = f"{given['prefix']}/" if given.get("prefix") else ""
    today = datetime.now(UTC).date()
    region = world.account.region
    for folder in day_prefixes(f"{base}AWSLogs/", world.account.id, EVENTS, region, since.date(), today):
        for item in world.calls.objects(given["bucket"], folder, fresh=True):
            if item["LastModified"] >= since:
                answer = world.calls.fresh("s3", "GetObject", Bucket=given["bucket"], Key=item["Key"])
                try:
                    yield json.dumps(json.loads(inflate(body(answer))))
                except (BrokenFileError, ValueError):
                    continue  # the integrity of the files is another claim's
