"""Permissions for a terminal: grouped by who has them, what is new in short, what changed in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from cfngen.present.layout.lines import Line, Piece, line
from cfngen.present.layout.page import Permissions
from cfngen.present.style import Style
from cfngen.template.access.managed_policies import size
from cfngen.template.access.permissions import PermissionChange
from cfngen.template.access.statements import EVERYONE

_SHORT: Final = 100
"""Characters of the only permission of a new role or resource that is shown in full."""

_SIGNS: Final = {True: "+", False: "-"}


IsNew = Callable[[PermissionChange], bool]
"""Whether who has the permission is new."""


def counted(changes: Sequence[PermissionChange], is_new: IsNew) -> Permissions:
    """How many are wider, narrower, or maybe wider, and how many of all are of new resources."""
    numbers = Counter(change.word for change in changes)
    return Permissions(
        numbers["wider"], numbers["narrower"], numbers["maybe wider"], sum(map(is_new, changes))
    )


def lines(changes: Sequence[PermissionChange], is_new: IsNew, *, full: bool) -> Iterator[Line]:
    """The permissions below a stack.

    Arguments:
        full: list what managed policies allow, and what is new, in full.
    """
    changed = [change for change in changes if not is_new(change)]
    yield from _section("permissions", changed, full=full)
    added = [change for change in changes if is_new(change)]
    if full:
        yield from _section("permissions of new roles and resources", added, full=True)
    else:
        for title, group in _groups(added).items():
            yield line(Piece(title, "bold"), ": ", "; ".join(_in_short(group)))


def is_broad(change: PermissionChange) -> bool:
    """Whether it allows everyone, or all actions of a service on everything, without a condition."""
    if not change.allows or change.condition:
        return False
    every_action = any(action == "*" or action.endswith(":*") for action in change.actions)
    return change.principal == EVERYONE or (every_action and "*" in change.resources)


def owner(change: PermissionChange) -> str:
    """The logical id of the role or resource that has the policy, where it is one."""
    return (change.holder or change.principal).rpartition(" ")[2]


def _title(change: PermissionChange) -> str:
    holder = change.holder or change.principal
    return f"policy of {holder}" if change.kind == "resource" else holder


def _groups(changes: Iterable[PermissionChange]) -> dict[str, list[PermissionChange]]:
    groups: dict[str, list[PermissionChange]] = {}
    for change in changes:
        groups.setdefault(_title(change), []).append(change)
    return groups


def _section(title: str, changes: Sequence[PermissionChange], *, full: bool) -> Iterator[Line]:
    if changes:
        yield line(title)
    for name, group in _groups(changes).items():
        yield line(Piece(name, "bold"), indent=2)
        for sign, text, style in _entries(group, full=full):
            yield line(Piece(f"{sign} ", style), Piece(text, style), indent=4)


def _entries(group: Sequence[PermissionChange], *, full: bool) -> Iterator[tuple[str, str, Style]]:
    """Each permission of a group; those of a managed policy together, by its name."""
    for change in group:
        if full or not change.via:
            sign = "~" if change.before is not None else _SIGNS[change.gained]
            yield sign, _told(change), _style(change)
    if full:
        return
    for (name, gained), some in _by_policy(group).items():
        yield _SIGNS[gained], f"{_managed(name)[:-1]}; --full lists them)", _style(some[0])


def _by_policy(group: Iterable[PermissionChange]) -> dict[tuple[str, bool], list[PermissionChange]]:
    named: dict[tuple[str, bool], list[PermissionChange]] = {}
    for change in group:
        if change.via:
            named.setdefault((change.via, change.gained), []).append(change)
    return named


def _managed(name: str) -> str:
    """A managed policy by its name, with how much it says where that is known."""
    name = name.partition(" as of ")[0]
    known = size(name)
    if known is None:
        return f"{name} (what it allows is not known here)"
    return f"{name} ({_number(known[0], 'statement')}, {_number(known[1], 'action pattern')})"


def _style(change: PermissionChange) -> Style:
    return "green" if change.direction == "narrower" else "red" if change.certain else "yellow"


def _told(change: PermissionChange, *, words: bool = True) -> str:
    """One permission in the group of who has it, so without that name.

    Arguments:
        words: say what becomes possible where the sign does not say that.
    """
    if change.kind == "network" or not change.actions:
        return change.statement
    actions = ", ".join(change.actions)
    place = ", ".join(change.resources)
    on = f" on {place}" if place and place != change.holder and change.kind != "trust" else ""
    who = "everyone" if change.principal == EVERYONE else change.principal
    if change.kind == "boundary":
        text = f"limited by the permissions boundary {actions}"
    elif change.kind == "trust" and change.allows:
        text = f"may be assumed by {who}" + ("" if actions == "sts:AssumeRole" else f" ({actions})")
    elif change.kind in {"trust", "resource"}:
        text = f"{who}: {actions}{on}"
    else:
        text = f"{actions}{on}"
    denied = "" if change.allows or change.kind == "boundary" else "denied: "
    # The sign says what was written down; where that does not say what is possible, a word does.
    turned = words and (change.before is not None or change.gained != (change.direction == "wider"))
    source = f" (managed policy {change.via})" if change.via else ""
    return f"{denied}{text}{change.limits}{source}{f' ({change.word})' if turned else ''}"


def _in_short(group: Sequence[PermissionChange]) -> Iterator[str]:
    """What a new role or resource comes with: who and what it is about, and in full what is broad."""
    for change in group:
        if change.kind == "boundary":
            yield f"boundary {', '.join(change.actions).rpartition('/')[2]}"
        elif change.kind == "trust" and change.allows and not is_broad(change):
            yield f"assumed by {change.principal}{_keys(change)}"
        elif change.kind in {"trust", "membership", "network"}:
            yield _told(change, words=False)
    for name, _ in _by_policy(group):
        yield _managed(name)
    own = [change for change in group if change.kind in {"identity", "resource"} and not change.via]
    shown = [change for change in own if is_broad(change)]
    if len(own) == 1 and len(_told(own[0], words=False)) <= _SHORT:
        shown = own
    for change in shown:
        verb = "allowed " if change.allows and change.kind == "identity" else ""
        yield verb + _told(change, words=False)
    rest = [change for change in own if change not in shown]
    for allows, word in ((True, "allowed"), (False, "denied")):
        some = [change for change in rest if change.allows == allows]
        if some:
            yield f"{_number(len(some), 'permission')} {word}: {_about(some)}"


def _keys(change: PermissionChange) -> str:
    """The keys that the condition is about."""
    keys = dict.fromkeys(
        limit.test.partition(" ")[2] if limit.values else limit.test for limit in change.condition
    )
    return f" (limited by {', '.join(keys)})" if keys else ""


def _about(changes: Iterable[PermissionChange]) -> str:
    """Of a resource's policy the principals; the services whose actions these are."""
    who = {change.principal: None for change in changes if change.kind == "resource"}
    actions = [action for change in changes for action in change.actions]
    services = ", ".join(dict.fromkeys(action.partition(":")[0] for action in actions))
    named = ", ".join("everyone" if principal == EVERYONE else principal for principal in who)
    return f"{named}: {services}" if who else services


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
