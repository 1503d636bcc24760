"""The claims that every template makes by itself."""

from __future__ import annotations

from collections.abc import Iterator

from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed
from cfngen.verify.world import Target

# Nothing is attached to these, and what they do not set is nothing.
_PLAIN = {
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::IAM::RolePolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::CodeBuild::Project",
}


def of_stack(target: Target) -> Iterator[Claim]:
    """The claims about the stack as a whole."""
    name = target.stack
    yield Claim(name, "stack", f"stack {target.stack_name} is deployed and in a good status", "stack")
    yield Claim(
        name,
        "template",
        f"the template of {target.stack_name} is that of out/, or out/ would change nothing",
        "template",
    )
    yield Claim(
        name,
        "protection",
        f"termination protection and stack policy of {target.stack_name} are those of out/",
        "protection",
        severity="medium",
    )
    if target.template.get("Outputs"):
        yield Claim(
            name, "outputs", f"every output of {target.stack_name} has a value", "outputs", severity="medium"
        )


def of_resources(target: Target, stack: Deployed) -> Iterator[Claim]:
    """Two claims about each resource whose condition holds."""
    for logical_id, kind in stack.types.items():
        yield Claim(
            target.stack,
            f"{logical_id}/as-template",
            f"{logical_id} ({kind}) is as its template says",
            "resource",
            logical_id,
        )
        if kind not in _PLAIN and not kind.startswith("Custom::"):
            yield Claim(
                target.stack,
                f"{logical_id}/nothing-added",
                f"nothing is set on {logical_id} or attached to it that the templates do not give",
                "additions",
                logical_id,
            )
