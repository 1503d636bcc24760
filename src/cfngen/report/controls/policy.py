"""What a policy document lets everybody do."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from cfngen.report.controls.stacks import items

_LIMITS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "kms:calleraccount",
}
"""Keys that hold a caller to an account, a resource or an organization.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""


def statements(document: Any) -> list[Mapping[str, Any]]:
    """The statements of a document that is plain data; none of one that is not."""
    found = items(document.get("Statement")) if isinstance(document, Mapping) else []
    return [each for each in found if isinstance(each, Mapping)]


def is_open(document: Any) -> bool:
    """Whether a statement allows everybody something without a condition that says who.

    >>> is_open({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}})
    True
    """
    return any(_open(statement) for statement in statements(document))


def allows_everything(document: Any) -> bool:
    """Whether a statement allows every action on every resource: what prowler calls administrative.

    >>> allows_everything({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    True
    """
    return any(
        statement.get("Effect") == "Allow"
        and ("NotAction" in statement or {"*", "*:*"} & set(items(statement.get("Action"))))
        and "*" in items(statement.get("Resource"))
        for statement in statements(document)
    )


def allows_all_of(service: str, document: Any) -> bool:
    """Whether a statement allows every action of a service on every resource."""
    probe = f"{service}:AnyActionAtAll"
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatchcase(probe.lower(), str(action).lower()) for action in items(statement.get("Action")))
        and "*" in items(statement.get("Resource"))
        for statement in statements(document)
    )


def allows(action: str, document: Any) -> bool:
    """Whether a statement allows the action on every resource."""
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatchcase(action.lower(), str(each).lower()) for each in items(statement.get("Action")))
        and "*" in items(statement.get("Resource"))
        for statement in statements(document)
    )


def _open(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow" or not _everybody(statement.get("Principal")):
        return False
    keys = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    return not keys & _LIMITS


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in items(value) for kind, value in principal.items() if kind in {"AWS", "*"})
    return bool(principal == "*")
