"""Each call of plan and deploy made to fail in each way: docs/faults.md is what happens then.

Never a traceback, never a success or a failure that is none, never a lost change set: the account is looked
at after each run, and the same command, run again without the fault, ends as if nothing had happened.
`CFNGEN_WRITE_FAULTS=1 pytest tests/deploy/test_faults.py` writes the table anew.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.config import Config

from tests.support.account_world import FastClock, Ran, World, botocore_session, topic
from tests.support.faults import FAULTS, Line
from tests.support.projects import ROOT

DOCUMENT = ROOT / "docs" / "faults.md"
POLICY = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Scene:
    """A command in a situation.

    Attributes:
        command: `plan` or `deploy`.
        prepare: makes the situation.
        good: the result where nothing fails.
        calls: the operations whose faults are tried here.
    """

    command: str
    prepare: Callable[[World], None]
    good: str
    calls: tuple[str, ...]


def _new(here: World) -> None:
    here.stack("one", topic("one"), termination_protection=True, stack_policy=POLICY)


def _deployed(here: World) -> None:
    _new(here)
    assert here.deploy().code == 0


def _update(here: World) -> None:
    _deployed(here)
    here.stack("one", topic("two"))


SCENES = {
    "plan, a new stack": Scene(
        "plan",
        _new,
        "planned",
        ("GetCallerIdentity", "DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "DescribeEvents"),
    ),
    "plan, an update": Scene("plan", _update, "planned", ("GetTemplate",)),
    "plan, nothing to change": Scene("plan", _deployed, "no-change", ("DeleteChangeSet",)),
    "deploy, a new stack": Scene(
        "deploy",
        _new,
        "deployed",
        (
            "GetCallerIdentity",
            "DescribeStacks",
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DescribeStackEvents",
            "DescribeEvents",
            "GetStackPolicy",
            "UpdateTerminationProtection",
            "SetStackPolicy",
        ),
    ),
    "deploy, an update": Scene("deploy", _update, "deployed", ("GetTemplate", "GetStackPolicy")),
}
CASES = [(scene, call) for scene, found in SCENES.items() for call in found.calls]


_ACCOUNTS = itertools.count(500_000_000_000)


class VeryFastClock(FastClock):
    """Minutes of patience pass in a blink."""

    speed = 2000


@pytest.fixture
def line(here: World, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The connection that the commands use."""
    made = Line()
    here.session = lambda: made.tap(botocore_session())
    here.config = Config(retries={"total_max_attempts": 2})
    here.clock = VeryFastClock()
    # botocore's own waiting between its attempts is not what is looked at here.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    return made


@pytest.fixture(scope="module")
def table() -> Iterator[dict[tuple[str, str], list[str]]]:
    """The outcomes by scene and call; written to the document where that is asked for."""
    rows: dict[tuple[str, str], list[str]] = {}
    yield rows
    if os.environ.get("CFNGEN_WRITE_FAULTS"):
        DOCUMENT.write_text(_document(rows))


@pytest.mark.parametrize("scene", SCENES)
def test_every_call_is_tried(here: World, line: Line, scene: str) -> None:
    """The calls listed above are those made; every one of a command is tried in one of its scenes."""
    found = SCENES[scene]
    found.prepare(here)
    line.calls.clear()
    assert _run(here, found)[1] == found.good
    tried = {call for other in SCENES.values() if other.command == found.command for call in other.calls}
    tried |= {"DeleteChangeSet", "GetStackPolicy"}
    assert set(line.calls) <= tried
    assert set(found.calls) <= set(line.calls)


@pytest.mark.parametrize(("scene", "call"), CASES, ids=itertools.starmap("{}-{}".format, CASES))
def test_faults(
    here: World, line: Line, scene: str, call: str, table: dict[tuple[str, str], list[str]]
) -> None:
    found, cells, first = SCENES[scene], [], here
    for fault in FAULTS:
        here = _elsewhere(first, fault)
        found.prepare(here)
        line.operation, line.fault, line.hits = call, fault, 0
        code, result, ran = _run(here, found)
        line.operation = ""
        assert line.hits > 0
        assert "Traceback" not in ran.out + ran.err
        _true(here, found, result, ran)
        assert code == (0 if result == found.good else 1)
        cells.append(result if code == 0 else f"{result}, 1")
        _again(here, found)
    table[scene, call] = cells
    row = _row(scene, call, cells)
    assert os.environ.get("CFNGEN_WRITE_FAULTS") or row in DOCUMENT.read_text().splitlines()


