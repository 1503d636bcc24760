"""Digests as CloudTrail makes them hold; whatever is changed afterwards is found, and named rightly."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import PublicFormat

from cfngen.trail.chain import ChainResult, StoredObject, UnreadableObjectError, check_chains
from cfngen.trail.digests import BrokenFileError, content_hash
from cfngen.trail.layout import DigestKey, LogKey
from tests.support.trail_chain import REGION, START, SigningTrail, private_key

EVENT = {"eventID": "1", "eventTime": "2026-03-04T00:00:00Z"}
HOUR = timedelta(hours=1)


def hours(count: int = 4, **members: Any) -> SigningTrail:
    trail = SigningTrail(**members)
    for _ in range(count):
        trail.hour([EVENT])
    return trail


def check(trail: SigningTrail, until: datetime | None = None, **others: Any) -> ChainResult:
    asked = {"find_key": trail.find_key, "read": trail.read} | others
    keys = [key for key in trail.digests if (trail.bucket, key) in trail.objects]
    (chain,) = check_chains(trail.bucket, keys, since=START, until=until or trail.now, **asked)
    return chain


def verdicts(chain: ChainResult) -> list[str]:
    return [each.verdict for each in chain.digests]


def reasons(chain: ChainResult) -> list[str]:
    return [each.reason for each in chain.digests if each.reason]


def replaced(trail: SigningTrail, number: int, **members: Any) -> None:
    """One digest's text changed, its metadata as they were."""
    address = trail.bucket, trail.digests[number]
    old = trail.objects[address]
    document = json.loads(gzip.decompress(old.content)) | members
    trail.objects[address] = replace(old, content=gzip.compress(json.dumps(document).encode()))


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_what_cloudtrail_wrote_holds(form: PublicFormat) -> None:
    trail = hours(form=form)
    trail.hour()  # an hour without any call
    chain = check(trail)
    assert verdicts(chain) == ["valid"] * 5
    assert chain.gaps == ()
    assert (chain.trail, chain.region) == ("the_audit-trail", REGION)
    for promise in chain.promises:
        assert content_hash(trail.objects[promise.bucket, promise.key].content) == promise.hash


def test_a_digest_compressed_again_holds() -> None:
    trail = hours()
    address = trail.bucket, trail.digests[1]
    old = trail.objects[address]
    trail.objects[address] = replace(old, content=gzip.compress(gzip.decompress(old.content), 1))
    assert verdicts(check(trail)) == ["valid"] * 4


def test_a_changed_digest_is_invalid_and_its_log_files_are_not_promised() -> None:
    trail = hours()
    replaced(trail, 1, logFiles=[])
    chain = check(trail)
    assert verdicts(chain) == ["valid", "invalid", "valid", "valid"]
    assert reasons(chain) == ["does not match the digest after it: the hash differs"]
    assert len(list(chain.promises)) == 3
    ((gap),) = chain.gaps
    assert (gap.start, gap.end) == (START + HOUR, START + 2 * HOUR)


def test_the_newest_digest_changed_has_a_wrong_signature() -> None:
    trail = hours()
    replaced(trail, -1, logFiles=[])
    assert reasons(check(trail)) == ["is not signed by CloudTrail: the signature is wrong"]


def test_a_digest_signed_with_another_key_is_invalid() -> None:
    trail = hours(2)
    trail.key = "unknown"
    trail.hour()
    trail.key = "first"
    assert "no public key of" in reasons(check(trail))[0]


def test_a_digest_replaced_with_a_valid_signature_is_seen_by_the_next_one() -> None:
    trail = hours(3)
    address = trail.bucket, trail.digests[1]
    document = json.loads(gzip.decompress(trail.objects[address].content)) | {"logFiles": []}
    later = trail.objects[trail.bucket, trail.digests[2]]
    trail.store(trail.digests[1], document, {})
    trail.objects[trail.bucket, trail.digests[2]] = later
    trail.digests.pop()
    assert verdicts(check(trail)) == ["valid", "invalid", "valid"]


def test_keys_may_change_between_two_digests() -> None:
    trail = hours(2)
    trail.key = "second"
    trail.hour([EVENT])
    assert verdicts(check(trail)) == ["valid"] * 3


@pytest.mark.parametrize(("metadata", "verdict"), [({}, "unchecked"), ({"signature": "00" * 256}, "invalid")])
def test_the_newest_digest_needs_its_own_signature(metadata: dict[str, str], verdict: str) -> None:
    trail = hours(2)
    address = trail.bucket, trail.digests[-1]
    trail.objects[address] = replace(trail.objects[address], metadata=metadata)
    assert verdicts(check(trail)) == ["valid", verdict]


def test_an_older_digest_without_metadata_is_proven_by_the_next_one() -> None:
    trail = hours(2)
    address = trail.bucket, trail.digests[0]
    trail.objects[address] = StoredObject(trail.objects[address].content)
    assert verdicts(check(trail)) == ["valid", "valid"]


def test_another_algorithm_in_the_metadata_is_not_believed() -> None:
    trail = hours(1)
    address = trail.bucket, trail.digests[0]
    old = trail.objects[address]
    trail.objects[address] = replace(old, metadata={**old.metadata, "signature-algorithm": "none"})
    assert "is signed with none" in reasons(check(trail))[0]


def test_a_digest_copied_elsewhere_was_moved() -> None:
    trail = hours(1)
    copied = trail.digests[0].replace("mlops-logs/", "copied/")
    trail.objects[trail.bucket, copied] = trail.objects.pop((trail.bucket, trail.digests[0]))
    trail.digests = [copied]
    assert "was moved" in reasons(check(trail))[0]


