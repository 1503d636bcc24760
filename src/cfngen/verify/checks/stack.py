"""The stack is deployed and in a good status."""

from __future__ import annotations

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


def check(claim: Claim, world: World) -> Verdict:
    """Look at DescribeStacks."""
    stack = world.deployed(claim.stack)
    name = world.targets[claim.stack].stack_name
    if stack is None:
        return fails(f"there is no stack {name} in account {world.account.id}, {world.account.region}")
    if stack.status in _GOOD:
        return holds(f"the stack {name} is {stack.status}")
    if stack.status.endswith("_IN_PROGRESS"):
        return not_yet(f"the stack {name} is {stack.status}", "when the operation has ended")
    reason = stack.described.get("StackStatusReason")
    return fails(f"the stack {name} is {stack.status}" + (f": {reason}" if reason else ""))
