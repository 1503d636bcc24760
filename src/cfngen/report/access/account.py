"""Who holds which statements and what guards which resource, in all stacks of an environment together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from cfngen.report.access.model import Principal, PrincipalKind
from cfngen.report.access.statements import Part, PolicyOrigin, PolicyStatement, opaque, statements
from cfngen.report.view import View
from cfngen.template.access.policies import policies
from cfngen.template.access.statements import Policy

_HOLDERS: Final[Mapping[str, PrincipalKind]] = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
}
_ADMINISTRATOR: Final = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FOREIGN: Final = "<another account>"
"""Stands for the id of any other account."""


@dataclass(frozen=True, eq=False)  # each is itself, as a statement is
class Held:
    """The policies of a principal.

    Attributes:
        boundary: the statements of the permissions boundary; None where there is none.
    """

    identity: tuple[PolicyStatement, ...] = ()
    boundary: tuple[PolicyStatement, ...] | None = None


_NOTHING: Final = Held()


@dataclass(frozen=True)
class AccountPolicies:
    """The account that the stacks make.

    Attributes:
        id: of the account, or its mark.
        principals: the roles, users and groups of the stacks, by ARN.
        held: their policies, by ARN.
        guards: the statements on a resource, by its ARN; a role's is its trust policy.
        aliases: the aliases of a key, by the key's ARN.
        closed: the ARNs of the buckets that refuse what a public policy allows.
    """

    id: str
    region: str
    partition: str
    principals: Mapping[str, Principal]
    held: Mapping[str, Held] = field(repr=False)
    guards: Mapping[str, tuple[PolicyStatement, ...]] = field(repr=False)
    aliases: Mapping[str, tuple[str, ...]] = field(repr=False)
    closed: frozenset[str] = field(repr=False)

    def guard(self, arn: str) -> tuple[PolicyStatement, ...] | None:
        """The policy on a resource: an object's is its bucket's; None where there is none."""
        whole = arn.partition("/")[0] if ":s3:::" in arn else arn
        return self.guards.get(whole)

    def outside(self, name: str) -> Principal:
        """The administrator of this account, or of another one, by name."""
        account = self.id if name == "administrator" else FOREIGN
        arn = f"arn:{self.partition}:iam::{account}:role/Administrator"
        return Principal(name, "administrator", name, arn)

    def policies_of(self, principal: Principal) -> Held:
        """What a principal holds; one from outside holds everything in its own account."""
        if principal.kind == "administrator":
            return self._administrator
        return self.held.get(principal.arn, _NOTHING)

    @cached_property
    def _administrator(self) -> Held:
        source = PolicyOrigin("", "", "AdministratorAccess")
        return Held(tuple(statements(_ADMINISTRATOR, source, "identity")))


def account(view: View) -> AccountPolicies:
    """The account of a view, from the policies of all its stacks."""
    return _Reading(view).account()


class _Reading:
    """One walk over all stacks, then what their policies say of each other."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._arns: dict[tuple[str, str], str] = {}
        self._named: dict[str, str] = {}  # ARN by physical name, `role <name>` for what IAM names
        self._managed: dict[str, tuple[PolicyOrigin, Any]] = {}  # our managed policies by name
        self._principals: dict[str, Principal] = {}
        self._identity: dict[str, list[PolicyStatement]] = defaultdict(list)
        self._boundary: dict[str, list[PolicyStatement]] = defaultdict(list)
        self._guards: dict[str, list[PolicyStatement]] = defaultdict(list)
        self._members: dict[str, list[str]] = defaultdict(list)
        self._aliases: dict[str, list[str]] = defaultdict(list)
        self._closed: set[str] = set()

    def account(self) -> AccountPolicies:
        for each in self._view.resources():
            self._name(*each)
        for each in self._view.resources():
            self._read(*each)
        for member, groups in self._members.items():
            for group in groups:
                self._identity[member] += self._identity.get(group, [])
        held = {
            arn: Held(
                tuple(self._identity[arn]), tuple(self._boundary[arn]) if arn in self._boundary else None
            )
            for arn in self._principals
        }
        view = self._view
        return AccountPolicies(
            view.account,
            view.region,
            view.partition,
            self._principals,
            held,
            {arn: tuple(found) for arn, found in self._guards.items()},
            {arn: tuple(names) for arn, names in self._aliases.items()},
            frozenset(self._closed),
        )

    def _name(self, stack: str, logical_id: str, body: Mapping[str, Any]) -> None:
        kind, properties = str(body.get("Type")), body.get("Properties") or {}
        arn, name = self._view.arn(stack, logical_id, body), self._view.name(stack, logical_id, body)
        self._arns[stack, logical_id] = arn
        holder = _HOLDERS.get(kind)
        if holder:
            self._principals[arn] = Principal(f"{stack}/{logical_id}", holder, name, arn, stack, logical_id)
            self._named[f"{holder} {name}"] = arn
        elif not arn.startswith("<"):  # what has no ARN, such as a bucket's policy, is named after another
            self._named[name] = self._named[arn] = arn
        if kind == "AWS::IAM::ManagedPolicy":
            policy = PolicyOrigin(stack, logical_id), properties.get("PolicyDocument")
            self._managed[arn.rpartition("/")[2]] = policy
        if kind == "AWS::S3::Bucket":
            block = properties.get("PublicAccessBlockConfiguration") or {}
            if str(block.get("RestrictPublicBuckets")).lower() == "true":
                self._closed.add(arn)
        if kind == "AWS::KMS::Alias":
            name = str(properties.get("AliasName"))
            self._aliases[self._key(str(properties.get("TargetKeyId")))].append(name)

    def _key(self, target: str) -> str:
        """The ARN of a key by its ARN or its id."""
        here = self._view
        return (
            target
            if ":key/" in target
            else f"arn:{here.partition}:kms:{here.region}:{here.account}:key/{target}"
        )

    def _read(self, stack: str, logical_id: str, body: Mapping[str, Any]) -> None:
        for held in policies({"Resources": {logical_id: body}}).values():
            for policy in held:
                self._policy(stack, logical_id, policy)

    def _policy(self, stack: str, logical_id: str, policy: Policy) -> None:
        source = PolicyOrigin(stack, logical_id, policy.via)
        match policy.kind:
            case "trust":
                arn = self._arns[stack, logical_id]
                self._guards[arn] += statements(policy.document, source, "trust")
            case "identity":
                if arn := self._holder(stack, policy.holder):
                    self._identity[arn] += self._statements(policy, source, "identity")
            case "boundary":
                if arn := self._holder(stack, policy.holder):
                    self._boundary[arn] += self._statements(policy, source, "boundary")
            case "membership":
                member, group = (self._holder(stack, name) for name in (policy.holder, policy.via))
                if member and group:
                    self._members[member].append(group)
            case "resource":
                if arn := self._resource(stack, policy.holder):
                    self._guards[arn] += statements(policy.document, source, "resource")

    def _statements(self, policy: Policy, source: PolicyOrigin, part: Part) -> Iterable[PolicyStatement]:
        """A policy's statements; those of a managed policy by its name or ARN."""
        if policy.document is not None:
            return statements(policy.document, source, part)
        name = policy.via.rpartition("/")[2]
        if name in self._managed:
            where, document = self._managed[name]
            return statements(document, where, part)
        if part == "boundary":
            from cfngen.template.access.managed_policies import statements as managed

            known = managed(policy.via)
            if known is not None:
                return statements({"Statement": known}, replace(source, policy=name), part)
        what = "permissions boundary" if part == "boundary" else "managed policy"
        return [opaque(f"what the {what} {name} says is not known here", replace(source, policy=name), part)]

    def _holder(self, stack: str, holder: str) -> str:
        """The ARN of `role <logical id or name>`."""
        word, _, name = holder.partition(" ")
        if arn := self._named.get(holder):
            return arn
        own = self._arns.get((stack, name), "")
        return own if own in self._principals and self._principals[own].kind == word else ""

    def _resource(self, stack: str, holder: str) -> str:
        return self._arns.get((stack, holder)) or self._named.get(holder, "")
