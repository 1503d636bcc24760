"""What the rules of AWS Config say."""

from __future__ import annotations

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = ("config:DescribeComplianceByConfigRule",)


def check(claim: Claim, world: World) -> Verdict:
    """Ask for the compliance of the rules that the stack makes.

    A rule in `by_design` may report what its stack means to be so: `{"LogicalId": "why"}`.
    """
    stack = world.deployed(claim.stack)
    if stack is None:
        return cannot_tell("the stack is not deployed")
    names = [
        stack.ids[logical_id]
        for logical_id, kind in stack.types.items()
        if kind == "AWS::Config::ConfigRule" and logical_id in stack.ids
    ]
    found: dict[str, str] = {}
    for start in range(0, len(names), 25):  # as many as one call takes
        answer = world.calls.pages(
            "config",
            "DescribeComplianceByConfigRule",
            "ComplianceByConfigRules",
            ConfigRuleNames=names[start : start + 25],
        )
        found |= {
            each["ConfigRuleName"]: each.get("Compliance", {}).get("ComplianceType", "INSUFFICIENT_DATA")
            for each in answer
        }
    expected = {
        stack.ids.get(logical_id): why for logical_id, why in claim.given.get("by_design", {}).items()
    }
    noncompliant = sorted(name for name, said in found.items() if said == "NON_COMPLIANT")
    if broken := [name for name in noncompliant if name not in expected]:
        return fails(f"{len(broken)} of {len(names)} rules are noncompliant", broken)
    silent = [name for name in names if found.get(name, "INSUFFICIENT_DATA") == "INSUFFICIENT_DATA"]
    if silent:
        return not_yet(
            f"{len(silent)} of {len(names)} rules have not evaluated anything yet",
            "a day after the deployment",
        )
    if noncompliant:
        reasons = "; ".join(f"{name}: {expected[name]}" for name in noncompliant)
        return holds(f"{len(names)} rules have evaluated, and report what is so by design: {reasons}")
    return holds(f"{len(names)} rules have evaluated, none is noncompliant")
