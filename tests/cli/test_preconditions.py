"""A stack that demands something of the account is not deployed while that does not hold."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from botocore.session import Session

from tests.support.account_world import World, botocore_session, topic

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
CLAIM = "one/Topic/boundary"


@pytest.fixture
def boundary(here: World) -> str:
    """A stack that demands the boundary of all roles `team-*` but `team-free`; the boundary's ARN."""
    made = here.aws.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(POLICY))
    arn = str(made["Policy"]["Arn"])
    claim: dict[str, Any] = {
        "says": "every role of the team has the boundary",
        "kind": "boundary",
        "about": "Topic",
        "before": True,
        "given": {"roles": "team-*", "boundary": arn, "but": ["team-free"]},
    }
    claims = json.dumps({"format_version": "1.0", "claims": {"Topic/boundary": claim}}).encode()
    here.stack("one", topic("one"), claims=hashlib.sha256(claims).hexdigest())
    (here.root / "out" / "one.claims.json").write_bytes(claims)
    return arn


def role(here: World, name: str, boundary: str | None = None) -> None:
    more = {"PermissionsBoundary": boundary} if boundary else {}
    here.aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **more)


def test_roles_that_have_the_boundary_and_others_are_in_nobodys_way(here: World, boundary: str) -> None:
    role(here, "team-a", boundary)
    role(here, "team-free")
    role(here, "other")
    assert here.plan().stacks["one"]["blocked"] is None
    ran = here.deploy()
    assert (ran.code, ran.stacks["one"]["result"]) == (0, "deployed"), ran.err
    verified = here.run("verify", "--format", "json")
    claims = {each["id"]: each for each in verified.json["claims"]}
    assert claims[CLAIM]["outcome"] == "holds"
    assert "all 1 roles team-*" in claims[CLAIM]["evidence"]


def test_a_plan_asks_for_no_resource_of_a_stack(here: World, boundary: str) -> None:
    asked: list[str] = []

    def listening() -> Session:
        session = botocore_session()
        session.register("before-call", lambda model, **_: asked.append(model.name))
        return session

    role(here, "team-a", boundary)
    here.session = listening
    assert here.plan().stacks["one"]["blocked"] is None
    assert "GetRole" in asked
    assert not {"GetResource", "ListStackResources"} & set(asked)


@pytest.mark.parametrize("other", [False, True])
def test_a_role_without_the_boundary_refuses_the_stack_by_name(
    here: World, boundary: str, *, other: bool
) -> None:
    role(here, "team-a", boundary)
    if other:
        more = here.aws.client("iam").create_policy(PolicyName="wide", PolicyDocument=json.dumps(POLICY))
        role(here, "team-b", str(more["Policy"]["Arn"]))
    else:
        role(here, "team-b")
    planned = here.plan().stacks["one"]
    assert planned["result"] == "planned"
    assert "team-b: " in planned["blocked"]["reason"]
    assert "team-a: " not in planned["blocked"]["reason"]
    ran = here.deploy()
    failure = ran.stacks["one"]["failure"]
    assert (ran.code, ran.stacks["one"]["result"], here.status("one")) == (1, "failed", None)
    assert "1 of 2 roles team-* do not have the boundary" in failure["reason"]
    assert failure["remedy"].endswith(f"--allow-unmet {CLAIM}")


def test_what_is_accepted_by_name_is_deployed_and_verify_tells_it_all_the_same(
    here: World, boundary: str
) -> None:
    assert boundary
    role(here, "team-b")
    assert here.deploy("--allow-unmet", "one/Other").code == 1
    assert here.deploy("--allow-unmet", CLAIM).code == 0
    verified = here.run("verify", "--format", "json")
    claims = {each["id"]: each for each in verified.json["claims"]}
    assert (verified.code, claims[CLAIM]["outcome"]) == (1, "does-not-hold")


def test_it_is_looked_at_right_before_the_deployment_not_at_its_beginning(here: World, boundary: str) -> None:
    """The stack before it gives the role its boundary in the same run."""
    role(here, "team-b")
    roles = topic("roles")
    roles["Resources"]["Role"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "team-c",
            "AssumeRolePolicyDocument": json.loads(TRUST),
        },
    }
    here.stack("roles", roles)
    here.stack("one", topic("one"), depends_on=["roles"])
    assert here.deploy("roles").code == 0
    here.aws.client("iam").put_role_permissions_boundary(RoleName="team-b", PermissionsBoundary=boundary)
    roles["Resources"]["Role"]["Properties"]["PermissionsBoundary"] = boundary
    here.stack("roles", roles)
    ran = here.deploy()
    assert (ran.code, ran.stacks["one"]["result"]) == (0, "deployed"), ran.err
