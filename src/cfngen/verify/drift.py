"""What was changed by hand, from the same readings that the claims are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cfngen.template.likeness import Unlike
from cfngen.verify.results import Result
from cfngen.verify.world import World

DriftResult = Literal["in-sync", "drifted", "unknown", "not-deployed", "failed", "interrupted"]


class DriftedResource(NamedTuple):
    """One resource that is not as the template says.

    Attributes:
        status: `MODIFIED`, `DELETED`, or `UNKNOWN` where it could not be checked.
        differences: what differs, and what was added; without one where the template says nothing about it.
    """

    logical_id: str
    physical_id: str
    type: str
    status: Literal["MODIFIED", "DELETED", "UNKNOWN"]
    differences: tuple[Unlike, ...] = ()
    reason: str = ""


class StackDrift(NamedTuple):
    """What one stack's check found.

    Attributes:
        checked: how many of its resources could be read.
        total: how many it has.
    """

    stack: str
    stack_name: str
    result: DriftResult
    resources: tuple[DriftedResource, ...] = ()
    reason: str | None = None
    checked: int = 0
    total: int = 0


def drift(world: World, stack: str, results: Sequence[Result], *, interrupted: bool = False) -> StackDrift:
    """One stack's drift, from the results of its claims about resources.

    Raises:
        CallError: the stack could not be looked at.
    """
    name = world.targets[stack].stack_name
    deployed = world.deployed(stack)
    if deployed is None:
        return StackDrift(stack, name, "not-deployed")
    if interrupted:
        return StackDrift(stack, name, "interrupted")
    found, unread = [], 0
    for logical_id, kind in deployed.types.items():
        about = [result for result in results if result.claim.about == logical_id]
        identifier = deployed.ids.get(logical_id, "")
        gone = any(result.verdict.missing for result in about)
        blind = [result.verdict for result in about if result.outcome == "cannot tell" and not gone]
        unlike = tuple(each for result in about for each in result.verdict.unlike)
        if gone:
            found.append(DriftedResource(logical_id, identifier, kind, "DELETED"))
        elif blind:
            unread += 1
            needs = [need for verdict in blind for need in verdict.needs]
            reason = blind[0].evidence + (f"; needs {', '.join(dict.fromkeys(needs))}" if needs else "")
            found.append(DriftedResource(logical_id, identifier, kind, "UNKNOWN", unlike, reason))
        elif unlike:
            found.append(DriftedResource(logical_id, identifier, kind, "MODIFIED", unlike))
    total = len(deployed.types)
    drifted = any(resource.status != "UNKNOWN" for resource in found)
    result: DriftResult = "drifted" if drifted else "unknown" if unread else "in-sync"
    return StackDrift(stack, name, result, tuple(found), None, total - unread, total)
