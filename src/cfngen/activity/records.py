"""CloudTrail's records, typed where questions look, as raw JSON elsewhere.

Nothing in a record is relied on: versions of CloudTrail's format, services and kinds of events differ in what
they leave out, and a record may be of a kind that is not known yet.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

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


_record = msgspec.json.Decoder(Record)
_identity = msgspec.json.Decoder(Identity | None)


def record(raw: msgspec.Raw) -> tuple[Record | None, bool]:
    """The record, and whether members of unexpected types were left out; None if it is not an object."""
    try:
        return _record.decode(raw), False
    except (msgspec.ValidationError, RecursionError):
        data = msgspec.json.decode(raw)
        return (_fitting(Record, data), True) if isinstance(data, dict) else (None, False)


def identity(text: bytes) -> tuple[Identity, bool]:
    """Who did it, and whether members of unexpected types were left out."""
    try:
        return _identity.decode(text) or Identity(), False
    except (msgspec.ValidationError, RecursionError):
        data = msgspec.json.decode(text)
        return (_fitting(Identity, data) if isinstance(data, dict) else Identity()), True


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
