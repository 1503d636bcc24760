"""Which claims a stack makes that it did not make, makes otherwise, or makes no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from cfngen.errors import OutError


class PromiseChange(NamedTuple):
    """One claim that is not as it was.

    Attributes:
        action: what happened to it.
        name: the claim's.
        says: its sentence, the old one where it was dropped.
        before: the old sentence, where it has another one now.
    """

    action: Literal["add", "change", "drop"]
    name: str
    says: str
    before: str | None = None


def promise_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[PromiseChange, ...]:
    """From the claims of a file before to those of the file now; what was dropped comes first.

    >>> promise_changes({"Trail/on": {"says": "it records"}}, {})
    (PromiseChange(action='drop', name='Trail/on', says='it records', before=None),)
    """
    dropped = [PromiseChange("drop", name, old[name]["says"]) for name in old if name not in new]
    changed, added = [], []
    for name, claim in new.items():
        if name not in old:
            added.append(PromiseChange("add", name, claim["says"]))
        elif old[name] != claim:
            before = old[name]["says"]
            changed.append(
                PromiseChange("change", name, claim["says"], None if before == claim["says"] else before)
            )
    return (*dropped, *changed, *added)


def read_claims(content: bytes, place: str) -> dict[str, Any]:
    """The claims of a file of out/, by name.

    Raises:
        OutError: it is not such a file.
    """
    try:
        claims: dict[str, Any] = json.loads(content)["claims"]
        for claim in claims.values():
            claim["says"], claim["kind"], claim["about"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutError(
            "is not a file of claims", place=place, remedy="make it again: cfngen generate"
        ) from error
    return claims
