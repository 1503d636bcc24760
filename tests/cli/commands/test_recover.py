"""`cfngen recover` on a real emulator, from outside."""

from __future__ import annotations

import json
from functools import partial
from threading import Timer

from tests.cli.commands.test_deploy import WAITING
from tests.support.account_world import World, topic
from tests.support.failures import ALL
from tests.support.schemas import valid

HALF = ALL["an SSM parameter that exists"]


def test_a_failed_creation_is_deleted_so_that_it_can_be_created(here: World) -> None:
    HALF.prepare(here.aws)
    here.stack("half", HALF.template, HALF.failing)
    here.deploy()
    ran = here.run("recover", "half", "--yes", "--format", "json")
    valid("recover", ran.json)
    assert (ran.code, ran.json["before"], ran.json["action"], ran.json["deployable"]) == (
        0,
        "ROLLBACK_COMPLETE",
        "delete",
        True,
    )
    assert here.deployed() == {}


def test_a_failed_creation_without_rollback_is_deleted_too(here: World) -> None:
    HALF.prepare(here.aws)
    here.stack("half", HALF.template, HALF.failing)
    here.deploy("--no-rollback")
    assert here.run("recover", "half", "--yes").code == 0
    assert here.deployed() == {}
    assert here.aws.client("sns").list_topics()["Topics"] == []


def test_a_failed_update_without_rollback_is_rolled_back(here: World) -> None:
    HALF.prepare(here.aws)
    here.stack("half", HALF.template, HALF.working)
    here.deploy()
    here.stack("half", HALF.template, HALF.failing)
    assert here.deploy("--no-rollback").stacks["half"]["status"] == "UPDATE_FAILED"
    ran = here.run("recover", "half", "--yes", "--format", "json")
    assert (ran.code, ran.json["action"], ran.json["after"]) == (0, "roll-back", "UPDATE_ROLLBACK_COMPLETE")


def test_protection_is_taken_off_only_with_the_stack(here: World) -> None:
    HALF.prepare(here.aws)
    here.stack("half", HALF.template, HALF.failing)
    here.deploy()
    here.aws.client("cloudformation").update_termination_protection(
        StackName="dev-half", EnableTerminationProtection=True
    )
    declined = here.run("recover", "half", answer="n")
    assert declined.code == 1
    assert "turn off its termination protection and delete the stack dev-half" in declined.out
    assert here.deployed()["dev-half"]["EnableTerminationProtection"] is True
    assert here.run("recover", "half", answer="yes").code == 0
    assert here.deployed() == {}


def test_a_never_created_stack_is_deleted(here: World) -> None:
    here.stack("one", topic("one"))
    here.plan()
    assert here.run("recover", "one", "--yes").code == 0
    assert here.deployed() == {}


def test_nothing_is_in_the_way(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    ran = here.run("recover", "one", "--yes", "--format", "json")
    valid("recover", ran.json)
    assert (ran.code, ran.json["action"], ran.json["deployable"]) == (0, "none", True)
    assert here.status("one") == "CREATE_COMPLETE"


def test_without_a_terminal_and_yes_it_refuses_at_once(here: World) -> None:
    here.stack("one", topic("one"))
    assert here.run("recover", "one").code == 2


def test_what_is_running_is_followed_to_its_end(here: World) -> None:
    here.stack("one", WAITING)
    cloudformation = here.aws.client("cloudformation")
    cloudformation.create_stack(StackName="dev-one", TemplateBody=json.dumps(WAITING))
    signal = partial(
        cloudformation.signal_resource,
        StackName="dev-one",
        LogicalResourceId="Wait",
        UniqueId="1",
        Status="SUCCESS",
    )
    timer = Timer(0.7, signal)
    timer.start()
    ran = here.run("recover", "one", "--yes", "--format", "json")
    timer.join()
    valid("recover", ran.json)
    assert (ran.code, ran.json["action"], ran.json["after"]) == (0, "watch", "CREATE_COMPLETE")
    assert "CREATE_COMPLETE" in ran.err
