"""A trail's bucket on the emulator: what is listed, what is read, what the digests say about it."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import PublicFormat

from cfngen.aws.session import Account, connect
from cfngen.template.environment.deployment_file import Environment
from cfngen.trail.chain import StoredObject
from tests.support.activity import Desk, records, rows
from tests.support.sandbox_account import Aws
from tests.support.stand_in import meta
from tests.support.trail_chain import SigningTrail, public_key
from tests.support.trail_world import ALICE, OTHER, call

ASK = ("--from", "2026-03-02", "--to", "2026-03-03", "--question", "activity-per-person")


class Trail:
    """The trail's bucket in the emulator, and an account that notes the calls that are made to S3."""

    def __init__(self, desk: Desk, aws: Aws) -> None:
        self.desk = desk
        self.s3 = aws.client("s3")
        self.bucket = desk.declared.bucket
        self.base = desk.declared.base
        self.s3.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": aws.region}
        )
        self.calls: list[tuple[str, str]] = []
        self.key = public_key("first", PublicFormat.PKCS1)
        self.keys_asked: list[str] = []
        self.page = 1000

    def put(self, objects: dict[tuple[str, str], StoredObject]) -> None:
        for (_, key), stored in objects.items():
            self.s3.put_object(
                Bucket=self.bucket, Key=key, Body=stored.content, Metadata=dict(stored.metadata)
            )

    def connect(self, environment: Environment) -> Account:
        account = connect(Environment(environment.name, environment.region))
        account.client("s3").meta.events.register("provide-client-params.s3", self._note)
        # Names of the table hold the account; the bucket's do not.
        account._clients["cloudtrail ap-southeast-1"] = account._clients["cloudtrail"] = self._cloudtrail()
        return account

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        self.calls.append((model.name, params.get("Key") or params.get("Prefix") or ""))
        return {**params, "MaxKeys": self.page} if model.name == "ListObjectsV2" else params

    def _cloudtrail(self) -> Any:
        """The one call that the emulator lacks."""

        def list_public_keys(StartTime: datetime, EndTime: datetime) -> dict[str, Any]:  # noqa: N803
            assert StartTime < EndTime
            self.keys_asked.append(f"{StartTime:%Y-%m-%d}")
            return {"PublicKeyList": [{"Fingerprint": self.key.fingerprint, "Value": self.key.value}]}

        return SimpleNamespace(meta=meta("cloudtrail"), list_public_keys=list_public_keys)

    def ask(self, *argv: str) -> dict[str, Any]:
        self.calls.clear()
        return self.desk.json(*ASK, *argv, connect=self.connect)

    def read(self) -> list[str]:
        return sorted(key.rpartition("/")[2] for name, key in self.calls if name == "GetObject")


@pytest.fixture
def trail(desk: Desk, aws: Aws) -> Trail:
    return Trail(desk, aws)


def one(when: str = "02T10:00", **members: Any) -> dict[str, Any]:
    return call("s3", "CreateBucket", when, ALICE, **members)


def folder(trail: Trail, day: str, account: str = "111122223333", region: str = "ap-southeast-1") -> str:
    return f"{trail.base}{account}/CloudTrail/{region}/2026/{day}"


def test_only_the_days_that_are_asked_for_are_listed_and_read(trail: Trail) -> None:
    for day in ("01/31", "02/27", "02/28", "03/02", "03/03", "03/04", "03/05", "05/01"):
        content = records([one(f"{day[3:]}T10:00")])
        trail.put({("", f"{folder(trail, day)}/{day.replace('/', '')}.json.gz"): StoredObject(content)})
    other = folder(trail, "03/02", OTHER, "us-east-1")
    trail.put({("", f"{other}/other.json.gz"): StoredObject(records([one(recipientAccountId=OTHER)]))})
    # The trail of an organization, and what other services put beside it.
    member = other.replace(f"{trail.base}{OTHER}", f"{trail.base}o-abcdefghij/{OTHER}")
    flows = other.replace("/CloudTrail/", "/vpcflowlogs/")
    trail.put({("", f"{member}/member.json.gz.x"): StoredObject(records([one(recipientAccountId=OTHER)]))})
    trail.put({("", f"{flows}/flow.log.gz"): StoredObject(b"not of CloudTrail")})
    document = trail.ask()
    # Two days before, for the sessions that had begun; one day after, for the files that come late.
    days = ["0228.json.gz", "0302.json.gz", "0303.json.gz", "0304.json.gz"]
    assert trail.read() == [*days, "member.json.gz.x", "other.json.gz"]
    listed = [prefix for name, prefix in trail.calls if name == "ListObjectsV2" and "/2026/" in prefix]
    assert {prefix[-11:] for prefix in listed} == {
        "2026/02/28/",
        "2026/03/01/",
        "2026/03/02/",
        "2026/03/03/",
        "2026/03/04/",
    }
    assert document["source"] == f"s3://{trail.bucket}/{trail.base}"
    assert rows(document, "activity-per-person")[0]["calls"] == 4
    assert document["counts"]["files"] == 6
    # Of a long time only the years that are there are listed.
    trail.desk.json("--from", "2013-11-01", "--to", "2026-03-03", connect=trail.connect)
    listed = [prefix for name, prefix in trail.calls if name == "ListObjectsV2"]
    assert not any("/2025/" in prefix for prefix in listed)


