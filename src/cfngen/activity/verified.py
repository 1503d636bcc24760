"""Are the log files that were read those that CloudTrail delivered? Its digests tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    first: date,
    last: date,
    now: datetime,
) -> Verification:
    """Check the digests of the days, and the files against them.

    Arguments:
        keys: as `digests` gave them.
        hashes: of each file that was read, the SHA-256 of its inflated bytes, as the catalogue has it.
        first, last: the days of delivery, both included.
        now: no digest is expected after it.
    """
    since = datetime.combine(first, time.min, UTC)
    # What is late at the end of a day that is long over is missing: a later digest covers it.
    until = min(datetime.combine(last + timedelta(days=1), time.min, UTC) + LATE, now)
    if not keys:
        return Verification("unproven", problems=("there are no digests of these days",))
    chains = check_chains(source.bucket, keys, source.read, source.find_key, since, until)
    promised = {promise.key: promise.hash for chain in chains for promise in chain.promises}
    refuted = [
        *_invalid(chains, "invalid"),
        *_changed(hashes, promised),
        *_missing(hashes, promised, first, last),
    ]
    doubts = [*_invalid(chains, "unchecked"), *_gaps(chains), *_unproven(hashes, promised)]
    results = [result for chain in chains for result in chain.digests]
    return Verification(
        "refuted" if refuted else "unproven" if doubts else "verified",
        sum(
            key in promised and hashed is not None and same_hash(hashed, promised[key])
            for key, hashed in hashes.items()
        ),
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


def _changed(hashes: Mapping[str, str | None], promised: Mapping[str, str]) -> Iterator[str]:
    for key, hashed in hashes.items():
        if key in promised and hashed is not None and not same_hash(hashed, promised[key]):
            yield f"log file {key}: is not what CloudTrail delivered"


def _missing(
    hashes: Mapping[str, str | None], promised: Mapping[str, str], first: date, last: date
) -> Iterator[str]:
    for key in promised:
        place = LogKey.parse(key)
        within = place is not None and f"{first:%Y/%m/%d}" <= place.day <= f"{last:%Y/%m/%d}"
        if key not in hashes and within:
            yield f"log file {key}: is missing, and a digest names it"


def _gaps(chains: Iterable[ChainResult]) -> Iterator[str]:
    for chain in chains:
        for gap in chain.gaps:
            begin, end = f"{gap.start:%Y-%m-%d %H:%M}", f"{gap.end:%Y-%m-%d %H:%M}"
            yield f"{chain.account} {chain.region}, {begin} to {end} UTC: {gap.reason}"


def _unproven(hashes: Mapping[str, str | None], promised: Mapping[str, str]) -> Iterator[str]:
    """The files of events that no digest names, and those that could not be read."""
    places = {key: LogKey.parse(key) for key in hashes}
    named = [key for key, place in places.items() if place is None or place.kind == EVENTS]
    for keys, problem in (
        ([key for key in named if key not in promised], "no valid digest names it"),
        ([key for key, hashed in hashes.items() if hashed is None], "could not be read"),
    ):
        if keys:
            more = f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""
            yield f"log file {keys[0]}{more}: {problem}"
