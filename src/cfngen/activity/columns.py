"""Records -> columns of the index, with the names and members that Athena's table of CloudTrail logs has.

What questions look into is a column of its own type; the other structures stay the JSON text that they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter, is_
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from cfngen.activity.records import NOTHING, Identity, Record, identity
from cfngen.trail.layout import LogKey

Column = Callable[[Sequence[Any]], Any]

_TEXTS: Final = {
    name.replace("_", ""): name
    for name in (
        "event_version",
        "event_time",
        "event_source",
        "event_name",
        "aws_region",
        "source_ip_address",
        "user_agent",
        "error_code",
        "error_message",
        "request_id",
        "event_id",
        "event_type",
        "api_version",
        "recipient_account_id",
        "shared_event_id",
        "vpc_endpoint_id",
        "vpc_endpoint_account_id",
        "event_category",
    )
}
_FLAGS: Final = {"readonly": "read_only", "sessioncredentialfromconsole": "session_credential_from_console"}
_RAW: Final = {
    name.replace("_", ""): name
    for name in (
        "request_parameters",
        "response_elements",
        "additional_event_data",
        "resources",
        "service_event_details",
        "addendum",
        "edge_device_details",
        "tls_details",
    )
}
_IDENTITY: Final = ("type", "principal_id", "arn", "account_id", "invoked_by", "access_key_id", "user_name")
_ISSUER: Final = ("type", "principal_id", "arn", "account_id", "user_name")

EVENT: Final = "event"
_KINDS: Final = {
    "Insight": "insight",
    "AwsCloudTrailInsight": "insight",
    "Aggregated": "aggregated",
    "AwsAggregatedEvent": "aggregated",
    "NetworkActivity": "network",
}
_KNOWN_VERSION: Final = "1."


@dataclass
class Batch:
    """Records that are turned into columns together, each with the place of its file.

    Attributes:
        mended: after `table`: how many identities had members of unexpected types, which were left out.
    """

    records: list[Record] = field(default_factory=list)
    places: list[tuple[LogKey | None, int]] = field(default_factory=list)
    mended: int = 0

    def add(self, records: Sequence[Record], place: LogKey | None) -> None:
        """The records of one file."""
        self.records.extend(records)
        self.places.append((place, len(records)))

    def table(self) -> Any:
        """The batch as an Arrow table."""
        records = self.records
        people, rows, self.mended = _distinct(_each("user_identity", records))
        columns = {"kind": _text(kinds(records)), **self._partitions(people, rows)}
        columns["useridentity"] = _identity(people).take(pa.array(rows, pa.int32()))
        columns |= {name: _text(_each(member, records)) for name, member in _TEXTS.items()}
        columns |= {name: _flag(_each(member, records)) for name, member in _FLAGS.items()}
        columns |= {name: _raw(_each(member, records)) for name, member in _RAW.items()}
        return pa.table(columns)

    def _partitions(self, people: Sequence[Identity], rows: Sequence[int]) -> dict[str, Any]:
        """Account, Region and day: of the file's folder, or where it lies elsewhere, of the record itself."""
        accounts: list[str | None] = []
        regions: list[str | None] = []
        days: list[str | None] = []
        for place, count in self.places:
            begin = len(accounts)
            if place is not None:
                accounts += [place.account] * count
                regions += [place.region] * count
                days += [place.day] * count
                continue
            for number, record in enumerate(self.records[begin : begin + count], begin):
                accounts.append(record.recipient_account_id or people[rows[number]].account_id)
                regions.append(record.aws_region)
                days.append((record.event_time or "")[:10].replace("-", "/") or None)
        return {"account": _text(accounts), "region": _text(regions), "day": _text(days)}


def _distinct(identities: Sequence[Any]) -> tuple[list[Identity], list[int], int]:
    """The different identities, which of them each record has, and how many were mended.

    All calls of a session carry the same text: to read it once is a third of all that reading costs.
    """
    seen: dict[bytes, int] = {}
    rows = [seen.setdefault(text, len(seen)) for text in b"\0".join(identities).split(b"\0")]
    people, mended = [], 0
    for number, text in enumerate(seen):
        person, changed = identity(text)
        people.append(person)
        mended += rows.count(number) if changed else 0
    return people, rows, mended


