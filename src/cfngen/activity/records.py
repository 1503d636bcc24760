"""A log file's bytes -> its records, typed where questions look, as raw JSON elsewhere.

Nothing in a record is relied on: versions of CloudTrail's format, services and kinds of events differ in what
they leave out, and a record may be of a kind that is not known yet.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from isal import isal_zlib

from cfngen.trail.digests import BrokenFileError

LARGEST: Final = 512 * 1024 * 1024
"""Bytes of an inflated file: far more than CloudTrail writes, and what memory should hold."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31

Text = str | None
NOTHING: Final = msgspec.Raw(b"null")


class _Lenient(msgspec.Struct, rename="camel", gc=False):
    """Members that may all be missing or null."""


class OnBehalfOf(_Lenient):
    user_id: Text = None
    identity_store_arn: Text = None


class SessionAttributes(_Lenient):
    mfa_authenticated: str | bool | None = None
    creation_date: Text = None
    session_credential_from_console: str | bool | None = None


class SessionIssuer(_Lenient):
    type: Text = None
    principal_id: Text = None
    arn: Text = None
    account_id: Text = None
    user_name: Text = None


class WebIdentity(_Lenient):
    federated_provider: Text = None
    attributes: dict[str, str] | None = None


class SessionContext(_Lenient):
    attributes: SessionAttributes | None = None
    session_issuer: SessionIssuer | None = None
    ec2_role_delivery: Text = None
    web_id_federation_data: WebIdentity | None = None
    source_identity: Text = None


class Identity(_Lenient):
    type: Text = None
    principal_id: Text = None
    arn: Text = None
    account_id: Text = None
    invoked_by: Text = None
    access_key_id: Text = None
    user_name: Text = None
    on_behalf_of: OnBehalfOf | None = None
    session_context: SessionContext | None = None


class Record(_Lenient):
    """One record of a log file, of whatever kind."""

    event_version: Text = None
    user_identity: msgspec.Raw = NOTHING
    event_time: Text = None
    event_source: Text = None
    event_name: Text = None
    aws_region: Text = None
    source_ip_address: Text = msgspec.field(name="sourceIPAddress", default=None)
    user_agent: Text = None
    error_code: Text = None
    error_message: Text = None
    request_parameters: msgspec.Raw = NOTHING
    response_elements: msgspec.Raw = NOTHING
    additional_event_data: msgspec.Raw = NOTHING
    request_id: Text = msgspec.field(name="requestID", default=None)
    event_id: Text = msgspec.field(name="eventID", default=None)
    read_only: str | bool | None = None
    resources: msgspec.Raw = NOTHING
    event_type: Text = None
    api_version: Text = None
    recipient_account_id: Text = None
    service_event_details: msgspec.Raw = NOTHING
    shared_event_id: Text = msgspec.field(name="sharedEventID", default=None)
    vpc_endpoint_id: Text = None
    vpc_endpoint_account_id: Text = None
    event_category: Text = None
    addendum: msgspec.Raw = NOTHING
    session_credential_from_console: str | bool | None = None
    edge_device_details: msgspec.Raw = NOTHING
    tls_details: msgspec.Raw = NOTHING
    insight_details: msgspec.Raw = NOTHING
    time_window: msgspec.Raw = NOTHING
    account_id: Text = None


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
        mended: how many records had members of an unexpected type, which were left out.
        dropped: how many records are no JSON objects.
    """

    records: list[Record]
    sha256: str
    mended: int = 0
    dropped: int = 0


_file = msgspec.json.Decoder(_File)
_raw_file = msgspec.json.Decoder(_RawFile)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_record = msgspec.json.Decoder(Record)
_identity = msgspec.json.Decoder(Identity | None)


def read(content: bytes) -> Contents:
    """The records of a log file, gzipped or not: `{"Records": []}`, a bare list, one record, or one a line.

    Raises:
        BrokenFileError: it is none of these; the message says what it is.
    """
    plain = inflate(content) if content.startswith(_GZIP) else content
    if not plain.strip():
        raise BrokenFileError("is empty")
    sha256 = hashlib.sha256(plain).hexdigest()
    plain = plain.removeprefix(BOM_UTF8)
    if not plain.isascii():
        try:
            plain.decode()
        except UnicodeDecodeError as error:
            raise BrokenFileError(f"is not UTF-8: {error.reason} at byte {error.start:,}") from error
    try:
        found = _file.decode(plain)
        if found.records is not None:
            return Contents(found.records, sha256)
    except (msgspec.DecodeError, RecursionError):
        pass  # looked at record by record
    return _one_by_one(_raws(plain), sha256)


def inflate(content: bytes) -> bytes:
    """The one gzip stream that a log file is.

    Raises:
        BrokenFileError: cut short, damaged, too large, or with bytes after its end.
    """
    stream = isal_zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain: bytes = stream.decompress(content, LARGEST)
    except isal_zlib.IsalError as error:  # type: ignore[misc]  # the stub says an instance
        raise BrokenFileError("is damaged: its gzip stream cannot be read") from error
    if not stream.eof:
        large = len(plain) >= LARGEST
        raise BrokenFileError(
            f"has more than {LARGEST:,} bytes when it is unpacked" if large else "is cut short"
        )
    if stream.unused_data:
        raise BrokenFileError("has bytes after the end of its gzip stream")
    return plain


def identity(text: bytes) -> tuple[Identity, bool]:
    """Who did it, and whether members of unexpected types were left out."""
    try:
        return _identity.decode(text) or Identity(), False
    except (msgspec.ValidationError, RecursionError):
        data = msgspec.json.decode(text)
        return (_fitting(Identity, data) if isinstance(data, dict) else Identity()), True


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
    """The file's lines, where each of them is JSON; nothing otherwise."""
    lines = [line for line in plain.splitlines() if line.strip()]
    try:
        for line in lines:
            msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return []
    return [msgspec.Raw(line) for line in lines]


