"""Athena in the account: for logs that one machine cannot read. Asks in the stack's own workgroup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cfngen.activity.answers import Answer
from cfngen.activity.declared import Declared
from cfngen.activity.translate import Query
from cfngen.aws.calls import call
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, backoff
from cfngen.errors import AccountError

_RUNNING: Final = {"QUEUED", "RUNNING"}
_ENDS: Final = {"CANCELLED": "was cancelled"}
_TYPES: Final[dict[str, Callable[[str], Any]]] = {
    "boolean": lambda text: text == "true",
    "tinyint": int,
    "smallint": int,
    "integer": int,
    "bigint": int,
    "float": float,
    "double": float,
}


@dataclass
class Athena:
    """The account's Athena, and how many bytes it has read for us."""

    account: Account
    declared: Declared
    clock: Clock
    scanned: int = 0

    def ask(self, query: Query, first: date, last: date, names: dict[str, str]) -> Answer:
        """The answer to a question about these days.

        Raises:
            AccountError: the query failed or was cancelled; where the workgroup's limit on what a query may
                scan did that, it says so.
        """
        athena = self.account.client("athena")
        started = call(
            athena,
            "StartQueryExecution",
            QueryString=query.sql("athena", first, last, names),
            QueryExecutionContext={"Database": self.declared.database},
            WorkGroup=self.declared.workgroup,
        )
        identifier = started["QueryExecutionId"]
        self._wait(athena, identifier, query.question.name)
        columns: list[str] = []
        rows: list[list[Any]] = []
        for number, page in enumerate(self._pages(athena, identifier)):
            described = page["ResultSetMetadata"]["ColumnInfo"]
            columns = [each["Name"] for each in described]
            given = page["Rows"][1 if number == 0 else 0 :]  # the first row of all is the header
            rows += [
                [_value(cell, kind["Type"]) for cell, kind in zip(row["Data"], described, strict=True)]
                for row in given
            ]
        return Answer(query.question, columns, rows, cut=len(rows) == query.limit)

    def _wait(self, athena: Any, identifier: str, name: str) -> None:
        waits = backoff(first=0.5)
        while True:
            execution = call(athena, "GetQueryExecution", QueryExecutionId=identifier)["QueryExecution"]
            status = execution["Status"]
            if status["State"] not in _RUNNING:
                break
            self.clock.sleep(next(waits))
        self.scanned += execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        if status["State"] != "SUCCEEDED":
            reason = status.get("StateChangeReason") or "no reason was given"
            raise AccountError(
                f"{name}: the query {_ENDS.get(status['State'], 'failed')}: {reason}",
                remedy="ask about fewer days, or raise the stack's scan limit, where it was exceeded",
            )

    @staticmethod
    def _pages(athena: Any, identifier: str) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        while True:
            answer = call(athena, "GetQueryResults", QueryExecutionId=identifier, **more)
            yield answer["ResultSet"]
            if not answer.get("NextToken"):
                return
            more = {"NextToken": answer["NextToken"]}


def _value(cell: dict[str, str], kind: str) -> Any:
    """A cell as a value of its type; a cell without a value is null."""
    text = cell.get("VarCharValue")
    return None if text is None else _TYPES.get(kind, str)(text)
