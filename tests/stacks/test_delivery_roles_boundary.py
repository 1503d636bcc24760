"""What the execution role makes stays under the boundary, and it cannot change itself."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.support.stacks.actions import expanded
from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, resources, template

STACK, BUILDS = "delivery-roles", "delivery-pipeline"
P = "mlops-retail-prediction-prod"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/{P}-boundary"
STACKS = sorted({file.stem for file in (Path(__file__).parents[2] / "out").glob("*.yaml")} - {STACK, BUILDS})


def empower() -> dict[str, dict[str, Any]]:
    return document(properties(STACK, "EmpowerPolicy", "prod")["PolicyDocument"])


def granted() -> set[str]:
    return expanded(
        action
        for statement in empower().values()
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    )


def test_who_may_take_a_role_and_what_it_may_do_is_for_roles_under_the_boundary() -> None:
    under = {"iam:PermissionsBoundary": BOUNDARY}
    powerful = {
        "iam:createrole",
        "iam:attachrolepolicy",
        "iam:detachrolepolicy",
        "iam:putrolepermissionsboundary",
        "iam:updateassumerolepolicy",
    }
    for statement in empower().values():
        if statement["Effect"] == "Allow" and expanded(statement["Action"]) & powerful:
            assert statement["Condition"]["StringEquals"] == under
    allowed = granted()
    assert powerful <= allowed
    assert not {"iam:putrolepolicy", "iam:deleterolepermissionsboundary", "iam:createuser"} & allowed


def test_what_is_attached_is_ours_or_in_the_stacks_and_never_full_access() -> None:
    attachable = empower()["AttachUnderBoundary"]["Condition"]["ArnLike"]["iam:PolicyARN"]
    attached = {
        arn
        for stack in STACKS
        for body in resources(stack, "prod").values()
        if body["Type"] == "AWS::IAM::Role"
        for arn in body["Properties"].get("ManagedPolicyArns", [])
    }
    assert attached
    assert [arn for arn in attached if not any(fnmatchcase(arn, pattern) for pattern in attachable)] == []
    for name in ("AdministratorAccess", "AmazonS3FullAccess", "AmazonSageMakerFullAccess", "IAMFullAccess"):
        assert not any(fnmatchcase(f"arn:aws:iam::aws:policy/{name}", pattern) for pattern in attachable)


def test_the_execution_role_cannot_change_itself_the_builds_or_the_boundary() -> None:
    denied = empower()["NotItselfNorWhatHasNoBoundary"]
    ours = [
        body["Properties"].get("RoleName") or body["Properties"]["ManagedPolicyName"]
        for stack in (STACK, BUILDS)
        for body in resources(stack, "prod").values()
        if body["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
    ]
    assert len(ours) == 14
    for name in ours:
        kinds = [f"arn:aws:iam::{ACCOUNT}:{kind}/{name}" for kind in ("role", "policy")]
        assert any(fnmatchcase(arn, pattern) for arn in kinds for pattern in denied["Resource"]), name
    changing = {
        action
        for action in granted()
        if re.fullmatch(
            r"iam:(attach|create|delete|detach|put|set|update)\w*(role|policy\w*|boundary)", action
        )
    }
    assert changing <= expanded(denied["Action"])
    bucket = properties(BUILDS, "TemplateBucket", "prod")["BucketName"]
    store = document(properties(STACK, "StorePolicy", "prod")["PolicyDocument"])
    assert store["NotTheTemplateBucket"]["Resource"] == [f"arn:aws:s3:::{bucket}"]


def test_roles_are_passed_to_the_services_that_the_stacks_give_them_to() -> None:
    passed = empower()["PassRolesToWatchers"]["Condition"]["StringEquals"]["iam:PassedToService"]
    assert set(passed) == {f"{service}.amazonaws.com" for service in ("cloudtrail", "config", "events")}


def test_cloudformation_is_trusted_and_nobody_else() -> None:
    trust = document(properties(STACK, "ExecutionRole", "prod")["AssumeRolePolicyDocument"])
    assert [statement["Principal"] for statement in trust.values()] == [
        {"Service": "cloudformation.amazonaws.com"}
    ]


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_whatever_hangs_on_a_role_without_the_boundary_is_out_of_reach(where: str) -> None:
    """IAM cannot tie a new version of a policy to a boundary: it would be whatever the template says."""
    denied = document(properties(STACK, "EmpowerPolicy", where)["PolicyDocument"])[
        "NotItselfNorWhatHasNoBoundary"
    ]
    everything = [body for stack in [*STACKS, STACK, BUILDS] for body in resources(stack, where).values()]
    free = {
        body["Properties"]["RoleName"]
        for body in everything
        if body["Type"] == "AWS::IAM::Role" and "PermissionsBoundary" not in body["Properties"]
    }
    assert len(free) == 6
    held = [
        body["Properties"]["ManagedPolicyName"]
        for body in everything
        if body["Type"] == "AWS::IAM::ManagedPolicy" and free & set(body["Properties"].get("Roles", []))
    ]
    arns = [
        *(f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in free),
        *(f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in held),
    ]
    for arn in arns:
        assert any(fnmatchcase(arn, pattern) for pattern in denied["Resource"]), arn


@pytest.mark.parametrize("stack", STACKS)
def test_every_role_of_the_stacks_takes_the_boundary(stack: str) -> None:
    """But for AWS Config's own, whose reading no boundary could list, and CloudTrail's: it comes first."""
    for name, body in template(stack)["Resources"].items():
        if body["Type"] == "AWS::IAM::Role" and name not in {"RecorderServiceRole", "DeliveryRole"}:
            assert "HasPermissionsBoundary" in json.dumps(body["Properties"]["PermissionsBoundary"]), name


def everything_asked_for(stack: str) -> dict[str, str]:
    """The values that switch on all that the stack's parameters offer."""
    asked = {"AwsImages": REGION}
    asked |= {
        name: "enabled"
        for name, definition in template(stack)["Parameters"].items()
        if set(definition.get("AllowedValues", ())) == {"enabled", "disabled"}
    }
    return {name: value for name, value in asked.items() if name in template(stack)["Parameters"]}


