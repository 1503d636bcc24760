"""The trail is on, records everything, is delivered and can be proven unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from troposphere import Equals, Ref, Sub

from cfngen.define.claims import DeclaredClaim, claim

GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
LOGS = "${LogPrefix}/AWSLogs/${AWS::AccountId}"

# The demand, the sentence, the source; the sentences are those of the team's own list.
TRAIL = (
    ("logging", "the trail is active", "CIS AWS 5.0 3.1"),
    ("every region", "the trail records every Region and the global services", "CIS AWS 5.0 3.1"),
    ("management events", "the trail records every management event, reading and writing", "CIS AWS 5.0 3.1"),
    ("validation", "the trail's log files can be proven unchanged", "CIS AWS 5.0 3.2"),
    (
        "insights",
        "Insights watch the rate of calls and of errors",
        f"{GUIDE}/logging-insights-events-with-cloudtrail.html",
    ),
    (
        "bucket delivery",
        "the trail's logs arrive in its bucket",
        f"{GUIDE}/get-and-view-cloudtrail-log-files.html",
    ),
    (
        "log group delivery",
        "the trail's events arrive in CloudWatch Logs",
        f"{GUIDE}/send-cloudtrail-events-to-cloudwatch-logs.html",
    ),
    (
        "digest delivery",
        "the digests of the trail's logs arrive",
        f"{GUIDE}/cloudtrail-log-file-validation-intro.html",
    ),
)


def facts() -> Iterator[DeclaredClaim]:
    """All claims besides those of who may do what."""
    for demand, says, source in TRAIL:
        yield _of_trail("Trail", "trail", demand, says, source=source, given={"trail": Ref("Trail")})
    data = "every S3 object's events are recorded, without the trail's own two buckets"
    yield _of_trail(
        "Trail",
        "trail",
        "data events",
        data,
        given={"trail": Ref("Trail")},
        when=Equals(Ref("DataEvents"), "same-trail"),
        source="CIS AWS 5.0 3.8, 3.9",
    )
    for demand, says in (
        ("logging", "the data trail is active"),
        ("data events", data),
        ("validation", "the data trail's log files can be proven unchanged"),
        ("bucket delivery", "the data trail's logs arrive in its bucket"),
    ):
        yield _of_trail("DataTrail", "trail", demand, says, given={"trail": Ref("DataTrail")})
    where = {"bucket": Ref("TrailBucket"), "prefix": Ref("LogPrefix")}
    yield claim(
        "integrity",
        "Trail",
        "the logs of the last day are unchanged and complete",
        given={"trail": Ref("Trail"), **where, "hours": 24},
        severity="critical",
        source=f"{GUIDE}/cloudtrail-log-file-custom-validation.html",
    )
    yield claim(
        "probe",
        "Trail",
        "a call that is made now is recorded in the event history, the log group and the bucket",
        given={"log_group": Ref("LogGroup"), **where},
        source=f"{GUIDE}/how-cloudtrail-works.html",
    )
    yield from _storage()


def _storage() -> Iterator[DeclaredClaim]:
    bucket = Ref("TrailBucket")
    yield _of_trail(
        "TrailBucket",
        "storage",
        "objects",
        "log files arrive under the trail's prefix every day",
        given={
            "bucket": bucket,
            "prefix": Sub(f"{LOGS}/CloudTrail/${{AWS::Region}}/"),
            "daily": True,
        },
    )
    yield _of_trail(
        "TrailBucket",
        "storage",
        "lifecycle",
        "logs go to cheaper storage after 30, 90 and 365 days",
        given={
            "bucket": bucket,
            "rule": "CloudTrailLogLifecycle",
            "transitions": {"STANDARD_IA": 30, "GLACIER": 90, "DEEP_ARCHIVE": 365},
        },
    )
    yield _of_trail(
        "TrailBucket",
        "storage",
        "object lock",
        "no log can be deleted before its retention ends",
        given={"bucket": bucket, "mode": Ref("ObjectLockMode")},
        when="UseObjectLock",
    )


def _of_trail(
    about: str, kind: Any, demand: str, says: str, *, given: Any, when: Any = None, source: str = ""
) -> DeclaredClaim:
    return claim(
        kind,
        about,
        says,
        name=f"{about}/{demand}",
        given={"demand": demand, **given},
        when=when,
        severity="critical" if demand == "logging" else "high",
        source=source or None,
    )
