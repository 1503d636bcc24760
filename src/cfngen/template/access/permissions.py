"""The permissions that two templates differ in, as sentences: trust first, wider apart from narrower.

A permission of which only the condition differs is one change: more or fewer requests are let through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from cfngen.template.access import network
from cfngen.template.access.comparable import comparable
from cfngen.template.access.coverage import uncovered
from cfngen.template.access.granting_types import DENIED_OF_NEW
from cfngen.template.access.limits import in_words, relation
from cfngen.template.access.policies import policies
from cfngen.template.access.statements import EVERYONE, Condition, Grant, Kind, Policy, grants
from cfngen.template.mappings import looked_up

Direction = Literal["wider", "narrower"]

_ORDER: Final = get_args(Kind)


@dataclass(frozen=True)
class PermissionChange:
    """One sentence about what a principal may do, and did not or did before.

    Attributes:
        principal: who may do it: a service, an account, `role <logical id>`.
        direction: `wider` when more is possible than before.
        statement: the sentence.
        kind: `trust` who may assume a role, `resource` by the policy of what is accessed, `network` which
            addresses reach it, `membership` by what the principal becomes a part of, `identity` by its own
            policies, `boundary` its permissions boundary.
        certain: False where the condition became another one, and whether that lets more through is not
            known; `direction` is then `wider`.
        holder: what the policy is attached to: `role <logical id>`, or a resource.
        gained: whether the policies say this now, rather than before.
        allows: whether it allows, rather than denies.
        actions, resources: what the sentence is about.
        condition: under which it holds.
        before: the condition before, where only that differs.
        via: the managed policy that says it, by its name.
    """

    principal: str
    direction: Direction
    statement: str
    kind: Kind
    certain: bool = True
    holder: str = ""
    gained: bool = True
    allows: bool = True
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    condition: Condition = ()
    before: Condition | None = None
    via: str = ""

    @property
    def word(self) -> str:
        """`wider`, `narrower`, or `maybe wider` where that is not known."""
        return self.direction if self.certain else f"maybe {self.direction}"

    @property
    def limits(self) -> str:
        """Its condition in words, and what the condition was where only that differs; begins with a comma."""
        return _limits(self.condition, self.before)


ByHolder = Mapping[str, Sequence[Policy]]


def held(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ByHolder, ByHolder]:
    """The policies of both templates by their holder, the new one with what the old one leaves behind."""
    return policies(old), policies(_with_retained(old, new))


def permission_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], known: tuple[ByHolder, ByHolder] | None = None
) -> tuple[PermissionChange, ...]:
    """Every permission gained or lost. One that another, wider one already gives is neither.

    Arguments:
        old, new: any two templates; with `known` what `comparable` makes of them.
        known: what `held` gives for the two, where that is known already.

    >>> trusting = lambda who: {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {
    ...     "AssumeRolePolicyDocument": {"Statement": [
    ...         {"Effect": "Allow", "Principal": {"Service": who}, "Action": "sts:AssumeRole"}]}}}}}
    >>> [change.statement for change in permission_changes(trusting("a.com"), trusting(["a.com", "b.com"]))]
    ['b.com is allowed sts:AssumeRole on role R']
    """
    if known is None:
        old, new = comparable(looked_up(old), looked_up(new))
    before, after = known or held(old, new)
    changes: list[PermissionChange] = []
    for holder in dict.fromkeys([*after, *before]):
        mine, theirs = before.get(holder, []), after.get(holder, [])
        if mine != theirs:
            was, names_was = _grants(mine)
            now, names_now = _grants(theirs)
            gained, lost = uncovered(now, was), uncovered(was, now)
            pairs = _limited_otherwise(was, now, gained, lost)
            told = {grant for pair in pairs.items() for grant in pair}
            changes += _sentences((grant for grant in gained if grant not in told), names_now, gained=True)
            changes += _sentences(pairs, names_now, gained=True, before=pairs)
            changes += _sentences((grant for grant in lost if grant not in told), names_was, gained=False)
    changes += _network_changes(old, new)
    gone, come = _gone(old, new), set(new.get("Resources", {})) - set(old.get("Resources", {}))
    changes = [change for change in changes if not _goes_without_saying(change, gone, come)]
    return tuple(sorted(changes, key=lambda change: (_ORDER.index(change.kind), change.direction != "wider")))


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """The resources that nobody can reach any more, because they are deleted."""
    before, after = old.get("Resources", {}), _with_retained(old, new).get("Resources", {})
    kept = {name for name, body in before.items() if _stays(body)}
    return set(before) - set(after) - kept


def _goes_without_saying(change: PermissionChange, gone: Collection[str], come: Collection[str]) -> bool:
    """Whether it is about what a new or a deleted resource does, or does not do, of itself."""
    owner = change.holder.rpartition(" ")[2]
    opens_by_loss = change.direction == "wider" and not change.gained
    runs = change.kind == "membership" and owner == change.holder
    denied_anyway = bool(change.actions) and DENIED_OF_NEW.issuperset(change.actions)
    return (owner in gone and (opens_by_loss or runs)) or (owner in come and (denied_anyway or runs))


def _with_retained(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """The new template with what it leaves behind: a resource that is retained still grants and denies.

    One that another resource of the same type takes the place of, for the same thing, does not.
    """
    before, after = old.get("Resources", {}), new.get("Resources", {})
    left = {name: body for name, body in before.items() if name not in after and _stays(body)}
    if not left:
        return new
    taken = {(body.get("Type"), holder) for holder, body in _holders(after)}
    kept = {
        name: body
        for name, body in left.items()
        if not any((body.get("Type"), holder) in taken for holder, _ in _holders({name: body}))
    }
    return {**new, "Resources": {**after, **kept}}


def _stays(body: Any) -> bool:
    return isinstance(body, dict) and str(body.get("DeletionPolicy")) in _RETAINS


_RETAINS: Final = frozenset({"Retain", "RetainExceptOnCreate"})


def _holders(resources: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, body in resources.items():
        if isinstance(body, dict):
            for holder in policies({"Resources": {name: body}}):
                yield holder, body


def _network_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[PermissionChange]:
    before, after = network.rules(old), network.rules(new)
    for owner in dict.fromkeys([*after, *before]):
        was, now = before.get(owner, []), after.get(owner, [])
        for gained, differing in ((True, network.uncovered(now, was)), (False, network.uncovered(was, now))):
            for rule in differing:
                direction: Direction = "wider" if rule.allows == gained else "narrower"
                who = rule.other if rule.inbound else rule.owner
                sentence = rule.sentence(gained=gained)
                yield PermissionChange(
                    who, direction, sentence, "network", holder=owner, gained=gained, allows=rule.allows
                )


def _grants(held: Iterable[Policy]) -> tuple[dict[Grant, None], dict[Grant, str]]:
    """The permissions, in order, and for those of managed policies the policy's name."""
    names: dict[Grant, str] = {}
    everything: dict[Grant, None] = {}
    for policy in held:
        for grant in grants(policy):
            everything[grant] = None
            if policy.via and policy.kind == "identity":
                names.setdefault(grant, policy.via)
    return everything, names