def _lenient(plain: bytes, problem: Exception) -> list[msgspec.Raw]:
    """What is JSON but for half characters: a text cut in the middle of one ends so."""
    try:
        whole = json.dumps(json.loads(plain), ensure_ascii=False).encode(errors="replace")
        found = _raw_file.decode(whole)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise BrokenFileError(f"is not JSON: {problem}") from error
    return found.records or []


def _one_by_one(raws: Iterable[msgspec.Raw], sha256: str) -> Contents:
    records: list[Record] = []
    mended = dropped = 0
    for raw in raws:
        try:
            records.append(_record.decode(raw))
        except (msgspec.ValidationError, RecursionError):
            if (record := _mend(raw)) is None:
                dropped += 1
            else:
                records.append(record)
                mended += 1
    if len(records) == 1 and records[0] == Record() and not dropped:
        raise BrokenFileError("holds no records of CloudTrail")
    return Contents(records, sha256, mended, dropped)


def _mend(raw: msgspec.Raw) -> Record | None:
    """The record without its members of unexpected types; None if it is not an object."""
    data = msgspec.json.decode(raw)
    return _fitting(Record, data) if isinstance(data, dict) else None


def _fitting(kind: type[Any], data: dict[str, Any]) -> Any:
    """What of `data` fits the structure, member by member."""
    members: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        value = data.get(field.encode_name)
        if value is None:
            continue
        if field.type is msgspec.Raw:
            members[field.name] = msgspec.Raw(msgspec.json.encode(value))
            continue
        inner = _structure(field.type)
        if inner is not None and isinstance(value, dict):
            members[field.name] = _fitting(inner, value)
        else:
            members |= dict(_converted(field.name, value, field.type))
    return kind(**members)


def _structure(kind: Any) -> type[Any] | None:
    """The structure in a member's type."""
    for part in getattr(kind, "__args__", ()):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
    return None


def _converted(name: str, value: Any, kind: Any) -> Iterator[tuple[str, Any]]:
    """The member if its value fits, a number as text where text is wanted; nothing otherwise."""
    for candidate in (value, str(value) if isinstance(value, int | float) else value):
        try:
            yield name, msgspec.convert(candidate, kind)
        except msgspec.ValidationError:
            continue
        return
