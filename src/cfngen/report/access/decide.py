"""One request, decided as IAM decides it: a deny, then an allow within the boundary, by either side's policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from cfngen.report.access.account import AccountPolicies, Held
from cfngen.report.access.conditions import Context, first, holds
from cfngen.report.access.model import Principal
from cfngen.report.access.patterns import expanded, matches
from cfngen.report.access.statements import PolicyStatement

_ASSUME: Final = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity")
_SERVICES: Final = ("service", "federated", "anyone")


class AccessRequest(NamedTuple):
    """Somebody asks for something.

    Attributes:
        resource: an ARN; `*` for an action that knows no resource.
        context: the condition keys beyond those that `always` gives.
    """

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, Sequence[str]]


class AccessDecision(NamedTuple):
    """IAM's answer and the statements that made it."""

    allowed: bool
    allows: tuple[PolicyStatement, ...] = ()
    denies: tuple[PolicyStatement, ...] = ()


class Sides(NamedTuple):
    """The statements that a request is judged by, those about its action alone.

    Attributes:
        guard: None where the resource has no policy.
        boundary: None where the principal has none.
    """

    identity: tuple[PolicyStatement, ...]
    guard: tuple[PolicyStatement, ...] | None
    boundary: tuple[PolicyStatement, ...] | None

    def all(self) -> Iterable[PolicyStatement]:
        return (*self.identity, *(self.guard or ()), *(self.boundary or ()))


def sides(account: AccountPolicies, principal: Principal, action: str, resource: str) -> Sides:
    """The statements about an action, whatever their conditions."""
    held, name = account.policies_of(principal), action.lower()
    guard, bound = account.guard(resource), held.boundary is not None
    identity, boundary = _held(held, name)
    if guard is not None:
        guard = tuple(each for each in _about(guard, name) if admits(each, principal, bound))
    return Sides(identity, guard, boundary)


@lru_cache(maxsize=16384)
def _held(held: Held, action: str) -> tuple[tuple[PolicyStatement, ...], tuple[PolicyStatement, ...] | None]:
    return _about(held.identity, action), None if held.boundary is None else _about(held.boundary, action)


@lru_cache(maxsize=8192)
def _about(statements: tuple[PolicyStatement, ...], action: str) -> tuple[PolicyStatement, ...]:
    return tuple(each for each in statements if _is_action(each, action))


def decide(account: AccountPolicies, request: AccessRequest) -> AccessDecision:
    """IAM's decision. A statement that cannot be judged here is taken as what allows least."""
    found = settled(sides(account, request.principal, request.action, request.resource), wide=False)
    return judge(account, request, found, {**always(account, request), **_lower(request.context)})


def settled(found: Sides, *, wide: bool) -> Sides:
    """The statements with those that cannot be judged taken as what allows most, or least."""

    def kept(statements: tuple[PolicyStatement, ...] | None) -> tuple[PolicyStatement, ...] | None:
        if statements is None:
            return None
        return tuple(
            replace(each, resources=("*",), but_resources=False, tests=()) if each.opaque else each
            for each in statements
            if not each.opaque or (each.effect == "Allow") == wide
        )

    return Sides(kept(found.identity) or (), kept(found.guard), kept(found.boundary))


def judge(account: AccountPolicies, request: AccessRequest, found: Sides, context: Context) -> AccessDecision:
    """IAM's decision by these statements, with all condition keys of the request."""

    def applying(statements: Iterable[PolicyStatement]) -> list[PolicyStatement]:
        return [each for each in statements if applies(each, request.resource, context)]

    applied = applying(found.all())
    denies = tuple(each for each in applied if each.effect == "Deny")
    if denies:
        return AccessDecision(False, denies=denies)
    principal = request.principal
    identity = [each for each in applied if each.part == "identity"]
    guard = [each for each in applied if each.part in {"resource", "trust"}]
    boundary = [each for each in applied if each.part == "boundary"]
    if principal.kind in _SERVICES:
        if principal.kind == "anyone" and request.resource.partition("/")[0] in account.closed:
            return AccessDecision(False)
        return AccessDecision(bool(guard), tuple(guard))
    direct = [each for each in guard if not _through_account(each, principal)]
    if found.boundary is not None and not boundary:
        past = [each for each in direct if _past_boundary(each, principal)]
        mine = account_of(principal.arn) == account.id
        return AccessDecision(bool(past and mine), tuple(past) if mine else ())
    if account_of(principal.arn) != account.id:
        return AccessDecision(bool(guard and identity), (*guard, *identity) if guard and identity else ())
    given = identity and (guard or not _wants_guard(request))
    allowed = bool(direct or given)
    through = [each for each in guard if identity and each not in direct]
    return AccessDecision(allowed, (*direct, *identity, *through) if allowed else ())


