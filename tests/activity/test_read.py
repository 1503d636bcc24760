"""Log files as they are found, whole and broken: what can be answered is, and all of the rest is told."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from cfngen.activity import read
from cfngen.activity.catalogue import Catalogue
from cfngen.activity.engines import local
from cfngen.activity.read import LogReading, Progress, update
from cfngen.activity.sources import Source
from cfngen.activity.sources.folder import Folder
from cfngen.errors import BusyError, CfngenError
from cfngen.trail.chain import UnreadableObjectError
from tests.support.activity import Desk, records, rows
from tests.support.stacks.cloudtrail import ACCOUNT, event, insight, user
from tests.support.trail_world import ALICE, OTHER, REGION, call

DAY = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/02"
AGGREGATED = {
    "eventVersion": "1.0",
    "eventId": "a-1",
    "eventCategory": "Aggregated",
    "eventType": "AwsAggregatedEvent",
    "accountId": ACCOUNT,
    "awsRegion": REGION,
    "timeWindow": {"windowStart": "2026-03-02T10:00:00Z", "windowSize": "PT5M"},
    "summary": {"primaryDimension": {"dimension": "eventName"}},
}


def one(**members: Any) -> dict[str, Any]:
    return call("s3", "CreateBucket", "02T10:00", ALICE, **members)


def named(desk: Desk, name: str, content: bytes) -> None:
    desk.file(f"{DAY}/{name}", content)


def counts(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = desk.json("--question", "activity-per-person")["counts"]
    return found


@pytest.mark.parametrize(
    "content",
    [
        records([one()]),
        gzip.compress(json.dumps([one()]).encode()),
        gzip.compress(json.dumps(one()).encode()),
        gzip.compress(f"{json.dumps(one())}\n\n{json.dumps(one())}\n".encode()),
        gzip.compress(f'{{"Records": [{json.dumps(one())}]}}\n{{"Records": []}}\n'.encode()),
        json.dumps({"Records": [one()]}, indent=2).encode(),
        b"\xef\xbb\xbf" + json.dumps({"Records": [one()]}).encode(),
    ],
    ids=["gzip", "list", "record", "lines", "files", "plain", "mark"],
)
def test_every_form_that_tools_write_is_read(desk: Desk, content: bytes) -> None:
    named(desk, "a.json", content)
    found = counts(desk)
    assert found["skipped"] == []
    assert found["events"] in {1, 2}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(b" \n"), "is empty"),
        (records([one()])[:-20], "is cut short"),
        (records([one()])[:5], "is cut short"),
        (records([one()])[:12] + b"\xff" * 100, "is damaged"),
        (records([one()]) + records([one()]), "has bytes after the end of its gzip stream"),
        (gzip.compress(b"<html>Access denied</html>"), "is not JSON"),
        (gzip.compress(b'{"Records": [{"eventID": "1"}'), "is not JSON"),
        (gzip.compress(b'{"Records": [{"eventName": "\xff"}]}'), "is not UTF-8"),
        (gzip.compress(b"[" * 100_000), "is not JSON"),
        (gzip.compress(b'{"hello": "world"}'), "holds no records of CloudTrail"),
        (gzip.compress(b'{"logFiles": [], "digestStartTime": "x"}'), "holds no records of CloudTrail"),
    ],
    ids=range(13),
)
def test_a_broken_file_is_named_and_the_others_are_answered(desk: Desk, content: bytes, reason: str) -> None:
    named(desk, "good.json.gz", records([one()]))
    named(desk, "broken.json.gz", content)
    document = desk.json("--question", "activity-per-person")
    (skipped,) = document["counts"]["skipped"]
    assert skipped["key"] == f"{DAY}/broken.json.gz"
    assert skipped["reason"].startswith(reason)
    assert document["counts"]["files"] == 1
    assert rows(document, "activity-per-person")[0]["calls"] == 1


def test_a_file_without_events_is_a_file(desk: Desk) -> None:
    named(desk, "a.json.gz", records([]))
    assert (counts(desk)["files"], counts(desk)["events"], counts(desk)["skipped"]) == (1, 0, [])


def test_no_files_at_all_answer_nothing(desk: Desk) -> None:
    document = desk.json()
    assert document["counts"]["files"] == 0
    assert all(question["rows"] == [] for question in document["questions"])
    assert "(nothing)" in desk.ask("--logs", str(desk.logs))


@pytest.mark.parametrize(
    ("members", "mended"),
    [
        ({"readOnly": "false"}, 0),
        ({"eventVersion": "2.0"}, 0),
        ({"eventVersion": None}, 0),
        ({"responseElements": {"a": [None, {"b": None}]}, "requestParameters": "text"}, 0),
        ({"userAgent": 5}, 1),
        ({"resources": {"ARN": "x"}, "addendum": []}, 0),
        ({"userIdentity": {**user("alice"), "sessionContext": {"attributes": {"creationDate": 5}}}}, 1),
        ({"userIdentity": {**user("alice"), "sessionContext": [], "onBehalfOf": {"userId": None}}}, 1),
        ({"unheardOf": {"x": 1}, "eventContext": {"tagContext": []}}, 0),
        ({"sessionCredentialFromConsole": True}, 0),
        ({"additionalEventData": 10**30}, 0),
    ],
)
def test_a_record_is_read_whatever_its_members_are(desk: Desk, members: dict[str, Any], mended: int) -> None:
    named(desk, "a.json.gz", records([one(**members), one()]))
    document = desk.json("--question", "activity-per-person")
    ((row),) = rows(document, "activity-per-person")
    assert (row["person"], row["calls"], row["changes"]) == ("alice", 2, 2)
    assert (document["counts"]["events"], document["counts"]["mended"]) == (2, mended)


def test_a_text_that_was_cut_inside_a_character_does_not_cost_the_file(desk: Desk) -> None:
    named(desk, "a.json.gz", records([one(userAgent="cut \ud83d"), one()]))
    found = counts(desk)
    assert (found["events"], found["skipped"]) == (2, [])


def test_what_is_not_a_record_is_counted(desk: Desk) -> None:
    named(desk, "a.json.gz", records([one(), None, "text", 5, [], {}, {"eventName": "NoTime"}]))
    found = counts(desk)
    assert (found["events"], found["dropped"], found["others"]) == (1, 4, {"unknown": 2})


def test_other_kinds_of_records_are_told_apart(desk: Desk) -> None:
    network = one(eventCategory="NetworkActivity", eventType="AwsVpceEvents", errorCode="VpceAccessDenied")
    named(desk, "a.json.gz", records([one()]))
    base = f"AWSLogs/{ACCOUNT}"
    desk.file(f"{base}/CloudTrail-Insight/{REGION}/2026/03/02/i.json.gz", records([insight("Start", REGION)]))
    desk.file(f"{base}/CloudTrail-Aggregated/{REGION}/2026/03/02/a.json.gz", records([AGGREGATED]))
    desk.file(f"{base}/CloudTrail-NetworkActivity/{REGION}/2026/03/02/n.json.gz", records([network]))
    desk.file(f"{base}/CloudTrail-Digest/{REGION}/2026/03/02/d.json.gz", b"not read as a log file")
    found = counts(desk)
    assert found["others"] == {"insight": 1, "aggregated": 1, "network": 1}
    assert (found["events"], found["skipped"], found["files"]) == (1, [], 4)
    told = desk.ask("--logs", str(desk.logs), "--question", "activity-per-person")
    for kind in ("aggregated", "Insights", "network activity"):
        assert f"1 {kind} event: counted, and in no answer" in told


def test_unknown_versions_are_told_and_read(desk: Desk) -> None:
    named(desk, "a.json.gz", records([one(eventVersion="2.1"), one(eventVersion="1.10"), one()]))
    assert counts(desk)["versions"] == {"2.1": 1}
    assert counts(desk)["events"] == 3


def test_ten_megabytes_of_request_parameters_are_kept_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MEMORY", "20MB")  # such a row does not fit, and is answered all the same
    large = "x" * 10_000_000
    named(desk, "a.json.gz", records([one(requestParameters={"text": large}), one()]))
    document = desk.json("--question", "who-did-what")
    assert any(
        json.loads(row["requestparameters"] or "{}").get("text") == large
        for row in rows(document, "who-did-what")
    )
    assert len(desk.ask("--logs", str(desk.logs), "--question", "who-did-what")) < 5000


def test_many_accounts_and_an_organizations_prefix(desk: Desk) -> None:
    for account in (ACCOUNT, OTHER):
        base = f"some/prefix/AWSLogs/o-abcdefghij/{account}/CloudTrail/{REGION}/2026/03/02"
        denied = one(recipientAccountId=account, errorCode="AccessDenied")
        desk.file(f"{base}/a.json.gz", records([denied]))
    assert {row["account"] for row in rows(desk.json(), "denied-calls")} == {ACCOUNT, OTHER}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
        ("2026-03-02T10:00:00.123Z", "2026-03-02T10:00:00Z"),
        ("2026-03-02 10:00:00.000", "2026-03-02T10:00:00Z"),
        ("20260302T100000Z", "2026-03-02T10:00:00Z"),
        ("1772445600000", "2026-03-02T10:00:00Z"),
        ("2026-03-02T23:30:00-07:00", "2026-03-03T06:30:00Z"),
        ("2026-03-02T06:30:00+07:00", "2026-03-01T23:30:00Z"),
    ],
)
def test_a_time_that_a_tool_has_written_otherwise_is_the_same_time(
    desk: Desk, written: str, read: str
) -> None:
    named(desk, "a.json.gz", records([one(eventTime=written)]))
    document = desk.json("--question", "who-did-what", "--question", "quiet-hours")
    assert [row["eventtime"] for row in rows(document, "who-did-what")] == [read]
    assert (document["counts"]["outside"], document["counts"]["mended"]) == (0, 0)


@pytest.mark.parametrize("time", ["yesterday", "2026-03-02T99:00:00Z"])
def test_an_event_without_a_time_is_told_and_not_of_another_day(desk: Desk, time: str) -> None:
    named(desk, "a.json.gz", records([one(eventTime=time), one(eventTime="2026-03-02T12:00:00Z")]))
    found = counts(desk)
    assert (found["events"], found["outside"], found["mended"]) == (1, 0, 1)
    assert found["others"] == {"unknown": 1}


def test_an_event_that_is_delivered_twice_counts_once(desk: Desk) -> None:
    again, nameless = one(), one(eventID=None)
    named(desk, "a.json.gz", records([again, again, nameless]))
    named(desk, "b.json.gz", records([again, nameless]))
    # Another account's copy of a call is an event of its own.
    named(desk, "c.json.gz", records([{**again, "recipientAccountId": OTHER}]))
    amends = {"reason": "UPDATED_DATA", "originalEventID": again["eventID"], "updatedFields": "userAgent"}
    named(desk, "d.json.gz", records([one(addendum=amends), one(addendum={"reason": "DELIVERY_DELAY"})]))
    document = desk.json("--question", "activity-per-person")
    assert (document["counts"]["events"], document["counts"]["copies"]) == (8, 3)
    assert rows(document, "activity-per-person")[0]["calls"] == 5  # two without an id cannot be told apart
    assert "3 copies of events that were delivered again" in desk.ask("--logs", str(desk.logs))


def test_a_file_is_read_whatever_its_name_is_in_cloudtrails_folders_only(desk: Desk) -> None:
    for name in ("a.json.gz.1", "b", "C.JSON.GZ", "sub/d.json"):
        named(desk, name, records([one()]))
    named(desk, "e.json.gz.6eF8B3cD", records([one()])[:-9])  # as a copy that was interrupted leaves it
    named(desk, ".DS_Store", b"not a log file")
    for other in ("vpcflowlogs", "Config"):
        desk.file(f"AWSLogs/{ACCOUNT}/{other}/{REGION}/2026/03/02/a.json.gz", b"of another service")
    found = counts(desk)
    assert (found["events"], found["files"], found["new"]) == (4, 4, 4)
    assert [each["reason"] for each in found["skipped"]] == ["is cut short"]


def test_what_cannot_be_listed_or_opened_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    named(desk, "a.json.gz", records([one()]))
    (desk.logs / DAY / "gone.json.gz").symlink_to("nowhere")
    (desk.logs / "loop").symlink_to(desk.logs)
    (desk.logs / "private").mkdir()
    listed = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = counts(desk)
    assert (found["files"], found["events"]) == (1, 1)
    assert [each["key"].rpartition("/")[2] for each in found["skipped"]] == ["gone.json.gz", "private"]
    assert all(each["reason"].startswith("cannot be read: ") for each in found["skipped"])


def test_a_file_whose_folder_is_of_the_day_before_is_read(desk: Desk) -> None:
    """As a tool sorts files by the days of another time zone."""
    desk.file(f"{DAY.replace('03/02', '02/28')}/a.json.gz", records([one(eventTime="2026-03-01T05:00:00Z")]))
    document = desk.json("--question", "activity-per-person")
    assert document["counts"]["outside"] == 0
    assert rows(document, "activity-per-person")[0]["calls"] == 1


def test_files_in_no_layout_of_cloudtrail_are_read(desk: Desk) -> None:
    desk.file("anywhere/events.json", json.dumps([one(), event("s3", "DeleteBucket")]).encode())
    desk.file("notes.txt", b"not a log file")
    (row,) = rows(desk.json("--question", "activity-per-person"), "activity-per-person")
    assert (row["person"], row["calls"]) == ("alice", 2)


# --- Again ---------------------------------------------------------------------------------------------


@dataclass
class Again:
    """The index of a folder, brought up to date again and again."""

    desk: Desk

    def update(self) -> LogReading:
        with Catalogue.open(self.desk.project.cache, "x") as catalogue:
            _, reading = update(
                catalogue, Folder(self.desk.logs), date(2026, 3, 1), date(2026, 3, 3), lambda _: None
            )
        return reading

    def events(self) -> int:
        with Catalogue.open(self.desk.project.cache, "x") as catalogue:
            return sum(sum(facts.kinds.values()) for _, facts in catalogue.facts())


def test_only_new_files_are_read_the_second_time(desk: Desk) -> None:
    again = Again(desk)
    named(desk, "a.json.gz", records([one()]))
    named(desk, "b.json.gz", b"broken")
    assert len(again.update().read) == 2
    assert len(again.update().read) == 0
    named(desk, "c.json.gz", records([one(), one()]))
    assert len(again.update().read) == 1
    assert again.events() == 3


def test_a_changed_file_is_read_again_and_a_deleted_one_forgotten(desk: Desk) -> None:
    again = Again(desk)
    for name in "abc":
        named(desk, f"{name}.json.gz", records([one()]))
    again.update()
    named(desk, "a.json.gz", records([one(), one()]))
    (desk.logs / DAY / "b.json.gz").unlink()
    again.update()
    assert again.events() == 3
    assert sum(row["calls"] for row in rows(desk.json(), "activity-per-person")) == 3


def test_what_is_known_of_copies_is_of_the_files_that_are_there(desk: Desk) -> None:
    again, other = one(), call("s3", "DeleteBucket", "02T11:00", ALICE)
    named(desk, "a.json.gz", records([again]))
    named(desk, "b.json.gz", records([again, other]))
    assert counts(desk)["copies"] == 1
    (desk.logs / DAY / "a.json.gz").unlink()
    document = desk.json("--question", "activity-per-person")
    assert document["counts"]["copies"] == 0
    assert rows(document, "activity-per-person")[0]["calls"] == 2


def test_days_outside_are_neither_read_nor_forgotten(desk: Desk) -> None:
    again = Again(desk)
    named(desk, "a.json.gz", records([one()]))
    desk.file(f"{DAY.replace('03/02', '05/02')}/z.json.gz", b"of May")
    assert again.update().files == 1
    with Catalogue.open(desk.project.cache, "x") as catalogue:
        keys, _ = update(catalogue, Folder(desk.logs), date(2026, 4, 1), date(2026, 4, 2), lambda _: None)
    assert keys == set()
    assert again.events() == 1


def test_what_an_interrupted_run_left_is_thrown_away(desk: Desk) -> None:
    again = Again(desk)
    named(desk, "a.json.gz", records([one()]))
    again.update()
    with Catalogue.open(desk.project.cache, "x") as catalogue:
        folder = catalogue.folder
    whole = sorted(folder.glob("*.parquet*"))
    (folder / "9.parquet").write_bytes(b"half")
    (folder / "9.parquet.part").write_bytes(b"half")
    assert len(again.update().read) == 0
    assert sorted(folder.glob("*.parquet*")) == whole


def test_a_part_that_is_gone_is_read_again(desk: Desk) -> None:
    again = Again(desk)
    named(desk, "a.json.gz", records([one()]))
    again.update()
    for part in desk.project.cache.rglob("*.parquet"):
        part.unlink()
    assert len(again.update().read) == 1


@pytest.mark.parametrize("name", ["*.parquet", "catalogue.sqlite"])
def test_a_damaged_index_is_one_clear_error(desk: Desk, name: str) -> None:
    named(desk, "a.json.gz", records([one()]))
    desk.json()
    for path in desk.project.cache.rglob(name):
        path.write_bytes(b"no index" * 1000)
    for path in desk.project.cache.rglob("copies-*"):
        path.unlink()
    with pytest.raises(CfngenError, match="damaged"):
        desk.json()


def test_an_index_that_cannot_be_written_is_one_clear_error(desk: Desk) -> None:
    named(desk, "a.json.gz", records([one()]))
    desk.project.cache.write_text("a file where the folder should be")
    with pytest.raises(CfngenError, match="cannot be written"):
        desk.json()


def test_an_index_that_may_not_be_changed_is_one_clear_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(desk, "a.json.gz", records([one()]))
    Again(desk).update()
    named(desk, "b.json.gz", records([one()]))
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda path, **more: connect(f"file:{path}?mode=ro", uri=True, **more)
    )
    with pytest.raises(CfngenError, match="cannot be written: attempt to write a readonly database"):
        Again(desk).update()


def test_what_could_not_be_read_is_tried_again(desk: Desk) -> None:
    class Denying(Folder):
        def content(self, key: str) -> bytes:
            raise UnreadableObjectError(f"GetObject was denied: {key}")

    named(desk, "a.json.gz", records([one()]))
    days = date(2026, 3, 1), date(2026, 3, 3)
    with Catalogue.open(desk.project.cache, "x") as catalogue:
        update(catalogue, cast("Source", Other(Denying(desk.logs))), *days, lambda _: None)
        ((_, facts),) = catalogue.facts()
    assert str(facts.problem).startswith("GetObject was denied")
    assert len(Again(desk).update().read) == 1
    assert Again(desk).events() == 1


class Other:
    """A source that is not a folder to the reader, such as a bucket: its files are handed to the workers."""

    def __init__(self, folder: Folder) -> None:
        self.logs, self.content = folder.logs, folder.content


def test_two_runs_do_not_read_the_same_files(desk: Desk) -> None:
    with Catalogue.open(desk.project.cache, "x"), pytest.raises(BusyError, match="another run"):
        Again(desk).update()


def many(desk: Desk) -> None:
    noise = [one(requestParameters={"text": f"{number * 7919:x}" * 40}) for number in range(5_000)]
    for number in range(8):
        named(desk, f"{number}.json.gz", gzip.compress(json.dumps({"Records": noise}).encode(), 0))


def test_many_bytes_are_read_by_other_processes(desk: Desk) -> None:
    many(desk)
    told: list[Progress] = []
    with Catalogue.open(desk.project.cache, "x") as catalogue:
        days = date(2026, 3, 1), date(2026, 3, 3)
        _, reading = update(catalogue, Folder(desk.logs), *days, told.append)
    assert reading.events == 40_000
    assert [each.of for each in told] == [8] * len(told)
    assert told[-1].files == 8


def test_a_worker_that_is_killed_is_one_clear_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many(desk)
    monkeypatch.setattr(read, "_begin_worker", os.abort)
    with pytest.raises(CfngenError, match="was ended from outside"):
        Again(desk).update()


def test_workers_end_with_the_process_that_began_them() -> None:
    program = """
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from cfngen.activity.read import _begin_worker
if __name__ == "__main__":
    workers = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin_worker)
    print(workers.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), 9)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    worker = int(told.stdout)
    end = time.monotonic() + 60
    while Path(f"/proc/{worker}/exe").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}/exe").exists()
