"""Are the log files that were read those that CloudTrail delivered? Its digests tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cfngen.activity.answers import Verification
from cfngen.activity.sources import Source
from cfngen.trail.chain import LATE, ChainResult, check_chains
from cfngen.trail.digests import same_hash
from cfngen.trail.layout import EVENTS, LogKey


def digests(source: Source, first: date, last: date) -> list[str]:
    """The keys of the digests about files that were delivered on these days.

    To be listed before the log files are: then a file that a digest names has been there to be listed.
    """
    return list(source.digests(first, last + timedelta(days=1)))


def verify(
    source: Source,
    keys: Sequence[str],
    hashes: Mapping[str, str | None],
    unread: Collection[str],
    first: date,
    last: date,
    now: datetime,
) -> Verification:
    """Check the digests of the days, and the files against them.

    Arguments:
        keys: as `digests` gave them.
        hashes: of each file, the SHA-256 of its inflated bytes, as the catalogue has it.
        unread: the files that hold nothing that could be read.
        first, last: the days of delivery, both included.
        now: no digest is expected after it.
    """
    since = datetime.combine(first, time.min, UTC)
    # What is late at the end of a day that is long over is missing: a later digest covers it.
    until = min(datetime.combine(last + timedelta(days=1), time.min, UTC) + LATE, now)
    if not keys:
        return Verification("unproven", problems=("there are no digests of these days",))
    bucket = source.bucket
    chains = check_chains(bucket, keys, source.read, source.find_key, since, until)
    promises = [promise for chain in chains for promise in chain.promises]
    promised = {promise.key: promise.hash for promise in promises if promise.bucket == bucket}
    elsewhere = {promise.key: promise.bucket for promise in promises if promise.bucket != bucket}
    proven = {
        key
        for key, hashed in hashes.items()
        if key in promised and hashed is not None and same_hash(hashed, promised[key])
    }
    refuted = [
        *_invalid(chains, "invalid"),
        *(
            f"log file {key}: is not what CloudTrail delivered"
            for key, hashed in hashes.items()
            if key in promised and hashed is not None and key not in proven
        ),
        *(
            f"log file {key}: is missing, and a digest names it"
            for key in promised
            if key not in hashes and _within(key, first, last)
        ),
    ]
    not_read = [key for key, hashed in hashes.items() if hashed is None or (key in unread and key in proven)]
    doubts = [
        *_invalid(chains, "unchecked"),
        *_gaps(chains),
        *_alike("no valid digest names it", (key for key in hashes if key not in promised and _events(key))),
        *_alike("could not be read", not_read),
        *_alike(
            "was delivered to another bucket, which is not read",
            (f"{place}/{key}" for key, place in elsewhere.items() if _within(key, first, last)),
        ),
    ]
    results = [result for chain in chains for result in chain.digests]
    return Verification(
        "refuted" if refuted else "unproven" if doubts else "verified",
        len(proven),
        sum(result.verdict == "valid" for result in results),
        len(results),
        (*refuted, *doubts),
    )


def _invalid(chains: Sequence[ChainResult], verdict: str) -> Iterator[str]:
    """The digests of a verdict, those with the same reason in one sentence."""
    reasons: dict[str, list[str]] = {}
    for chain in chains:
        for result in chain.digests:
            if result.verdict == verdict:
                reasons.setdefault(str(result.reason), []).append(result.key)
    for reason, keys in reasons.items():
        more = f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""
        yield f"digest {keys[0]}{more}: {reason}"


def _within(key: str, first: date, last: date) -> bool:
    place = LogKey.parse(key)
    return place is not None and f"{first:%Y/%m/%d}" <= place.day <= f"{last:%Y/%m/%d}"


def _events(key: str) -> bool:
    """Whether the file is of the events that questions are asked of."""
    place = LogKey.parse(key)
    return place is None or place.kind == EVENTS


def _gaps(chains: Iterable[ChainResult]) -> Iterator[str]:
    for chain in chains:
        for gap in chain.gaps:
            begin, end = f"{gap.start:%Y-%m-%d %H:%M}", f"{gap.end:%Y-%m-%d %H:%M}"
            yield f"{chain.account} {chain.region}, {begin} to {end} UTC: {gap.reason}"


def _alike(problem: str, keys: Iterable[str]) -> Iterator[str]:
    """One sentence about all log files with the same problem."""
    if found := list(keys):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"log file {found[0]}{more}: {problem}"
