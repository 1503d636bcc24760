"""A resource is as its template says, property by property."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfngen.aws.resources import Reading
from cfngen.template.likeness import Unlike, differences, without
from cfngen.template.values import unknowns
from cfngen.verify.attached import policies_of_role
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:GetResource",)

# What is attached from outside is told by the claim that nothing was added.
_ATTACHED: Mapping[str, tuple[str, ...]] = {
    "AWS::IAM::ManagedPolicy": ("Roles[",),
    "AWS::IAM::Role": ("ManagedPolicyArns[", "Policies["),
    "AWS::SNS::Topic": ("Subscription[",),
}


def check(claim: Claim, world: World) -> Verdict:
    """Read the resource and compare each property that the template sets."""
    stack = world.deployed(claim.stack)
    if stack is None or claim.about not in stack.ids:
        return cannot_tell("the stack is not deployed" if stack is None else "the resource is not deployed")
    reading = world.read(stack, claim.about)
    if (early := unread(reading)) is not None:
        return early
    given = readable(world, stack, claim.about)
    attached = _ATTACHED.get(stack.types[claim.about], ())
    unlike = [
        each
        for each in differences(given, reading.properties or {})
        if each.given is not None or not each.path.startswith(attached)
    ]
    if unlike:
        differ = "one value differs" if len(unlike) == 1 else f"{len(unlike)} values differ"
        return fails(differ, [told(each) for each in unlike])._replace(unlike=tuple(unlike))
    open_ = sorted(unknowns(dict(given)))
    rest = (
        f"; not compared, because their values are known at deployment only: {', '.join(open_)}"
        if open_
        else ""
    )
    return holds(f"{len(given)} properties compared, read by {reading.api}{rest}")


def unread(reading: Reading) -> Verdict | None:
    """What there is to say where the resource could not be read."""
    if reading.missing:
        return fails("the resource does not exist any more")._replace(missing=True)
    if reading.properties is None:
        return cannot_tell(reading.reason, reading.needs)
    return None


def readable(world: World, stack: Deployed, logical_id: str) -> dict[str, Any]:
    """The properties that the template gives and the reader answers, with what the stack attaches itself."""
    kind = stack.types[logical_id]
    schema = world.schemas.get(kind)
    hidden = set(schema.write_only) if schema else set()
    given: dict[str, Any] = without(dict(stack.properties[logical_id]), hidden)
    if kind == "AWS::IAM::Role":
        attached = policies_of_role(world, stack.ids[logical_id])
        managed = given.get("ManagedPolicyArns", [])
        given["ManagedPolicyArns"] = list(dict.fromkeys([*managed, *attached]))
    return given


def told(unlike: Unlike) -> str:
    """One difference in words."""
    return f"{unlike.path}: {shown(unlike.given)} in the template, {shown(unlike.actual)} in the account"


def shown(value: Any) -> str:
    """A value on one line."""
    import json

    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