def _limited_otherwise(
    was: Mapping[Grant, None], now: Mapping[Grant, None], gained: Collection[Grant], lost: Collection[Grant]
) -> dict[Grant, Grant]:
    """The permissions of which only the condition differs: the one that is there now, and the one before."""
    only_was, only_now = _by_condition(was, now), _by_condition(now, was)
    pairs = {}
    for unlimited in dict.fromkeys(grant._replace(condition=()) for grant in (*gained, *lost)):
        match only_was.get(unlimited, []), only_now.get(unlimited, []):
            case [old], [new]:
                found = relation(old.condition, new.condition)
                # Another permission may stand in for the one that is told: then this is not what changed.
                if (found == "looser" or old in lost) and (found == "stricter" or new in gained):
                    pairs[new] = old
    return pairs


def _by_condition(these: Iterable[Grant], others: Collection[Grant]) -> dict[Grant, list[Grant]]:
    """Those that the others do not have, by what they are without their condition."""
    alike: dict[Grant, list[Grant]] = {}
    for grant in these:
        if grant not in others:
            alike.setdefault(grant._replace(condition=()), []).append(grant)
    return alike


def _sentences(
    differing: Iterable[Grant],
    names: Mapping[Grant, str],
    *,
    gained: bool,
    before: Mapping[Grant, Grant] = MappingProxyType({}),
) -> Iterator[PermissionChange]:
    """Permissions that differ in action or resource only, in one sentence.

    Arguments:
        before: the permission that one of them was, where only its condition differs.
    """
    by_resource: dict[tuple[Grant, str, Condition | None], dict[str, None]] = {}
    for grant in differing:
        earlier = before[grant].condition if grant in before else None
        key = (grant._replace(action=""), names.get(grant, ""), earlier)
        by_resource.setdefault(key, {})[grant.action] = None
    merged: dict[tuple[Grant, str, Condition | None, tuple[str, ...]], list[str]] = {}
    for (rest, name, earlier), granted in by_resource.items():
        key_of_all = (rest._replace(resource=""), name, earlier, tuple(granted))
        merged.setdefault(key_of_all, []).append(rest.resource)
    for (rest, name, earlier, actions), resources in merged.items():
        found = (
            relation(earlier, rest.condition) if earlier is not None else "looser" if gained else "stricter"
        )
        allows = rest.effect != "Deny"
        wider = found == "unknown" or (found == "looser") == allows
        yield PermissionChange(
            rest.principal,
            "wider" if wider else "narrower",
            _sentence(rest, name, ", ".join(actions), ", ".join(resources), earlier, gained=gained),
            rest.kind,
            certain=found != "unknown",
            holder=rest.holder,
            gained=gained,
            allows=allows,
            actions=actions,
            resources=tuple(filter(None, resources)),
            condition=rest.condition,
            before=earlier,
            via=name,
        )


