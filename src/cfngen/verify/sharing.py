"""Which lines share a call of IAM's simulator: the keys of the request that a call gives are for all of it.

A service's own keys are in requests to that service alone, save a few that others see, too. So another
service's line may be asked in the same call, unless a statement that is about its action names the key.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol

from cfngen.template.access.managed_policies import statements as of_aws
from cfngen.verify.world import World

MOST_ANSWERS = 600
"""Actions times resources of one call. No limit is documented; this is what an answer of a second holds."""

Statement = Mapping[str, Any]
Context = Mapping[str, Any]
LineKey = tuple[str, str, str]


class SimulatedLine(Protocol):
    """What is asked: may the principal do this?"""

    @property
    def action(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def context(self) -> Context: ...
    @property
    def key(self) -> LineKey: ...


class SimulatorCall(NamedTuple):
    """One call: each action on each resource, with these keys of the request.

    Attributes:
        number: which of the principal's it is.
        lines: the keys of those that it answers.
    """

    number: int
    actions: list[str]
    resources: list[str]
    context: Context
    lines: list[LineKey]


class _Share(NamedTuple):
    context: dict[str, Any]
    lines: list[SimulatedLine]


def simulator_calls(
    lines: Iterable[SimulatedLine], statements: Sequence[Statement] | None
) -> Iterator[SimulatorCall]:
    """As few calls as answer all lines of one principal, none of them otherwise than asked alone.

    Arguments:
        statements: of all policies of the principal; None where one of them is not known, and only lines
            with the same keys share a call.
    """
    alike: dict[tuple[bool, str], list[SimulatedLine]] = defaultdict(list)
    for line in lines:
        # `*` is answered in another place than ARNs are.
        alike[line.resource == "*", line.key[-1]].append(line)
    shares: dict[bool, list[_Share]] = defaultdict(list)
    for (everything, _), some in sorted(alike.items(), key=lambda each: -len(each[1])):
        fitting = (each for each in shares[everything] if _fit(each, some, statements))
        share = next(fitting, None)
        if share is None:
            shares[everything].append(_Share(dict(some[0].context), some))
        else:
            share.context.update(some[0].context)
            share.lines.extend(some)
    portions = [each for share in (*shares[False], *shares[True]) for each in _portions(share)]
    for number, (context, some) in enumerate(portions):
        actions, resources = {line.action for line in some}, {line.resource for line in some}
        yield SimulatorCall(number, sorted(actions), sorted(resources), context, [line.key for line in some])


def _fit(share: _Share, lines: Sequence[SimulatedLine], statements: Sequence[Statement] | None) -> bool:
    if statements is None:
        return False
    given, wanted = share.context, lines[0].context
    if any(given[key] != wanted[key] for key in given.keys() & wanted.keys()):
        return False
    return not any(
        _matters(key.lower(), {line.action.lower() for line in others}, statements)
        for keys, others in (
            (wanted.keys() - given.keys(), share.lines),
            (given.keys() - wanted.keys(), lines),
        )
        for key in keys
    )


def _matters(key: str, actions: Iterable[str], statements: Sequence[Statement]) -> bool:
    """Whether the key, where it is given, may decide about actions of which the request has no such key."""
    services = {"aws", *(action.partition(":")[0] for action in actions)}
    if key.partition(":")[0] in services:
        return True
    # In a condition, or in a policy variable: `${kms:ViaService}`.
    naming = [statement for statement in statements if key in str(statement).lower()]
    return any(_about(statement, action) for statement in naming for action in actions)


def _about(statement: Statement, action: str) -> bool:
    if "Action" not in statement:
        return True  # NotAction: nearly everything
    patterns = statement["Action"]
    return any(
        fnmatchcase(action, pattern.lower())
        for pattern in ([patterns] if isinstance(patterns, str) else patterns)
    )


def _portions(share: _Share) -> Iterator[tuple[Context, list[SimulatedLine]]]:
    """The lines, so many at a time that the answer stays small."""
    some: list[SimulatedLine] = []
    actions: set[str] = set()
    resources: set[str] = set()
    for line in sorted(share.lines, key=lambda line: (line.resource, line.action)):
        if len(actions | {line.action}) * len(resources | {line.resource}) > MOST_ANSWERS:
            yield share.context, some
            some, actions, resources = [], set(), set()
        some.append(line)
        actions.add(line.action)
        resources.add(line.resource)
    yield share.context, some


def statements_of(world: World, principal: str) -> list[Statement] | None:
    """The statements of all policies that a role of the stacks has now; None where one is not known."""
    role = world.known("AWS::IAM::Role", principal.rpartition("/")[2])
    if role is None:
        return None
    found = [policy["PolicyDocument"] for policy in role.get("Policies") or ()]
    boundary = role.get("PermissionsBoundary")
    for arn in [*(role.get("ManagedPolicyArns") or ()), *([boundary] if boundary else [])]:
        policy = world.known("AWS::IAM::ManagedPolicy", arn)
        document = {"Statement": of_aws(arn)} if policy is None else policy.get("PolicyDocument")
        if document is None or not document["Statement"]:
            return None
        found.append(document)
    statements: list[Statement] = []
    for document in found:
        body = document["Statement"]
        statements += [body] if isinstance(body, Mapping) else body
    return statements
