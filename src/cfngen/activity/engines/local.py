"""DuckDB over the index: the table of CloudTrail's log files as Athena has it, each event once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfngen.activity.answers import Answer
from cfngen.activity.catalogue import Catalogue, damaged
from cfngen.activity.translate import LATE, Query
from cfngen.errors import CfngenError

MEMORY: Final = "192MB"
"""What DuckDB may use before it writes to the disk."""

_ROOMY: Final = "80%"
"""What an answer may use that does not fit."""

_COPIES: Final = "copies"
_STRUCTURES: Final = {
    "resources": """list_transform(
        from_json(resources, '[{"ARN": "VARCHAR", "accountId": "VARCHAR", "type": "VARCHAR"}]'),
        lambda one: struct_pack(arn := one.ARN, accountid := one.accountId, type := one.type))""",
    "addendum": """struct_pack(
        reason := addendum ->> '$.reason',
        updatedfields := addendum ->> '$.updatedFields',
        originalrequestid := addendum ->> '$.originalRequestID',
        originaleventid := addendum ->> '$.originalEventID')""",
    "tlsdetails": """struct_pack(
        tlsversion := tlsdetails ->> '$.tlsVersion',
        ciphersuite := tlsdetails ->> '$.cipherSuite',
        clientprovidedhostheader := tlsdetails ->> '$.clientProvidedHostHeader')""",
}
"""What the index keeps as JSON text, as the structures that Athena's table has."""


_FUNCTIONS: Final = (
    "max_by(wanted, greatest) AS arg_max_null(wanted, greatest)",
    """json_extract_scalar(doc, path) AS
       CASE WHEN json_type(doc, path) NOT IN ('OBJECT', 'ARRAY') THEN doc ->> path END""",
)
"""Where DuckDB's own differ from Athena's: the latest value may be null, and an object is not a scalar.

https://trino.io/docs/current/functions/aggregate.html#max_by
https://trino.io/docs/current/functions/json.html#json_extract_scalar
"""


class Counted(NamedTuple):
    """Events of some days, each once; their copies; when the first and the last of them happened."""

    events: int
    copies: int
    earliest: str | None
    latest: str | None


@dataclass(frozen=True)
class Local:
    """The index, ready to be asked."""

    _engine: Any
    table: str

    @classmethod
    @contextmanager
    def open(cls, catalogue: Catalogue, table: str) -> Iterator[Local]:
        """The index as a table of this name."""
        import duckdb

        spill = catalogue.folder / "spill"
        engine = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(spill),
                "autoinstall_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        try:
            parts = catalogue.parts()
            for function in _FUNCTIONS:
                engine.execute(f"CREATE MACRO {function}")
            try:
                _copies(engine, catalogue, parts)
                _table(engine, table, parts)
            except duckdb.Error as error:
                raise damaged(catalogue.folder, error) from error
            yield cls(engine, table)
        finally:
            engine.close()

    def ask(self, query: Query, first: date, last: date, names: dict[str, str]) -> Answer:
        """The answer to a question about these days.

        Raises:
            CfngenError: the query fails.
        """
        import duckdb

        sql = query.sql("duckdb", first, last, names)
        try:
            try:
                rows = self._engine.execute(sql).fetchall()
            except duckdb.OutOfMemoryException:  # a thousand calls, each with a megabyte of parameters
                self._engine.execute(f"SET memory_limit = '{_ROOMY}'")
                rows = self._engine.execute(sql).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise CfngenError(
                f"{query.question.name}: its answer needs more memory than there is",
                remedy="ask about fewer days",
            ) from error
        except duckdb.Error as error:
            raise CfngenError(
                f"{query.question.name} cannot be answered: {str(error).splitlines()[0]}",
                remedy="correct the query in the stack's definition",
            ) from error
        columns = [name for name, *_ in self._engine.description]
        return Answer(query.question, columns, rows, cut=len(rows) == query.limit)

    def counted(self, listed: date, first: date, last: date) -> Counted:
        """What there is of the days from `first` to `last`, in files delivered since the day `listed`."""
        within = "eventtime >= ? AND eventtime < ? AND day BETWEEN ? AND ?"
        days = [
            f"{first:%Y-%m-%d}",
            f"{last + timedelta(days=1):%Y-%m-%d}",
            f"{listed:%Y/%m/%d}",
            f"{last + LATE:%Y/%m/%d}",
        ]
        events, earliest, latest = self._engine.execute(
            f"SELECT count(*), min(eventtime), max(eventtime) FROM {self.table} WHERE {within}",  # noqa: S608
            days,
        ).fetchone()
        (copies,) = self._engine.execute(
            f"SELECT count(*) FROM {_COPIES} WHERE {within}",  # noqa: S608 - constants
            days,
        ).fetchone()
        return Counted(events, copies, earliest, latest)


