"""Actions of IAM: what a policy's wildcards come to."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import filter as matching
from functools import cache

from policy_sentry.querying.actions import get_actions_for_service


def expanded(actions: Iterable[str]) -> set[str]:
    """The actions, in lower case, that any of these names or patterns means."""
    return {action for pattern in actions for action in _meant(pattern.lower())}


@cache
def _meant(pattern: str) -> list[str]:
    return matching(_service(pattern.partition(":")[0]), pattern)


@cache
def _service(prefix: str) -> list[str]:
    return [action.lower() for action in get_actions_for_service(prefix)]
