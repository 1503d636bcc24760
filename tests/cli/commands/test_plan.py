"""`cfngen plan` on a real emulator, from outside."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.session import Session

from tests.support.account_world import World, botocore_session, topic
from tests.support.failures import ALL
from tests.support.schemas import valid


def test_a_plan_is_explained_and_kept(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.plan()
    assert ran.code == 0, ran.err
    valid("deploy", ran.json)
    (stack,) = ran.stacks.values()
    assert (stack["result"], stack["stack_name"], stack["status"]) == ("planned", "dev-one", None)
    assert here.change_sets("one") == [stack["change_set"]]
    assert here.status("one") == "REVIEW_IN_PROGRESS"
    text = here.run("plan", "--full").out
    assert text.startswith(
        f"dev · account {here.aws.account} · {here.aws.region}\n  one  1.0.0  new, 1 to add\n"
    )
    assert "\n  +   Topic  AWS::SNS::Topic\n" in text
    assert stack["change_set"] in re.sub(r"\n +", "", text)


def test_planning_again_finds_the_same_change_set(here: World) -> None:
    here.stack("one", topic("one"))
    first, second = here.plan().stacks["one"], here.plan().stacks["one"]
    assert first["change_set"] == second["change_set"]
    assert here.change_sets("one") == [first["change_set"]]


def test_the_exit_code_tells_changes_where_asked_to(here: World) -> None:
    here.stack("one", topic("one"))
    assert here.plan("--exit-code").code == 3
    here.deploy()
    assert here.plan("--exit-code").code == 0


def test_a_stack_can_be_left_out(here: World) -> None:
    for name in ("one", "two"):
        here.stack(name, topic(name))
    assert set(here.plan("--without", "two").stacks) == {"one"}
    assert set(here.deploy("--without", "one").stacks) == {"two"}
    assert here.plan("--without", "three").code == 2


def test_it_can_be_saved(here: World) -> None:
    here.stack("one", topic("one"))
    path = here.root / "reports" / "plan.json"
    assert here.run("plan", "--save", str(path)).code == 0
    saved = json.loads(path.read_text())
    valid("deploy", saved)
    assert saved["stacks"][0]["result"] == "planned"


@pytest.mark.parametrize("kept", [False, True])
def test_discarded_leaves_nothing(here: World, kept: bool) -> None:
    here.stack("one", topic("one"))
    if kept:
        here.plan()
    ran = here.plan("--discard")
    assert (ran.code, ran.stacks["one"]["result"], ran.stacks["one"]["change_set"]) == (0, "planned", None)
    assert [change["logical_id"] for change in ran.stacks["one"]["changes"]] == ["Topic"]
    assert here.deployed() == {}


def test_discarding_the_second_of_two_plans_keeps_the_first(here: World) -> None:
    here.stack("one", topic("one"))
    first = here.plan().stacks["one"]["change_set"]
    here.stack("one", topic("one"), {"Word": "other"})
    here.plan("--discard")
    assert here.change_sets("one") == [first]
    here.stack("one", topic("one"))
    here.plan("--discard")
    assert here.deployed() == {}


def test_nothing_to_change_leaves_nothing(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    ran = here.plan()
    assert (ran.code, ran.stacks["one"]["result"]) == (0, "no-change")
    assert here.change_sets("one") == []


def test_an_empty_first_plan_leaves_no_stack(here: World) -> None:
    template = topic("one") | {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    template["Resources"]["Topic"]["Condition"] = "Never"
    del template["Outputs"]
    here.stack("one", template)
    ran = here.plan("--discard")
    assert (ran.code, here.deployed()) == (0, {})


def test_a_never_created_stack_of_somebody_else_stays(here: World) -> None:
    cloudformation = here.aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName="dev-one",
        ChangeSetName="theirs",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(topic("theirs")),
    )
    here.stack("one", topic("one"))
    ran = here.plan("--discard")
    assert ran.stacks["one"]["result"] == "planned"
    assert here.status("one") == "REVIEW_IN_PROGRESS"
    assert here.run("deploy", answer="n").code == 1
    assert here.status("one") == "REVIEW_IN_PROGRESS"


def test_changes_come_with_the_gravest_first(here: World) -> None:
    here.stack("one", _several(kept="a", renamed="b", gone=True))
    assert here.deploy().code == 0
    here.stack("one", _several(kept="c", renamed="d", gone=False, new=True))
    ran = here.plan()
    changes = [(each["logical_id"], each["consequence"]) for each in ran.stacks["one"]["changes"]]
    assert changes == [
        ("Gone", "delete"),
        ("Renamed", "replace"),
        ("Kept", "in-place"),
        ("New", "none"),
    ]
    (_gone, replaced, *_) = ran.stacks["one"]["changes"]
    causes = {cause["path"]: (cause["before"], cause["after"]) for cause in replaced["causes"]}
    assert causes["/Properties/TopicName"] == ("b", "d")
    assert "only a new resource can have another TopicName" in replaced["reasons"]
    text = here.run("plan").out
    assert "TopicName  b -> d" in text


def _several(*, kept: str, renamed: str, gone: bool, new: bool = False) -> dict[str, Any]:
    def of(**properties: str) -> dict[str, Any]:
        return {"Type": "AWS::SNS::Topic", "Properties": properties}

    resources = {"Kept": of(TopicName="kept", DisplayName=kept), "Renamed": of(TopicName=renamed)}
    resources |= {"Gone": of(TopicName="gone")} if gone else {}
    resources |= {"New": of(TopicName="new")} if new else {}
    return {"Resources": resources}


def test_permissions_gained_are_told(here: World) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "reader",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
        },
    }
    here.stack("one", {"Resources": {"Role": role}})
    assert here.deploy().code == 0
    role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {  # type: ignore[index]
        "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]
    }
    here.stack("one", {"Resources": {"Role": role}})
    ran = here.plan()
    assert [(each["direction"], each["statement"]) for each in ran.stacks["one"]["permissions"]] == [
        ("wider", "lambda.amazonaws.com is allowed sts:AssumeRole on role Role")
    ]


def test_existing_resources_can_be_taken_in(here: World) -> None:
    here.aws.client("ssm").put_parameter(Name="/mine", Value="v", Type="String")
    parameter = {
        "Type": "AWS::SSM::Parameter",
        "DeletionPolicy": "Retain",
        "Properties": {"Name": "/mine", "Type": "String", "Value": "v"},
    }
    here.stack("one", {"Resources": {"Parameter": parameter}})
    planned = here.plan("--import-existing", "--to-deploy")
    assert [(each["action"], each["logical_id"]) for each in planned.stacks["one"]["changes"]] == [
        ("import", "Parameter")
    ]
    valid("deploy", planned.json)
    deployed = here.deploy("--import-existing")
    assert (deployed.code, deployed.stacks["one"]["change_set"]) == (
        0,
        planned.stacks["one"]["change_set"],
    )


def test_what_cannot_be_planned_fails_and_leaves_nothing(here: World) -> None:
    here.stack("one", {"Resources": {"Thing": {"Type": "AWS::No::Thing"}}})
    here.stack("two", topic("two"))
    ran = here.plan()
    assert ran.code == 1
    assert {name: stack["result"] for name, stack in ran.stacks.items()} == {
        "one": "failed",
        "two": "planned",
    }
    assert set(here.deployed()) == {"dev-two"}


def test_a_stack_that_cannot_be_updated_is_told_with_the_way_out(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    here.deploy()
    ran = here.plan()
    failure = ran.stacks["half"]["failure"]
    assert (ran.code, "ROLLBACK_COMPLETE" in failure["reason"]) == (1, True)
    assert failure["remedy"].endswith("cfngen recover half --env dev")


def test_no_stack_of_that_name(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.plan("two")
    assert (ran.code, "choose from: one" in ran.err) == (2, True)


def test_interrupted_it_says_what_is_left_and_is_gone_on_with(
    here: World,
) -> None:
    def cut_short(**_: Any) -> None:
        raise KeyboardInterrupt

    def session() -> Session:
        made = botocore_session()
        made.register("before-call.cloudformation.DescribeChangeSet", cut_short)
        return made

    here.stack("one", topic("one"))
    here.stack("two", topic("two"))
    here.session = session
    ran = here.plan()
    text = here.run("plan")
    here.session = botocore_session
    assert (ran.code, text.code) == (130, 130)
    valid("deploy", ran.json)
    assert {stack["result"] for stack in ran.stacks.values()} == {"interrupted"}
    assert "may be there; nothing was executed" in ran.stacks["one"]["state"]
    assert "go on with: cfngen plan one --env dev" in text.out
    again = here.plan()
    assert {stack["result"] for stack in again.stacks.values()} == {"planned"}
    assert len(here.change_sets("one")) == 1


def test_a_file_that_cannot_be_written(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.run("plan", "--save", str(here.root / "out" / "one.yaml" / "plan.json"))
    assert (ran.code, "cannot be written" in ran.err) == (1, True)


@pytest.mark.parametrize("command", ["plan", "deploy"])
def test_an_environment_without_deployment_files_is_told(here: World, command: str) -> None:
    here.stack("one", topic("one"))
    (here.root / "deployments" / "dev" / "one.yaml").unlink()
    ran = here.run(command, *(["--yes"] if command == "deploy" else []))
    assert (ran.code, ran.out) == (2, "")
    assert "deployments/dev/: no stack is asked for: no deployment file is here" in ran.err
    assert "cfngen new STACK" in ran.err
