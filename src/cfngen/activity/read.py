"""Log files -> the index: only those that are new or changed, side by side, in bounded memory."""

from __future__ import annotations

import gc
import os
import secrets
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple

from cfngen.activity.catalogue import BROKEN, Catalogue, Facts
from cfngen.activity.sources import LogFile, Source
from cfngen.activity.sources.folder import Folder
from cfngen.errors import CfngenError
from cfngen.trail.chain import MissingObjectError, UnreadableObjectError
from cfngen.trail.digests import BrokenFileError
from cfngen.trail.layout import LogKey

WORKERS: Final = max(2, min(8, os.cpu_count() or 2))

_DOWNLOADS: Final = 16  # at a time
_CHUNK_BYTES: Final = 4 * 1024 * 1024
_CHUNK_FILES: Final = 500
_ALONE_BYTES: Final = 2 * 1024 * 1024  # less than this is read before another process has started
_BATCH: Final = 4000  # records whose columns are made together: about what a processor's cache holds
_BATCH_BYTES: Final = 16 * 1024 * 1024  # of JSON, where single records are large
_ROW_GROUP: Final = 40_000
_ROW_GROUP_BYTES: Final = 64 * 1024 * 1024

Item = tuple[LogFile, Path | bytes | str]
"""A file and its path, its bytes, or why it cannot be read."""


class Progress(NamedTuple):
    """How far the reading has got: files, of how many; events; bytes."""

    files: int
    of: int
    events: int
    size: int


@dataclass(frozen=True)
class LogReading:
    """What was read now, and what was known before.

    Attributes:
        files: of the days.
        read: the keys of those that were not known.
    """

    files: int
    read: frozenset[str]
    events: int
    size: int


def update(
    catalogue: Catalogue, source: Source, first: date, last: date, report: Callable[[Progress], object]
) -> tuple[set[str], LogReading]:
    """Bring the index to what the source has of these days; returns the keys of their files.

    Arguments:
        report: told after each part.
    """
    listed = {file.key: file for file in source.logs(first, last)}
    known = catalogue.known()
    gone = {key for key in known if key not in listed and _would_be_listed(key, first, last)}
    changed = {key for key, file in listed.items() if key in known and known[key] != file.changed}
    again = [file for file in catalogue.forget(gone | changed) if file.key not in listed]
    known = catalogue.known()
    new = [file for key, file in sorted(listed.items()) if key not in known] + again
    total = Progress(0, len(new), 0, 0)
    # No other run ever gives these names: what is known of a Parquet file stays true as long as it is there.
    begin = catalogue.folder / secrets.token_hex(8)
    for part, rows in _side_by_side(_chunks(new), source, begin):
        catalogue.add(part, rows)
        events = sum(sum(facts.kinds.values()) for _, facts in rows)
        size = sum(file.size for file, _ in rows)
        total = Progress(total.files + len(rows), total.of, total.events + events, total.size + size)
        report(total)
    read = frozenset(file.key for file in new)
    return set(listed), LogReading(len(listed), read, total.events, total.size)


def _would_be_listed(key: str, first: date, last: date) -> bool:
    place = LogKey.parse(key)
    return place is None or f"{first:%Y/%m/%d}" <= place.day <= f"{last:%Y/%m/%d}"


def _chunks(files: Sequence[LogFile]) -> list[list[LogFile]]:
    chunks: list[list[LogFile]] = []
    size = 0
    for file in files:
        if not chunks or size + file.size > _CHUNK_BYTES or len(chunks[-1]) >= _CHUNK_FILES:
            chunks.append([])
            size = 0
        chunks[-1].append(file)
        size += file.size
    return chunks


Part = tuple[str | None, list[tuple[LogFile, Facts]]]


def _side_by_side(chunks: Sequence[list[LogFile]], source: Source, begin: Path) -> Iterator[Part]:
    """The chunks' Parquet files, as they get ready; their names begin with `begin`."""
    numbered = [(begin.with_name(f"{begin.name}-{n:06}.parquet"), chunk) for n, chunk in enumerate(chunks)]
    if len(chunks) < WORKERS and sum(file.size for chunk in chunks for file in chunk) < _ALONE_BYTES:
        with ThreadPoolExecutor(_DOWNLOADS) as downloads:
            for path, chunk in numbered:
                yield write_part(_items(chunk, source, downloads), path)
        return
    # A fresh process, not a fork: other threads of this one hold locks while they download.
    with (
        ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=_begin_worker) as workers,
        ThreadPoolExecutor(_DOWNLOADS) as downloads,
    ):
        running: set[Future[Part]] = set()
        try:
            for path, chunk in numbered:
                running.add(workers.submit(write_part, _items(chunk, source, downloads), path))
                if len(running) > WORKERS:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in running)
        except BrokenProcessPool as error:
            raise CfngenError(
                "a process that read log files was ended from outside, or had too little memory",
                remedy="run it again: what was read before is kept",
            ) from error
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