@pytest.mark.parametrize("count", [1, 2])
def test_deleted_digests_leave_hours_that_nothing_covers(count: int) -> None:
    trail = hours(5)
    for key in trail.digests[1 : 1 + count]:
        del trail.objects[trail.bucket, key]
    chain = check(trail)
    assert reasons(chain) == ["is missing, and the digest after it names it"]
    ((gap),) = chain.gaps
    assert (gap.start, gap.end) == (START + HOUR, START + (1 + count) * HOUR)


def test_the_newest_digests_deleted_is_noticed_once_they_are_late() -> None:
    trail = hours(5)
    for key in trail.digests[2:]:
        del trail.objects[trail.bucket, key]
    ((gap),) = check(trail).gaps
    assert (gap.start, gap.end) == (START + 2 * HOUR, START + 5 * HOUR)
    assert check(trail, until=START + 3 * HOUR).gaps == ()


def test_logging_that_was_off_is_a_gap() -> None:
    trail = hours(2)
    trail.restart(hours=3)
    trail.hour([EVENT])
    chain = check(trail)
    assert verdicts(chain) == ["valid"] * 3
    assert [(gap.start, gap.end, gap.reason) for gap in chain.gaps] == [
        (START + 2 * HOUR, START + 5 * HOUR, "logging or validation was off")
    ]


def test_a_chain_goes_on_in_the_bucket_that_the_trail_had_before() -> None:
    trail = hours(2)
    trail.bucket = "new"
    trail.hour([EVENT])
    trail.digests = trail.digests[2:]
    assert verdicts(check(trail)) == ["valid"] * 3


def test_backfill_digests_are_a_chain_of_their_own() -> None:
    trail = hours(1)
    other = SigningTrail(objects=trail.objects)
    other.hour([EVENT], backfill=True)
    chains = check_chains(
        trail.bucket, trail.digests + other.digests, trail.read, trail.find_key, START, trail.now
    )
    assert [(chain.backfill, verdicts(chain), chain.gaps) for chain in chains] == [
        (False, ["valid"], ()),
        (True, ["valid"], ()),
    ]
    address = other.bucket, other.digests[0]
    old = trail.objects[address]
    without = {name: value for name, value in old.metadata.items() if not name.startswith("backfill")}
    trail.objects[address] = replace(old, metadata=without)
    assert "does not say when it was made" in reasons(check(other))[0]


def test_what_may_not_be_read_is_unchecked_not_invalid() -> None:
    trail = hours(2)

    def denied(bucket: str, key: str) -> StoredObject:
        if key == trail.digests[0]:
            raise UnreadableObjectError("GetObject was denied")
        return trail.read(bucket, key)

    chain = check(trail, read=denied)
    assert verdicts(chain) == ["unchecked", "valid"]
    assert reasons(chain) == ["GetObject was denied"]


def test_without_public_keys_nothing_is_more_than_unchecked() -> None:
    assert verdicts(check(hours(2), find_key=None)) == ["unchecked", "unchecked"]


def test_a_hash_without_its_leading_zero_is_the_same() -> None:
    trail = SigningTrail()
    while True:  # until a hash begins with a zero
        trail.hour([EVENT])
        hashed = trail._last[2] if trail._last else ""
        if hashed.startswith("0"):
            break
    bucket, key, hashed, signature = trail._last or ("", "", "", "")
    trail._last = (bucket, key, hashed[1:], signature)
    trail.hour()
    assert set(verdicts(check(trail))) == {"valid"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"not gzip", "is not gzip"),
        (gzip.compress(b"{}" * 100)[:-9], "is cut short"),
        (gzip.compress(b"{}") + gzip.compress(b"{}"), "has bytes after the end"),
    ],
    ids=range(4),
)
def test_a_file_that_is_not_one_whole_gzip_stream_has_no_hash(content: bytes, problem: str) -> None:
    with pytest.raises(BrokenFileError, match=problem):
        content_hash(content)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"[]", "is not a digest"),
        (b'{"Records": []}', "it has no digestStartTime"),
        (b"{", "is not a digest"),
    ],
)
def test_what_is_not_a_digest_is_said(document: bytes, problem: str) -> None:
    trail = hours(1)
    trail.objects[trail.bucket, trail.digests[0]] = StoredObject(gzip.compress(document))
    assert problem in reasons(check(trail))[0]


def test_keys_are_taken_apart() -> None:
    base = "a/b/AWSLogs/o-abcdefghij/111122223333"
    place = LogKey.parse(f"{base}/CloudTrail-Insight/us-gov-west-1/2026/03/04/x.json.gz")
    assert place is not None
    assert (place.organization, place.kind, place.region) == (
        "o-abcdefghij",
        "CloudTrail-Insight",
        "us-gov-west-1",
    )
    name = "111122223333_CloudTrail-Digest_eu-west-1_a_b.c-1_us-east-1_20260304T010131Z.json.gz"
    digest = DigestKey.parse(f"{base}/CloudTrail-Digest/eu-west-1/2026/03/04/{name}")
    assert digest is not None
    assert (digest.trail, digest.home, digest.backfill) == ("a_b.c-1", "us-east-1", False)
    assert DigestKey.parse(f"{base}/CloudTrail/eu-west-1/2026/03/04/{name}") is None


def test_the_test_keys_are_of_the_size_that_cloudtrail_uses() -> None:
    assert private_key("first").key_size == 2048