def test_the_second_time_only_new_files_are_read(trail: Trail) -> None:
    trail.put(
        {("", f"{folder(trail, '03/02')}/{name}.json.gz"): StoredObject(records([one()])) for name in "ab"}
    )
    assert trail.ask()["counts"]["new"] == 2
    trail.put({("", f"{folder(trail, '03/02')}/c.json.gz"): StoredObject(records([one()]))})
    document = trail.ask()
    assert trail.read() == ["c.json.gz"]
    assert (document["counts"]["files"], document["counts"]["new"]) == (3, 1)
    assert rows(document, "activity-per-person")[0]["calls"] == 3
    trail.ask()
    assert trail.read() == []


def test_listings_go_on_past_a_page(trail: Trail) -> None:
    content = StoredObject(records([]))
    trail.put({("", f"{folder(trail, '03/02')}/{number}.json.gz"): content for number in range(5)})
    trail.page = 2
    assert trail.ask()["counts"]["files"] == 5


def test_an_empty_bucket_answers_nothing(trail: Trail) -> None:
    document = trail.ask()
    assert document["counts"]["files"] == 0
    assert document["verification"]["problems"] == ["there are no digests of these days"]


# --- Digests -------------------------------------------------------------------------------------------


def signed(trail: Trail) -> SigningTrail:
    """Six days of hourly digests, as a trail in Singapore writes them."""
    made = SigningTrail(
        bucket=trail.bucket,
        base=trail.base,
        home="ap-southeast-1",
        now=datetime(2026, 2, 27, 23, 1, 31, tzinfo=UTC),
    )
    for number in range(24 * 5 + 14):
        if number % 12 == 0:
            made.hour([one(f"0{2 + number % 2}T10:{number % 60:02}")])
        else:
            made.hour()
    return made


def test_logs_that_digests_prove_are_verified(trail: Trail) -> None:
    trail.put({("", key): stored for (_, key), stored in signed(trail).objects.items()})
    verification = trail.ask()["verification"]
    assert (verification["status"], verification["problems"]) == ("verified", [])
    assert verification["digests"] == verification["digests_found"] > 100
    assert len(trail.keys_asked) == 1  # one key signed them all
    (key, *_) = sorted(each for _, each in trail.calls if "/CloudTrail/" in each and each.endswith(".gz"))
    trail.put({("", key): StoredObject(records([one(userAgent="another")]))})
    again = trail.ask()["verification"]
    assert (again["status"], again["files"]) == ("refuted", verification["files"] - 1)
    assert again["problems"] == [f"log file {key}: is not what CloudTrail delivered"]


def test_digests_are_listed_before_the_files_that_they_name(trail: Trail) -> None:
    """A file that is delivered meanwhile is named by a later digest, and is not missing."""
    trail.put({("", key): stored for (_, key), stored in signed(trail).objects.items()})
    trail.ask()
    listed = [prefix for name, prefix in trail.calls if name == "ListObjectsV2" and "/2026/" in prefix]
    kinds = ["CloudTrail-Digest" in prefix for prefix in listed]
    assert kinds == sorted(kinds, reverse=True)


def test_without_the_permission_to_ask_for_keys_nothing_is_claimed(trail: Trail) -> None:
    trail.put({("", key): stored for (_, key), stored in signed(trail).objects.items()})
    trail.key = public_key("unknown", PublicFormat.PKCS1)
    verification = trail.ask()["verification"]
    assert (verification["status"], verification["files"]) == ("refuted", 0)
    assert "no public key of ap-southeast-1 has the fingerprint" in verification["problems"][0]


def test_a_copy_of_the_bucket_is_verified_with_saved_keys(desk: Desk, trail: Trail) -> None:
    for (_, key), stored in signed(trail).objects.items():
        desk.file(key, stored.content)
    keys = desk.root / "keys.json"
    value = b64encode(trail.key.value).decode()
    keys.write_text(json.dumps({"PublicKeyList": [{"Fingerprint": trail.key.fingerprint, "Value": value}]}))
    asked = desk.json(*ASK, "--public-keys", str(keys))["verification"]
    # The copy has no metadata: the newest digest's signature is lost, the others are named by the next one.
    assert asked["status"] == "unproven"
    assert asked["problems"][0].endswith("has no signature in its metadata")
    assert asked["digests"] == asked["digests_found"] - 1
    assert desk.json(*ASK)["verification"]["digests"] == 0
