"""The situations that tell apart what policies say of a request, and the verdict over all of them.

A condition is not read as a formula. Each key that the statements ask for is given each value that makes a
difference, and none; each name of the resource that they tell apart is tried. What is allowed in all of these
situations is allowed; in none, denied; otherwise the conditions decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final, NamedTuple

from cfngen.report.access.account import AccountPolicies
from cfngen.report.access.candidates import OTHER, all_values, first_values
from cfngen.report.access.conditions import ConditionTest
from cfngen.report.access.decide import (
    AccessDecision,
    AccessRequest,
    Sides,
    account_of,
    always,
    judge,
    settled,
    sides,
)
from cfngen.report.access.model import Principal, Proof, Use, Verdict
from cfngen.report.access.patterns import common, expanded, filled, matches, variable_values, variables
from cfngen.report.access.statements import PolicyStatement

NOTHING: Final = "no statement allows it"
BOUNDARY: Final = "no statement allows it within the permissions boundary"
TOO_MANY: Final = "there are more conditions than are tried"
_MOST: Final = 4096
"""More situations than this are not tried: the verdict is that it depends."""

_OF_SERVICES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:principalservicename"})
"""Keys that only a call by an AWS service carries.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

_OF_IDENTITIES: Final = frozenset({"aws:principalarn", "kms:calleraccount"})
"""Keys that only a call by an identity of an account carries."""


class Situation(NamedTuple):
    """One way in which a request can be made: the resource's name, and its condition keys."""

    resource: str
    context: Mapping[str, Sequence[str]]


class Uses:
    """What the principals of one account may use. What the same statements say is found once."""

    def __init__(self, account: AccountPolicies) -> None:
        self._account = account
        self._known: dict[tuple[object, ...], Use] = {}

    def of(self, principal: Principal, action: str, pattern: str) -> Use:
        """Whether a principal may use an action on a resource, in all situations.

        Arguments:
            pattern: the resource's ARN; `*` in it stands for any name.
        """
        found = sides(self._account, principal, action, pattern)
        key = (action, pattern, found, _asker(found, principal))
        if key not in self._known:
            self._known[key] = _use(self._account, principal, action, pattern, found)
        return self._known[key]


def _asker(found: Sides, principal: Principal) -> object:
    """All of a principal that these statements can tell apart."""
    if not _allows(found):
        return None
    if principal.kind == "service" or any(each.personal for each in found.all()):
        return principal
    return principal.kind, account_of(principal.arn)


def _use(account: AccountPolicies, principal: Principal, action: str, pattern: str, everywhere: Sides) -> Use:
    if not _allows(everywhere):  # nearly always: no resource has to be compared
        return _refused(everywhere, action, pattern)
    found = _on(everywhere, pattern)
    if not _allows(found):
        return _refused(found, action, pattern)
    statements = list(found.all())
    tried = situations(account, principal, action, pattern, found)
    opaque = [each for each in statements if each.opaque]
    if tried is None:
        return Use(action, pattern, "depends", _proofs(statements, pattern), TOO_MANY)
    if not opaque:
        return _verdict(account, principal, action, pattern, found, tried)
    widest, narrowest = (
        _verdict(account, principal, action, pattern, settled(found, wide=wide), tried)
        for wide in (True, False)
    )
    if widest.verdict == narrowest.verdict:
        return narrowest
    return Use(action, pattern, "depends", widest.proofs, "; ".join(dict.fromkeys(s.opaque for s in opaque)))


def _allows(found: Sides) -> bool:
    """Whether any statement could allow it; a boundary alone never does."""
    return any(each.effect == "Allow" for each in (*found.identity, *(found.guard or ())))


def _refused(found: Sides, action: str, pattern: str) -> Use:
    fixed = [
        each
        for each in found.all()
        if each.effect == "Deny" and not each.tests and not each.opaque and _touches(each, pattern)
    ]
    return Use(action, pattern, "denied", _proofs(fixed, pattern), "" if fixed else NOTHING)


