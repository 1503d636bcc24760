"""`cfngen drift` on a real emulator, from outside."""

from __future__ import annotations

from tests.support.account_world import World, topic
from tests.support.schemas import valid


def _parameter(value: str) -> dict[str, object]:
    properties = {"Name": "/drifts", "Type": "String", "Value": value}
    return {"Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}}}


def test_what_was_changed_by_hand_is_shown_property_by_property(here: World) -> None:
    here.stack("one", _parameter("ours"))
    here.deploy()
    assert here.run("drift", "--exit-code").code == 0
    here.aws.client("ssm").put_parameter(Name="/drifts", Value="theirs", Type="String", Overwrite=True)
    ran = here.run("drift", "--format", "json")
    valid("drift", ran.json)
    (stack,) = ran.json["stacks"]
    (resource,) = stack["resources"]
    assert (ran.code, stack["result"], resource["logical_id"], resource["status"]) == (
        0,
        "drifted",
        "Parameter",
        "MODIFIED",
    )
    assert {"path": "Value", "expected": "ours", "actual": "theirs"} in resource["differences"]
    text = here.run("drift", "--exit-code")
    assert text.code == 3
    assert "    Value: ours in the template, theirs in the account" in text.out
    assert "  bring it back with: cfngen plan one --env dev --revert-drift; or" in text.out
    assert "by hand" not in text.out


def test_what_was_deleted_by_hand(here: World) -> None:
    here.stack("one", _parameter("ours"))
    here.deploy()
    here.aws.client("ssm").delete_parameter(Name="/drifts")
    (stack,) = here.run("drift", "--format", "json").json["stacks"]
    assert [(each["logical_id"], each["status"]) for each in stack["resources"]] == [("Parameter", "DELETED")]


def test_a_stack_that_is_not_there(here: World) -> None:
    here.stack("one", topic("one"))
    here.stack("two", topic("two"))
    here.deploy("two")
    ran = here.run("drift")
    assert (ran.code, ran.out) == (0, "one: not deployed\ntwo: as its template says, 1 of 1 resources read\n")


def test_a_policy_that_was_attached_by_hand(here: World) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    properties = {"RoleName": "drifts", "AssumeRolePolicyDocument": document}
    here.stack("one", {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})
    here.deploy()
    assert here.run("drift", "--exit-code").code == 0
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    here.aws.client("iam").attach_role_policy(RoleName="drifts", PolicyArn=arn)
    ran = here.run("drift", "--exit-code")
    assert ran.code == 3
    assert f"ManagedPolicyArns: (none) in the template, {arn} in the account" in ran.out
    assert "remove it by hand" in ran.out
    assert "--revert-drift" not in ran.out
