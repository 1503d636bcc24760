"""`cfngen status` on a real emulator, from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.account_world import World, topic
from tests.support.deployments import deploy
from tests.support.failures import ALL
from tests.support.sandbox_account import limited
from tests.support.schemas import valid

SECRET = {"Parameters": {"Word": {"Type": "String", "NoEcho": True}}}


def _states(here: World, *argv: str) -> dict[str, Any]:
    ran = here.run("status", "--format", "json", *argv)
    valid("status", ran.json)
    return ran.stacks


def test_versions_states_times_and_people(here: World) -> None:
    here.stack("one", {**topic("one"), "Metadata": {"cfngen": {"Version": "1.2.0"}}}, version="1.2.0")
    here.stack("two", topic("two"))
    here.deploy("one")
    stacks = _states(here)
    one, two = stacks["one"], stacks["two"]
    assert (one["state"], one["status"]) == ("up-to-date", "CREATE_COMPLETE")
    assert (one["deployed_version"], one["current_version"]) == ("1.2.0", "1.2.0")
    assert one["last_change"]["by"].startswith(f"arn:aws:iam::{here.aws.account}:")
    assert one["last_change"]["unknown"] is None
    assert (two["state"], two["status"], two["last_change"]) == ("not-deployed", None, None)
    assert here.run("status").code == 0
    assert here.run("status", "--exit-code").code == 3
    here.deploy()
    assert here.run("status", "--exit-code").code == 0


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ({"template": topic("one", SignatureVersion="2")}, "template: 1 to change"),
        ({"parameters": {"Word": "bye"}}, "parameter Word: hello -> bye"),
        ({"tags": {"Project": "u"}}, "tag Project: t -> u"),
        ({"tags": {"Owner": "me"}}, "tag Owner: (none) -> me"),
        ({"termination_protection": True}, "termination protection is off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_deployment_would_change(here: World, again: dict[str, Any], told: str) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    here.stack("one", **{"template": topic("one"), **again})
    one = _states(here)["one"]
    assert one["state"] == "out-of-date"
    assert told in one["differences"]
    assert here.run("status", "--exit-code").code == 3
    here.deploy()
    assert _states(here)["one"]["state"] == "up-to-date"


def test_words_alone_are_nothing_to_deploy(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    template = topic("one")
    template["Parameters"]["Word"]["Description"] = "what is said"
    here.stack("one", {**template, "Description": "another one", "Metadata": {"Why": "because"}})
    one = _states(here)["one"]
    assert (one["state"], one["differences"]) == ("up-to-date", [])
    assert one["notes"] == ["its template differs only in text that no deployment applies"]
    assert here.plan().stacks["one"]["result"] == "no-change"


def test_a_secret_is_neither_shown_nor_compared(here: World) -> None:
    here.stack("one", topic("one") | SECRET, {"Word": "hunter2hunter2"})
    here.deploy()
    here.stack("one", topic("one") | SECRET, {"Word": "another2another2"})
    ran = here.run("status")
    assert "not compared, as CloudFormation does not tell their values: Word" in ran.out
    assert "another2" not in ran.out + ran.err


def test_a_stack_that_nothing_defines_any_more(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    deploy(here.aws, "dev-forgotten", topic("old"))
    deploy(here.aws, "other-stack", topic("other"))
    (old,) = here.run("status", "--format", "json").json["undefined"]
    assert (old["stack_name"], old["status"]) == ("dev-forgotten", "CREATE_COMPLETE")
    assert old["last_change"]["by"]
    assert "dev-forgotten: CREATE_COMPLETE, last changed 20" in here.run("status").out


def test_a_stack_that_is_only_under_review(here: World) -> None:
    here.stack("one", topic("one"))
    here.plan()
    assert _states(here)["one"]["state"] == "not-deployed"
    assert "REVIEW_IN_PROGRESS: it was never created" in here.run("status").out


def test_a_stack_whose_creation_failed_is_not_deployed(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    assert here.deploy().code == 1
    found = _states(here)["half"]
    assert (found["state"], found["status"]) == ("not-deployed", "ROLLBACK_COMPLETE")
    assert (found["deployed_version"], found["differences"]) == (None, [])
    assert "ROLLBACK_COMPLETE: its creation failed and was rolled back" in here.run("status").out
    assert here.run("outputs").err == "half: not deployed\n"


def test_what_may_not_be_asked_is_told_with_its_permission(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    with limited(here.aws, "cloudformation:DescribeStacks", "sts:GetCallerIdentity"):
        ran = here.run("status", "--format", "json")
        text = here.run("status")
    one = ran.stacks["one"]
    assert (ran.code, one["state"]) == (1, "unknown")
    assert one["notes"] == ["its template cannot be read: needs cloudformation:GetTemplate"]
    assert one["last_change"]["unknown"] == "needs cloudtrail:LookupEvents"
    assert text.out.count("needs cloudtrail:LookupEvents") == 1


def test_a_change_outside_of_the_event_history_is_nobodys(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    monkeypatch.setattr("cfngen.deploy.last_change._OPERATIONS", ("CreateStack",))
    change = _states(here)["one"]["last_change"]
    assert change["by"] is None
    assert "keeps 90 days" in change["unknown"]


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_the_table_fits_the_terminal(here: World, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "the-stack-with-the-longest-name"):
        here.stack(name, topic(name))
    here.deploy()
    here.stack("one", topic("one"), {"Word": "x" * 300})
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = here.run("status")
    assert max(map(len, ran.out.splitlines())) <= columns
    assert "out of date" in ran.out


def test_few_calls_for_many_stacks(here: World) -> None:
    from tests.support.account_world import botocore_session
    from tests.support.faults import Line

    for number in range(6):
        here.stack(f"s{number}", topic(f"s{number}"))
    here.deploy()
    line = Line()
    here.session = lambda: line.tap(botocore_session())
    assert here.run("status").code == 0
    counted = {name: line.calls.count(name) for name in set(line.calls)}
    assert counted == {"GetCallerIdentity": 1, "DescribeStacks": 1, "GetTemplate": 6, "LookupEvents": 1}


def test_text_in_full(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    out = here.run("status").out.splitlines()
    assert out[0] == f"dev · account {here.aws.account} · {here.aws.region}"
    assert out[1].split() == ["stack", "deployed", "current", "state", "last", "change", "by"]
    assert out[2].split()[:5] == ["one", "-", "1.0.0", "up", "to"]
    assert json.loads(here.run("status", "--format", "json").out)
