"""Termination protection and the stack policy are the manifest's."""

from __future__ import annotations

import json

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:GetStackPolicy",)


def check(claim: Claim, world: World) -> Verdict:
    """Look at DescribeStacks and GetStackPolicy."""
    stack = world.deployed(claim.stack)
    if stack is None:
        return cannot_tell("the stack is not deployed")
    entry = world.targets[claim.stack].entry
    protected = bool(stack.described.get("EnableTerminationProtection"))
    wrong = []
    if protected is not entry.termination_protection:
        wrong.append(
            f"termination protection is {_on(protected)}, and should be {_on(entry.termination_protection)}"
        )
    body = world.calls("cloudformation", "GetStackPolicy", StackName=stack.arn).get("StackPolicyBody")
    policy = json.loads(body) if body else None
    if policy != entry.stack_policy:
        state = (
            "the stack has no stack policy"
            if policy is None
            else "the stack policy differs from that of out/"
        )
        wrong.append(state if entry.stack_policy else f"{state}, and there should be none")
    if wrong:
        return fails("; ".join(wrong))
    return holds(
        f"termination protection is {_on(protected)}, and "
        + ("the stack policy is that of out/" if policy else "the stack has no stack policy")
    )


def _on(state: bool) -> str:
    return "on" if state else "off"
