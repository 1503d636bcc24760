"""What the readers have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError

Properties = Mapping[str, Any]


class EmulatedAccount(Protocol):
    """Something that makes boto3 clients for one account and Region."""

    @property
    def account(self) -> str:
        """Its id."""

    def client(self, service: str) -> Any:
        """A boto3 client."""


Reader = Callable[[EmulatedAccount, str, Properties], dict[str, Any]]


def tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """A mapping as the list of a template."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def or_nothing(read: Callable[[], Any], *codes: str) -> Any:
    """What `read` returns, or {} where the service says by one of these error codes that there is none."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return {}
        raise


def renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The same with other names, at any depth."""
    if isinstance(node, Mapping):
        return {names.get(key, key): renamed(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(item, names) for item in node]
    return node
