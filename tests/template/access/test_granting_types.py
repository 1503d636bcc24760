"""The table of types that grant: complete against the schemas, right in its names, shown in docs/."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cfngen.template.access.granting_types import GRANTING_TYPES, NotGranting
from cfngen.template.change.resource_types import Node, Schemas
from tools import granting_types

SCHEMAS = Schemas()

_POLICY = re.compile(
    r"(Access|Authorization|Destination|FileSystem|Inline|Key|Model|Namespace|Registry|Repository|Resource|Session"
    r"|Endpoint|Permissions?)?Polic(y|ies)(Document|Text)?|InvestigationGroupPolicy|AssumeRolePolicyDocument"
)
_PRINCIPAL = re.compile(
    r"(Allowed|Agent|DataLake)?Principals?(Arn|Identifier)?|GranteeIdentifier|PrincipalId"
)
_DEPTH = 4

NO_GRANTS = re.compile(
    "::AppMesh::|::ApplicationAutoScaling::|::AutoScaling::|::Batch::|::CloudFormation::|::CloudHSM::|::DLM::"
    "|::DRS::|::Cognito::UserPool$|::WAF|::NetworkFirewall::|::FMS::|::MediaLive::|::EMR::|::SageMaker::Endpoint"
)
"""Services whose policies say how something runs, not who has access."""


def looks_like_a_grant(node: Node, depth: int = 0) -> Iterator[str]:
    """The names of properties that hold a policy of free-form JSON, or a principal."""
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
    assert len(found) > 80
    assert {kind: names for kind, names in found.items() if kind not in GRANTING_TYPES} == {}


@pytest.mark.parametrize("kind", sorted(GRANTING_TYPES))
def test_the_table_names_properties_that_the_type_has(kind: str) -> None:
    schema = SCHEMAS.get(kind)
    reading = GRANTING_TYPES[kind]
    if schema is None or isinstance(reading, NotGranting):
        return
    named = dict(reading._asdict())
    each = named.pop("each", "")
    node = schema.root.member(each) if each else schema.root
    node = node.items() if node is not None and each else node
    limits = named.pop("limits", {})
    words = [*limits, *(value for value in named.values() if isinstance(value, str))]
    for word in words:
        plain = (
            [word]
            if word.replace(".", "").isalnum() and word[:1].isupper()
            else re.findall(r"\{([\w.]+)\}", word)
        )
        for path in plain:
            inner = node
            for name in path.split("."):
                inner = inner.member(name) if inner is not None else None
                while inner is not None and isinstance(inner.schema.get("items"), dict):
                    inner = inner.items()
                assert inner is not None, path


def test_the_page_in_docs_is_made_from_the_table() -> None:
    assert granting_types.TARGET.read_text(encoding="utf-8") == granting_types.page()
