"""Which values the permission sentences say already, so that nobody has to read them twice.

The sentences say a value of a policy where the permissions of its statement changed, each of these changes is
a sentence, and the sentences say all that differs. Where one of these is not sure, the value is shown, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final, NamedTuple

from cfngen.template.access.alternatives import branches
from cfngen.template.access.permissions import ByHolder, PermissionChange
from cfngen.template.access.statements import Grant, Kind, Policy, grants, word
from cfngen.template.change.diff import Cause, Change
from cfngen.template.change.equality import canonical
from cfngen.template.intrinsics import ABSENT, intrinsic
from cfngen.template.values import Path

_STATEMENT: Final = "Statement"
_READ: Final = frozenset(
    {"Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}
)
"""The elements of a statement that the sentences say."""

_INSTEAD: Final = "see the permissions"

_Holding = tuple[Kind, str, str, str]  # kind, holder, via, when
_Held = Mapping[int, set[_Holding]]


class _Sentences(NamedTuple):
    """The permissions that sentences say to be gained and lost."""

    gained: frozenset[Grant]
    lost: frozenset[Grant]


def with_pointers(
    changes: Iterable[Change],
    permissions: Sequence[PermissionChange],
    known: tuple[ByHolder, ByHolder],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Change]:
    """The changes; a cause that the permission sentences say in full points to them instead of its values.

    Arguments:
        permissions: those that the same two templates differ in.
        known: the policies of both templates.
    """
    if not permissions:
        yield from changes
        return
    sentences = _Sentences(
        frozenset(_grants_of(permissions, gained=True)), frozenset(_grants_of(permissions, gained=False))
    )
    held = _by_document(known[0]), _by_document(known[1])
    for change in changes:
        bodies = tuple(template.get("Resources", {}).get(change.logical_id) for template in (old, new))
        if change.section != "Resources" or change.action != "modify" or None in bodies:
            yield change
            continue
        causes = (replace(cause, instead=_instead(cause, bodies, held, sentences)) for cause in change.causes)
        yield replace(change, causes=tuple(causes))


def document_path(cause: Cause) -> Path:
    """The path of the policy document that a cause is in."""
    return cause.path[: cause.path.index(_STATEMENT)]


def _by_document(known: ByHolder) -> _Held:
    """What each document is held as, by the identity of the document."""
    found: dict[int, set[_Holding]] = {}
    for policy in (policy for held in known.values() for policy in held):
        held_as = policy.kind, policy.holder, policy.via, policy.when
        found.setdefault(id(policy.document), set()).add(held_as)
    return found


def _grants_of(permissions: Iterable[PermissionChange], *, gained: bool) -> Iterator[Grant]:
    for change in permissions:
        conditions = [change.condition] if change.gained == gained else []
        if change.before is not None and not gained:
            conditions = [change.before]
        effect = "Allow" if change.allows else "Deny"
        for condition, action, resource in product(conditions, change.actions, change.resources or ("",)):
            yield Grant(change.kind, change.holder, change.principal, effect, action, resource, condition)


def _instead(cause: Cause, bodies: Sequence[Any], held: tuple[_Held, _Held], sentences: _Sentences) -> str:
    """What stands in the place of a cause's values; empty where they have to be shown."""
    if cause.reason or _STATEMENT not in cause.path or "Fn::If" in cause.path:
        return ""
    documents = [_at(body, document_path(cause)) for body in bodies]
    holding = held[0].get(id(documents[0]))
    if not holding or holding != held[1].get(id(documents[1])):
        return ""
    statements = _statements(cause, documents[0], documents[1])
    left = None if statements is None else _sids(cause, *statements)
    if statements is None or left is None:
        return ""
    found = False
    for kind, holder, via, when in holding:
        was, now = (set(grants(Policy(kind, holder, {_STATEMENT: some}, via, when))) for some in statements)
        if not (was - now <= sentences.lost and now - was <= sentences.gained):
            return ""
        found = found or was != now
    return f"{_INSTEAD}{left}" if found else ""


def _at(body: Any, path: Path) -> Any:
    """The value at a path."""
    for step in path:
        body = body[step]
    return body


def _statements(cause: Cause, before: Any, after: Any) -> tuple[list[Any], list[Any]] | None:
    """The statements that a cause is about: the one that it is in, or those that a list lost and gained."""
    below = cause.path[cause.path.index(_STATEMENT) + 1 :]
    lists = [document.get(_STATEMENT) for document in (before, after)]
    if below and isinstance(below[0], int):
        return [lists[0][below[0]]], [lists[1][below[0]]]
    if below:
        return [lists[0]], [lists[1]]
    if not all(isinstance(some, list) for some in lists):
        return None
    counted = [Counter(map(canonical, some)) for some in lists]
    return _only(lists[0], counted[1]), _only(lists[1], counted[0])


def _only(statements: Iterable[Any], others: Counter[Any]) -> list[Any]:
    remaining = others.copy()
    only = []
    for statement in statements:
        if remaining[canonical(statement)]:
            remaining[canonical(statement)] -= 1
        else:
            only.append(statement)
    return only


def _sids(cause: Cause, before: list[Any], after: list[Any]) -> str | None:
    """What the sentences leave to say: statement ids that came or went; None where they leave out more."""
    if not all(isinstance(statement, dict) and not intrinsic(statement) for statement in (*before, *after)):
        return None
    if _differently_typed(before, after):
        return None
    if any("Fn::If" in str(statement.get("Condition", "")) for statement in (*before, *after)):
        return None
    below = cause.path[cause.path.index(_STATEMENT) + 1 :]
    if below:
        element = next((step for step in below if isinstance(step, str)), "")
        return "" if element in _READ and _texts(cause.before) != _texts(cause.after) else None
    if any(set(statement) - _READ - {"Sid"} for statement in (*before, *after)):
        return None
    gone, come = (Counter(word(one["Sid"]) for one in some if "Sid" in one) for some in (before, after))
    signed = [f"- {sid}" for sid in (gone - come).elements()]
    signed += [f"+ {sid}" for sid in (come - gone).elements()]
    return f"; Sid {', '.join(signed)}" if signed else ""


def _differently_typed(before: list[Any], after: list[Any]) -> bool:
    """Whether a principal is there before and after as another type, which its sentence does not say."""
    was, now = _types(before), _types(after)
    return any(was[name] != now[name] for name in was.keys() & now.keys())


def _types(statements: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The types, such as `AWS` and `Service`, that each principal is given with."""
    types: dict[str, set[str]] = {}
    for statement in statements:
        for key in ("Principal", "NotPrincipal"):
            value = statement.get(key, {})
            typed = value if isinstance(value, dict) and not intrinsic(value) else {"": value}
            for kind, named in typed.items():
                for item, _ in branches(named):
                    types.setdefault(word(item), set()).add(f"{key} {kind}")
    return types


def _texts(value: Any) -> list[str]:
    """The words of a value, in no order; a mapping's with their keys."""
    if value is ABSENT:
        return []
    if isinstance(value, dict) and not intrinsic(value):
        return sorted(f"{key} {text}" for key, member in value.items() for text in _texts(member))
    return sorted(word(item) for item, _ in branches(value))