def _sentence(
    grant: Grant, name: str, actions: str, resources: str, before: Condition | None, *, gained: bool
) -> str:
    limits = _limits(grant.condition, before)
    if grant.kind == "boundary":
        verb = "is limited by" if gained else "is no longer limited by"
        return f"{grant.principal} {verb} the permissions boundary {actions}{limits}"
    verb = "allowed" if grant.effect != "Deny" else "denied"
    source = f" (managed policy {name})" if name else ""
    if grant.kind == "resource" and resources != grant.holder:
        source = f" (policy of {grant.holder})"
    place = f" on {resources}" if resources else ""
    subject = "everyone" if grant.principal == EVERYONE else grant.principal
    return f"{subject} is {'' if gained else 'no longer '}{verb} {actions}{place}{limits}{source}"


def _limits(condition: Condition, before: Condition | None) -> str:
    """
    >>> from cfngen.template.access.statements import Limit
    >>> _limits((Limit("Bool aws:SecureTransport", ("true",)),), ())
    ', now only if Bool aws:SecureTransport true'
    """
    if before is None:
        return f", if {in_words(condition)}" if condition else ""
    if not before:
        return f", now only if {in_words(condition)}"
    if not condition:
        return f", no longer only if {in_words(before)}"
    gone = tuple(limit for limit in before if limit not in condition)
    come = tuple(limit for limit in condition if limit not in before)
    if not gone:
        return f", if {in_words(before)}, now only if also {in_words(come)}"
    if not come:
        return f", if {in_words(condition)}, no longer only if also {in_words(gone)}"
    return f", now if {in_words(condition)}, instead of {in_words(gone)}"
