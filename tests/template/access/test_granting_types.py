"""The table of types that grant: complete against the schemas, right in its names, shown in docs/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cfngen.template.access.granting_types import GRANTING_TYPES, readings
from cfngen.template.access.permissions import permission_changes
from cfngen.template.access.public_addresses import PUBLIC
from cfngen.template.access.readings import Membership, NotGranting, Permission, Reading, RunsAs, Switch
from cfngen.template.change.resource_types import Node, Schemas
from tools import granting_types

SCHEMAS = Schemas()

_POLICY = re.compile(
    r"(Access|Authorization|Destination|FileSystem|Inline|Key|Model|Namespace|Registry|Repository|Resource|Session"
    r"|Endpoint|Permissions?)?Polic(y|ies)(Document|Text)?|InvestigationGroupPolicy|AssumeRolePolicyDocument"
)
_PRINCIPAL = re.compile(
    r"(Allowed|Agent|Authorized|DataLake|Dashboard\w+)?Principals?(s|Arns?|ARN|Ids?|Identifiers?)?"
    r"|Grantees?(Identifier)?|Authorized\w*Ids?|Admins|Permissions|UserToGroup\w*|LaunchPermission\w*"
    r"|(Is)?PubliclyAccessible|AssignPublicIp|AssociatePublicIpAddress|BlockPublicPolicy|EndpointPublicAccess"
    r"|PublicConnectivity|MapPublicIpOnLaunch"
)
_DEPTH = 4

NO_GRANTS = re.compile(
    "::AppMesh::|::ApplicationAutoScaling::|::AutoScaling::|::Batch::|::CloudFormation::|::CloudHSM::|::DLM::"
    "|::DRS::|::Cognito::UserPool$|::WAF|::NetworkFirewall::|::FMS::|::MediaLive::|::EMR::|::SageMaker::Endpoint"
)
"""Services whose policies say how something runs, not who has access."""


def looks_like_a_grant(node: Node, depth: int = 0) -> Iterator[str]:
    """The names of properties that hold a policy of free-form JSON, a principal, or a public address."""
    for name in node.schema.get("properties", {}):
        member = node.member(name)
        while member is not None and isinstance(member.schema.get("items"), dict):
            member = member.items()
        if member is None:
            continue
        if _PRINCIPAL.fullmatch(name) or (_POLICY.fullmatch(name) and member.free_form):
            yield name
        elif depth < _DEPTH:
            yield from looks_like_a_grant(member, depth + 1)


def candidates() -> dict[str, list[str]]:
    found = {}
    for kind in SCHEMAS.types():
        schema = SCHEMAS.get(kind)
        names = list(looks_like_a_grant(schema.root)) if schema and not NO_GRANTS.search(kind) else []
        if names:
            found[kind] = names
    return found


def test_every_type_with_a_policy_document_or_a_principal_is_in_the_table() -> None:
    found = candidates()
    assert len(found) > 120
    assert {kind: names for kind, names in found.items() if kind not in GRANTING_TYPES} == {}


@pytest.mark.parametrize("kind", sorted(GRANTING_TYPES))
def test_the_table_names_properties_that_the_type_has(kind: str) -> None:
    schema = SCHEMAS.get(kind)
    if schema is None:
        return
    missing = [
        path
        for reading in readings(kind)
        for path, each in _paths(reading)
        if not (_is_there(schema.root, path) or (each and _is_there(schema.root, f"{each}.{path}")))
    ]
    assert missing == []


def _paths(reading: Reading) -> Iterator[tuple[str, str]]:
    """The properties that a way of reading names, each with the list that it may be in."""
    if isinstance(reading, NotGranting):
        return
    named = reading._asdict()
    each = named.pop("each", "")
    switch = isinstance(reading, Switch)
    words = (
        [named["property"], named["resource"]]
        if switch
        else [each, *named.pop("limits", {}), *named.values()]
    )
    for word in words:
        if isinstance(word, str):
            plain = word.replace(".", "").isalnum() and word[:1].isupper()
            yield from ((path, each) for path in ([word] if plain else re.findall(r"\{([\w.*]+)\}", word)))


def _is_there(node: Node | None, path: str) -> bool:
    for name in path.split("."):
        while node is not None and isinstance(node.schema.get("items"), dict):
            node = node.items()
        if node is None:
            return False
        if node.free_form:
            return True
        node = node.member("any" if name == "*" else name)
    return node is not None


def _put(properties: dict[str, Any], path: str, value: str) -> None:
    *names, last = path.replace("*", "any").split(".")
    for name in names:
        properties = properties.setdefault(name, {})
    properties[last] = value


@pytest.mark.parametrize("kind", sorted(GRANTING_TYPES))
def test_each_way_of_reading_tells_what_opens_and_what_closes(kind: str) -> None:
    for reading in readings(kind):
        properties: dict[str, Any] = {}
        if not isinstance(reading, Permission | Membership | RunsAs | Switch):
            continue
        for path, each in _paths(reading):
            if path != each:
                _put(properties, f"{each}.{path}" if each else path, "some")
        if isinstance(reading, Switch):
            _put(properties, reading.property, reading.values[0] or "NONE")
        granting = {"Resources": {"R": {"Type": kind, "Properties": properties}}}
        denies = isinstance(reading, Switch) and reading.effect == "Deny"
        bare = {"Resources": {"R": {"Type": kind}} if denies or isinstance(reading, RunsAs) else {}}
        come, gone = ("narrower", "wider") if denies else ("wider", "narrower")
        assert come in {change.direction for change in permission_changes(bare, granting)}, reading
        assert gone in {change.direction for change in permission_changes(granting, bare)}, reading


def test_what_a_new_bucket_denies_by_itself_is_no_news_nor_what_a_deleted_one_did() -> None:
    blocked = {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}}
    bucket = {"Resources": {"R": {"Type": "AWS::S3::Bucket", "Properties": blocked}}}
    assert permission_changes({}, bucket) == permission_changes(bucket, {}) == ()


def test_a_role_is_told_of_what_is_there_already() -> None:
    def function(role: str) -> dict[str, Any]:
        return {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": role}}}}

    assert permission_changes({}, function("small")) == permission_changes(function("small"), {}) == ()
    assert [change.statement for change in permission_changes(function("small"), function("large"))] == [
        "F is allowed whatever role large is allowed",
        "F is no longer allowed whatever role small is allowed",
    ]


@pytest.mark.parametrize("kind", sorted(PUBLIC))
def test_a_public_address_is_told(kind: str) -> None:
    path, values = PUBLIC[kind]
    schema = SCHEMAS.get(kind)
    assert kind in GRANTING_TYPES
    assert schema is None or _is_there(schema.root, path)
    opened: dict[str, Any] = {}
    closed: dict[str, Any] = {}
    _put(opened, path, sorted(values)[-1])
    _put(closed, path, "closed")
    old, new = ({"Resources": {"R": {"Type": kind, "Properties": some}}} for some in (closed, opened))
    told = [change.statement for change in permission_changes(old, new) if change.direction == "wider"]
    assert len(told) == 1
    assert told[0].startswith("anyone on the internet can reach ")
    assert {change.direction for change in permission_changes(new, old)} == {"narrower"}


def test_the_page_in_docs_is_made_from_the_table() -> None:
    assert granting_types.TARGET.read_text(encoding="utf-8") == granting_types.page()
