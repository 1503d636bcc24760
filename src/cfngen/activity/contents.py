"""A log file's bytes -> its records, whatever tool has written them."""

from __future__ import annotations

import hashlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from isal import isal_zlib

from cfngen.activity.records import Record, record
from cfngen.trail.digests import BrokenFileError

LARGEST: Final = 512 * 1024 * 1024
"""Bytes of an inflated file: far more than CloudTrail writes, and what memory should hold."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31


_usual_time: Final = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII
).fullmatch


class TooLargeError(Exception):
    """The file is larger than what is unpacked here; the message says so."""


class _File(msgspec.Struct, gc=False):
    records: list[Record] | None = msgspec.field(name="Records", default=None)


class _RawFile(msgspec.Struct, gc=False):
    records: list[msgspec.Raw] | None = msgspec.field(name="Records", default=None)


@dataclass(frozen=True)
class Contents:
    """What a file holds.

    Attributes:
        records: as they stand.
        sha256: of its inflated bytes, as a digest names it.
        size: how many inflated bytes there are.
        mended: how many records had members of an unexpected type, which were left out.
        dropped: how many records are not JSON objects.
        problem: why it holds no records that can be read.
    """

    records: list[Record]
    sha256: str
    size: int
    mended: int = 0
    dropped: int = 0
    problem: str | None = None


_file = msgspec.json.Decoder(_File)
_raw_file = msgspec.json.Decoder(_RawFile)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])


def read(content: bytes) -> Contents:
    """The records of a log file, gzipped or not: `{"Records": []}`, a bare list, one record, or one a line.

    Raises:
        BrokenFileError: it cannot be unpacked, so that nothing is known of it; the message says why.
        TooLargeError: it is larger than what is unpacked here.
    """
    plain = inflate(content) if content.startswith(_GZIP) else content
    sha256, size = hashlib.sha256(plain).hexdigest(), len(plain)
    try:
        records, mended, dropped = _records(plain.removeprefix(BOM_UTF8))
    except BrokenFileError as error:
        return Contents([], sha256, size, problem=str(error))
    return Contents(records, sha256, size, mended + _date(records), dropped)


def _records(plain: bytes) -> tuple[list[Record], int, int]:
    """The records, how many of them were mended, and how many dropped.

    Raises:
        BrokenFileError: the file holds none.
    """
    if not plain.strip():
        raise BrokenFileError("is empty")
    if not plain.isascii():
        try:
            plain.decode()
        except UnicodeDecodeError as error:
            raise BrokenFileError(f"is not UTF-8: {error.reason} at byte {error.start:,}") from error
    try:
        found = _file.decode(plain)
        if found.records is not None:
            return found.records, 0, 0
    except (msgspec.DecodeError, RecursionError):
        pass  # looked at record by record
    return _one_by_one(_raws(plain))


def _date(records: Iterable[Record]) -> int:
    """Write times as CloudTrail does where a tool has written them otherwise; how many could not be read.

    Queries compare times as text, so each has to be in the one form.
    """
    unread = 0
    for each in records:
        time = each.event_time
        if time is None or _usual_time(time):
            continue
        try:
            moment = _moment(time.strip()).replace(tzinfo=None, microsecond=0)
            each.event_time = f"{moment.isoformat()}Z"
        except (ValueError, OverflowError, OSError):
            each.event_time = None
            unread += 1
    return unread


def _moment(text: str) -> datetime:
    """The time in UTC that a text means, in ISO 8601 or in seconds or milliseconds since 1970."""
    if text.isdecimal() and len(text) != len("20260302"):
        seconds = int(text) / (1000 if len(text) > len("9999999999") else 1)
        return datetime.fromtimestamp(seconds, UTC)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment


def inflate(content: bytes) -> bytes:
    """The one gzip stream that a log file is.

    Raises:
        BrokenFileError: cut short, damaged, or with bytes after its end.
        TooLargeError: larger than what is unpacked here.
    """
    stream = isal_zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain: bytes = stream.decompress(content, LARGEST)
    except isal_zlib.IsalError as error:  # type: ignore[misc]  # the stub says an instance
        raise BrokenFileError("is damaged: its gzip stream cannot be read") from error
    if not stream.eof and len(plain) >= LARGEST:
        raise TooLargeError(f"has more than {LARGEST:,} bytes when it is unpacked")
    if not stream.eof:
        raise BrokenFileError("is cut short")
    if stream.unused_data:
        raise BrokenFileError("has bytes after the end of its gzip stream")
    return plain


def _raws(plain: bytes) -> list[msgspec.Raw]:
    """The file's records, undecoded.

    Raises:
        BrokenFileError: the file is not JSON.
    """
    try:
        if plain.lstrip()[:1] == b"[":
            return _raw_list.decode(plain)
        found = _raw_file.decode(plain)
    except (msgspec.DecodeError, RecursionError) as error:
        return _lines(plain) or _lenient(plain, error)
    return [msgspec.Raw(plain)] if found.records is None else found.records


def _lines(plain: bytes) -> list[msgspec.Raw]:
    """The records in the file's lines, where each line is JSON, a record or a log file; nothing otherwise."""
    raws: list[msgspec.Raw] = []
    try:
        for line in plain.splitlines():
            if isinstance(value := msgspec.json.decode(line or b"0"), dict) and "Records" in value:
                raws += _raw_file.decode(line).records or []
            elif line.strip():
                raws.append(msgspec.Raw(line))
    except (msgspec.DecodeError, RecursionError):
        return []
    return raws


def _lenient(plain: bytes, problem: Exception) -> list[msgspec.Raw]:
    """What is JSON but for half characters: a text cut in the middle of one ends so."""
    try:
        whole = json.dumps(json.loads(plain), ensure_ascii=False).encode(errors="replace")
        found = _raw_file.decode(whole)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise BrokenFileError(f"is not JSON: {problem}") from error
    return found.records or []


def _one_by_one(raws: Iterable[msgspec.Raw]) -> tuple[list[Record], int, int]:
    records: list[Record] = []
    mended = dropped = 0
    for raw in raws:
        found, changed = record(raw)
        if found is None:
            dropped += 1
        else:
            records.append(found)
            mended += changed
    if len(records) == 1 and records[0] == Record() and not dropped:
        raise BrokenFileError("holds no records of CloudTrail")
    return records, mended, dropped
