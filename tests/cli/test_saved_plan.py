"""What `plan --save` wrote is deployed as it was planned, or nothing is."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.account_world import Ran, World, topic
from tests.support.planted import plant


@pytest.fixture
def file(here: World, tmp_path: Path) -> Path:
    """The plan of an update of `one`, a first deployment of `two`, and nothing for `same`."""
    here.stack("one", topic("one"))
    here.stack("same", topic("same"))
    assert here.deploy().code == 0
    here.stack("one", topic("one"), {"Word": "other"})
    here.stack("one", topic("uno"))
    here.stack("two", topic("two"), depends_on=("one",))
    path = tmp_path / "plan.json"
    assert here.plan("--save", str(path)).code == 0
    return path


def _refused(here: World, ran: Ran, said: str) -> None:
    assert (ran.code, ran.out) == (2, ""), ran
    assert said in ran.err
    assert "nothing was done" in ran.err
    assert here.deployed()["dev-one"]["StackStatus"] == "CREATE_COMPLETE"
    assert here.status("two") in {None, "REVIEW_IN_PROGRESS"}


def _arns(file: Path) -> dict[str, Any]:
    return {stack["stack"]: stack["change_set"] for stack in json.loads(file.read_text())["stacks"]}


def test_what_was_planned_is_deployed(here: World, file: Path) -> None:
    ran = here.deploy("--plan", str(file))
    assert ran.code == 0, ran.err
    assert {name: stack["change_set"] for name, stack in ran.stacks.items()} == {
        name: arn for name, arn in _arns(file).items() if arn
    }
    assert {stack["result"] for stack in ran.stacks.values()} == {"deployed"}


GUARDED = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "Update:Replace",
            "Principal": "*",
            "Resource": "LogicalResourceId/Topic",
        },
    ]
}


@pytest.mark.parametrize("options", [(), ("--import-existing", "--role-arn", "ROLE"), ("--to-deploy", "two")])
def test_the_command_that_a_plan_prints_deploys_it(
    here: World, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replacement that the stack policy forbids, a new stack, and one without a change."""
    monkeypatch.chdir(here.root)
    monkeypatch.setenv("COLUMNS", "1000")
    assumed = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    iam = here.aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(assumed))["Role"]["Arn"]
    here.stack("one", topic("one"), stack_policy=GUARDED)
    here.stack("same", topic("same"))
    assert here.deploy().code == 0
    here.stack("one", topic("uno"), stack_policy=GUARDED)
    here.stack("two", topic("two"))
    words = [role if word == "ROLE" else word for word in options]
    planned = here.run("plan", *words)
    assert planned.code == 0, planned.err
    (printed,) = re.findall(r"^Deploy exactly this with: (cfngen deploy .*)$", planned.out, re.MULTILINE)
    _, *command = shlex.split(printed)
    before = {name: here.change_sets(name) for name in ("one", "two")}
    ran = here.run(*command, "--format", "json", answer="all")
    assert ran.code == 0, ran.err
    done = {stack["stack"]: (stack["result"], [stack["change_set"]]) for stack in ran.json["stacks"]}
    asked = ["two"] if "two" in options else ["one", "two"]
    assert done == {name: ("deployed", before[name]) for name in asked}
    again = here.run("plan")
    assert "--plan" not in again.out or "two" in options, again.out


def test_one_change_of_out_and_nothing_is_deployed(here: World, file: Path) -> None:
    here.stack("two", topic("other"), depends_on=("one",))
    _refused(here, here.deploy("--plan", str(file)), "have changed since: two")


def test_one_change_set_that_is_gone_and_nothing_is_deployed(here: World, file: Path) -> None:
    here.aws.client("cloudformation").delete_change_set(ChangeSetName=_arns(file)["two"])
    _refused(here, here.deploy("--plan", str(file)), "two: the change set does not exist any")


def test_a_change_set_with_another_content(here: World, file: Path) -> None:
    planted = plant(here.aws, _arns(file)["two"], "template")
    document = json.loads(file.read_text())
    for stack in document["stacks"]:
        if stack["stack"] == "two":
            stack["change_set"] = planted
    file.write_text(json.dumps(document))
    _refused(here, here.deploy("--plan", str(file)), "its template is not that of out/")


def test_a_stack_that_was_not_to_change_and_has(here: World, file: Path) -> None:
    api = here.aws.client("cloudformation")
    api.update_stack(StackName="dev-same", TemplateBody=json.dumps(topic("hand")))
    api.get_waiter("stack_update_complete").wait(StackName="dev-same", WaiterConfig={"Delay": 1})
    _refused(here, here.deploy("--plan", str(file)), "same: dev-same has another template")


@pytest.mark.parametrize(
    ("key", "value"), [("account", "111111111111"), ("region", "eu-west-1"), ("environment", "prod")]
)
def test_a_plan_of_somewhere_else(here: World, file: Path, key: str, value: str) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))
    _refused(here, here.deploy("--plan", str(file)), value)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"stacks": 1}', '{"stacks": [{"stack": 1}]}'])
def test_a_file_that_is_not_a_plan(here: World, file: Path, content: str) -> None:
    file.write_text(content)
    ran = here.deploy("--plan", str(file))
    assert (ran.code, "is not a plan" in ran.err) == (2, True)
