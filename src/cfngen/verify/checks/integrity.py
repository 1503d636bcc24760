"""The logs of a time are unchanged and complete: CloudTrail's digest files, their signatures and hashes.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec

from cfngen.aws.calls import CallError, Trouble, body
from cfngen.trail.chain import (
    LATE,
    ChainResult,
    FindKey,
    MissingObjectError,
    StoredObject,
    UnreadableObjectError,
    check_chains,
)
from cfngen.trail.digests import (
    BrokenFileError,
    LogPromise,
    PublicKey,
    content_hash,
    read_digest,
    same_hash,
)
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
_AT_ONCE = 8

_Outcome = StoredObject | MissingObjectError | UnreadableObjectError


def check(claim: Claim, world: World) -> Verdict:
    """Walk each Region's digest chain of the last `given["hours"]` and hash every log file that it names."""
    if find_spec("cryptography") is None:
        return cannot_tell("signatures need the package cryptography: pip install 'cfngen[verify]'")
    until = datetime.now(UTC)
    status = world.calls("cloudtrail", "GetTrailStatus", Name=claim.given["trail"])
    started = status.get("StartLoggingTime")
    hours = int(claim.given.get("hours", 24))
    since = until - timedelta(hours=hours)
    base = f"{claim.given['prefix']}/" if claim.given.get("prefix") else ""
    bucket = TrailBucket(world, claim.given["bucket"])
    folder = f"{base}AWSLogs/{world.account.id}/"
    regions = {name for kind in (DIGESTS, EVENTS) for name in bucket.folders(f"{folder}{kind}/")}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="integrity") as pool:
        look = partial(_Region.look, bucket, f"{base}AWSLogs/", since, until)
        seen = list(pool.map(look, sorted(regions | {world.account.region})))
        if not any(region.digests for region in seen):
            if started is not None and until - started < _FIRST_DIGEST:
                return not_yet("CloudTrail has delivered no digest yet: one comes every hour", "in two hours")
            return fails(f"there is no digest of the last {hours} hours")
        digests = [key for region in seen for key in region.digests]
        read = dict(zip(digests, pool.map(bucket.outcome, digests), strict=True))
        keys = _Keys(world)
        logging = max(since, started or since)
        chains = [chain for region in seen for chain in region.chains(read, keys.find, logging, until)]
        promised = [promise for chain in chains for promise in chain.promises]
        files = list(zip(promised, pool.map(bucket.problem, promised), strict=True))
    return _verdict(chains, files, [key for region in seen for key in region.logs], until)


@dataclass(frozen=True)
class _Region:
    """What the trail's bucket has of one Region.

    Attributes:
        digests: the keys of the digests that end in the time asked for.
        logs: those of the log files of its days.
    """

    bucket: TrailBucket
    name: str
    digests: list[str]
    logs: list[str]

    @classmethod
    def look(cls, bucket: TrailBucket, base: str, since: datetime, until: datetime, name: str) -> _Region:
        """List the folders of the days."""

        def keys(kind: str) -> list[str]:
            days = day_prefixes(base, bucket.world.account.id, kind, name, since.date(), until.date())
            return [key for folder in days for key in bucket.keys(folder)]

        digests = [
            key for key in keys(DIGESTS) if (place := DigestKey.parse(key)) is not None and place.end > since
        ]
        return cls(bucket, name, digests, keys(EVENTS))

    def chains(
        self, read: Mapping[str, _Outcome], find_key: FindKey, since: datetime, until: datetime
    ) -> list[ChainResult]:
        """The Region's chains, from `since`; from its first digest, where that names none before.

        A first digest that names another one before it is not the first: that one is missing.
        """
        return check_chains(
            self.bucket.name,
            self.digests,
            partial(self.bucket.known, read),
            find_key,
            self._begin(read, since),
            until,
        )

    def _begin(self, read: Mapping[str, _Outcome], since: datetime) -> datetime:
        places = [place for key in self.digests if (place := DigestKey.parse(key)) is not None]
        first = min(
            (place for place in places if not place.backfill), key=lambda place: place.end, default=None
        )
        stored = read[first.key] if first else None
        if not isinstance(stored, StoredObject):
            return since
        try:
            digest = read_digest(stored.content)
        except BrokenFileError:
            return since
        # Another Region may have been opened later; in the trail's own the hours before would be a gap.
        late = self.name == self.bucket.world.account.region and digest.start - since > LATE
        return since if digest.previous is not None or late else max(since, digest.start)


