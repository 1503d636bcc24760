"""What a resource holds: data that is lost with it, or that costs money while it stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cfngen.aws.calls import CallError, Trouble, call
from cfngen.aws.resources import Resource, Scope, read
from cfngen.deploy.account_look import Eyes, UnseenError
from cfngen.template.change.resource_types import Schemas

PAGES: Final = 10
"""How many lists of a thousand versions of objects are counted; a fuller bucket holds more."""


@dataclass(frozen=True)
class Holding:
    """What a resource holds.

    Attributes:
        text: the same in words; empty where it holds nothing that is lost.
        stored: bytes by storage class, one class `""` where the service has no others.
        count: objects with all their versions, or images.
        complete: whether all of it was counted.
        leaves: when AWS deletes it: the date of a key's scheduled deletion; empty where nothing is scheduled.
    """

    text: str = ""
    stored: Mapping[str, int] = field(default_factory=dict)
    count: int = 0
    complete: bool = True
    leaves: str = ""


def held(eyes: Eyes, kind: str, physical_id: str, schemas: Schemas, *, pages: int = PAGES) -> Holding | None:
    """What a resource holds; None where it does not exist.

    Arguments:
        kind: its type.
        pages: how many pages of a bucket's list are read.

    Raises:
        UnseenError: it cannot be looked at; `eyes.unseen` says why.
    """
    if kind == "AWS::S3::Bucket":
        return _bucket(eyes, physical_id, pages)
    look = _LOOKS.get(kind)
    return look(eyes, physical_id) if look else _exists(eyes, kind, physical_id, schemas)


def _bucket(eyes: Eyes, name: str, pages: int) -> Holding | None:
    # The owner is given with each call: a deleted bucket's name may be another account's by now.
    asked: dict[str, Any] = {"Bucket": name, "ExpectedBucketOwner": eyes.account.id}
    if eyes.see("s3", "HeadBucket", **asked) is None:
        return None
    stored: Counter[str] = Counter()
    count, complete = 0, False
    for _ in range(pages):
        page = eyes.see("s3", "ListObjectVersions", **asked) or {}
        for version in page.get("Versions", ()):
            stored[str(version.get("StorageClass", "STANDARD"))] += int(version.get("Size", 0))
        count += len(page.get("Versions", ())) + len(page.get("DeleteMarkers", ()))
        complete = not page.get("IsTruncated")
        if complete:
            break
        asked |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
    if not count:
        return Holding()
    more = "" if complete else " or more"
    what = "object, version or delete marker" if count == 1 else "objects, versions and delete markers"
    return Holding(f"{count:,}{more} {what}, {size(sum(stored.values()))}{more}", stored, count, complete)


def _log_group(eyes: Eyes, name: str) -> Holding | None:
    answer = eyes.see("logs", "DescribeLogGroups", logGroupNamePrefix=name) or {}
    group = next((each for each in answer.get("logGroups", ()) if each["logGroupName"] == name), None)
    if group is None:
        return None
    days = group.get("retentionInDays")
    kept = f"log events of the last {days} days" if days else "log events, which never expire"
    stored = int(group.get("storedBytes", 0))
    return Holding(f"{kept}, {size(stored)}", {"": stored})


def _key(eyes: Eyes, key_id: str) -> Holding | None:
    answer = eyes.see("kms", "DescribeKey", KeyId=key_id)
    if answer is None:
        return None
    date = answer["KeyMetadata"].get("DeletionDate")
    return Holding(leaves=date.isoformat()[:10] if date else "")


def _repository(eyes: Eyes, name: str) -> Holding | None:
    asked: dict[str, Any] = {"repositoryName": name}
    count = stored = 0
    while True:
        page = eyes.see("ecr", "DescribeImages", **asked)
        if page is None:
            return None
        count += len(page["imageDetails"])
        stored += sum(int(image.get("imageSizeInBytes", 0)) for image in page["imageDetails"])
        if not page.get("nextToken"):
            break
        asked["nextToken"] = page["nextToken"]
    text = f"{count:,} {'image' if count == 1 else 'images'}, {size(stored)}" if count else ""
    return Holding(text, {"": stored}, count)


def _policy(eyes: Eyes, arn: str) -> Holding | None:
    return None if eyes.see("iam", "GetPolicy", PolicyArn=arn) is None else Holding()


def _exists(eyes: Eyes, kind: str, physical_id: str, schemas: Schemas) -> Holding | None:
    def ask(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return call(eyes.account.client(service), operation, **parameters)

    scope = Scope(eyes.account.id, eyes.account.region, eyes.account.partition)
    try:
        reading = read(ask, Resource(kind, physical_id, {}), scope, schemas)
    except CallError as error:
        why = error.said if error.trouble is not Trouble.DENIED else f"needs {error.operation}"
        eyes.unseen[f"{kind} {physical_id}: not looked at: {why}"] = None
        raise UnseenError from error
    if reading.missing:
        return None
    if reading.properties is None:
        eyes.unseen[f"{kind} {physical_id}: not looked at: {reading.reason}"] = None
        raise UnseenError
    return Holding()


_LOOKS: Mapping[str, Callable[[Eyes, str], Holding | None]] = {
    "AWS::ECR::Repository": _repository,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
}


def size(count: int) -> str:
    """Bytes as people read them.

    >>> size(0), size(1), size(1536), size(3 * 1024**3)
    ('0 bytes', '1 byte', '1.5 KiB', '3.0 GiB')
    """
    if count < _KIBI:
        return f"{count} {'byte' if count == 1 else 'bytes'}"
    number, unit = count / _KIBI, "KiB"
    for larger in ("MiB", "GiB", "TiB", "PiB"):
        if number < _KIBI:
            break
        number, unit = number / _KIBI, larger
    return f"{number:.1f} {unit}"


_KIBI: Final = 1024