def _elsewhere(here: World, fault: str) -> World:
    """The same project in an empty account."""
    root = here.root / "elsewhere" / fault.replace(" ", "-")
    (root / "templates").mkdir(parents=True)
    aws = replace(here.aws, account=str(next(_ACCOUNTS)), _clients={})
    os.environ["AWS_ACCESS_KEY_ID"] = aws.account  # the fixture restores it
    made = replace(here, root=root, aws=aws, entries={})
    made.environment()
    return made


def _run(here: World, scene: Scene) -> tuple[int, str, Ran]:
    """The exit code, the result, and all of it; without a result, the error's first word."""
    ran = here.deploy() if scene.command == "deploy" else here.plan()
    if not ran.out:
        assert ran.err.startswith("error: ")
        return ran.code, "refused", ran
    return ran.code, str(ran.stacks["one"]["result"]), ran


def _true(here: World, scene: Scene, result: str, ran: Ran) -> None:
    """Hold the result against the account."""
    stack = here.deployed().get("dev-one")
    status = str(stack["StackStatus"]) if stack else None
    wanted = here.entries["one"]
    current = stack is not None and _is_current(here)
    if result == "deployed":
        assert current
        assert stack is not None
        assert stack["EnableTerminationProtection"] is wanted.termination_protection
        policy = here.aws.client("cloudformation").get_stack_policy(StackName="dev-one")["StackPolicyBody"]
        assert json.loads(policy) == wanted.stack_policy
    elif result == "planned":
        assert here.change_sets("one") == [ran.stacks["one"]["change_set"]]
    elif result == "no-change":
        assert current
    else:
        assert result in {"refused", "failed", "interrupted"}
        told = ran.err if result == "refused" else str(ran.stacks["one"])
        if scene.command == "deploy" and current:  # done, but not seen, or not protected
            assert "is deployed, but" in told or "goes on in the account" in told or "may have been" in told
        if result == "failed" and here.change_sets("one"):
            assert "change set" in told
    assert status in {None, "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "CREATE_IN_PROGRESS"}


def _is_current(here: World) -> bool:
    from botocore.exceptions import ClientError

    try:
        body: Any = here.aws.client("cloudformation").get_template(
            StackName="dev-one", TemplateStage="Original"
        )["TemplateBody"]
    except ClientError:
        return False
    return body == (here.root / "out" / "one.yaml").read_text() and here.status("one") != "REVIEW_IN_PROGRESS"


def _again(here: World, scene: Scene) -> None:
    """The same command without the fault ends well, with one change set or none."""
    code, result, ran = _run(here, scene)
    assert code == 0, ran.err
    assert result in {scene.good, "no-change"}
    if result == "planned":
        assert here.change_sets("one") == [ran.stacks["one"]["change_set"]]
    if scene.command == "deploy":
        stack = here.deployed()["dev-one"]
        assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        assert stack["EnableTerminationProtection"] is True
        assert here.change_sets("one") == []


def _row(scene: str, call: str, cells: list[str]) -> str:
    return f"| {scene} | {call} | {' | '.join(cells)} |"


def _document(rows: dict[tuple[str, str], list[str]]) -> str:
    head = [
        "# What happens when a call fails",
        "",
        "Generated by `CFNGEN_WRITE_FAULTS=1 pytest tests/deploy/test_faults.py`, which runs each of these",
        "on the emulator, holds the result against the account, and runs the same command again without the",
        "fault: that has always ended as if nothing had happened, no change set lost or left over.",
        "",
        "A cell is the result, with its exit code where that is not 0. *throttled once* hits the first call",
        "only, every other fault each attempt. *answer lost*: the call was carried out, and the connection",
        "broke before the answer came; *cut off*: half of it came; *lost, then denied*: what was tried again",
        "was denied. *not XML* and *an error with 200*: something else answered in the service's place. What",
        "whole commands do when faults of all these kinds come mixed, with answers that are old or come drop",
        "by drop, `make test-faults` tries by seeds (tests/deploy/test_schedules.py). *refused*: it ended",
        "before it began, nothing was done. *failed* and *interrupted* come with what was left (`state`);",
        "interrupted means that an operation may be running in the account.",
        "",
        f"| command | call | {' | '.join(FAULTS)} |",
        f"|{' --- |' * (len(FAULTS) + 2)}",
    ]
    return "\n".join([*head, *(_row(*case, cells) for case, cells in rows.items())]) + "\n"


@pytest.mark.skipif("CFNGEN_WRITE_FAULTS" in os.environ, reason="it is being written")
def test_the_document_is_about_all_of_them() -> None:
    head, lines = _document({}).splitlines(), DOCUMENT.read_text().splitlines()
    assert lines[: len(head)] == head
    assert [tuple(line[2:].split(" | ")[:2]) for line in lines[len(head) :]] == CASES
