"""`cfngen deploy` on a real emulator, from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cfngen.lint.runner import lint_project
from cfngen.manifest import Manifest
from tests.support.account_world import World, topic
from tests.support.failures import ALL, Half
from tests.support.projects import ROOT
from tests.support.schemas import valid


def test_a_first_deployment_ends_deployed_with_outputs_and_protection(here: World) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    here.stack("one", topic("one"), {"Word": "hi"}, termination_protection=True, stack_policy=policy)
    outputs = here.root / "reports" / "outputs.json"
    ran = here.deploy("--save-outputs", str(outputs))
    assert ran.code == 0, ran.err
    valid("deploy", ran.json)
    (stack,) = ran.stacks.values()
    arn = f"arn:aws:sns:{here.aws.region}:{here.aws.account}:one"
    assert (stack["result"], stack["outputs"]) == ("deployed", {"Arn": arn})
    assert [(change["action"], change["logical_id"]) for change in stack["changes"]] == [("add", "Topic")]
    assert json.loads(outputs.read_text()) == {"one": {"Arn": arn}}
    deployed = here.deployed()["dev-one"]
    assert deployed["EnableTerminationProtection"] is True
    assert deployed["Tags"] == [{"Key": "Project", "Value": "t"}]
    kept = here.aws.client("cloudformation").get_stack_policy(StackName="dev-one")
    assert json.loads(kept["StackPolicyBody"]) == policy


def test_nothing_to_change_is_a_success_and_leaves_nothing(here: World) -> None:
    here.stack("one", topic("one"))
    assert here.deploy().code == 0
    again = here.deploy()
    assert (again.code, again.stacks["one"]["result"]) == (0, "no-change")
    assert here.change_sets("one") == []
    assert "\none    nothing to change  1.0.0" in here.run("deploy", "--yes").out


def test_an_update_in_place_says_what_changes(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    here.stack("one", topic("one"), {"Word": "bye"})
    ran = here.deploy()
    (change,) = ran.stacks["one"]["changes"]
    assert (ran.code, ran.stacks["one"]["result"], change["consequence"]) == (0, "deployed", "in-place")
    causes = {cause["path"]: (cause["before"], cause["after"]) for cause in change["causes"]}
    assert causes["/Properties/DisplayName"] == ("hello", "bye")
    sns = here.aws.client("sns")
    (found,) = sns.list_topics()["Topics"]
    assert sns.get_topic_attributes(TopicArn=found["TopicArn"])["Attributes"]["DisplayName"] == "bye"


def test_stacks_are_deployed_after_what_they_depend_on(here: World) -> None:
    exporter = topic("exporter")
    exporter["Outputs"]["Arn"]["Export"] = {"Name": "exported"}
    importer = topic("importer")
    importer["Outputs"]["Imported"] = {"Value": {"Fn::ImportValue": "exported"}}
    here.stack("a-importer", importer, depends_on=("z-exporter",))
    here.stack("z-exporter", exporter)
    ran = here.deploy()
    assert ran.code == 0, ran.err
    assert list(ran.stacks) == ["z-exporter", "a-importer"]
    outputs = {name: stack["outputs"] for name, stack in ran.stacks.items()}
    assert outputs["a-importer"]["Imported"] == outputs["z-exporter"]["Arn"]


def test_a_failure_stops_those_that_depend_on_it_and_nothing_else(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("broken", half.template, half.failing)
    here.stack("dependent", topic("dependent"), depends_on=("broken",))
    here.stack("further", topic("further"), depends_on=("dependent",))
    here.stack("alone", topic("alone"))
    ran = here.deploy()
    assert ran.code == 1
    assert {name: stack["result"] for name, stack in ran.stacks.items()} == {
        "alone": "deployed",
        "broken": "rolled-back",
        "dependent": "skipped",
        "further": "skipped",
    }
    assert "broken did not succeed" in ran.stacks["dependent"]["failure"]["reason"]
    assert set(here.deployed()) == {"dev-alone", "dev-broken"}


@pytest.mark.parametrize("half", [pytest.param(half, id=name) for name, half in ALL.items()])
def test_what_fails_is_rolled_back_with_the_root_cause_first(here: World, half: Half) -> None:
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    created = here.deploy()
    assert created.code == 1
    stack = created.stacks["half"]
    assert (stack["result"], stack["status"]) == ("rolled-back", "ROLLBACK_COMPLETE")
    assert stack["failure"]["logical_id"] == half.culprit
    assert half.reason in stack["failure"]["reason"]
    text = here.run("deploy", "--yes")
    assert (text.code, "ROLLBACK_COMPLETE" in text.out, "cfngen recover half" in text.out) == (1, True, True)

    assert here.run("recover", "half", "--yes").code == 0
    here.stack("half", half.template, half.working)
    assert here.deploy().code == 0
    here.stack("half", half.template, half.failing)
    updated = here.deploy()
    stack = updated.stacks["half"]
    assert (updated.code, stack["result"], stack["status"]) == (1, "rolled-back", "UPDATE_ROLLBACK_COMPLETE")
    assert stack["failure"]["logical_id"] == half.culprit
    assert half.reason in stack["failure"]["reason"]


def test_no_rollback_leaves_the_failure_as_it_is(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    ran = here.deploy("--no-rollback")
    assert (ran.code, ran.stacks["half"]["result"]) == (1, "failed")
    assert here.status("half") == "CREATE_FAILED"
    assert ran.stacks["half"]["failure"]["logical_id"] == half.culprit


def test_declined_leaves_no_stack_that_it_made_itself(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    here.stack("one", topic("one"))
    ran = here.run("deploy", answer="n")
    assert ran.code == 1
    where = f"dev · account {here.aws.account} · {here.aws.region}"
    assert f"Execute this on dev-one ({where})?\n" in ran.err
    assert "yes, no, all, quit, ? for help: " in ran.err
    assert "declined" in ran.out
    assert here.deployed() == {}


def test_declined_keeps_a_change_set_that_was_planned_before(here: World) -> None:
    here.stack("one", topic("one"))
    (planned,) = here.plan().stacks.values()
    ran = here.run("deploy", "--format", "json", answer="")
    assert ran.stacks["one"]["result"] == "declined"
    assert here.change_sets("one") == [planned["change_set"]]


def test_agreed_on_a_terminal(here: World) -> None:
    here.stack("one", topic("one"))
    assert here.run("deploy", answer="y").code == 0
    assert here.status("one") == "CREATE_COMPLETE"


def test_without_a_terminal_and_yes_it_refuses_at_once(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.run("deploy")
    assert (ran.code, ran.out) == (2, "")
    assert "--yes" in ran.err
    assert here.deployed() == {}


def test_another_account_is_refused_before_anything_is_done(here: World) -> None:
    here.stack("one", topic("one"))
    here.environment(accounts=["999999999999"])
    ran = here.deploy()
    assert (ran.code, ran.out) == (1, "")
    assert f"the credentials are of account {here.aws.account}" in ran.err
    assert here.deployed() == {}


def test_what_was_changed_after_it_was_generated_is_refused(here: World) -> None:
    here.stack("one", topic("one"))
    path = here.root / "out" / "one.yaml"
    path.write_bytes(path.read_bytes() + b"# a comment\n")
    ran = here.deploy()
    assert (ran.code, ran.out) == (1, "")
    assert "out/one.yaml: is not what the manifest says" in ran.err
    assert here.deployed() == {}


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"Wrod": "x"}, "did you mean Word?"),
        ({"Word": "UPPER"}, "does not match"),
    ],
)
def test_wrong_parameters_are_refused_before_any_call(
    here: World, parameters: dict[str, str], said: str
) -> None:
    here.stack("one", topic("one"), parameters)
    ran = here.deploy()
    assert (ran.code, ran.out) == (1, "")
    assert "deployments/dev/one.yaml:" in ran.err
    assert said in ran.err


def test_the_change_set_that_was_reviewed_is_the_one_executed(here: World) -> None:
    here.stack("one", topic("one"))
    (planned,) = here.plan().stacks.values()
    ran = here.deploy("--change-set", planned["change_set"])
    assert (ran.code, ran.stacks["one"]["result"]) == (0, "deployed")
    assert ran.stacks["one"]["change_set"] == planned["change_set"]
    again = here.deploy("--change-set", planned["change_set"])
    assert (again.code, again.stacks["one"]["result"]) == (0, "no-change")


def test_deploying_after_planning_executes_the_planned_change_set(here: World) -> None:
    here.stack("one", topic("one"))
    (planned,) = here.plan("--to-deploy").stacks.values()
    assert here.deploy().stacks["one"]["change_set"] == planned["change_set"]


def test_an_outdated_change_set_is_refused(here: World) -> None:
    here.stack("one", topic("one"))
    here.deploy()
    here.stack("one", topic("one"), {"Word": "planned"})
    planned = here.plan().stacks["one"]["change_set"]
    here.stack("one", topic("one"), {"Word": "other"})
    ran = here.deploy("--change-set", planned)
    assert (ran.code, ran.out) == (1, "")
    assert "not what out/ and deployments/ ask for now" in ran.err
    named = here.deploy("one", "--change-set", planned)
    assert (named.code, named.stacks["one"]["result"]) == (1, "failed")
    assert here.deploy().code == 0  # which deletes the stack's other change sets
    here.stack("one", topic("one"), {"Word": "planned"})
    ran = here.deploy("--change-set", planned)
    assert (ran.code, ran.stacks["one"]["result"]) == (1, "failed")
    assert "does not exist any more" in ran.stacks["one"]["failure"]["reason"]
    assert here.deployed()["dev-one"]["Parameters"][0]["ParameterValue"] == "other"


def test_protected_resources_need_to_be_named(here: World) -> None:
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": ["Update:Replace", "Update:Delete"],
                "Principal": "*",
                "Resource": ["LogicalResourceId/Topic"],
            },
        ]
    }
    here.stack("one", topic("one"), stack_policy=policy)
    here.deploy()
    here.stack("one", topic("two"))
    refused = here.deploy()
    assert (refused.code, refused.stacks["one"]["result"]) == (1, "failed")
    assert refused.stacks["one"]["failure"]["logical_id"] == "Topic"
    assert "--allow-replace Topic" in refused.stacks["one"]["failure"]["remedy"]
    assert here.change_sets("one") == []
    allowed = here.deploy("--allow-replace", "Topic")
    assert (allowed.code, allowed.stacks["one"]["result"]) == (0, "deployed")
    kept = here.aws.client("cloudformation").get_stack_policy(StackName="dev-one")
    assert json.loads(kept["StackPolicyBody"]) == policy


def test_secrets_are_shown_nowhere(here: World) -> None:
    template = topic("one")
    template["Parameters"]["Secret"] = {"Type": "String", "NoEcho": True}
    template["Resources"]["Topic"]["Properties"]["DisplayName"] = {"Fn::Sub": "with ${Secret}"}
    template["Outputs"]["Leak"] = {"Value": {"Ref": "Secret"}}
    here.stack("one", template, {"Secret": "hunter2hunter2"})
    saved, outputs = here.root / "plan.json", here.root / "outputs.json"
    runs = [
        here.plan("--save", str(saved)),
        here.run("plan"),
        here.deploy("--save-outputs", str(outputs)),
        here.run("deploy", "--yes"),
        here.run("drift"),
    ]
    here.stack("one", template, {"Secret": "hunter2hunter3"})
    runs += [here.plan(), here.run("plan"), here.deploy()]
    assert [run.code for run in runs] == [0] * len(runs)
    assert runs[-1].stacks["one"]["result"] == "deployed"
    written = [*(run.out + run.err for run in runs), saved.read_text(), outputs.read_text()]
    assert not any("hunter2hunter" in text for text in written)


def test_a_large_template_goes_through_s3_under_its_hash(here: World) -> None:
    here.aws.client("s3").create_bucket(
        Bucket="templates-here", CreateBucketConfiguration={"LocationConstraint": here.aws.region}
    )
    large = topic("one") | {"Metadata": {"Filler": ["x" * 100] * 600}}
    here.stack("one", large)
    refused = here.deploy()
    assert (refused.code, refused.out) == (1, "")
    assert "--template-bucket" in refused.err
    ran = here.deploy("--template-bucket", "templates-here")
    assert ran.code == 0, ran.err
    listed = here.aws.client("s3").list_objects_v2(Bucket="templates-here")["Contents"]
    assert [item["Key"] for item in listed] == [f"cfngen/{here.entries['one'].sha256}.yaml"]


def test_two_deployments_of_the_same_at_once_both_end_well(here: World) -> None:
    here.stack("one", WAITING)
    both = [_start(here), _start(here)]
    _release(here)
    ends = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert {json.loads(out)["stacks"][0]["result"] for out, _ in ends} <= {"deployed", "no-change"}
    assert here.status("one") == "CREATE_COMPLETE"


def test_a_deployment_of_something_else_meanwhile_is_refused(here: World) -> None:
    here.stack("one", WAITING)
    first = _start(here)
    _until(lambda: here.status("one") == "CREATE_IN_PROGRESS")
    here.stack("one", topic("other"))
    second = here.deploy()
    assert (second.code, second.stacks["one"]["result"]) == (1, "failed")
    assert "an operation is running" in second.stacks["one"]["failure"]["reason"]
    _release(here)
    out, err = first.communicate(timeout=600)
    assert first.returncode == 0, err
    assert json.loads(out)["stacks"][0]["result"] == "deployed"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_cut_short_after_execute_it_goes_on_when_run_again(here: World, end: signal.Signals) -> None:
    here.stack("one", WAITING, termination_protection=True)
    first = _start(here)
    _until(lambda: here.status("one") == "CREATE_IN_PROGRESS")
    time.sleep(0.5)
    first.send_signal(end)
    out, err = first.communicate(timeout=600)
    if end is not signal.SIGKILL:
        assert first.returncode == 130, err
        (stack,) = json.loads(out)["stacks"]
        assert stack["result"] == "interrupted"
        assert "goes on in the account" in stack["state"]
        assert "cfngen deploy one --env dev --yes" in err
    again = _start(here)
    assert again.stderr
    assert again.stderr.readline() == "one: CREATE_IN_PROGRESS\n"  # it follows
    _release(here)
    out, err = again.communicate(timeout=600)
    assert (again.returncode, json.loads(out)["stacks"][0]["result"]) == (0, "deployed"), err
    assert here.deployed()["dev-one"]["EnableTerminationProtection"] is True


WAITING = {
    "Resources": {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "30", "Count": 1},
        },
    }
}
"""A template whose creation goes on until `_release`."""


def _start(here: World) -> subprocess.Popen[str]:
    """The real command, in a process of its own, by the real clock."""
    lint_project(here.project, ["one"])  # its verdict is kept: the tests are about what comes then
    command = [sys.executable, "-m", "cfngen", "--project", str(here.root)]
    return subprocess.Popen(
        [*command, "deploy", "--env", "dev", "--yes", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        cwd=Path(__file__).parent,
    )


def _release(here: World) -> None:
    """Send the signal that the stack waits for."""
    _until(lambda: here.status("one") == "CREATE_IN_PROGRESS")
    time.sleep(1)
    here.aws.client("cloudformation").signal_resource(
        StackName="dev-one", LogicalResourceId="Wait", UniqueId="1", Status="SUCCESS"
    )


def _until(true: Any) -> None:
    deadline = time.monotonic() + 300
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_all_stacks_of_this_project(here: World) -> None:
    """The first deployment of everything in out/, again without a change, and what drift says of it."""
    everything = World(ROOT, here.aws)
    first = everything.deploy()
    assert first.code == 0, first.err
    valid("deploy", first.json)
    assert {stack["result"] for stack in first.stacks.values()} == {"deployed"}
    manifest = Manifest.read(everything.project.manifest, "manifest")
    assert list(first.stacks) == [name for name in manifest.order() if name in first.stacks]
    deployed = {stack["stack_name"]: manifest.stacks[name] for name, stack in first.stacks.items()}
    for name, stack in everything.deployed().items():
        assert stack["EnableTerminationProtection"] is deployed[name].termination_protection
        kept = here.aws.client("cloudformation").get_stack_policy(StackName=name).get("StackPolicyBody")
        assert (json.loads(kept) if kept else None) == deployed[name].stack_policy
    again = everything.deploy()
    assert {stack["result"] for stack in again.stacks.values()} == {"no-change"}
    assert everything.run("drift", "--exit-code").code == 0


def test_a_replacement_is_allowed_only_for_a_resource_that_there_is(here: World) -> None:
    here.stack("one", topic("one"))
    refused = here.deploy("--allow-replace", "Topci")
    assert refused.code == 2
    assert "--allow-replace Topci: no resource has this logical id in one" in refused.err
    assert "did you mean Topic?" in refused.err
    assert here.deployed() == {}
    both = topic("one")
    both["Resources"]["Gone"] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "gone"}}
    here.stack("one", both)
    assert here.deploy().code == 0
    here.stack("one", topic("one"))  # what is deleted is in the deployed template alone
    assert here.deploy("--allow-replace", "Gone").code == 0
