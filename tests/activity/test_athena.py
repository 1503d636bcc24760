"""Asking Athena, when it does not answer at once, or at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cfngen.activity.engines.athena import Athena
from cfngen.activity.translate import Query
from cfngen.aws.session import Account
from cfngen.errors import AccountError
from tests.support.account_world import FastClock
from tests.support.activity import Desk
from tests.support.stacks.cloudtrail import ACCOUNT
from tests.support.stand_in import meta

DAYS = date(2026, 3, 1), date(2026, 3, 4)


class Slow:
    """Queued, running, then in the state that the test wants."""

    def __init__(self, state: str, reason: str | None = None) -> None:
        self._states = ["QUEUED", "RUNNING", state]
        self._reason = reason
        self.sql = ""
        self.meta = meta("athena")

    def start_query_execution(self, **parameters: Any) -> dict[str, Any]:
        self.sql = parameters["QueryString"]
        return {"QueryExecutionId": "q"}

    def get_query_execution(self, **_: Any) -> dict[str, Any]:
        state = self._states.pop(0)
        status = {"State": state} | ({"StateChangeReason": self._reason} if self._reason else {})
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 7}}}

    def get_query_results(self, **_: Any) -> dict[str, Any]:
        info = [{"Name": "person", "Type": "varchar"}, {"Name": "calls", "Type": "bigint"}]
        head = {"Data": [{"VarCharValue": "person"}, {"VarCharValue": "calls"}]}
        row = {"Data": [{}, {"VarCharValue": "12"}]}
        return {"ResultSet": {"ResultSetMetadata": {"ColumnInfo": info}, "Rows": [head, row]}}


def engine(desk: Desk, client: Slow) -> tuple[Athena, Query]:
    account = Account(ACCOUNT, "ap-southeast-1", "aws", "arn", lambda _: client)
    (question,) = desk.declared.chosen(["activity-per-person"])
    return Athena(account, desk.declared, FastClock()), Query(question, desk.declared.table)


def test_an_answer_is_waited_for_and_has_values_of_its_types(desk: Desk) -> None:
    athena, query = engine(desk, Slow("SUCCEEDED"))
    answer = athena.ask(query, *DAYS, {})
    assert (answer.columns, answer.rows) == (["person", "calls"], [[None, 12]])
    assert athena.scanned == 7


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("FAILED", "Bytes scanned limit was exceeded", "the query failed: Bytes scanned limit was exceeded"),
        ("CANCELLED", None, "was cancelled: no reason was given"),
    ],
)
def test_a_query_that_fails_says_why_and_what_to_do(
    desk: Desk, state: str, reason: str | None, said: str
) -> None:
    athena, query = engine(desk, Slow(state, reason))
    with pytest.raises(AccountError, match=said) as error:
        athena.ask(query, *DAYS, {})
    assert "fewer days" in str(error.value.remedy)


def test_the_query_reads_the_days_that_are_asked_for_and_each_event_once(desk: Desk) -> None:
    client = Slow("SUCCEEDED")
    athena, query = engine(desk, client)
    athena.ask(query, *DAYS, {"alice": "Lan 'La' Anh"})
    text = " ".join(client.sql.split())
    assert "day >= '2026/03/01' AND day <= '2026/03/05'" in text
    assert "day >= '2026/02/27'" in text  # for the sessions that had begun
    assert "eventtime < '2026-03-05'" in text
    # No condition goes below row_number by itself: without its own, each part would scan the whole trail.
    first, second = (part.partition(") AS delivered")[0] for part in text.split("ROW_NUMBER() OVER")[1:])
    assert "day >= '2026/02/27' AND day <= '2026/03/05'" in first
    assert "day >= '2026/03/01' AND day <= '2026/03/05'" in second
    called = "LEFT JOIN (VALUES ('alice', 'Lan ''La'' Anh')) AS called(called_identity, called_name)"
    assert f"{called} ON called.called_identity = COALESCE(" in text
