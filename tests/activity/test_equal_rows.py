"""Each declared question gives the same rows by DuckDB over the index and in Athena's dialect over the files.

What stands for Athena is DuckDB, too, but over the Glue table of the template and its SerDe, with the query
text that is sent to Athena, parsed as Athena's.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from benchmarks.programs.trail_logs import event as usual
from cfngen.activity.translate import Query
from cfngen.aws.session import Account
from tests.support.activity import NOW, Desk, make_desk, rows
from tests.support.stacks.athena import Athena
from tests.support.stacks.cloudtrail import ACCOUNT, deliver, insight
from tests.support.stacks.deployed import properties
from tests.support.stand_in import meta
from tests.support.trail_world import OTHER, REGION, WORLD

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 5)
QUESTIONS = [
    "who-did-what",
    "console-logins",
    "sign-ins-without-mfa",
    "failed-calls",
    "denied-calls",
    "iam-changes",
    "activity-per-person",
    "activity-per-day",
    "change-sets",
    "stack-operations",
    "console-or-pipeline",
    "trail-changes",
    "quiet-hours",
]


def many() -> list[dict[str, Any]]:
    """Two hundred calls of the usual kind."""
    chance = random.Random(3)  # noqa: S311 - not a secret
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    return [usual(chance, begin + timedelta(minutes=5) * number) for number in range(200)]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, dict[str, Any], Athena]:
    desk = make_desk(tmp_path_factory.mktemp("desk"))
    where = desk.declared
    logs = desk.logs / where.base
    events = [*WORLD, *many()]
    amends = {"reason": "UPDATED_DATA", "updatedFields": "userAgent", "originalEventID": events[0]["eventID"]}
    events.append({**events[0], "eventID": "amended", "addendum": amends})
    deliver(logs, ACCOUNT, REGION, *events)
    deliver(logs, ACCOUNT, "us-east-1", *events[::3])  # a second trail delivers some of them again
    deliver(logs, OTHER, REGION, *events[:4])  # not an account of the table
    folder = desk.root / "s3" / where.bucket
    folder.parent.mkdir()
    folder.symlink_to(desk.logs)
    athena = Athena(properties("audit-queries", "Table"), folder.parent, NOW.date(), desk.root)
    # The table is of one account: the index is of what the folder holds.
    for each in (logs / OTHER).rglob("*.gz"):
        each.unlink()
    other = logs / ACCOUNT / "CloudTrail-Insight" / REGION / "2026/03/02"
    desk.file(
        f"{(other / 'insight.json').relative_to(desk.logs)}",
        json.dumps({"Records": [insight("Start", REGION)]}).encode(),
    )
    return desk, desk.json(), athena


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_engines_give_the_same_rows(name: str, asked: tuple[Desk, dict[str, Any], Athena]) -> None:
    desk, document, athena = asked
    (question,) = desk.declared.chosen([name])
    sql = Query(question, "cloudtrail_logs").sql("athena", FIRST, LAST, {})
    assert "current_date" not in sql.lower()
    theirs = athena.ask(sql)
    ours = rows(document, name)
    assert ours
    assert [_comparable(row) for row in ours] == [_comparable(row) for row in theirs]


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    """JSON in a cell is the same with other blanks."""
    return {
        name: json.loads(value) if isinstance(value, str) and value.startswith("{") else value
        for name, value in row.items()
    }


def test_every_declared_question_is_compared(desk: Desk) -> None:
    assert [question.name for question in desk.declared.questions] == QUESTIONS


def test_copies_and_insights_are_told_and_not_counted(asked: tuple[Desk, dict[str, Any], Athena]) -> None:
    _, document, _ = asked
    total = len(WORLD) + 200 + 1
    copies = len(range(0, total, 3)) + 1  # delivered again, and an event that amends another one
    counts = document["counts"]
    assert (counts["events"], counts["copies"], counts["others"]) == (
        total + len(range(0, total, 3)),
        copies,
        {"insight": 1},
    )
    assert sum(row["calls"] for row in rows(document, "activity-per-person")) < total


class StandIn:
    """Athena's API over the stand-in; every value is text, as there."""

    def __init__(self, athena: Athena) -> None:
        self._athena = athena
        self.asked: list[dict[str, Any]] = []
        self.meta = meta("athena")

    def start_query_execution(self, **parameters: Any) -> dict[str, Any]:
        self.asked.append(parameters)
        return {"QueryExecutionId": str(len(self.asked) - 1)}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        assert QueryExecutionId
        return {
            "QueryExecution": {
                "Status": {"State": "SUCCEEDED"},
                "Statistics": {"DataScannedInBytes": 1000},
            }
        }

    def get_query_results(self, QueryExecutionId: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        """Pages of a hundred rows; the first begins with the header."""
        found = self._athena.ask(self.asked[int(QueryExecutionId)]["QueryString"])
        names = list(found[0])
        kinds = {
            name: next((type(row[name]) for row in found if row[name] is not None), str) for name in names
        }
        lines = [dict(zip(names, names, strict=True)), *found]
        begin = int(NextToken)
        page = {
            "ResultSetMetadata": {"ColumnInfo": [{"Name": n, "Type": _TYPES[kinds[n]]} for n in names]},
            "Rows": [
                {"Data": [_cell(value) for value in row.values()]} for row in lines[begin : begin + 100]
            ],
        }
        more = {"NextToken": str(begin + 100)} if begin + 100 < len(lines) else {}
        return {"ResultSet": page, **more}


_TYPES = {int: "bigint", bool: "boolean", str: "varchar"}


def _cell(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    return {"VarCharValue": str(value).lower() if isinstance(value, bool) else str(value)}


def test_the_command_with_athena_gives_the_same_answers(asked: tuple[Desk, dict[str, Any], Athena]) -> None:
    desk, document, athena = asked
    client = StandIn(athena)
    account = Account(ACCOUNT, REGION, "aws", "arn:aws:iam::111122223333:user/x", lambda _: client)
    answers = desk.json("--engine", "athena", connect=lambda _: account)
    for name in QUESTIONS:
        assert [_comparable(row) for row in rows(answers, name)] == [
            _comparable(row) for row in rows(document, name)
        ], name
    assert answers["scanned_bytes"] == 1000 * len(QUESTIONS)
    assert answers["counts"] is None
    assert client.asked[0]["WorkGroup"] == desk.declared.workgroup
    assert client.asked[0]["QueryExecutionContext"] == {"Database": desk.declared.database}
