"""`cfngen activity` from outside: what people read, paste, and open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cfngen.errors import CfngenError
from tests.support.activity import Desk, records, rows
from tests.support.schemas import valid
from tests.support.stacks.cloudtrail import ACCOUNT, deliver, user
from tests.support.trail_world import REGION, WORLD, call

HOSTILE = "=cmd|' /C calc'!A0 <img src=x> | `x` [a](b)\n\x1b[2J\u202e"


@pytest.fixture
def filled(desk: Desk) -> Desk:
    deliver(desk.logs / "AWSLogs", ACCOUNT, REGION, *WORLD)
    return desk


def logs(desk: Desk) -> tuple[str, str]:
    return "--logs", str(desk.logs)


def test_text_can_be_pasted(filled: Desk) -> None:
    told = filled.ask(*logs(filled), "--question", "change-sets").splitlines()
    assert told[0] == "Activity in dev, 2026-03-01 to 2026-03-05 (UTC)"
    assert told[2] == "  not from verified logs: nothing contradicts them, but they are not proven"
    assert told[3] == f"  {len(WORLD)} log files, {len(WORLD)} of them new to the index"
    assert "  - there are no digests of these days" in told
    (head,) = [line for line in told if line.strip().startswith("account ")]
    row = told[told.index(head) + 2]
    assert (row.split()[2:4], row.index("dev-roles")) == (["dev-roles", "v1"], head.index("stack"))


def test_json_has_a_schema(filled: Desk) -> None:
    document = filled.json()
    valid("activity", document)
    assert len(document["questions"]) == 13
    assert document["verification"]["status"] == "unproven"


def test_markdown_has_a_table_for_each_question(filled: Desk) -> None:
    told = filled.ask(*logs(filled), "--format", "markdown")
    assert told.count("\n## ") == 13
    assert "| eventtime | account | region | person | eventname |" in told


def test_people_are_called_by_their_names(filled: Desk, tmp_path: Path) -> None:
    names = tmp_path / "people.yaml"
    names.write_text("people:\n  Lan Anh: [alice, bob@example.com]\n  Dũng: dora\n", encoding="utf-8")
    plain = rows(filled.json("--question", "activity-per-person"), "activity-per-person")
    calls = {row["person"]: row["calls"] for row in plain}
    asked = ("--people", str(names), "--question", "activity-per-person")
    told = rows(filled.json(*asked), "activity-per-person")
    named = {row["person"]: row["calls"] for row in told}
    assert named["Lan Anh"] == calls["alice"] + calls["bob@example.com"]
    assert named["Dũng"] == 1
    assert "alice" not in named


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people: [a]\n", "not a mapping"),
        ("people:\n  A: alice\n  B: alice\n", "stands for A and for B"),
        ("people:\n  A: {x: y}\n", "needs an identity"),
        ("a: b\n", "unknown key"),
        ("", "is empty"),
        (": :\n  - [", "YAML"),
    ],
)
def test_a_wrong_people_file_is_one_clear_error(
    filled: Desk, tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "people.yaml").write_text(text)
    with pytest.raises(CfngenError, match=problem):
        filled.ask(*logs(filled), "--people", str(tmp_path / "people.yaml"))


def hostile(desk: Desk) -> None:
    event = call("s3", "CreateBucket", "02T10:00", user(HOSTILE), userAgent=HOSTILE, errorCode=HOSTILE)
    desk.file(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/02/a.json.gz", records([event]))


def test_csv_opens_in_a_spreadsheet_without_formulas(desk: Desk) -> None:
    hostile(desk)
    told = desk.ask(*logs(desk), "--format", "csv", "--question", "failed-calls")
    assert told.startswith("\ufeff")
    assert "\r\n" in told
    head, row = csv.reader(io.StringIO(told.removeprefix("\ufeff")))
    assert (head[0], row[0]) == ("person", f"'{HOSTILE}")
    assert row[head.index("calls")] == "1"
    for value in row:
        assert value[:1] not in set("=+-@\t\r")
    assert (
        told.splitlines()[0]
        == '\ufeff"person","eventsource","eventname","errorcode","calls","latest","latest_message"'
    )


def test_what_a_caller_chose_does_not_change_what_is_around_it(desk: Desk) -> None:
    hostile(desk)
    text = desk.ask(*logs(desk))
    markdown = desk.ask(*logs(desk), "--format", "markdown")
    for told in (text, markdown):
        assert "\x1b" not in told
        assert "\u202e" not in told
    assert "<img" not in markdown
    table = [line for line in markdown.splitlines() if "CreateBucket" in line]
    assert all(line.startswith("|") for line in table)


def test_csv_takes_one_question(filled: Desk) -> None:
    with pytest.raises(CfngenError, match="CSV holds the answer to one question"):
        filled.ask(*logs(filled), "--format", "csv")


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--question", "nonsense"], "the question nonsense does not exist"),
        (["--from", "2026-03-09"], "is after"),
        (["--engine", "athena"], "reads the bucket"),
        (["--public-keys", "missing.json"], "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_error(filled: Desk, argv: list[str], problem: str) -> None:
    with pytest.raises(CfngenError, match=problem):
        filled.ask(*logs(filled), *argv)


def test_a_folder_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(CfngenError, match="is not a folder"):
        desk.ask("--logs", str(desk.root / "nowhere"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("FROM events", "FROM events WHERE (", "is not an Athena query"),
        ("count_if(changes)", "count_when(changes)", "functions that are not known: count_when"),
        (
            "WHERE day >= date_format(current_date",
            "WHERE noon >= date_format(current_date",
            "by its first day",
        ),
        ("GROUP BY 1\n", "GROUP BY nothing\n", "activity-per-person cannot be answered"),
    ],
)
def test_a_declared_query_that_cannot_be_asked_is_said(
    filled: Desk, old: str, new: str, problem: str
) -> None:
    path = filled.project.out / "audit-queries.yaml"
    text = path.read_text()
    begin = text.index("ActivityPerPersonQuery")
    assert old in text[begin:]
    path.write_text(text[:begin] + text[begin:].replace(old, new, 1))
    with pytest.raises(CfngenError, match=problem):
        filled.ask(*logs(filled), "--question", "activity-per-person")


def test_a_project_without_questions_says_so(filled: Desk) -> None:
    (filled.root / "deployments" / "dev" / "audit-queries.yaml").unlink()
    with pytest.raises(CfngenError, match="declares questions"):
        filled.ask(*logs(filled))


def test_the_program_itself(filled: Desk) -> None:
    def run(*argv: str) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "cfngen", "activity", "--env", "dev", *argv],
            cwd=filled.root,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run(*logs(filled), "--from", "2026-03-01", "--to", "2026-03-05")
    assert (done.returncode, done.stderr) == (0, "")
    assert "carol" in done.stdout
    wrong = run(*logs(filled), "--from", "yesterday")
    assert wrong.returncode == 2
    assert "'yesterday' is not a day such as 2026-11-01" in wrong.stderr


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--to", "9999-12-31"], "'9999-12-31' is not a day of the years 2000 to 2999"),
        (["--from", "0900-01-01"], "'0900-01-01' is not a day of the years 2000 to 2999"),
        (["--from", ""], "'' is not a day such as 2026-11-01"),
        (["--logs", ""], "the name of the folder is empty"),
    ],
)
def test_a_wrong_argument_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str], argv: list[str], problem: str
) -> None:
    with pytest.raises(SystemExit):
        desk.ask(*argv)
    assert problem in capsys.readouterr().err


def test_the_last_days_of_the_calendar_are_days(filled: Desk) -> None:
    assert "change-sets" in filled.ask(*logs(filled), "--to", "2999-12-31", "--question", "change-sets")


def test_progress_has_a_rate(filled: Desk) -> None:
    from cfngen.activity.read import Progress
    from cfngen.cli.commands.activity import _Told
    from cfngen.cli.console import Console
    from cfngen.cli.session import Services
    from tests.support.account_world import FastClock, Terminal

    clock, terminal = FastClock(), Terminal()
    told = _Told(Console(io.StringIO(), terminal), Services(clock, lambda _: None))  # type: ignore[arg-type, return-value]
    clock.sleep(2)
    told(Progress(50, 200, 10_000, 1))
    assert "50 of 200 files, 10,000 events, " in terminal.getvalue()
    assert terminal.getvalue().endswith(" events a second")
    assert filled