def situations(
    account: AccountPolicies, principal: Principal, action: str, pattern: str, found: Sides
) -> list[Situation] | None:
    """Every situation that the statements tell apart; None where there are too many."""
    statements = [each for each in found.all() if not each.opaque]
    names = _names(pattern, statements)
    known = always(account, AccessRequest(principal, action, names[0], {}))
    absent = _OF_IDENTITIES if principal.kind in {"service", "federated", "anyone"} else _OF_SERVICES
    tests: dict[str, list[ConditionTest]] = {}
    met: dict[str, dict[tuple[str, ...], None]] = {}  # the values of variables that make a resource this one
    for statement in statements:
        for test in statement.tests:
            key = test.key.lower()
            if key not in known and key not in absent:
                tests.setdefault(key, []).append(test)
        for pattern_ in (*statement.resources, *(value for test in statement.tests for value in test.values)):
            for key in map(str.lower, variables(pattern_)):
                if key not in known and key not in absent:
                    tests.setdefault(key, [])
        for resource in statement.resources:
            for key, value in variable_values(resource, names[0]).items():
                met.setdefault(key, {})[(value,)] = None
    for values in (all_values, first_values):
        candidates = [list(dict.fromkeys((*values(tests[key]), *met.get(key, ())))) for key in tests]
        if len(names) * prod(map(len, candidates)) <= _MOST:
            return [
                Situation(name, {key: value for key, value in zip(tests, chosen, strict=True) if value})
                for name in names
                for chosen in product(*candidates)
            ]
    return None


def _verdict(
    account: AccountPolicies,
    principal: Principal,
    action: str,
    pattern: str,
    found: Sides,
    tried: Iterable[Situation],
) -> Use:
    allowed: list[AccessDecision] = []
    denied: list[AccessDecision] = []
    for situation in tried:
        request = AccessRequest(principal, action, situation.resource, situation.context)
        context = {**always(account, request), **situation.context}
        decision = judge(account, request, found, context)
        (allowed if decision.allowed else denied).append(decision)
    verdict: Verdict = "conditional" if allowed and denied else "allowed" if allowed else "denied"
    givers = _once(each for decision in allowed for each in decision.allows)
    refusers = _once(each for decision in denied for each in decision.denies)
    if verdict == "allowed":
        refusers = []
    elif verdict == "denied":
        refusers = [each for each in refusers if not each.tests] or refusers
    because = ""
    if verdict == "denied" and not refusers:
        because = NOTHING if found.boundary is None else BOUNDARY
    return Use(action, pattern, verdict, _proofs([*givers, *refusers], pattern), because)


def _on(found: Sides, pattern: str) -> Sides:
    """Those of the statements that are about the resource, or some of its names."""

    def about(statements: tuple[PolicyStatement, ...] | None) -> tuple[PolicyStatement, ...] | None:
        return None if statements is None else tuple(each for each in statements if _touches(each, pattern))

    return Sides(about(found.identity) or (), about(found.guard), about(found.boundary))


def _touches(statement: PolicyStatement, pattern: str) -> bool:
    if statement.but_resources:
        return not any(_covers(resource, pattern) for resource in statement.resources)
    return any(_meets(pattern, resource) for resource in statement.resources)


def _meets(pattern: str, resource: str) -> bool:
    """Whether a statement's resource has a name in common with the pattern, whatever its variables are."""
    return _common(pattern, resource) is not None or bool(variable_values(resource, _any(pattern)))


def _any(pattern: str) -> str:
    return pattern.replace("*", OTHER)


@lru_cache(maxsize=16384)
def _common(one: str, other: str) -> str | None:
    if other == "*":
        return filled(one)
    return common(one, expanded(other, lambda _: OTHER) or "")


def _covers(resource: str, pattern: str) -> bool:
    """Whether a statement's resource is all that the pattern stands for."""
    return matches(resource, pattern) or resource == pattern


def _names(pattern: str, statements: Iterable[PolicyStatement]) -> list[str]:
    names = {_any(pattern): None}
    if "*" in pattern:
        for statement in statements:
            for resource in statement.resources:
                if not _covers(resource, pattern) and (name := _common(pattern, resource)):
                    names[name] = None
    return list(names)


def _proofs(statements: Iterable[PolicyStatement], pattern: str) -> tuple[Proof, ...]:
    return tuple(each.proof(tuple(_limits(each, pattern))) for each in statements)


def _limits(statement: PolicyStatement, pattern: str) -> Iterator[str]:
    whole = statement.but_resources or any(_covers(each, pattern) for each in statement.resources)
    if "*" in pattern and not whole:
        touching = [each for each in statement.resources if _meets(pattern, each)]
        yield f"the resource is {' or '.join(touching)}"
    yield from map(str, statement.tests)


def _once(statements: Iterable[PolicyStatement]) -> list[PolicyStatement]:
    return list({id(each): each for each in statements}.values())
