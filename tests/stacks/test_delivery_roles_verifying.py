"""The verifying role has what `cfngen verify` needs, and nothing beyond."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.stacks.actions import expanded
from tests.support.stacks.deployed import document, properties, resources

STACK = "delivery-roles"


def needed(environment: str) -> set[str]:
    command = [sys.executable, "-m", "cfngen", "verify", "--env", environment, "--policy"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return actions(document(json.loads(ran.stdout)))


def actions(statements: dict[str, dict[str, Any]]) -> set[str]:
    return expanded(
        action
        for statement in statements.values()
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    )


@pytest.mark.parametrize("environment", ["dev", "prod", "workshop"])
def test_its_actions_are_those_that_verify_asks_for(environment: str) -> None:
    policy = document(properties(STACK, "VerifyPolicy", environment)["PolicyDocument"])
    assert {statement["Effect"] for statement in policy.values()} == {"Allow"}
    assert actions(policy) == needed(environment)


def test_its_name_is_one_that_the_pipeline_cannot_change() -> None:
    denied = document(properties(STACK, "EmpowerPolicy", "prod")["PolicyDocument"])[
        "NotItselfNorWhatHasNoBoundary"
    ]["Resource"]
    names = {properties(STACK, "VerifyRole", "prod")["RoleName"]} | {
        properties(STACK, "VerifyPolicy", "prod")["ManagedPolicyName"]
    }
    (name,) = names
    prefix = name.removesuffix("-verify")
    assert {f"role/{prefix}-*", f"policy/{prefix}*"} <= {arn.partition(":iam::")[2][13:] for arn in denied}


def test_the_deploying_build_has_the_policy_and_the_planning_build_has_not() -> None:
    name = properties(STACK, "VerifyPolicy", "prod")["ManagedPolicyName"]
    roles = {
        logical_id
        for logical_id, body in resources("delivery-pipeline", "prod").items()
        if any(name in arn for arn in body["Properties"].get("ManagedPolicyArns", []))
    }
    assert roles == {"DeployRole"}
