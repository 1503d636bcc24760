"""What plan tells and deploy refuses before anything is begun, and the option that accepts each."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from cfngen.cli.gates import Review, review
from cfngen.manifest import Manifest
from tests.support.account_world import World, topic

POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "LogicalResourceId/Topic",
        },
    ]
}
DEFINITION = """\
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.add(Topic("Topic", TopicName="{name}"))
"""


@pytest.fixture
def defined(here: World) -> World:
    """A stack `one` with a definition, generated."""
    from cfngen.generate import pipeline

    here.review = review
    here.project.cache.mkdir()
    _define(here, "first")
    pipeline.write_plan(here.project, pipeline.plan(here.project))
    values = "template-file-path: out/one.yaml\nparameters: {}\ntags: {}\n"
    (here.root / "deployments" / "dev" / "one.yaml").write_text(values)
    here.entries.update(Manifest.read(here.project.manifest, "manifest").stacks)
    return here


def _define(here: World, name: str) -> None:
    (here.root / "templates" / "one.py").write_text(DEFINITION.format(name=name))


def _refused(here: World, option: str) -> None:
    """Plan tells, deploy refuses, the option accepts."""
    planned = here.plan()
    assert option in [refusal["option"] for refusal in planned.json["refusals"]]
    assert "deploy will refuse this" in planned.err
    before = here.deployed()
    refused = here.deploy()
    assert (refused.code, refused.out) == (1, "")
    assert option in refused.err
    assert here.deployed().keys() == before.keys()
    accepted = here.deploy(*option.split())
    assert (accepted.code, accepted.stacks["one"]["result"]) == (0, "deployed"), accepted.err
    assert "accepted" in accepted.err


def test_what_is_generated_and_clean_is_not_refused(defined: World) -> None:
    assert defined.plan().json["refusals"] == []
    assert defined.deploy().code == 0


def test_what_has_not_changed_is_rendered_once(defined: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every plan tells what is stale; a definition runs again only where something of it has changed."""
    from cfngen.generate import pipeline

    ran: list[str] = []
    build = pipeline._build

    def counted(*given: Any) -> Any:
        ran.append(given[1].stack)
        return build(*given)

    monkeypatch.setattr(pipeline, "_build", counted)
    time.sleep(0.1)  # what has just changed is not taken for settled
    told = []
    for name in ("first", "first", "second", "second", "first"):
        if DEFINITION.format(name=name) != (defined.root / "templates" / "one.py").read_text():
            _define(defined, name)
            time.sleep(0.1)
        told.append([refusal["option"] for refusal in defined.plan().json["refusals"]])
    assert told == [[], [], ["--allow-stale"], ["--allow-stale"], []]
    assert len(ran) < len(told)
    assert (defined.project.cache / ".gitignore").read_text() == "*\n"


def test_stale(defined: World) -> None:
    _define(defined, "second")
    _refused(defined, "--allow-stale")


def test_a_definition_that_is_broken(defined: World) -> None:
    (defined.root / "templates" / "one.py").write_text("oops")
    _refused(defined, "--allow-stale")


def test_a_lint_error(here: World) -> None:
    here.review = review
    here.stack("one", topic("one", Wrong="x"))
    rule = next(each["option"] for each in here.plan().json["refusals"])
    assert rule == "--allow-lint-errors E3002"
    before = here.deploy("--allow-lint-errors", "E3001")
    assert (before.code, here.status("one")) == (1, "REVIEW_IN_PROGRESS")
    assert here.deploy("--allow-lint-errors", "E3002").code in {0, 1}


def test_a_dependency_that_is_not_deployed_is_told(here: World) -> None:
    here.stack("base", topic("base"))
    here.stack("one", topic("one"), depends_on=("base",))
    (note,) = here.plan("one").json["notes"]
    assert "one is to come after base" in note
    assert here.plan().json["notes"] == []
    deployed = here.deploy("one")
    assert (deployed.code, deployed.json["notes"]) == (0, [note])


def test_an_import_of_what_nobody_exports(here: World) -> None:
    importing = topic("one", DisplayName={"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-arn"}})
    here.stack("one", importing, depends_on=("base",))
    base = topic("base")
    base["Outputs"]["Arn"]["Export"] = {"Name": {"Fn::Sub": "${AWS::Region}-arn"}}
    here.stack("base", base)
    export = f"{here.aws.region}-arn".replace("-", ".")
    planned = here.plan("one")
    assert [each["option"] for each in planned.json["refusals"]] == [f"--allow-missing-import {export}"]
    refused = here.deploy("one")
    assert (refused.code, here.deployed()) == (1, {}) or here.status("one") == "REVIEW_IN_PROGRESS"
    assert f"imports {export}" in refused.err
    assert here.deploy().code == 0
    assert here.plan("one").json["refusals"] == []


def test_a_deployed_stack_that_nothing_defines_is_named(here: World) -> None:
    here.stack("one", topic("one"))
    here.stack("old", topic("old"))
    assert here.deploy().code == 0
    del here.entries["old"]
    (here.root / "deployments" / "dev" / "old.yaml").unlink()
    here.stack("one", topic("one"))
    (note,) = here.plan().json["notes"]
    assert "dev-old is deployed" in note
    assert note in here.deploy().json["notes"]


def test_what_is_protected_is_blocked_in_the_plan(here: World) -> None:
    here.stack("one", topic("one"), stack_policy=POLICY)
    assert here.deploy().code == 0
    here.stack("one", topic("two"), stack_policy=POLICY)
    planned = here.plan().stacks["one"]
    assert planned["blocked"]["logical_id"] == "Topic"
    assert "--allow-replace Topic" in planned["blocked"]["remedy"]
    text = here.run("plan").out
    assert "BLOCKED" in text
    assert "--allow-replace Topic" in text.splitlines()[-2] + text.splitlines()[-1]
    assert here.deploy().code == 1
    assert here.deploy("--allow-replace", "Topic").code == 0


def test_looks_that_are_denied_are_told_and_stop_nothing(here: World) -> None:
    from tests.support.faults import Line

    here.stack("one", topic("one"))
    line = Line(operation="DescribeStacks", fault="denied", only=lambda body: "StackName" not in body)
    tapped = here.session
    here.session = lambda: line.tap(tapped())
    planned = here.plan()
    assert (planned.code, planned.stacks["one"]["result"]) == (0, "planned")
    assert "cannot be looked at" in planned.json["notes"][0]
    assert "cloudformation:DescribeStacks" in planned.json["notes"][0]


def _git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=dev", "-c", "user.email=dev@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def test_what_differs_from_the_commit_is_told(here: World) -> None:
    here.review = review
    here.stack("one", topic("one"))
    _git(here.root, "init", "--quiet")
    assert _uncommitted(here) == []
    _git(here.root, "add", "--all")
    _git(here.root, "commit", "--quiet", "-m", "reviewed")
    assert _uncommitted(here) == []
    here.stack("one", topic("two"))
    (note,) = _uncommitted(here)
    assert "out/one.yaml differs from the last commit (Topic)" in note
    here.stack("one", topic("one"), {"Word": "b"})
    (note,) = _uncommitted(here)
    assert "deployments/dev/one.yaml differs from the last commit" in note
    assert note in here.deploy().json["notes"]


def _uncommitted(here: World) -> list[Any]:
    return [note for note in here.plan().json["notes"] if "commit" in note]


def test_the_review_is_handed_in(here: World) -> None:
    here.review = lambda *_: Review(notes=("seen",))
    here.stack("one", topic("one"))
    assert here.plan().json["notes"] == ["seen"]
