"""The stack's template is that of out/, byte for byte, or CloudFormation would take no update to it.

An update that changes no resource and no output is none to CloudFormation: a template that differs by a
parameter, or by what a condition leaves out with these values, stays the deployed one.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-no-updates-to-perform
"""

from __future__ import annotations

import hashlib
from typing import Any

from cfngen.errors import CfngenError, TemplateError
from cfngen.template.change.compare import compare
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import Target, World

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
    if isinstance(deployed, dict) and _changes_nothing(deployed, stack, target, world):
        return holds(
            f"version {_version(deployed)} is deployed, and version {_version(target.template)} of out/ "
            "would change nothing with these values"
        )
    return fails(
        f"version {_version(deployed)} is deployed, and out/ has version {_version(target.template)} "
        f"with other content"
    )


def _changes_nothing(deployed: dict[str, Any], stack: Deployed, target: Target, world: World) -> bool:
    """Whether no resource and no output becomes another one with the template of out/."""
    given = {
        each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
        for each in stack.described.get("Parameters", [])
    }
    account = world.account
    try:
        old, new = (
            resolve(
                template,
                values,
                account=account.id,
                region=account.region,
                partition=account.partition,
                stack_name=target.stack_name,
            )
            for template, values in ((deployed, given), (target.template, target.parameters))
        )
    except TemplateError:
        return False
    sections = {judgement.change.section for judgement in compare(old, new).judgements}
    return not sections & {"Resources", "Outputs"}


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
