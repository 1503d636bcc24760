"""Every output of the template has a value."""

from __future__ import annotations

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:DescribeStacks",)


def check(claim: Claim, world: World) -> Verdict:
    """Look at DescribeStacks."""
    stack = world.deployed(claim.stack)
    if stack is None:
        return cannot_tell("the stack is not deployed")
    values = {item["OutputKey"]: item.get("OutputValue", "") for item in stack.described.get("Outputs", ())}
    missing = [name for name in stack.outputs if not values.get(name)]
    if missing:
        return fails(f"no value: {', '.join(missing)}")
    return holds(f"{len(stack.outputs)} outputs have a value")
