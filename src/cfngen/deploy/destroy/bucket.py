"""A bucket emptied and deleted: its policy, every version and delete marker, unfinished uploads, then itself.

Under Object Lock nothing is touched: what is locked cannot be deleted, and is not to be left half deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cfngen.aws.calls import CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.outcome import Failure

LOOKED_AT: Final = 1_000
"""How many versions' locks are looked at, one by one; a fuller bucket with Object Lock is not emptied."""

_ROUNDS: Final = 5
"""How often a bucket is emptied that somebody else goes on writing to."""

_LOCKED: Final = "let the lifecycle of the bucket expire what it holds, and delete it when that is over"


def delete_bucket(
    account: Account, name: str, pace: Pace, say: Callable[[str], None]
) -> Steps[Failure | None]:
    """Empty the bucket and delete it; why not, where that cannot be done.

    Raises:
        CallError: a call failed. What was deleted by then is gone; running it again goes on from there.
    """
    s3 = account.client("s3")
    whose: dict[str, Any] = {"Bucket": name, "ExpectedBucketOwner": account.id}
    locked = yield from _locked(s3, whose, pace)
    if locked is not None:
        return locked
    yield from once(pace, s3, "DeleteBucketPolicy", **whose)
    for _ in range(_ROUNDS):
        refused = yield from _empty(s3, whose, pace, say)
        if refused is not None:
            return refused
        yield from _abort_uploads(s3, whose, pace)
        try:
            yield from once(pace, s3, "DeleteBucket", **whose)
        except CallError as error:
            if "not empty" not in error.said:
                raise
        else:
            return None
    return Failure(
        f"{name}: something still writes to the bucket: it was emptied {_ROUNDS} times",
        remedy="stop what writes to the bucket, then run this again",
    )


def once(pace: Pace, client: Any, operation: str, **asked: Any) -> Steps[None]:
    """A deletion that may have been done before."""
    try:
        yield from patiently(pace, client, operation, **asked)
    except CallError as error:
        if error.trouble is not Trouble.MISSING:
            raise


def _pages(s3: Any, whose: Mapping[str, Any], pace: Pace) -> Steps[list[dict[str, Any]]]:
    """The first versions and delete markers, a thousand of each list at the most."""
    page = yield from patiently(pace, s3, "ListObjectVersions", **whose)
    return [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]


def _empty(
    s3: Any, whose: Mapping[str, Any], pace: Pace, say: Callable[[str], None]
) -> Steps[Failure | None]:
    done = 0
    while True:
        versions = yield from _pages(s3, whose, pace)
        if not versions:
            return None
        for batch in _batches(versions):
            answer = yield from patiently(pace, s3, "DeleteObjects", **whose, Delete={"Objects": batch})
            if errors := answer.get("Errors"):
                first = errors[0]
                why = f"{first.get('Key')}: {first.get('Code')}: {first.get('Message')}"
                rest = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
                return Failure(
                    f"{len(errors)} of {len(batch)} objects cannot be deleted: {why}{rest}",
                    remedy="correct the cause (a lock, a missing permission), then run this again",
                )
            done += len(batch)
            say(f"{whose['Bucket']}: {done:,} objects and versions deleted")


_BATCH = 1_000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


def _batches(versions: list[dict[str, Any]]) -> Iterator[list[dict[str, str]]]:
    keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _abort_uploads(s3: Any, whose: Mapping[str, Any], pace: Pace) -> Steps[None]:
    while True:
        page = yield from patiently(pace, s3, "ListMultipartUploads", **whose)
        for upload in page.get("Uploads", ()):
            asked = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
            yield from once(pace, s3, "AbortMultipartUpload", **whose, **asked)
        if not page.get("Uploads"):
            return


def _locked(s3: Any, whose: Mapping[str, Any], pace: Pace) -> Steps[Failure | None]:
    """Why Object Lock stands against it, with until when.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    name = whose["Bucket"]
    try:
        yield from patiently(pace, s3, "GetObjectLockConfiguration", **whose)
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return None  # the bucket has no Object Lock, or is gone
        raise
    versions: list[dict[str, Any]] = []
    asked = dict(whose)
    while True:
        page = yield from patiently(pace, s3, "ListObjectVersions", **asked)
        versions += page.get("Versions", ())
        if len(versions) > LOOKED_AT:
            told = (
                f"{name} has Object Lock and more than {LOOKED_AT:,} versions, whose locks were not looked at"
            )
            return Failure(told, remedy=_LOCKED)
        if not page.get("IsTruncated"):
            break
        asked |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
    return _locks(s3, whose, versions)


def _locks(s3: Any, whose: Mapping[str, Any], versions: list[dict[str, Any]]) -> Failure | None:
    until: list[datetime] = []
    held: list[str] = []
    for version in versions:
        asked = {**whose, "Key": version["Key"], "VersionId": version["VersionId"]}
        retention = _read(s3, "GetObjectRetention", asked).get("Retention", {})
        date = retention.get("RetainUntilDate")
        if date is not None and date > datetime.now(UTC):
            until.append(date)
        if _read(s3, "GetObjectLegalHold", asked).get("LegalHold", {}).get("Status") == "ON":
            held.append(version["Key"])
    if not until and not held:
        return None
    told = []
    if until:
        last = max(until).astimezone(UTC).isoformat(" ", "minutes").removesuffix("+00:00")
        told.append(f"{len(until):,} versions are locked, the last until {last} UTC")
    if held:
        told.append(f"{len(held):,} versions are under a legal hold, such as {held[0]}")
    return Failure(f"{whose['Bucket']} has Object Lock: {'; '.join(told)}", remedy=_LOCKED)


def _read(s3: Any, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return call(s3, operation, **asked)
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return {}
        raise
