"""Termination protection and stack policy: what must not be replaced or deleted by accident.

CreateChangeSet takes neither, so both are set by calls of their own, right after the stack was created.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cfngen.aws.calls import STALE_READS, CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps, backoff
from cfngen.deploy.changeset.effect import loses
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack, look
from cfngen.template.change.judgement import Judgement

Policy = Mapping[str, Any]

_PREFIX = "LogicalResourceId/"
_GUARDED = ("Update:Replace", "Update:Delete", "Update:*")


def blocked(
    changes: Iterable[Judgement], policies: Collection[Policy | None], allowed: Collection[str]
) -> list[Judgement]:
    """The changes that may take a protected resource away without having been allowed to.

    >>> policy = {"Statement": [{"Effect": "Deny", "Action": "Update:Replace", "Principal": "*",
    ...                          "Resource": "LogicalResourceId/Trail"}]}
    >>> from cfngen.template.change.diff import Change
    >>> from cfngen.template.change.consequence import Consequence
    >>> trail = Judgement(Change("Resources", "Trail", "", "modify", ()), Consequence.REPLACE)
    >>> blocked([trail], [policy], []) == [trail], blocked([trail], [policy], ["Trail"])
    (True, [])
    """
    patterns = [
        pattern for policy in policies for statement in _denials(policy) for pattern in _ids(statement)
    ]
    return [
        item
        for item in changes
        if loses(item)
        and item.change.logical_id not in allowed
        and any(fnmatchcase(item.change.logical_id, pattern) for pattern in patterns)
    ]


def loosened(policy: Policy, allowed: Collection[str]) -> Policy:
    """The policy without the denials of what is allowed.

    >>> policy = {"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*",
    ...                          "Resource": ["LogicalResourceId/A", "LogicalResourceId/B"]}]}
    >>> loosened(policy, ["A"])["Statement"][0]["Resource"]
    ['LogicalResourceId/B']
    """
    denials = list(_denials(policy))
    statements = []
    for statement in _statements(policy):
        if statement not in denials:
            statements.append(statement)
            continue
        kept = [
            pattern for pattern in _ids(statement) if not any(fnmatchcase(one, pattern) for one in allowed)
        ]
        if kept:
            statements.append({**statement, "Resource": [f"{_PREFIX}{pattern}" for pattern in kept]})
    everything = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    return {**policy, "Statement": statements or [everything]}


def current(account: Account, stack: DeployedStack, pace: Pace) -> Steps[Policy | None]:
    """The deployed stack's policy; None where it has none, or it may not be read.

    Raises:
        CallError: it cannot be read for another reason.
    """
    policy = yield from _read(account, stack, pace)
    return None if policy is _UNREADABLE else policy


_UNREADABLE: Policy = {}
"""In the place of a stack policy that may not be read."""


def _read(account: Account, stack: DeployedStack, pace: Pace) -> Steps[Policy | None]:
    try:
        answer = yield from patiently(pace, account.cloudformation, "GetStackPolicy", StackName=stack.id)
    except CallError as error:
        if error.trouble is Trouble.DENIED:
            return _UNREADABLE
        raise
    body = answer.get("StackPolicyBody")
    policy: Policy | None = json.loads(body) if body else None
    return policy


def set_policy(account: Account, stack_id: str, policy: Policy) -> None:
    """Give the stack this policy.

    Raises:
        CallError: it cannot be set.
    """
    call(account.cloudformation, "SetStackPolicy", StackName=stack_id, StackPolicyBody=json.dumps(policy))


def secure(
    account: Account, request: Request, stack: DeployedStack, pace: Pace, *, new: bool = False
) -> Steps[None]:
    """Turn on the protection that the manifest asks for, where it is not on.

    Arguments:
        new: whether the stack was just created, so that it has no protection yet.

    Raises:
        CallError: it cannot be turned on.
    """
    client = account.cloudformation
    if request.entry.termination_protection and (new or not stack.protected):
        asked = {"StackName": stack.id, "EnableTerminationProtection": True}
        yield from patiently(pace, client, "UpdateTerminationProtection", **asked)
        yield from _confirmed(account, stack, pace)
    policy = request.entry.stack_policy
    if policy is not None and (new or (yield from current(account, stack, pace)) != policy):
        body = json.dumps(policy)
        yield from patiently(pace, client, "SetStackPolicy", StackName=stack.id, StackPolicyBody=body)
        there = yield from _read(account, stack, pace)
        if there is not _UNREADABLE and there != policy:
            raise unconfirmed("SetStackPolicy", "the stack does not have this stack policy")


def unconfirmed(operation: str, said: str) -> CallError:
    """That a protection was set and is not there."""
    return CallError(operation, Trouble.REFUSED, f"{said} although it was set", "run this again")


def _confirmed(account: Account, stack: DeployedStack, pace: Pace) -> Steps[None]:
    """Read back that termination protection is on; reads lag behind writes."""
    waits = backoff()
    for _ in range(STALE_READS):
        try:
            if (yield from look(pace, account.cloudformation, stack.id)).protected:
                return
        except CallError as error:
            if error.trouble is Trouble.DENIED:  # the answer to the call itself is what is known
                return
            raise
        yield next(waits)
    raise unconfirmed("UpdateTerminationProtection", "the stack is not protected against deletion")


def _statements(policy: Policy | None) -> list[Mapping[str, Any]]:
    statements = (policy or {}).get("Statement", [])
    return [statements] if isinstance(statements, Mapping) else list(statements)


def _denials(policy: Policy | None) -> Iterator[Mapping[str, Any]]:
    for statement in _statements(policy):
        actions = _listed(statement.get("Action"))
        if statement.get("Effect") == "Deny" and any(action in _GUARDED for action in actions):
            yield statement


def _ids(statement: Mapping[str, Any]) -> list[str]:
    return [str(resource).removeprefix(_PREFIX) for resource in _listed(statement.get("Resource"))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
