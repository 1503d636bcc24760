"""Which permissions others include: by a wildcard, an exclusion, a looser condition, or several together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Generic, TypeVar

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

T = TypeVar("T")

_DEEPEST: Final = 2
_MOST: Final = 20
"""A condition is looked at in parts so often, and in so many parts: the work stays in proportion."""

_PARTITION: Final = "arn:${AWS::Partition}:"
_BUCKET: Final = re.compile(r"arn:aws:s3:::(\$\{|<)([A-Za-z0-9]+)(\}|>)")


class _ByPattern(Generic[T]):
    """What is kept by names with wildcards, found by the names that these hold."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: dict[str, T] = {}
        self._starts: set[int] = set()  # the lengths of what stands before a last wildcard
        self._odd: list[str] = []  # those that not only end in a wildcard

    def at(self, pattern: str) -> T:
        """What is kept by the pattern; new where nothing is."""
        kept = self._kept.get(pattern)
        if kept is None:
            kept = self._kept[pattern] = self._make()
            if pattern.endswith("*"):
                self._starts.add(len(pattern) - 1)
            if pattern.startswith(EVERYTHING_BUT) or (_inner_wildcard(pattern) and not several(pattern)):
                self._odd.append(pattern)
        return kept

    def holding(self, name: str) -> Iterator[T]:
        """What is kept by each pattern that holds all of the name."""
        for pattern in _wider(name, self._starts):
            if pattern in self._kept:
                yield self._kept[pattern]
        for pattern in self._odd:
            if _includes(pattern, name):
                yield self._kept[pattern]


_Conditions = list[Condition]
_Given = _ByPattern[_ByPattern[_Conditions]]  # by action, then by resource


def uncovered(wanted: Iterable[Grant], given: Iterable[Grant]) -> list[Grant]:
    """Those of `wanted` that `given` does not include.

    A permission for everyone is not taken to include a service's: an account's `*` does not. A denial does.
    """
    given = list(given)
    same = frozenset(given)
    wanted = [grant for grant in wanted if grant not in same]
    index: dict[tuple[str, str, str], dict[str, _Given]] = {}
    for grant in given if wanted else ():
        principals = index.setdefault((grant.kind, grant.holder, grant.effect), {})
        if grant.principal not in principals:
            principals[grant.principal] = _ByPattern(lambda: _ByPattern(list))
        by_resource = principals[grant.principal].at(grant.action.lower())
        for resource in _spellings(grant.resource):
            by_resource.at(resource).append(grant.condition)
    return [
        grant
        for grant in wanted
        if not _lets_through(
            grant.condition, _conditions(grant, index.get((grant.kind, grant.holder, grant.effect), {}))
        )
    ]


def _conditions(grant: Grant, principals: dict[str, _Given]) -> _Conditions:
    """Under which conditions the permission is given."""
    found: dict[Condition, None] = {}
    for principal, given in principals.items():
        if _includes_principal(principal, grant):
            for by_resource in given.holding(grant.action.lower()):
                for resource in _spellings(grant.resource):
                    for conditions in by_resource.holding(resource):
                        found.update(dict.fromkeys(conditions))
    return list(found)


def _lets_through(wanted: Condition, given: Sequence[Condition], deep: int = 0) -> bool:
    """Whether one of the conditions given holds whenever the one wanted does."""
    if any(relation(wanted, condition) in {"same", "looser"} for condition in given):
        return True
    return deep < _DEEPEST and any(
        all(_lets_through(part, given, deep + 1) for part in parts) for parts in _in_parts(wanted, given)
    )


def _in_parts(wanted: Condition, given: Sequence[Condition]) -> Iterator[list[Condition]]:
    """A condition as several: for each of a test's values, or either way a template's condition goes."""
    tests = [limit.test for condition in given for limit in condition]
    for limit in wanted:
        parts = alternatives_of(limit)
        if 1 < len(parts) <= _MOST and limit.test in tests:
            others = tuple(other for other in wanted if other != limit)
            yield [(*others, part) for part in parts]
    known = {limit.test for limit in wanted}
    for test in list(dict.fromkeys(tests))[:_MOST]:
        if (turned := opposite(test)) and known.isdisjoint((test, turned)):
            yield [(*wanted, Limit(test)), (*wanted, Limit(turned))]


def _includes_principal(principal: str, grant: Grant) -> bool:
    if principal == grant.principal:
        return True
    if principal == EVERYONE:
        # Everyone has an account's identities in it, and none of AWS's services.
        named = grant.principal.startswith(("account ", "arn:")) and not several(grant.principal)
        return grant.effect == "Deny" or named
    if principal.startswith(EVERYONE_BUT) and grant.principal.startswith(EVERYONE_BUT):
        return _names(principal, EVERYONE_BUT) <= _names(grant.principal, EVERYONE_BUT)
    return False


def _names(words: str, start: str) -> set[str]:
    return set(words.removeprefix(start).split(", "))


def _inner_wildcard(name: str) -> bool:
    return "*" in name[:-1] or "?" in name


@lru_cache(maxsize=65_536)
def _spellings(name: str) -> tuple[str, ...]:
    """The own partition by the name that the most accounts have it by; a bucket by its ARN and its name."""
    written = name.replace(_PARTITION, "arn:aws:")
    other = _BUCKET.sub(r"\1\2.Arn\3", written)
    return (written,) if other == written else (written, other)


@lru_cache(maxsize=65_536)
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


def _wider(name: str, starts: Iterable[int]) -> Iterator[str]:
    """The name, and what holds it: its starts of these lengths, each with a wildcard.

    >>> list(_wider("s3:G", [0, 3]))
    ['s3:G', 's3:*', '*']
    """
    yield name
    if several(name) or name.startswith(EVERYTHING_BUT):
        yield "*"
        return
    for end in sorted(starts, reverse=True):
        if end <= len(name):
            yield f"{name[:end]}*"
