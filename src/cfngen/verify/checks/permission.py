"""Who may do what: by IAM's simulator for what roles hold; else the policy that was judged is in place.

The simulator knows no service as a caller, and takes no resource policy for a role: what depends on those is
judged by the evaluator of the tests, over the template. Here it is shown that the policy in the account is
that one, statement by statement.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from functools import partial

from cfngen.template.likeness import differences
from cfngen.verify.attached import guards
from cfngen.verify.checks.resource import told
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.simulations import PermissionLine, decide, line_of
from cfngen.verify.world import World

NEEDS = ("iam:SimulatePrincipalPolicy", "cloudformation:GetResource")


def check(claim: Claim, world: World) -> Verdict:
    """Judge one line."""
    line = line_of(claim, world)
    if line.simulated:
        return _simulated(line, world)
    return _in_place(line, world)


def _simulated(line: PermissionLine, world: World) -> Verdict:
    decision = decide(line, world)
    if decision is None:
        return cannot_tell(f"IAM's policy simulator says nothing about {line.action} on {line.resource}")
    if decision.missing:
        return cannot_tell(f"IAM's policy simulator needs values for {', '.join(decision.missing)}")
    by = f", by {', '.join(decision.statements)}" if decision.statements else ""
    said = f"IAM's policy simulator says {decision.word}{by}"
    judged = "; it judged the role's own policies and its boundary, not the policies of resources"
    if decision.allowed is line.allowed:
        return holds(said + judged)
    return fails(f"{said}, and it should be {'allowed' if line.allowed else 'denied'}")


def _in_place(line: PermissionLine, world: World) -> Verdict:
    """The policies that decide the line, in the account as in the template."""
    names = []
    for stack, logical_id, property_name in guards(world, line.resource):
        key = "in place", stack.arn, logical_id, property_name
        wrong = world.once(key, partial(_unlike, world, stack, logical_id, property_name))
        if wrong is not None:
            return wrong
        names.append(logical_id)
    if not names:
        return cannot_tell(f"no stack of this environment has the policy of {line.resource}")
    lacks = "a service as the caller" if line.by_service else "the policy of a resource"
    return holds(
        f"the policy {' and '.join(names)} is deployed as the template writes it, statement by statement, "
        f"and a test judges it; IAM's policy simulator does not take {lacks}"
    )


def _unlike(world: World, stack: Deployed, logical_id: str, property_name: str) -> Verdict | None:
    """What there is to say where the policy in the account is not the template's; many lines ask that."""
    reading = world.read(stack, logical_id)
    if reading.missing:
        return fails(f"the policy {logical_id} does not exist any more")
    if reading.properties is None:
        return cannot_tell(reading.reason, reading.needs)
    given = {property_name: stack.properties[logical_id][property_name]}
    unlike = differences(given, {property_name: reading.properties.get(property_name)})
    if not unlike:
        return None
    return fails(
        f"the policy {logical_id} differs from the one that was tested", [told(each) for each in unlike]
    )