def always(account: AccountPolicies, request: AccessRequest) -> dict[str, Sequence[str]]:
    """The condition keys that AWS sets in each request, as far as they are known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    principal, service = request.principal, request.principal.kind == "service"
    known: dict[str, Sequence[str]] = {
        "aws:securetransport": ["true"],
        "aws:requestedregion": [account.region],
        "aws:principalisawsservice": ["true" if service else "false"],
    }
    if request.action.startswith("s3:"):
        known |= {"s3:tlsversion": ["1.3"], "aws:resourceaccount": [account.id]}
    if request.resource in account.aliases:
        known["kms:resourcealiases"] = account.aliases[request.resource]
    if service:
        known["aws:principalservicename"] = [principal.arn]
    if principal.kind not in _SERVICES:
        known |= {"aws:principalarn": [principal.arn], "aws:principalaccount": [account_of(principal.arn)]}
        if request.action.startswith("kms:"):
            known["kms:calleraccount"] = [account_of(principal.arn)]
    return known


def applies(statement: PolicyStatement, resource: str, context: Context) -> bool:
    """Whether a statement that is about the action and the principal is about this request."""
    patterns = (expanded(pattern, lambda key: first(context, key)) for pattern in statement.resources)
    on = any(pattern is not None and matches(pattern, resource) for pattern in patterns)
    return on != statement.but_resources and all(holds(test, context) for test in statement.tests)


def admits(statement: PolicyStatement, principal: Principal, bound: bool) -> bool:
    """Whether the Principal of a statement on a resource is this principal, or its account.

    Arguments:
        bound: whether it has a permissions boundary: a deny with NotPrincipal always meets it then.
            https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    if bound and statement.but_principals and statement.effect == "Deny":
        return True
    return any(_is(kind, name, principal) for kind, name in statement.principals) != statement.but_principals


def _is(kind: str, name: str, principal: Principal) -> bool:
    if kind == "*":
        return True
    if kind == "Service":
        return principal.kind == "service" and principal.arn == name
    if kind == "Federated":
        return principal.kind == "federated" and principal.arn == name
    return (
        kind == "AWS"
        and principal.kind not in _SERVICES
        and (name == principal.arn or _is_account(name, principal))
    )


def _is_account(name: str, principal: Principal) -> bool:
    account = account_of(principal.arn)
    return name == account or (name.endswith(":root") and account_of(name) == account)


def _through_account(statement: PolicyStatement, principal: Principal) -> bool:
    """Whether only the principal's account is named, so that its own policies decide."""
    if statement.but_principals:
        return False
    named = [name for kind, name in statement.principals if _is(kind, name, principal)]
    return all(_is_account(name, principal) for name in named)


def _past_boundary(statement: PolicyStatement, principal: Principal) -> bool:
    """Whether the statement allows without the permissions boundary: to everyone, and to a user by name.

    A role by name stays within its boundary.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    named = {name for _, name in statement.principals}
    return not statement.but_principals and (
        "*" in named or (principal.kind == "user" and principal.arn in named)
    )


def _wants_guard(request: AccessRequest) -> bool:
    """Whether the policy on the resource has to allow it, too: of a key, and of a role to become.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    return ":key/" in request.resource or request.action.lower().startswith(_ASSUME)


def _is_action(statement: PolicyStatement, action: str) -> bool:
    if statement.services is not None and action.partition(":")[0] not in statement.services:
        return statement.but_actions
    return any(matches(pattern, action) for pattern in statement.actions) != statement.but_actions


def account_of(arn: str) -> str:
    """The account in an ARN, or its mark; empty where it has none."""
    return (arn.split(":") + [""] * 5)[4]


def _lower(context: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {key.lower(): [value] if isinstance(value, str) else value for key, value in context.items()}
