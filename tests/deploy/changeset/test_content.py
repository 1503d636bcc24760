"""A change set that is not what its name says is neither shown nor executed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.aws.steps import Pace
from cfngen.deploy.changeset.content import differences, same_template
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.changeset.model import parse
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.status import StackStatus
from tests.support.account_world import World, topic
from tests.support.planted import ATTACKS, plant
from tests.support.stubbed import CHANGE_SET, STACK_ID, Cloud, FakeClock, finish, request


def _ready(here: World, *, update: bool) -> None:
    here.stack("one", topic("one"), {"Word": "a"})
    if update:
        assert here.deploy().code == 0
        here.stack("one", topic("two"), {"Word": "b"})


@pytest.mark.parametrize("update", [False, True], ids=["new", "update"])
@pytest.mark.parametrize("kind", ATTACKS)
def test_by_name_it_is_deleted_and_made_anew(here: World, kind: str, update: bool) -> None:
    _ready(here, update=update)
    planned = here.plan().stacks["one"]
    planted = plant(here.aws, planned["change_set"], kind)
    again = here.plan()
    result = again.stacks["one"]
    assert (again.code, result["result"], result["changes"]) == (0, "planned", planned["changes"])
    assert here.change_sets("one") == [result["change_set"]] != [planted]
    assert ATTACKS[kind][1] in result["warnings"][0]
    deploying = here.deploy("--change-set", result["change_set"])
    assert deploying.stacks["one"]["result"] == "deployed"


@pytest.mark.parametrize("kind", ATTACKS)
def test_deploy_does_not_execute_it(here: World, kind: str) -> None:
    _ready(here, update=True)
    planned = here.plan("--to-deploy").stacks["one"]
    plant(here.aws, planned["change_set"], kind)
    ran = here.deploy()
    assert (ran.code, ran.stacks["one"]["result"]) == (0, "deployed")
    assert ATTACKS[kind][1] in ran.stacks["one"]["warnings"][0]
    stack = here.deployed()["dev-one"]
    assert [each["ParameterValue"] for each in stack["Parameters"]] == ["b"]
    assert {each["Key"] for each in stack["Tags"]} == {"Project"}


@pytest.mark.parametrize("update", [False, True], ids=["new", "update"])
@pytest.mark.parametrize("kind", ATTACKS)
def test_by_its_arn_it_is_refused(here: World, kind: str, update: bool) -> None:
    _ready(here, update=update)
    planted = plant(here.aws, here.plan().stacks["one"]["change_set"], kind)
    before = here.status("one")
    ran = here.deploy("--change-set", planted)
    result = ran.stacks["one"]
    assert (ran.code, result["result"]) == (1, "failed")
    assert ATTACKS[kind][1] in result["failure"]["reason"]
    assert "nothing was executed" in result["failure"]["reason"]
    assert (here.status("one"), here.change_sets("one")) == (before, [planted])


def test_two_legitimate_runs_share_one(here: World) -> None:
    _ready(here, update=True)
    first, second = here.plan(), here.plan()
    assert first.stacks["one"]["change_set"] == second.stacks["one"]["change_set"]
    assert (first.stacks["one"]["warnings"], second.stacks["one"]["warnings"]) == ([], [])
    assert len(here.change_sets("one")) == 1


def test_plans_and_deployments_have_names_of_their_own(here: World) -> None:
    _ready(here, update=False)
    assert "/cfngen-plan-" in here.plan().stacks["one"]["change_set"]
    assert "/cfngen-deploy-" in here.plan("--to-deploy").stacks["one"]["change_set"]
    assert "/cfngen-deploy-" in here.deploy().stacks["one"]["change_set"]


def test_what_has_the_name_and_is_empty_hides_nothing(here: World) -> None:
    _ready(here, update=True)
    planned = here.plan().stacks["one"]
    api = here.aws.client("cloudformation")
    name = planned["change_set"].split("/")[1]
    api.delete_change_set(ChangeSetName=planned["change_set"])
    empty = {"UsePreviousTemplate": True, "Tags": [{"Key": "Project", "Value": "t"}]}
    kept = [{"ParameterKey": "Word", "UsePreviousValue": True}]
    api.create_change_set(StackName="dev-one", ChangeSetName=name, Parameters=kept, **empty)
    assert here.plan().stacks["one"]["changes"] == planned["changes"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"NotificationARNs": ["arn:aws:sns:eu-west-1:111122223333:t"]}, "its NotificationARNs is"),
        ({"DeploymentMode": "REVERT_DRIFT"}, "its DeploymentMode is REVERT_DRIFT, not None"),
        ({"DeploymentConfig": {"Mode": "EXPRESS"}}, "its DeploymentConfig is"),
        ({"IncludeNestedStacks": True}, "its IncludeNestedStacks is True"),
        ({"RollbackConfiguration": {"MonitoringTimeInMinutes": 5}}, "its RollbackConfiguration is"),
        ({"DeploymentConfig": {"Mode": "STANDARD"}, "OnStackFailure": "ROLLBACK"}, None),
        ({"RollbackConfiguration": {}, "NotificationARNs": []}, None),
    ],
)
def test_every_setting_counts_and_a_default_is_none(settings: dict[str, Any], told: str | None) -> None:
    differing = _told(settings)
    assert len(differing) == (told is not None)
    assert all(each.startswith(told or "") for each in differing)


def _told(settings: dict[str, Any]) -> list[str]:
    asked = request()
    cloud = Cloud().answer("GetTemplate", {"TemplateBody": asked.content.decode()})
    head = {
        "ChangeSetName": "NAME",
        "ChangeSetId": CHANGE_SET,
        "StackId": STACK_ID,
        "StackName": "dev-one",
        "Status": "CREATE_COMPLETE",
        "Tags": [{"Key": "Project", "Value": "t"}],
    }
    stack = DeployedStack("dev-one", STACK_ID, StackStatus("UPDATE_COMPLETE"))
    clock = FakeClock()
    steps = differences(cloud.account, asked, stack, Options(), parse([head | settings]), Pace(clock))
    told = finish(steps, clock)
    assert isinstance(told, list)
    return told


@given(st.text(), st.text())
def test_one_character_of_the_template_is_enough(before: str, after: str) -> None:
    content = f"{before}a{after}".encode()
    assert same_template(content.decode(), content)
    assert not same_template(f"{before}b{after}", content)
