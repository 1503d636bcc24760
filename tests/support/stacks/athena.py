"""Asks a Glue table over CloudTrail's log files as Athena would, with DuckDB as the engine.

Everything that decides what a query sees is taken from the table itself: its columns and their types, its
partition projection, the address of a partition's folder. sqlglot translates Hive's types and Athena's SQL.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

# https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
_JAVA_DATE = {"yyyy": "%Y", "MM": "%m", "dd": "%d"}

# Athena's functions where DuckDB's are others, by https://trino.io/docs/current/functions.html; `max_by`
# gives null where that is what the greatest row has.
_MACROS = (
    """json_extract_scalar(doc, path) AS CASE json_type(doc, path)
         WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL ELSE doc ->> path END""",
    """array_join(items, separator) AS
         CASE WHEN items IS NOT NULL THEN coalesce(
           array_to_string(list_filter(items, lambda item: item IS NOT NULL), separator), '') END""",
)


class Athena:
    """One database of one table, on a given day.

    Arguments:
        table: the Glue table's properties, values put in.
        buckets: the folder whose folders are the buckets.
        today: what the day is.
        scratch: a folder for a file of its own.
    """

    def __init__(self, table: Mapping[str, Any], buckets: Path, today: date, scratch: Path) -> None:
        self._input = table["TableInput"]
        self._buckets = buckets
        self._today = today
        columns = {
            column["Name"]: exp.DataType.build(column["Type"], dialect="hive")
            for column in [*self._input["StorageDescriptor"]["Columns"], *self._input["PartitionKeys"]]
        }
        rows = scratch / "rows.json"
        rows.write_text(
            "\n".join(
                json.dumps({name: _cell(record.get(name), kind) for name, kind in columns.items()})
                for record in self._records()
            )
        )
        types = {name: kind.sql("duckdb") for name, kind in columns.items()}
        self._engine = duckdb.connect()
        for macro in _MACROS:
            self._engine.execute(f"CREATE MACRO {macro}")
        table_rows = self._engine.read_json(str(rows), columns=types, format="newline_delimited")
        table_rows.create(self._input["Name"])

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The rows of the answer.

        Raises:
            ValueError: a function that Athena's dialect does not know.
        """
        query = sqlglot.parse_one(sql, read="athena")
        if unknown := [call.name for call in query.find_all(exp.Anonymous)]:
            raise ValueError(f"unknown functions: {', '.join(unknown)}")
        today = exp.cast(exp.Literal.string(self._today.isoformat()), "date")

        def as_there(node: exp.Expression) -> Any:
            match node:
                case exp.CurrentDate():
                    return today
                case exp.ArgMax():
                    return exp.func("arg_max_null", node.this, node.expression)
                case exp.ArrayToString():
                    return exp.Anonymous(this="array_join", expressions=[node.this, node.expression])
                case exp.JSONExtractScalar():
                    path = exp.Literal.string(node.expression.sql("athena").strip("'"))
                    return exp.Anonymous(this="json_extract_scalar", expressions=[node.this, path])
            return node

        answer = self._engine.execute(query.transform(as_there).sql("duckdb"))
        names = [name for name, *_ in answer.description or []]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def partitions(self) -> Iterator[dict[str, str]]:
        """The values of the partition keys that the projection names, for every partition."""
        keys = [key["Name"] for key in self._input["PartitionKeys"]]
        for values in product(*(self._projected(key) for key in keys)):
            yield dict(zip(keys, values, strict=True))

    def _projected(self, key: str) -> list[str]:
        rules = self._input["Parameters"]
        assert rules["projection.enabled"] == "true"
        if rules[f"projection.{key}.type"] == "enum":
            return [str(value).strip() for value in rules[f"projection.{key}.values"].split(",")]
        assert rules[f"projection.{key}.type"] == "date"
        assert (rules[f"projection.{key}.interval"], rules[f"projection.{key}.interval.unit"]) == (
            "1",
            "DAYS",
        )
        form = rules[f"projection.{key}.format"]
        for java, python in _JAVA_DATE.items():
            form = form.replace(java, python)
        first, last = rules[f"projection.{key}.range"].split(",")
        assert last == "NOW"
        start = date(*map(int, first.split("/")))
        return [(start + timedelta(days=day)).strftime(form) for day in range((self._today - start).days + 1)]

    def _records(self) -> Iterator[dict[str, Any]]:
        for partition in self.partitions():
            address = self._input["Parameters"]["storage.location.template"]
            for key, value in partition.items():
                address = address.replace(f"${{{key}}}", value)
            folder = self._buckets / address.removeprefix("s3://")
            for file in sorted(folder.glob("*")):
                for record in json.loads(gzip.decompress(file.read_bytes()))["Records"]:
                    yield {**{name.lower(): value for name, value in record.items()}, **partition}


def _cell(value: Any, kind: exp.DataType) -> Any:
    """What the JSON SerDe makes of a value: names in lower case, whatever a string column gets as text."""
    if value is None:
        return None
    if kind.is_type("struct"):
        lowered = {name.lower(): member for name, member in value.items()}
        return {field.name: _cell(lowered.get(field.name), field.args["kind"]) for field in kind.expressions}
    if kind.is_type("array"):
        return [_cell(item, kind.expressions[0]) for item in value]
    if kind.is_type("map"):
        return {name: _cell(member, kind.expressions[1]) for name, member in value.items()}
    return value if isinstance(value, str) else json.dumps(value)
