"""Only those whom the template names may take a role: the live trust policy against the resolved one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cfngen.template.likeness import differences
from cfngen.verify.checks.resource import told, unread
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:GetResource", "iam:GetRole")


def check(claim: Claim, world: World) -> Verdict:
    """Read the role, compare its trust policy, and name whom it lets in."""
    stack = world.deployed(claim.stack)
    if stack is None or claim.about not in stack.ids:
        return cannot_tell("the role is not deployed")
    reading = world.read(stack, claim.about)
    if (early := unread(reading)) is not None:
        return early if early.outcome == "cannot tell" else cannot_tell("the role does not exist any more")
    given = _document(stack.properties[claim.about]["AssumeRolePolicyDocument"])
    actual = _document((reading.properties or {})["AssumeRolePolicyDocument"])
    unlike = differences(given, actual, "the trust policy")
    if unlike:
        return fails("the trust policy differs from the template's", [told(each) for each in unlike])
    wanted = claim.given.get("principal")
    trusted = sorted(_principals(actual))
    if wanted is not None and trusted != [wanted]:
        return fails(f"the role trusts {', '.join(trusted)}, and should trust {wanted} alone")
    return holds(f"the role trusts {', '.join(trusted)}, as the template says, statement by statement")


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _principals(document: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for statement in document["Statement"]:
        principal = statement.get("Principal", {}) if statement.get("Effect") == "Allow" else {}
        for named in [principal] if isinstance(principal, str) else principal.values():
            found |= {named} if isinstance(named, str) else set(named)
    return found