def _copies(engine: Any, catalogue: Catalogue, parts: Sequence[Path]) -> None:
    """Which rows repeat an event of another row; looked for only when there are new files."""
    names = sha256("\n".join(path.name for path in parts).encode()).hexdigest()
    stamp = catalogue.folder / f"copies-{names[:32]}"
    part = stamp.with_suffix(".part")
    if not parts:
        engine.execute(f"CREATE TABLE {_COPIES} (file TEXT, row BIGINT, day TEXT, eventtime TEXT)")
        return
    if not stamp.is_file():
        for old in catalogue.folder.glob("copies-*"):
            old.unlink()
        engine.execute(
            f"""
            COPY (
              WITH rows AS (
                SELECT parse_filename(filename) AS file, file_row_number AS row, day, region, eventtime,
                       coalesce(recipientaccountid, account) AS owner,
                       CASE WHEN addendum ->> '$.reason' = 'UPDATED_DATA'
                            THEN addendum ->> '$.originalEventID' END AS amended,
                       coalesce(amended, eventid) AS id, hash(owner, id) AS mark
                FROM {_parquet(parts)}
                WHERE kind = 'event' AND eventid IS NOT NULL
              ),
              twice AS (SELECT mark FROM rows GROUP BY mark HAVING count(*) > 1)
              SELECT file, row, day, eventtime
              FROM rows SEMI JOIN twice USING (mark)
              QUALIFY row_number() OVER (
                PARTITION BY owner, id ORDER BY amended IS NOT NULL, day, region, file, row
              ) > 1
            ) TO '{part.as_posix()}' (FORMAT parquet)
            """  # noqa: S608 - our own file names
        )
        part.replace(stamp)
    engine.execute(f"CREATE TABLE {_COPIES} AS FROM read_parquet('{stamp.as_posix()}')")


def _table(engine: Any, table: str, parts: Sequence[Path]) -> None:
    structures = ", ".join(f"{text} AS {name}" for name, text in _STRUCTURES.items())
    if not parts:
        from cfngen.activity.columns import Batch
        from cfngen.activity.records import Record

        engine.register("one", Batch([Record()], [(None, 1)]).table())
        engine.execute(
            f"CREATE TABLE {table} AS SELECT * EXCLUDE (kind) REPLACE ({structures}) FROM one LIMIT 0"  # noqa: S608
        )
        return
    (copies,) = engine.execute(f"SELECT count(*) FROM {_COPIES}").fetchone()  # noqa: S608
    rows = f"FROM {_parquet(parts)} WHERE kind = 'event'"
    left_out = "kind, filename, file_row_number"
    if copies:
        rows = (
            f"FROM (SELECT *, parse_filename(filename) AS file {rows}) AS log "
            f"ANTI JOIN {_COPIES} AS copy ON copy.file = log.file AND copy.row = log.file_row_number"
        )
        left_out += ", file"
    engine.execute(f"CREATE VIEW {table} AS SELECT * EXCLUDE ({left_out}) REPLACE ({structures}) {rows}")


def _parquet(parts: Sequence[Path]) -> str:
    files = ", ".join("'" + path.as_posix().replace("'", "''") + "'" for path in parts)
    return f"read_parquet([{files}], filename = true, file_row_number = true)"
