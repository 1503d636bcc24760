"""A declared query -> the same query about the days that are asked for, for DuckDB or for Athena.

A query says since when by comparing `day`, the table's partition, with a day before today. Where sessions are
followed, one part looks further back; it still does, by as many days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal

from cfngen.activity.declared import Question
from cfngen.errors import TemplateError

Engine = Literal["duckdb", "athena"]

LATE: Final = timedelta(days=1)
"""How long after an event its file may be delivered under a later day."""


class Query:
    """A question's query, parsed.

    Arguments:
        question: as it is declared.
        table: the name of the table that it asks.

    Raises:
        TemplateError: the query is not one of Athena's, or does not say since when.
    """

    def __init__(self, question: Question, table: str) -> None:
        import sqlglot
        from sqlglot import exp
        from sqlglot.errors import SqlglotError

        self.question = question
        self._table = table
        try:
            self._tree = sqlglot.parse_one(question.sql, read="athena")
        except SqlglotError as error:
            raise self._wrong(f"is not an Athena query: {str(error).splitlines()[0]}") from error
        if unknown := sorted({call.name for call in self._tree.find_all(exp.Anonymous)}):
            raise self._wrong(f"uses functions that are not known: {', '.join(unknown)}")
        self._since = [(node, _days(node)) for node in self._tree.find_all(exp.GTE) if _is_since(node)]
        tables = [node for node in self._tree.find_all(exp.Table) if node.name == table]
        if len(self._since) != len(tables) or not tables:
            raise self._wrong(f"does not limit the days of each {table} by its first day")

    def _wrong(self, problem: str) -> TemplateError:
        return TemplateError(
            f"{self.question.name} {problem}", remedy="correct the query in the stack's definition"
        )

    @property
    def days_before(self) -> int:
        """How many days before the first one some part looks back."""
        return max(days for _, days in self._since) - min(days for _, days in self._since)

    @property
    def limit(self) -> int | None:
        """How many rows an answer has at most."""
        limit = self._tree.args.get("limit")
        return int(limit.expression.name) if limit is not None else None

    def sql(self, engine: Engine, first: date, last: date, names: Mapping[str, str]) -> str:
        """The query's text.

        Arguments:
            first, last: the days of the events, both included.
            names: of people, by the identities that stand for them.
        """
        tree = self._tree.copy()
        from sqlglot import exp

        least = min(days for _, days in self._since)
        read = first - timedelta(days=self.days_before)
        for node in [node for node in tree.find_all(exp.GTE) if _is_since(node)]:
            since = first - timedelta(days=_days(node) - least)
            if engine == "athena":
                asked = node.find_ancestor(exp.Select)
                _read_once(asked, self._table, _within(exp.column("day"), since, since, last))
            # The index has the days before, at no cost, and a copy's folders may be of another time zone.
            node.replace(_within(node.this, since if engine == "athena" else read, since, last))
        if names:
            for projection in list(_people(tree)):
                _name(projection, names)
        if engine == "duckdb":
            for cte in tree.find_all(exp.CTE):
                cte.set("materialized", cte.alias != "events")
            for call in [*tree.find_all(exp.ArgMax, exp.JSONExtractScalar)]:
                call.replace(_as_athena(call))
        # A list of nothing but null joins to an empty text in Athena, and to null in DuckDB.
        for joined in [*tree.find_all(exp.ArrayToString)]:
            joined.replace(exp.func("nullif", joined.copy(), exp.Literal.string("")))
        return tree.sql(engine, pretty=True)


def _is_since(node: Any) -> bool:
    from sqlglot import exp

    return (
        isinstance(node.this, exp.Column)
        and node.this.name == "day"
        and node.expression.find(exp.CurrentDate) is not None
    )


def _days(node: Any) -> int:
    """The days before today that a comparison means."""
    from sqlglot import exp

    interval = node.expression.find(exp.Interval)
    return int(interval.this.name) if interval is not None else 0


def _within(day: Any, folder: date, first: date, last: date) -> Any:
    """Folders from the day `folder` to a day after the last, events from the first day to the last."""
    from sqlglot import exp

    time = exp.column("eventtime", table=day.args.get("table"))

    def text(when: date, form: str) -> Any:
        return exp.Literal.string(when.strftime(form))

    return exp.paren(
        exp.and_(
            exp.GTE(this=day.copy(), expression=text(folder, "%Y/%m/%d")),
            exp.LTE(this=day.copy(), expression=text(last + LATE, "%Y/%m/%d")),
            exp.GTE(this=time, expression=text(first, "%Y-%m-%d")),
            exp.LT(this=time.copy(), expression=text(last + timedelta(days=1), "%Y-%m-%d")),
        )
    )


def _people(tree: Any) -> Iterator[Any]:
    """Where `person` is made of something else."""
    from sqlglot import exp

    for alias in tree.find_all(exp.Alias):
        if alias.alias == "person" and not isinstance(alias.this, exp.Column):
            inside = alias.find_ancestor(exp.CTE)
            if inside is not None and inside.alias == "events":
                yield alias


def _name(person: Any, names: Mapping[str, str]) -> None:
    """Let a part call people by their names: a join, which takes no longer for a thousand than for one."""
    from sqlglot import exp

    text = exp.Literal.string
    pairs = [exp.Tuple(expressions=[text(identity), text(name)]) for identity, name in names.items()]
    columns = [exp.to_identifier("called_identity"), exp.to_identifier("called_name")]
    alias = exp.TableAlias(this=exp.to_identifier("called"), columns=columns)
    person.find_ancestor(exp.Select).join(
        exp.Values(expressions=pairs, alias=alias),
        on=exp.EQ(this=exp.column("called_identity", "called"), expression=person.this.copy()),
        join_type="left",
        copy=False,
    )
    person.this.replace(exp.func("coalesce", exp.column("called_name", "called"), person.this.copy()))


def _as_athena(call: Any) -> Any:
    """A call of a function that `engines.local` defines as Athena has it."""
    from sqlglot import exp

    if isinstance(call, exp.ArgMax):
        return exp.Anonymous(this="max_by", expressions=[call.this, call.expression])
    path = call.expression.sql("athena") if isinstance(call.expression, exp.JSONPath) else call.expression
    return exp.Anonymous(this="json_extract_scalar", expressions=[call.this, path])


def _read_once(select: Any, name: str, within: Any) -> None:
    """Let a part ask its table without the copies of events that were delivered more than once.

    The days are limited inside, too: Athena does not move a condition on `day` below `row_number`, and
    would read the whole trail. An event that amends another one counts as its copy.
    """
    from sqlglot import exp, parse_one

    for table in [node for node in select.find_all(exp.Table) if node.name == name]:
        if table.find_ancestor(exp.Select) is not select:
            continue
        once = parse_one(
            f"""
            SELECT * FROM (
              SELECT *, row_number() OVER (
                PARTITION BY
                  coalesce(recipientaccountid, account),
                  coalesce(CASE WHEN addendum.reason = 'UPDATED_DATA' THEN addendum.originaleventid END,
                           eventid)
                ORDER BY CASE WHEN addendum.reason = 'UPDATED_DATA' THEN 1 ELSE 0 END, day, region
              ) AS copy
              FROM {table.name}
              WHERE {within.sql("athena")}
            ) AS delivered
            WHERE copy = 1 OR eventid IS NULL
            """,  # noqa: S608 - the table's name is the definition's own
            read="athena",
            into=exp.Select,
        )
        table.replace(once.subquery(table.alias_or_name))
