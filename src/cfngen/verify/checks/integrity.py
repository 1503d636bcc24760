"""The logs of a time are unchanged and complete: CloudTrail's digest files, their signatures and hashes.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

from cfngen.aws.calls import CallError, Trouble
from cfngen.trail.chain import (
    ChainResult,
    MissingObjectError,
    StoredObject,
    UnreadableObjectError,
    check_chains,
)
from cfngen.trail.digests import BrokenFileError, LogPromise, PublicKey, content_hash, same_hash
from cfngen.trail.layout import DIGESTS, EVENTS, DigestKey, day_prefixes
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = (
    "cloudtrail:GetTrailStatus",
    "cloudtrail:ListPublicKeys",
    "s3:ListBucket",
    "s3:GetObject",
    "kms:Decrypt",
)
_MARGIN = timedelta(hours=2)
_FIRST_DIGEST = timedelta(hours=2)
_MOST_TOLD = 10


def check(claim: Claim, world: World) -> Verdict:
    """Walk the digest chain of the last `given["hours"]` and hash every log file that it names."""
    if find_spec("cryptography") is None:
        return cannot_tell("signatures need the package cryptography: pip install 'cfngen[verify]'")
    until = datetime.now(UTC)
    status = world.calls("cloudtrail", "GetTrailStatus", Name=claim.given["trail"])
    started = status.get("StartLoggingTime")
    since = until - timedelta(hours=int(claim.given.get("hours", 24)))
    bucket = _Bucket(world, claim.given["bucket"])
    base = f"{claim.given['prefix']}/" if claim.given.get("prefix") else ""
    folders = (f"{base}AWSLogs/", world.account.id)
    digests = [
        key
        for folder in day_prefixes(*folders, DIGESTS, world.account.region, since.date(), until.date())
        for key in bucket.keys(folder)
        if (place := DigestKey.parse(key)) is not None and place.end > since
    ]
    if not digests:
        if started is not None and until - started < _FIRST_DIGEST:
            return not_yet("CloudTrail has delivered no digest yet: one comes every hour", "in two hours")
        return fails(f"there is no digest of the last {claim.given.get('hours', 24)} hours")
    since = max(since, started or since, _first(digests))
    chains = check_chains(bucket.name, digests, bucket.read, _Keys(world).find, since, until)
    logs = [
        key
        for folder in day_prefixes(*folders, EVENTS, world.account.region, since.date(), until.date())
        for key in bucket.keys(folder)
    ]
    return _verdict(chains, logs, bucket, until)


def _first(digests: list[str]) -> datetime:
    """When the oldest digest ends; what it covers before may be older than the time asked for."""
    return min(place.end for key in digests if (place := DigestKey.parse(key)) is not None) - timedelta(
        hours=1
    )


@dataclass(frozen=True)
class _Bucket:
    world: World
    name: str

    def keys(self, prefix: str) -> list[str]:
        found = self.world.calls.pages(
            "s3",
            "ListObjectsV2",
            "Contents",
            after="NextContinuationToken",
            ask="ContinuationToken",
            Bucket=self.name,
            Prefix=prefix,
        )
        return [item["Key"] for item in found]

    def read(self, bucket: str, key: str) -> StoredObject:
        try:
            answer = self.world.calls.fresh("s3", "GetObject", Bucket=bucket, Key=key)
            return StoredObject(answer["Body"].read(), answer.get("Metadata", {}))
        except CallError as error:
            code = (getattr(error.__cause__, "response", None) or {}).get("Error", {}).get("Code")
            if error.trouble is Trouble.MISSING or code in {"NoSuchKey", "404"}:
                raise MissingObjectError from error
            raise UnreadableObjectError(error.problem) from error


class _Keys:
    """CloudTrail's public keys, asked for once a Region and a wide time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, region: str, fingerprint: str, when: datetime) -> PublicKey | None:
        if region != self._world.account.region:
            raise UnreadableObjectError(f"the public keys of {region} are asked for there")
        try:
            answer = self._world.calls(
                "cloudtrail",
                "ListPublicKeys",
                StartTime=(when - timedelta(days=1)).replace(hour=0, minute=0, second=0),
                EndTime=(when + timedelta(days=1)).replace(hour=0, minute=0, second=0) + _MARGIN,
            )
        except CallError as error:
            raise UnreadableObjectError(error.problem) from error
        for key in answer["PublicKeyList"]:
            if key["Fingerprint"] == fingerprint:
                return PublicKey(fingerprint, key["Value"])
        return None


def _verdict(chains: list[ChainResult], logs: list[str], bucket: _Bucket, until: datetime) -> Verdict:
    digests = [digest for chain in chains for digest in chain.digests]
    wrong = [f"digest {digest.key} {digest.reason}" for digest in digests if digest.verdict == "invalid"]
    unsure = [f"digest {digest.key}: {digest.reason}" for digest in digests if digest.verdict == "unchecked"]
    wrong += [
        f"{gap.reason}: {gap.start:%Y-%m-%d %H:%M} to {gap.end:%H:%M} UTC"
        for chain in chains
        for gap in chain.gaps
    ]
    promised = [promise for chain in chains for promise in chain.promises]
    checked = 0
    for promise, problem, sure in _files(promised, bucket):
        checked += 1
        if problem:
            (wrong if sure else unsure).append(f"log file {promise.key} {problem}")
    covered = {promise.key for digest in digests if digest.digest for promise in digest.digest.logs}
    last = max((digest.digest.end for digest in digests if digest.digest), default=until)
    wrong += [
        f"log file {key} was added: no digest names it"
        for key in sorted(set(logs) - covered)
        if _settled(key, last)
    ]
    if wrong:
        count = "one thing is wrong" if len(wrong) == 1 else f"{len(wrong)} things are wrong"
        rest = [f"and {len(wrong) - _MOST_TOLD} more"] if len(wrong) > _MOST_TOLD else []
        return fails(count, [*wrong[:_MOST_TOLD], *rest])
    if unsure:
        needs = [need for need in NEEDS if "denied" in unsure[0]]
        return cannot_tell(f"{len(unsure)} files could not be checked: {unsure[0]}", needs)
    return holds(f"{len(digests)} digests are signed and linked, and {checked} log files are unchanged")


def _files(promised: list[LogPromise], bucket: _Bucket) -> Iterator[tuple[LogPromise, str | None, bool]]:
    """Each log file with what is wrong with it, and whether that is sure."""
    for promise in promised:
        try:
            found = content_hash(bucket.read(promise.bucket, promise.key).content)
        except MissingObjectError:
            yield promise, "is missing", True
        except UnreadableObjectError as error:
            yield promise, f"could not be read: {error}", False
        except BrokenFileError as error:
            yield promise, str(error), True
        else:
            yield promise, None if same_hash(found, promise.hash) else "was changed", True


def _settled(key: str, last: datetime) -> bool:
    """Whether a digest should name the file already: its name tells when it was delivered."""
    stamp = key.rpartition("/")[2].split("_")[-2] if key.count("_") > 1 else ""
    try:
        delivered = datetime.strptime(stamp, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return True  # CloudTrail gives no file such a name
    return delivered + timedelta(minutes=1) < last
