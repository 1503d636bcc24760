"""Which log files the index holds, and in which of its Parquet files; kept in one SQLite file beside them.

A Parquet file counts once the catalogue names it: what an interrupted run leaves is thrown away.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cfngen.activity.sources import LogFile
from cfngen.errors import BusyError, CfngenError

FORMAT: Final = 2
"""Raised when columns or the reading of records change: then the index is made anew."""

BROKEN: Final = "broken"

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS files (
    key TEXT PRIMARY KEY, changed TEXT NOT NULL, size INTEGER NOT NULL, part TEXT, sha256 TEXT, facts TEXT
);
CREATE INDEX IF NOT EXISTS parts ON files (part);
"""


@dataclass(frozen=True)
class Facts:
    """What one log file gave.

    Attributes:
        sha256: of its inflated bytes; `BROKEN` where it holds none; None where it could not be read.
        kinds: how many records there are of each kind, `event` for those that questions are asked of.
        mended: records of which members of unexpected types were left out.
        dropped: records that are no JSON objects.
        versions: events of an unknown version of the format.
        problem: why it could not be read.
    """

    sha256: str | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    mended: int = 0
    dropped: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    problem: str | None = None

    def to_json(self) -> str:
        return json.dumps([self.kinds, self.mended, self.dropped, self.versions, self.problem])

    @classmethod
    def from_row(cls, hashed: str | None, text: str) -> Facts:
        kinds, mended, dropped, versions, problem = json.loads(text)
        return cls(hashed, kinds, mended, dropped, versions, problem)


def unwritable(cache: Path, problem: str) -> CfngenError:
    """The error of an index that cannot be written."""
    return CfngenError(
        f"the index cannot be written: {problem}",
        place=str(cache),
        remedy="free some space, or allow writing there",
    )


def damaged(folder: Path, error: Exception) -> CfngenError:
    """The error of an index that cannot be read."""
    return CfngenError(
        f"the index of the log files is damaged: {str(error).splitlines()[0]}",
        place=str(folder),
        remedy="delete that folder: the log files are read again then",
    )


@dataclass
class Catalogue:
    """The index of one source."""

    folder: Path
    _database: sqlite3.Connection = field(repr=False)

    @classmethod
    @contextmanager
    def open(cls, cache: Path, source: str) -> Iterator[Catalogue]:
        """The catalogue of a source, for one process at a time.

        Raises:
            BusyError: another run reads the same source.
            CfngenError: the index cannot be written, or is damaged.
        """
        folder = cache / "activity" / f"{sha256(source.encode()).hexdigest()[:16]}-{FORMAT}"
        database = None
        try:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                database = sqlite3.connect(folder / "catalogue.sqlite", timeout=1, isolation_level=None)
                database.execute("PRAGMA locking_mode = EXCLUSIVE")
                database.executescript("BEGIN EXCLUSIVE;" + _TABLES + "COMMIT;")
                catalogue = cls(folder, database)
                catalogue._throw_away()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                raise BusyError(
                    f"another run reads these log files: {error}", remedy="wait until it has ended"
                ) from error
            except sqlite3.DatabaseError as error:
                raise damaged(folder, error) from error
            yield catalogue
        except BrokenPipeError:  # of whoever is told how far it has got
            raise
        except sqlite3.OperationalError as error:
            raise unwritable(folder, str(error)) from error
        except OSError as error:
            raise unwritable(folder, error.strerror or str(error)) from error
        finally:
            if database is not None:
                database.close()

    def known(self) -> dict[str, str]:
        """The files by key, with what they were when they were read; without those that could not be read."""
        return dict(self._database.execute("SELECT key, changed FROM files WHERE sha256 IS NOT NULL"))

    def forget(self, keys: Iterable[str]) -> list[LogFile]:
        """Take files out; returns the others of the same Parquet files, which have to be read again."""
        keys = set(keys)
        parts = {
            part
            for key in keys
            for (part,) in self._database.execute("SELECT part FROM files WHERE key = ?", (key,))
        }
        again: list[LogFile] = []
        with self._transaction():
            for part in parts:
                rows = self._database.execute("SELECT key, size, changed FROM files WHERE part = ?", (part,))
                again += [LogFile(*row) for row in rows if row[0] not in keys]
                self._database.execute("DELETE FROM files WHERE part = ?", (part,))
            self._database.executemany("DELETE FROM files WHERE key = ?", [(key,) for key in keys])
        self._throw_away()
        return again

    def add(self, part: str | None, files: Iterable[tuple[LogFile, Facts]]) -> None:
        """The files whose records a Parquet file holds, all of them at once."""
        rows = [
            (file.key, file.changed, file.size, part, facts.sha256, facts.to_json()) for file, facts in files
        ]
        with self._transaction():
            self._database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", rows)

    def parts(self) -> list[Path]:
        """The Parquet files."""
        rows = self._database.execute("SELECT DISTINCT part FROM files WHERE part IS NOT NULL ORDER BY part")
        return [self.folder / part for (part,) in rows]

    def facts(self) -> Iterator[tuple[str, Facts]]:
        """What each file gave."""
        for key, hashed, text in self._database.execute("SELECT key, sha256, facts FROM files ORDER BY key"):
            yield key, Facts.from_row(hashed, text)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        try:
            yield
        except BaseException:
            if self._database.in_transaction:  # a full disk ends it by itself
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _throw_away(self) -> None:
        """Remove files without rows, rows without their file, older indexes of the same source."""
        kept = {path.name for path in self.parts()}
        for name in [name for name in kept if not (self.folder / name).is_file()]:
            self._database.execute("DELETE FROM files WHERE part = ?", (name,))
        for path in self.folder.glob("*.parquet*"):
            if path.name not in kept:
                path.unlink()
        for other in self.folder.parent.glob(f"{self.folder.name.rpartition('-')[0]}-*"):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