def kinds(records: Sequence[Record]) -> list[str]:
    """Of each record whether it is an event, or one of the other things that CloudTrail delivers."""
    categories, types = _each("event_category", records), _each("event_type", records)
    times, names = _each("event_time", records), _each("event_name", records)
    if _KINDS.keys().isdisjoint({*categories, *types}) and all(times) and all(names):
        return [EVENT] * len(records)
    return [
        _KINDS.get(category) or _KINDS.get(kind) or (EVENT if time and name else "unknown")
        for category, kind, time, name in zip(categories, types, times, names, strict=True)
    ]


def versions(records: Iterable[Record]) -> Counter[str]:
    """How many events have a version of the format that is not known here."""
    counted = Counter(record.event_version for record in records)
    return Counter(
        {version: n for version, n in counted.items() if version and not version.startswith(_KNOWN_VERSION)}
    )


def _each(member: str, values: Iterable[Any]) -> list[Any]:
    return list(map(attrgetter(member), values))


def _text(values: Sequence[Any]) -> Any:
    if values.count(None) == len(values):
        return pa.nulls(len(values), pa.string())
    return pa.array(values, pa.string())


_AS_TEXT: Final[Mapping[Any, str | None]] = {None: None, True: "true", False: "false"}


def _flag(values: Sequence[Any]) -> Any:
    """Booleans as Athena's table has them: text."""
    if values.count(None) == len(values):
        return pa.nulls(len(values), pa.string())
    return pa.array([_AS_TEXT.get(value, value) for value in values], pa.string())


def _raw(values: Sequence[Any]) -> Any:
    """JSON as text, null as nothing. NUL parts the values, which cannot be inside JSON text."""
    if all(map(is_, values, repeat(NOTHING))):
        return pa.nulls(len(values), pa.large_string())
    joined = pa.array([b"\0".join(values)], pa.large_binary()).cast(pa.large_string())
    parts = pc.split_pattern(joined, "\0").flatten()
    return pc.if_else(pc.equal(parts, "null"), pa.scalar(None, pa.large_string()), parts)


def _identity(people: Sequence[Identity]) -> Any:
    members = {name.replace("_", ""): _text(_each(name, people)) for name in _IDENTITY}
    members["onbehalfof"] = _struct(_each("on_behalf_of", people), ("user_id", "identity_store_arn"))
    members["sessioncontext"] = _context(_each("session_context", people))
    return pa.StructArray.from_arrays(list(members.values()), list(members))


def _context(contexts: Sequence[Any]) -> Any:
    attributes = [context and context.attributes for context in contexts]
    issuers = [context and context.session_issuer for context in contexts]
    federated = [context and context.web_id_federation_data for context in contexts]
    members = {
        "attributes": _struct(attributes, ("mfa_authenticated", "creation_date")),
        "sessionissuer": _struct(issuers, _ISSUER),
        "ec2roledelivery": _text([context and context.ec2_role_delivery for context in contexts]),
        "webidfederationdata": _federation(federated),
        "sourceidentity": _text([context and context.source_identity for context in contexts]),
    }
    return pa.StructArray.from_arrays(list(members.values()), list(members))


def _federation(values: Sequence[Any]) -> Any:
    kind = pa.map_(pa.string(), pa.string())
    attributes = [value and value.attributes for value in values]
    empty = attributes.count(None) == len(attributes)
    members = {
        "federatedprovider": _text([value and value.federated_provider for value in values]),
        "attributes": pa.nulls(len(values), kind)
        if empty
        else pa.array([value and list(value.items()) for value in attributes], kind),
    }
    return pa.StructArray.from_arrays(list(members.values()), list(members))


def _struct(values: Sequence[Any], names: Sequence[str]) -> Any:
    """A structure's members; all of them are missing where it is."""
    empty = values.count(None) == len(values)
    arrays = []
    for name in names:
        if empty:
            arrays.append(pa.nulls(len(values), pa.string()))
        else:
            get = attrgetter(name)
            arrays.append(_flag([None if value is None else get(value) for value in values]))
    return pa.StructArray.from_arrays(arrays, [name.replace("_", "") for name in names])