def _begin_worker() -> None:
    """Begin a worker, which also goes without the garbage collector: records make no cycles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for more for ever, also when the process that began it was killed."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _items(chunk: Sequence[LogFile], source: Source, downloads: ThreadPoolExecutor) -> list[Item]:
    """A folder's files are read by the worker; an object's bytes are handed to it."""
    if isinstance(source, Folder):
        return [(file, source.path / file.key) for file in chunk]
    return list(downloads.map(partial(_downloaded, source), chunk))


def _downloaded(source: Source, file: LogFile) -> Item:
    try:
        return file, source.content(file.key)
    except UnreadableObjectError as error:
        return file, str(error)
    except MissingObjectError:
        return file, "was deleted before it was read"


def write_part(items: Iterable[Item], path: Path) -> Part:
    """Write the records of some files into one Parquet file; runs in a process of its own."""
    from cfngen.activity.columns import Batch, kinds, versions
    from cfngen.activity.contents import TooLargeError, read

    rows: list[tuple[LogFile, Facts]] = []
    mended = size = 0
    with _Writer(path) as writer:
        batch = Batch()
        for file, given in items:
            if isinstance(content := _content(given), Facts):
                rows.append((file, content))
                continue
            try:
                contents = read(content)
            except (BrokenFileError, TooLargeError) as error:
                hashed = BROKEN if isinstance(error, BrokenFileError) else None
                rows.append((file, Facts(hashed, problem=str(error))))
                continue
            if contents.problem is not None:
                rows.append((file, Facts(contents.sha256, problem=contents.problem)))
                continue
            count = len(contents.records)
            step = min(_BATCH, 1 + count * _BATCH_BYTES // (contents.size + 1))
            for begin in range(0, count, step):
                batch.add(contents.records[begin : begin + step], LogKey.parse(file.key))
                size += contents.size * step // max(count, 1)
                if len(batch.records) >= _BATCH or size >= _BATCH_BYTES:
                    writer.write(batch.table())
                    mended += batch.mended
                    batch, size = Batch(), 0
            counted = Counter(kinds(contents.records))
            unknown = dict(versions(contents.records))
            rows.append(
                (file, Facts(contents.sha256, dict(counted), contents.mended, contents.dropped, unknown))
            )
        if batch.records:
            writer.write(batch.table())
            mended += batch.mended
    if mended:  # by identity, which is read for many files at once: told with the last one
        file, facts = rows[-1]
        rows[-1] = file, replace(facts, mended=facts.mended + mended)
    return (path.name if writer.written else None), rows


def _content(given: Path | bytes | str) -> bytes | Facts:
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        return Facts(problem=given)
    try:
        return given.read_bytes()
    except OSError as error:
        return Facts(problem=f"cannot be read: {error.strerror}")


class _Writer:
    """A Parquet file that appears whole or not at all; none where nothing is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = False
        self._part = path.with_suffix(".parquet.part")
        self._writer: Any = None
        self._waiting: list[Any] = []

    def __enter__(self) -> _Writer:
        return self

    def write(self, table: Any) -> None:
        from pyarrow.parquet import ParquetWriter

        if self._writer is None:
            self._writer = ParquetWriter(self._part, table.schema, compression="zstd", compression_level=1)
        self._waiting.append(table)
        rows, size = sum(map(len, self._waiting)), sum(each.nbytes for each in self._waiting)
        if rows >= _ROW_GROUP or size >= _ROW_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        from pyarrow import concat_tables

        self._writer.write_table(concat_tables(self._waiting))
        self._waiting.clear()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._writer is None:
            return
        if kind is None and self._waiting:
            self._flush()
        self._writer.close()
        if kind is None:
            self._part.replace(self.path)
            self.written = True
        else:
            self._part.unlink(missing_ok=True)