@pytest.mark.parametrize("stack", STACKS)
def test_the_boundary_leaves_the_roles_of_the_stacks_their_work(stack: str) -> None:
    ceiling = properties(STACK, "Boundary", "prod")["PolicyDocument"]["Statement"]
    exempt = {"config-delivery", "cloudtrail-delivery"}  # of roles without the boundary
    for logical_id, body in resources(stack, "prod", **everything_asked_for(stack)).items():
        if (
            body["Type"] != "AWS::IAM::ManagedPolicy"
            or body["Properties"]["ManagedPolicyName"][len(P) + 1 :] in exempt
        ):
            continue
        statements = body["Properties"]["PolicyDocument"]["Statement"]
        for statement in (each for each in statements if each["Effect"] == "Allow"):
            for action in expanded(statement["Action"]):
                for arn in statement["Resource"]:
                    assert any(
                        action in expanded(cap["Action"])
                        and any(
                            fnmatchcase(arn.replace("*", "x"), top) or arn == top for top in cap["Resource"]
                        )
                        for cap in ceiling
                        if cap["Effect"] == "Allow"
                    ), f"{logical_id}: {action} on {arn}"


def test_the_boundary_holds_nothing_that_makes_a_role_mightier() -> None:
    ceiling = properties(STACK, "Boundary", "prod")["PolicyDocument"]["Statement"]
    allowed = expanded(
        action for statement in ceiling if statement["Effect"] == "Allow" for action in statement["Action"]
    )
    assert {action for action in allowed if action.startswith("iam:")} == {
        "iam:createservicelinkedrole",
        "iam:passrole",
    }
    assert not {
        action
        for action in allowed
        if re.match(r"(cloudtrail|config|organizations|sts|budgets|cloudformation|codebuild):", action)
    }
    assert (
        not {"kms:putkeypolicy", "kms:schedulekeydeletion", "s3:putbucketpolicy", "s3:deletebucket"} & allowed
    )


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_policies_fit_into_iam(where: str) -> None:
    """At most 6,144 characters without white space.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    for name, body in resources(STACK, where).items():
        if body["Type"] == "AWS::IAM::ManagedPolicy":
            text = json.dumps(body["Properties"]["PolicyDocument"], separators=(",", ":"))
            assert len(re.sub(r"\s", "", text)) <= 6144, name
