"""IAM's simulator, asked once for all lines that share a principal and the keys of the request.

Since mid 2026 an answer has one result an action, and one for each resource inside of it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cfngen.verify.attached import aliases_of_key
from cfngen.verify.claims import Claim
from cfngen.verify.world import World

_MOST_ACTIONS, _MOST_RESOURCES = 50, 20
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
    def group(self) -> tuple[str, tuple[tuple[str, str], ...], bool]:
        """What lines have in common that are asked about together; `*` is answered apart from ARNs."""
        keys = tuple(sorted((name, str(value)) for name, value in self.context.items()))
        return self.principal, keys, self.resource == "*"


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


class Simulations:
    """The answers of one run, each group of lines asked for when the first of them is judged."""

    def __init__(self, world: World, lines: Iterable[PermissionLine]) -> None:
        self._world = world
        self._groups: dict[Any, list[PermissionLine]] = defaultdict(list)
        for line in lines:
            self._groups[line.group].append(line)

    @classmethod
    def of(cls, world: World) -> Simulations:
        """The world's, made from all its claims when it is first asked for."""
        return world.once("simulations", lambda: cls(world, _simulated(world)))

    def decide(self, line: PermissionLine) -> Decision:
        """IAM's answer.

        Raises:
            CallError: the simulator gave none.
        """
        group = line.group
        answers = self._world.once(("simulation", group), lambda: self._ask(self._groups[group]))
        return answers[line.action, line.resource]

    def _ask(self, lines: list[PermissionLine]) -> dict[tuple[str, str], Decision]:
        found: dict[tuple[str, str], Decision] = {}
        by_resource: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            by_resource[line.resource].append(line.action)
        resources = sorted(by_resource)
        for start in range(0, len(resources), _MOST_RESOURCES):
            some = resources[start : start + _MOST_RESOURCES]
            actions = sorted({action for resource in some for action in by_resource[resource]})
            for first in range(0, len(actions), _MOST_ACTIONS):
                found |= self._call(lines[0], actions[first : first + _MOST_ACTIONS], some)
        return found

    def _call(
        self, line: PermissionLine, actions: list[str], resources: list[str]
    ) -> dict[tuple[str, str], Decision]:
        results = self._world.calls.pages(
            "iam",
            "SimulatePrincipalPolicy",
            "EvaluationResults",
            after="Marker",
            PolicySourceArn=line.principal,
            ActionNames=actions,
            ResourceArns=resources,
            ContextEntries=[_entry(name, value) for name, value in sorted(line.context.items())],
        )
        return {
            (result["EvalActionName"], resource): decision
            for result in results
            for resource, decision in _decisions(result, resources)
        }


def _simulated(world: World) -> Iterator[PermissionLine]:
    """The lines that the simulator judges, of all claims of the run."""
    lines = (line_of(claim, world) for claim in world.claims if claim.kind == "permission")
    return (line for line in lines if line.simulated)


def _decisions(result: Mapping[str, Any], resources: list[str]) -> Iterable[tuple[str, Decision]]:
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
