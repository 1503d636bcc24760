"""The mark "from verified logs": right for logs as CloudTrail left them, and for each way to change them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from cfngen.activity.answers import Verification
from cfngen.activity.catalogue import BROKEN
from cfngen.activity.sources import LogFile
from cfngen.activity.verified import digests, verify
from cfngen.trail.chain import FindKey, StoredObject, UnreadableObjectError
from cfngen.trail.digests import BrokenFileError, content_hash
from cfngen.trail.layout import DigestKey, LogKey
from tests.support.activity import records
from tests.support.trail_chain import SigningTrail

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 3), date(2026, 3, 4)
EVENT = {"eventTime": "2026-03-03T10:00:00Z", "eventName": "CreateBucket"}


@dataclass
class Signed:
    """A bucket in memory."""

    trail: SigningTrail
    find_key: FindKey | None
    denied: str = ""

    name = bucket = "trail"

    def logs(self, first: date, last: date) -> Iterator[LogFile]:
        """The log files of the days."""
        for bucket, key in sorted(self.trail.objects):
            place = LogKey.parse(key)
            if (
                bucket == self.bucket
                and place
                and place.kind == "CloudTrail"
                and f"{first:%Y/%m/%d}" <= place.day <= f"{last:%Y/%m/%d}"
            ):
                yield LogFile(key, 1, "")

    def digests(self, first: date, last: date) -> Iterator[str]:
        for bucket, key in sorted(self.trail.objects):
            place = DigestKey.parse(key)
            if bucket == self.bucket and place and first <= place.end.date() <= last:
                yield key

    def read(self, bucket: str, key: str) -> StoredObject:
        if key == self.denied:
            raise UnreadableObjectError("GetObject was denied")
        return self.trail.read(bucket, key)

    def content(self, key: str) -> bytes:
        return self.read(self.bucket, key).content

    def verify(self, *unread: str, **more: str) -> Verification:
        hashes = {file.key: self._hash(file.key) for file in self.logs(FIRST, LAST)} | more
        return verify(self, digests(self, FIRST, LAST), hashes, unread, FIRST, LAST, NOW)

    def _hash(self, key: str) -> str | None:
        try:
            return content_hash(self.content(key))
        except BrokenFileError:
            return BROKEN
        except UnreadableObjectError:
            return None

    def log(self) -> str:
        """One of the log files."""
        return [file.key for file in self.logs(FIRST, LAST)][1]


@pytest.fixture
def signed() -> Signed:
    trail = SigningTrail(now=datetime(2026, 3, 2, 23, 1, 31, tzinfo=UTC))
    for number in range(51):
        trail.hour(*([[EVENT]] if number % 8 == 2 else []))
    return Signed(trail, trail.find_key)


def test_logs_as_cloudtrail_left_them(signed: Signed) -> None:
    files = len(list(signed.logs(FIRST, LAST)))
    assert signed.verify() == Verification("verified", files, 51, 51)


def _changed(signed: Signed) -> None:
    signed.trail.objects["trail", signed.log()] = StoredObject(records([{**EVENT, "userAgent": "x"}]))


def _cut(signed: Signed) -> None:
    key = "trail", signed.log()
    signed.trail.objects[key] = StoredObject(signed.trail.objects[key].content[:-5])


def _removed(signed: Signed) -> None:
    del signed.trail.objects["trail", signed.log()]


def _added(signed: Signed) -> None:
    key = signed.log().replace("_0000", "_9999")
    signed.trail.objects["trail", key] = StoredObject(records([EVENT]))


def _denied(signed: Signed) -> None:
    signed.denied = signed.log()


def _digest_removed(signed: Signed) -> None:
    del signed.trail.objects["trail", signed.trail.digests[20]]


def _digest_denied(signed: Signed) -> None:
    signed.denied = signed.trail.digests[20]


def _newest_removed(signed: Signed) -> None:
    for key in signed.trail.digests[-4:]:
        del signed.trail.objects["trail", key]


def _no_keys(signed: Signed) -> None:
    signed.find_key = None


def _no_digests(signed: Signed) -> None:
    for key in signed.trail.digests:
        del signed.trail.objects["trail", key]


def _another_key(signed: Signed) -> None:
    signed.find_key = lambda _region, _fingerprint, _when: None


def _key_denied(signed: Signed) -> None:
    def denied(_region: str, _fingerprint: str, _when: datetime) -> None:
        raise UnreadableObjectError("ListPublicKeys was denied")

    signed.find_key = denied


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        (_changed, "refuted", "is not what CloudTrail delivered"),
        (_cut, "refuted", "is not what CloudTrail delivered"),
        (_removed, "refuted", "is missing, and a digest names it"),
        (_digest_removed, "refuted", "is missing, and the digest after it names it"),
        (_another_key, "refuted", "no public key of ap-southeast-1 has the fingerprint"),
        (_added, "unproven", "no valid digest names it"),
        (_denied, "unproven", "could not be read"),
        (_digest_denied, "unproven", "GetObject was denied"),
        (_newest_removed, "unproven", "or the newest ones are missing"),
        (_no_keys, "unproven", "there are no public keys"),
        (_key_denied, "unproven", "ListPublicKeys was denied"),
        (_no_digests, "unproven", "there are no digests of these days"),
    ],
)
def test_each_change_is_seen(
    signed: Signed, change: Callable[[Signed], None], status: str, problem: str
) -> None:
    change(signed)
    found = signed.verify()
    assert found.status == status
    assert any(problem in each for each in found.problems), found.problems


def test_files_of_insights_need_no_digest(signed: Signed) -> None:
    insights = "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/03/i.json.gz"
    assert signed.verify(**{insights: "0"}).status == "verified"


def test_a_file_that_is_as_it_was_delivered_and_cannot_be_read_is_a_doubt(signed: Signed) -> None:
    found = signed.verify(signed.log())
    assert found.status == "unproven"
    assert found.problems == (f"log file {signed.log()}: could not be read",)


def test_files_that_were_delivered_to_another_bucket_are_not_missing(signed: Signed) -> None:
    trail = SigningTrail(bucket="old", now=datetime(2026, 3, 2, 23, 1, 31, tzinfo=UTC))
    for number in range(20):
        trail.hour(*([[EVENT]] if number == 5 else []))
    trail.bucket = "trail"  # where the trail delivers from now on
    for number in range(31):
        trail.hour(*([[EVENT]] if number == 5 else []))
    signed.trail = trail
    found = signed.verify()
    assert (found.status, found.files, found.digests) == ("unproven", 1, 51)
    (problem,) = found.problems
    assert problem.startswith("log file old/mlops-logs/AWSLogs/")
    assert problem.endswith("was delivered to another bucket, which is not read")
