"""Which permissions others include: by a wildcard, an exclusion, a looser condition, or several together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cfngen.template.access.alternatives import opposite
from cfngen.template.access.limits import alternatives_of, relation
from cfngen.template.access.patterns import apart, holds
from cfngen.template.access.statements import (
    EVERYONE,
    EVERYONE_BUT,
    EVERYTHING_BUT,
    Condition,
    Grant,
    Limit,
    several,
)

_Key = tuple[str, str, str]  # kind, holder, effect

_DEEPEST: Final = 2
_MOST: Final = 20
"""A permission is looked at in parts so often, and in so many parts: the work stays in proportion."""

_PARTITION: Final = "arn:${AWS::Partition}:"
_BUCKET: Final = re.compile(r"arn:aws:s3:::(\$\{|<)([A-Za-z0-9]+)(\}|>)")


@dataclass
class _Given:
    """The permissions of one principal.

    Attributes:
        plain: the conditions by action and resource, where these have no wildcard but a last one.
        odd: action, resource and condition of all others.
        choices: the template's conditions that any of them depends on, both ways.
    """

    plain: dict[str, dict[str, list[Condition]]] = field(default_factory=dict)
    odd: list[tuple[str, str, Condition]] = field(default_factory=list)
    choices: dict[str, None] = field(default_factory=dict)


def uncovered(wanted: Iterable[Grant], given: Iterable[Grant]) -> list[Grant]:
    """Those of `wanted` that `given` does not include.

    A permission for everyone is not taken to include a service's: an account's `*` does not. A denial does.
    """
    index: dict[_Key, dict[str, _Given]] = {}
    for grant in given:
        principals = index.setdefault((grant.kind, grant.holder, grant.effect), {})
        _add(principals.setdefault(grant.principal, _Given()), grant)
    return [grant for grant in wanted if not _covered(grant, index.get(_key(grant), {}))]


def _key(grant: Grant) -> _Key:
    return grant.kind, grant.holder, grant.effect


def _add(given: _Given, grant: Grant) -> None:
    action = grant.action.lower()
    for resource in _spellings(grant.resource):
        if _odd(action) or _odd(resource):
            given.odd.append((action, resource, grant.condition))
        else:
            given.plain.setdefault(action, {}).setdefault(resource, []).append(grant.condition)
    for limit in grant.condition:
        if turned := opposite(limit.test):
            given.choices[min(limit.test, turned)] = None


def _odd(name: str) -> bool:
    return name.startswith(EVERYTHING_BUT) or (("*" in name[:-1] or "?" in name) and not several(name))


def _spellings(name: str) -> list[str]:
    """The own partition by the name that the most accounts have it by; a bucket by its ARN and its name."""
    written = name.replace(_PARTITION, "arn:aws:")
    return list(dict.fromkeys((written, _BUCKET.sub(r"\1\2.Arn\3", written))))


def _covered(grant: Grant, principals: Mapping[str, _Given], deep: int = 0) -> bool:
    givers = [given for principal, given in principals.items() if _includes_principal(principal, grant)]
    if any(_gives(given, grant) for given in givers):
        return True
    return deep < _DEEPEST and any(
        all(_covered(part, principals, deep + 1) for part in parts) for parts in _in_parts(grant, givers)
    )


def _in_parts(grant: Grant, givers: Iterable[_Given]) -> Iterator[list[Grant]]:
    """The permission as several: for each of a test's values, or either way a template's condition goes."""
    for limit in grant.condition if givers else ():
        parts = alternatives_of(limit)
        if 1 < len(parts) <= _MOST:
            others = tuple(other for other in grant.condition if other != limit)
            yield [grant._replace(condition=(*others, part)) for part in parts]
    known = {limit.test for limit in grant.condition}
    for test in list(dict.fromkeys(test for given in givers for test in given.choices))[:_MOST]:
        both = test, opposite(test)
        if known.isdisjoint(both):
            yield [grant._replace(condition=(*grant.condition, Limit(one))) for one in both]


def _includes_principal(principal: str, grant: Grant) -> bool:
    if principal == grant.principal:
        return True
    if principal == EVERYONE:
        # Everyone has an account's identities in it, and none of AWS's services.
        named = grant.principal.startswith(("account ", "arn:")) and not several(grant.principal)
        return grant.effect == "Deny" or named
    if principal.startswith(EVERYONE_BUT):
        but = _names(principal, EVERYONE_BUT)
        if grant.principal.startswith(EVERYONE_BUT):
            return but <= _names(grant.principal, EVERYONE_BUT)
    return False


def _names(words: str, start: str) -> set[str]:
    return set(words.removeprefix(start).split(", "))


def _gives(given: _Given, grant: Grant) -> bool:
    wanted, places = grant.action.lower(), _spellings(grant.resource)
    for action in _wider(wanted):
        by_resource = given.plain.get(action, {})
        if by_resource:
            for resource in (pattern for place in places for pattern in _wider(place)):
                if any(_lets_through(condition, grant) for condition in by_resource.get(resource, ())):
                    return True
    return any(
        _includes(action, wanted)
        and any(_includes(resource, place) for place in places)
        and _lets_through(condition, grant)
        for action, resource, condition in given.odd
    )


def _lets_through(condition: Condition, grant: Grant) -> bool:
    return relation(grant.condition, condition) in {"same", "looser"}


def _includes(outer: str, inner: str) -> bool:
    """Whether one name, perhaps an exclusion, holds all of another."""
    if outer in {inner, "*"}:
        return True
    if several(inner):
        return False
    if inner.startswith(EVERYTHING_BUT):
        if not outer.startswith(EVERYTHING_BUT):
            return False
        left = _names(inner, EVERYTHING_BUT)
        return all(any(holds(one, name) for one in left) for name in _names(outer, EVERYTHING_BUT))
    if outer.startswith(EVERYTHING_BUT):
        return all(apart(name, inner) for name in _names(outer, EVERYTHING_BUT))
    return holds(outer, inner)


def _wider(name: str) -> Iterator[str]:
    """
    >>> list(_wider("s3:G"))
    ['s3:G', 's3:G*', 's3:*', 's3*', 's*', '*']
    """
    yield name
    if several(name):
        yield "*"
        return
    for end in range(len(name), -1, -1):
        yield f"{name[:end]}*"
