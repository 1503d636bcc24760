"""The stack's template is the released one, byte for byte."""

from __future__ import annotations

import hashlib
from typing import Any

from cfngen.errors import CfngenError
from cfngen.template.load import load
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:GetTemplate",)


def check(claim: Claim, world: World) -> Verdict:
    """Compare GetTemplate's Original with the file."""
    stack = world.deployed(claim.stack)
    if stack is None:
        return cannot_tell("the stack is not deployed")
    target = world.targets[claim.stack]
    answer = world.calls("cloudformation", "GetTemplate", StackName=stack.arn, TemplateStage="Original")
    body = answer["TemplateBody"]
    wanted = hashlib.sha256(target.content).hexdigest()
    if isinstance(body, str) and body.encode() == target.content:
        return holds(f"sha256 {wanted}, version {_version(target.template)}")
    deployed = _data(body)
    if deployed is None:
        return fails("the deployed template cannot be read")
    if deployed == target.template:
        return fails("the deployed template has the same content, but not the same bytes")
    return fails(
        f"version {_version(deployed)} is deployed, and out/ has version {_version(target.template)} "
        f"with other content"
    )


def _data(body: Any) -> Any:
    """boto3 gives a template written in JSON as data, one in YAML as text."""
    if not isinstance(body, str):
        return body
    try:
        return load(body.encode(), "the deployed template").data
    except CfngenError:
        return None


def _version(template: Any) -> str:
    mark = template.get("Metadata", {}).get("cfngen", {}) if isinstance(template, dict) else {}
    return str(mark.get("Version", "unknown"))
