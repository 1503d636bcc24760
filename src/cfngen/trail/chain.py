"""The chain of digests of one trail in one account and Region: each signed, and each naming the one before.

All links are looked at: a digest's own signature, and the hash and the signature that the next one names.
Where several digests in a row are missing, the hours that no digest covers are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from cfngen.trail.digests import (
    ALGORITHM,
    SIGNATURE,
    BrokenFileError,
    Digest,
    LogPromise,
    PublicKey,
    read_digest,
    same_hash,
)
from cfngen.trail.layout import DigestKey

LATE: Final = timedelta(hours=2)
"""How late the next digest may be: one comes every hour, some minutes after its end."""

_CHAINS: Final = 16  # at a time

_BACKFILL: Final = "backfill-generation-timestamp"

Verdict = Literal["valid", "invalid", "unchecked"]


class MissingObjectError(Exception):
    """There is no object under the key."""


class UnreadableObjectError(Exception):
    """The object may not be read; the message says why."""


@dataclass(frozen=True)
class StoredObject:
    """An object's bytes and its own metadata, names in lower case."""

    content: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)


Read = Callable[[str, str], StoredObject]
"""Reads bucket and key; raises MissingObjectError or UnreadableObjectError."""

FindKey = Callable[[str, str, datetime], PublicKey | None]
"""The public key of a Region with a fingerprint, valid at a time; None where CloudTrail lists none such."""


@dataclass(frozen=True)
class DigestResult:
    """What is known of one digest; `reason` says why it is not valid."""

    bucket: str
    key: str
    verdict: Verdict
    reason: str | None = None
    digest: Digest | None = None


@dataclass(frozen=True)
class Gap:
    """A time that no digest covers."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class ChainResult:
    """One chain, the oldest digest first.

    Attributes:
        backfill: whether its digests were made later, for log files that ordinary ones left out.
    """

    account: str
    region: str
    trail: str
    backfill: bool
    digests: tuple[DigestResult, ...]
    gaps: tuple[Gap, ...]

    @property
    def promises(self) -> Iterable[LogPromise]:
        """The log files that valid digests name."""
        for result in self.digests:
            if result.verdict == "valid" and result.digest is not None:
                yield from result.digest.logs


def check_chains(
    bucket: str, keys: Iterable[str], read: Read, find_key: FindKey | None, since: datetime, until: datetime
) -> list[ChainResult]:
    """The chains that the digests under `keys` belong to.

    Arguments:
        bucket: where the keys were listed.
        keys: of all digests whose end lies in the time, and of the first one after it; others are left out.
        find_key: None where public keys cannot be asked for: then no digest is more than unchecked.
        since, until: the time that should be covered.
    """
    chains: dict[tuple[str, str, str, str, bool], list[DigestKey]] = defaultdict(list)
    for key in keys:
        if (place := DigestKey.parse(key)) is not None:
            chains[place.account, place.region, place.trail, place.home, place.backfill].append(place)
    walk = _Walk(bucket, read, find_key, since, until)
    with ThreadPoolExecutor(_CHAINS) as threads:  # an hour of each account and Region is an object to be read
        return list(
            threads.map(
                lambda places: walk.chain(sorted(places, key=lambda place: place.end)),
                (places for _, places in sorted(chains.items())),
            )
        )


@dataclass
class _Walk:
    bucket: str
    read: Read
    find_key: FindKey | None
    since: datetime
    until: datetime

    def chain(self, places: list[DigestKey]) -> ChainResult:
        """From the newest digest backwards: to the one that it names, or to the next older one there is."""
        first = places[0]
        waiting = [(self.bucket, place.key) for place in places]
        results: list[DigestResult] = []
        seen: set[tuple[str, str]] = set()
        after: Digest | None = None
        target: tuple[str, str] | None = None
        while target or waiting:
            address = target or waiting.pop()
            target = None
            if address in seen:
                continue
            seen.add(address)
            result = self._check(address, first.region, after)
            results.append(result)
            # What an invalid digest says about the one before is not evidence.
            after = result.digest if result.verdict != "invalid" else None
            if after is not None and after.previous is not None and after.start > self.since:
                target = after.previous
        results.reverse()
        gaps = () if first.backfill else tuple(self._gaps(results))
        return ChainResult(first.account, first.region, first.trail, first.backfill, tuple(results), gaps)

    def _check(self, address: tuple[str, str], region: str, after: Digest | None) -> DigestResult:
        named = after is not None and after.previous == address
        try:
            stored = self.read(*address)
            digest = read_digest(stored.content)
        except MissingObjectError:
            reason = "is missing, and the digest after it names it" if named else "is missing"
            return DigestResult(*address, "invalid", reason)
        except UnreadableObjectError as error:
            return DigestResult(*address, "unchecked", str(error))
        except BrokenFileError as error:
            return DigestResult(*address, "invalid", str(error))
        verdict, why = self._judge(digest, address, stored.metadata, region, after if named else None)
        return DigestResult(*address, verdict, why, digest)

    def _judge(
        self,
        digest: Digest,
        address: tuple[str, str],
        metadata: Mapping[str, str],
        region: str,
        after: Digest | None,
    ) -> tuple[Verdict, str | None]:
        if (digest.bucket, digest.key) != address:
            return "invalid", f"was moved: it was delivered to {digest.bucket}/{digest.key}"
        signature = metadata.get(SIGNATURE)
        if after is not None:
            if after.previous_hash is not None and not same_hash(after.previous_hash, digest.sha256):
                return "invalid", "does not match the digest after it: the hash differs"
            if signature is not None and after.previous_signature != signature:
                return "invalid", "does not match the digest after it: the signature differs"
            signature = after.previous_signature
        if signature is None:
            return "unchecked", "has no signature in its metadata"
        if metadata.get("signature-algorithm", ALGORITHM) != ALGORITHM:
            return "invalid", f"is signed with {metadata['signature-algorithm']}, and not with {ALGORITHM}"
        return self._signed(digest, signature, metadata, region)

    def _signed(
        self, digest: Digest, signature: str, metadata: Mapping[str, str], region: str
    ) -> tuple[Verdict, str | None]:
        if self.find_key is None:
            return "unchecked", "there are no public keys to prove its signature with"
        when = digest.end
        if "_backfill." in digest.key:
            try:
                when = datetime.fromisoformat(metadata[_BACKFILL])
            except (KeyError, ValueError):
                return "invalid", "is a backfill digest that does not say when it was made"
        try:
            key = self.find_key(region, digest.fingerprint, when)
            if key is None:
                return "invalid", f"no public key of {region} has the fingerprint {digest.fingerprint}"
            proven = key.proves(digest, signature)
        except UnreadableObjectError as error:
            return "unchecked", str(error)
        except BrokenFileError as error:
            return "unchecked", str(error)
        return (
            ("valid", None) if proven else ("invalid", "is not signed by CloudTrail: the signature is wrong")
        )

    def _gaps(self, results: list[DigestResult]) -> Iterable[Gap]:
        """The times within what was asked for that lie between the digests, before and after them."""
        covered = [each.digest for each in results if each.digest is not None and each.verdict != "invalid"]
        reached = self.since
        for number, digest in enumerate(covered):
            begin, end = max(reached, self.since), min(digest.start, self.until)
            if end > begin:
                began = digest.previous is None and number > 0
                yield Gap(
                    begin, end, "logging or validation was off" if began else "no valid digest covers it"
                )
            reached = max(reached, digest.end)
        if self.until - reached > LATE:
            yield Gap(reached, self.until, "no valid digest covers it yet, or the newest ones are missing")