@dataclass(frozen=True)
class TrailBucket:
    """The trail's bucket."""

    world: World
    name: str

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders right below."""
        found = self.world.calls.objects(self.name, prefix, "CommonPrefixes", Delimiter="/")
        return [item["Prefix"].removeprefix(prefix).rstrip("/") for item in found]

    def keys(self, prefix: str) -> list[str]:
        """The keys of all objects below."""
        found = self.world.calls.objects(self.name, prefix)
        return [item["Key"] for item in found]

    def read(self, bucket: str, key: str) -> StoredObject:
        """The object, in this bucket or another.

        Raises:
            MissingObjectError: there is none.
            UnreadableObjectError: it cannot be read.
        """
        try:
            answer = self.world.calls.fresh("s3", "GetObject", Bucket=bucket, Key=key)
            return StoredObject(body(answer), answer.get("Metadata", {}))
        except CallError as error:
            if error.trouble is Trouble.MISSING:
                raise MissingObjectError from error
            raise UnreadableObjectError(error.problem) from error

    def outcome(self, key: str) -> _Outcome:
        """What `read` gives or raises."""
        try:
            return self.read(self.name, key)
        except (MissingObjectError, UnreadableObjectError) as error:
            return error

    def known(self, outcomes: Mapping[str, _Outcome], bucket: str, key: str) -> StoredObject:
        """As `read`, for what may have been read already."""
        if bucket != self.name or key not in outcomes:
            return self.read(bucket, key)
        if isinstance(outcome := outcomes[key], StoredObject):
            return outcome
        raise outcome

    def problem(self, promise: LogPromise) -> tuple[str, bool] | None:
        """What is wrong with a log file, and whether that is sure."""
        try:
            actual = content_hash(self.read(promise.bucket, promise.key).content)
        except MissingObjectError:
            return "is missing", True
        except UnreadableObjectError as error:
            return f"could not be read: {error}", False
        except BrokenFileError as error:
            return str(error), True
        return None if same_hash(actual, promise.hash) else ("was changed", True)


class _Keys:
    """CloudTrail's public keys, asked for once a Region and a wide time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, region: str, fingerprint: str, when: datetime) -> PublicKey | None:
        try:
            answer = self._world.calls.elsewhere(
                region,
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


def _verdict(
    chains: list[ChainResult],
    files: list[tuple[LogPromise, tuple[str, bool] | None]],
    logs: list[str],
    until: datetime,
) -> Verdict:
    digests = [digest for chain in chains for digest in chain.digests]
    wrong = [f"digest {digest.key} {digest.reason}" for digest in digests if digest.verdict == "invalid"]
    unsure = [f"digest {digest.key}: {digest.reason}" for digest in digests if digest.verdict == "unchecked"]
    wrong += [
        f"{chain.region}: {gap.reason}: {gap.start:%Y-%m-%d %H:%M} to {gap.end:%H:%M} UTC"
        for chain in chains
        for gap in chain.gaps
    ]
    for promise, problem in files:
        if problem is not None:
            text, sure = problem
            (wrong if sure else unsure).append(f"log file {promise.key} {text}")
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
        needs = [need for said in unsure for need in denied_actions(said)]
        return cannot_tell(f"{len(unsure)} files could not be checked: {unsure[0]}", needs)
    regions = sorted({chain.region for chain in chains})
    where = regions[0] if len(regions) == 1 else f"{len(regions)} Regions"
    count = f"{len(digests)} digests are signed and linked, and {len(files)} log files are unchanged"
    return holds(f"{count}, of {where}")


def denied_actions(said: str) -> list[str]:
    """The actions of `NEEDS` that a refusal is about: the one that it names, else the one of the call.

    >>> denied_actions("GetObject was denied: x is not authorized to perform: kms:Decrypt on resource y")
    ['kms:Decrypt']
    >>> denied_actions("GetObject was denied: Access Denied")
    ['s3:GetObject']
    >>> denied_actions("GetObject got no answer: time-out")
    []
    """
    named = [need for need in NEEDS if f"perform: {need} " in f"{said} "]
    return named or [need for need in NEEDS if f"{need.partition(':')[2]} was denied" in said]


def _settled(key: str, last: datetime) -> bool:
    """Whether a digest should name the file already: its name tells when it was delivered."""
    stamp = key.rpartition("/")[2].split("_")[-2] if key.count("_") > 1 else ""
    try:
        delivered = datetime.strptime(stamp, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return True  # CloudTrail gives no file such a name
    return delivered + timedelta(minutes=1) < last
