"""IAM's simulator, asked as seldom as the lines of a run allow.

Since mid 2026 an answer has one result an action, and one for each resource inside of it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cfngen.verify.attached import aliases_of_key
from cfngen.verify.claims import Claim
from cfngen.verify.sharing import LineKey, SimulatorCall, simulator_calls, statements_of
from cfngen.verify.world import World

_BOOLEAN = {"true", "false"}


@dataclass(frozen=True)
class PermissionLine:
    """One line of the table.

    Attributes:
        own: whether it is about what the role that asks holds itself; else a resource's policy decides.
        context: the request's keys, the ones that AWS always sets among them.
    """

    allowed: bool
    principal: str
    action: str
    resource: str
    holds: str
    own: bool
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def by_service(self) -> bool:
        """Whether an AWS service asks."""
        return self.principal.endswith(".amazonaws.com")

    @property
    def simulated(self) -> bool:
        """Whether IAM's simulator can judge it: what a role of ours holds, and nobody's trust."""
        return self.own and self.holds == "stack"

    @property
    def key(self) -> LineKey:
        """The same for the same question."""
        return self.action, self.resource, repr(sorted(self.context.items()))


class Decision(NamedTuple):
    """IAM's answer to a line."""

    word: str
    statements: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.word == "allowed"


def line_of(claim: Claim, world: World) -> PermissionLine:
    """The line that a claim declares."""
    given, scope = claim.given, world.scope
    principal, action = given["principal"], given["action"]
    always: dict[str, Any] = {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": scope.region,
        "aws:PrincipalAccount": scope.account,
        "aws:PrincipalArn": principal,
        "aws:PrincipalIsAWSService": "false",
        # Only S3's own policies ask for the first; the same keys for all lines let many share one call.
        "s3:TlsVersion": "1.3",
        "aws:ResourceAccount": scope.account,
    }
    if ":key/" in given["resource"] and (aliases := aliases_of_key(world, given["resource"])):
        always["kms:ResourceAliases"] = aliases
    context = {**always, **given.get("context", {})}
    holds = given.get("holds", "stack")
    stack = world.deployed(claim.stack)
    own = (
        stack is not None
        and stack.types.get(claim.about) == "AWS::IAM::Role"
        and stack.ids.get(claim.about) == principal.rpartition("/")[2]
    )
    return PermissionLine(bool(given["allowed"]), principal, action, given["resource"], holds, own, context)


def decide(line: PermissionLine, world: World) -> Decision | None:
    """IAM's answer, asked for together with all lines of the run that can share the call; None without one.

    Raises:
        CallError: the simulator gave none.
    """
    asked = world.once("lines to simulate", lambda: _by_principal(world))[line.principal]
    key = "calls of the simulator", line.principal
    shared = world.once(key, lambda: _calls(asked, world))[line.key]
    answers = world.once((*key, shared.number), lambda: _ask(line.principal, shared, world))
    return answers.get((line.action, line.resource))


def _by_principal(world: World) -> Mapping[str, list[PermissionLine]]:
    """The lines that the simulator judges, of all claims of the run."""
    found: dict[str, list[PermissionLine]] = defaultdict(list)
    for claim in world.claims:
        if claim.kind == "permission" and (line := line_of(claim, world)).simulated:
            found[line.principal].append(line)
    return found


def _calls(lines: list[PermissionLine], world: World) -> dict[LineKey, SimulatorCall]:
    several = any(line.context != lines[0].context for line in lines)
    statements = statements_of(world, lines[0].principal) if several else None
    return {key: shared for shared in simulator_calls(lines, statements) for key in shared.lines}


def _ask(principal: str, shared: SimulatorCall, world: World) -> dict[tuple[str, str], Decision]:
    results = world.calls.pages(
        "iam",
        "SimulatePrincipalPolicy",
        "EvaluationResults",
        after="Marker",
        PolicySourceArn=principal,
        ActionNames=shared.actions,
        ResourceArns=shared.resources,
        ContextEntries=[_entry(name, value) for name, value in sorted(shared.context.items())],
    )
    return {
        (result["EvalActionName"], resource): decision
        for result in results
        for resource, decision in _decisions(result, shared.resources)
    }


def _decisions(result: Mapping[str, Any], resources: Sequence[str]) -> Iterable[tuple[str, Decision]]:
    each = result.get("ResourceSpecificResults") or ()
    for specific in each:
        yield (
            specific["EvalResourceName"],
            Decision(
                specific["EvalResourceDecision"],
                _statements(specific),
                tuple(specific.get("MissingContextValues", ())),
            ),
        )
    if not each and len(resources) == 1:
        yield (
            resources[0],
            Decision(
                result["EvalDecision"], _statements(result), tuple(result.get("MissingContextValues", ()))
            ),
        )


def _statements(result: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(each.get("SourcePolicyId", "") for each in result.get("MatchedStatements", ()))
    )


def _entry(name: str, value: Any) -> dict[str, Any]:
    values = value if isinstance(value, list) else [value]
    texts = [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
    kind = "boolean" if set(texts) <= _BOOLEAN else "string"
    if isinstance(value, list):
        kind += "List"
    return {"ContextKeyName": name, "ContextKeyValues": texts, "ContextKeyType": kind}
