"""Whole commands while the network and the service misbehave, by seed: no wrong word, nothing lost.

`make test-faults` runs hundreds of schedules; a few dozen fixed ones are run here each time. What a command
says is held against the account; then the same command runs undisturbed, and must end in the wanted state.
"""

from __future__ import annotations

import os
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.config import Config

from tests.support.account_world import FastClock, Ran, World, topic
from tests.support.failures import EXISTING_PARAMETER
from tests.support.fault_proxy import Schedule, proxy

pytestmark = pytest.mark.unmeasured

SCHEDULES = int(os.environ.get("CFNGEN_SCHEDULES", "30"))
FIRST = int(os.environ.get("CFNGEN_FIRST_SCHEDULE", "0"))
POLICY = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
KEPT: dict[str, Any] = {"termination_protection": True, "stack_policy": POLICY}
UNSURE = ("may ", "goes on", "is deployed, but", "cannot tell", "lifted")


class Clock(FastClock):
    """Minutes of patience pass in a second."""

    speed = 300


@dataclass(frozen=True)
class Scene:
    """A command in a situation.

    Attributes:
        prepare: makes the situation; returns the command's arguments.
        wanted: whether the account is as the command wants it.
        good: the results, or exit codes, that may only be told where it is.
    """

    prepare: Callable[[World], list[str]]
    wanted: Callable[[World], bool]
    good: frozenset[str] = frozenset({"deployed", "no-change"})
    both: bool = False


def _deployed(here: World) -> bool:
    from botocore.exceptions import ClientError

    stack = here.deployed().get("dev-one")
    if stack is None or stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return False
    api = here.aws.client("cloudformation")
    try:
        body: Any = api.get_template(StackName="dev-one", TemplateStage="Original")["TemplateBody"]
        policy = api.get_stack_policy(StackName="dev-one").get("StackPolicyBody")
    except ClientError:
        return False
    current = bool(body == (here.root / "out" / "one.yaml").read_text())
    return current and stack["EnableTerminationProtection"] and policy is not None


def _new(here: World) -> list[str]:
    here.stack("one", topic("one"), **KEPT)
    return ["deploy", "--yes"]


def _update(here: World) -> list[str]:
    _new(here)
    assert here.deploy().code == 0
    here.stack("one", topic("one"), {"Word": "other"}, **KEPT)
    changed = topic("one")
    changed["Resources"]["Topic"]["Properties"]["DisplayName"] = "other"
    here.stack("one", changed, **KEPT)
    return ["deploy", "--yes"]


def _replace(here: World) -> list[str]:
    _new(here)
    assert here.deploy().code == 0
    here.stack("one", topic("two"), **KEPT)
    return ["deploy", "--yes"]


def _given(here: World) -> list[str]:
    arguments = _replace(here)
    return [*arguments, "--change-set", here.plan().stacks["one"]["change_set"]]


def _failing(here: World) -> list[str]:
    here.aws.client("ssm").put_parameter(Name="/failures/taken", Value="x", Type="String")
    here.stack("one", EXISTING_PARAMETER.template, EXISTING_PARAMETER.working, **KEPT)
    assert here.deploy().code == 0
    here.stack("one", EXISTING_PARAMETER.template, EXISTING_PARAMETER.failing, **KEPT)
    return ["deploy", "--yes"]


def _plan(here: World) -> list[str]:
    _replace(here)
    return ["plan"]


def _plan_new(here: World) -> list[str]:
    _new(here)
    return ["plan"]


def _discard(here: World) -> list[str]:
    _replace(here)
    return ["plan", "--discard"]


def _broken(here: World) -> list[str]:
    _failing(here)
    assert here.deploy("--no-rollback").code == 1
    return ["recover", "one", "--yes"]


def _explain(here: World) -> list[str]:
    _failing(here)
    assert here.deploy().code == 1
    return ["explain", "one"]


def _drift(here: World) -> list[str]:
    _new(here)
    assert here.deploy().code == 0
    return ["drift", "one"]


def _destroy(here: World) -> list[str]:
    _new(here)
    assert here.deploy().code == 0
    return ["destroy", "--yes", "--confirm", "dev"]


def _always(_here: World) -> bool:
    return True


def _rolled_back(here: World) -> bool:
    return here.status("one") == "UPDATE_ROLLBACK_COMPLETE"


SCENES = {
    "deploy, a new stack": Scene(_new, _deployed),
    "deploy, an update": Scene(_update, _deployed),
    "deploy, a replacement": Scene(_replace, _deployed),
    "deploy, a given change set": Scene(_given, _deployed),
    "deploy, two at once": Scene(_replace, _deployed, both=True),
    "deploy, a failing one": Scene(_failing, _rolled_back, frozenset({"rolled-back"})),
    "plan, a new stack": Scene(
        _plan_new, lambda here: len(here.change_sets("one")) == 1, frozenset({"planned"})
    ),
    "plan, an update": Scene(_plan, lambda here: len(here.change_sets("one")) == 1, frozenset({"planned"})),
    "plan, discarded": Scene(_discard, lambda here: not here.change_sets("one"), frozenset({"planned"})),
    "recover": Scene(_broken, _rolled_back, frozenset({"0"})),
    "destroy": Scene(_destroy, lambda here: not here.deployed(), frozenset({"deleted", "absent"})),
    "destroy, two at once": Scene(
        _destroy, lambda here: not here.deployed(), frozenset({"deleted", "absent"}), both=True
    ),
    "explain": Scene(_explain, _always, frozenset({"0"})),
    "drift": Scene(_drift, _always, frozenset({"0"})),
}
CASES = [(FIRST + number, list(SCENES)[number % len(SCENES)]) for number in range(SCHEDULES)]


@pytest.fixture(scope="module")
def counts() -> Iterator[Counter[str]]:
    """What was counted; printed at the end."""
    counted: Counter[str] = Counter(
        dict.fromkeys(("tracebacks", "false successes", "false failures", "lost change sets"), 0)
    )
    yield counted
    print("\n" + ", ".join(f"{number} {name}" for name, number in counted.items()))


@pytest.mark.parametrize(("seed", "scene"), CASES)
def test_schedule(here: World, seed: int, scene: str, counts: Counter[str]) -> None:
    chosen = SCENES[scene]
    here.clock = Clock()
    arguments = [*chosen.prepare(here), "--format", "json"]
    undisturbed = here.run(*arguments).out if arguments[0] in {"explain", "drift"} else ""
    schedule = Schedule.of(seed)
    with proxy(schedule) as url:
        settings = {"retries": {"total_max_attempts": 1}, "read_timeout": 0.6, "connect_timeout": 2}
        troubled = replace(here, config=Config(proxies={"http": url}, **settings))
        runs = _run(troubled, arguments, both=chosen.both)
    counts["schedules"] += 1
    counts["faults"] += sum(schedule.hits.values())
    about = f"seed {seed}, {scene}, {dict(schedule.hits)}"
    for ran in runs:
        _true(here, chosen, ran, undisturbed, counts, f"{about}:\n{ran}")
    for _ in range(2):  # what the first run found under way may have to end first
        (again,) = _run(here, arguments, both=False)
        if chosen.wanted(here) or "deploy" not in arguments:
            break
    assert chosen.wanted(here), f"{about}: run again:\n{again}"
    if arguments[0] == "deploy":
        assert here.change_sets("one") == [], about
    random.seed()


def _run(here: World, arguments: list[str], *, both: bool) -> list[Ran | BaseException]:
    """What the command did, or what it let through; two of it at the same time."""
    ended: list[Ran | BaseException] = []

    def run() -> None:
        try:
            ended.append(here.run(*arguments))
        except BaseException as error:  # noqa: BLE001 - it is what is looked for
            ended.append(error)

    if not both:
        run()
        return ended
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def _true(
    here: World,
    scene: Scene,
    ran: Ran | BaseException,
    undisturbed: str,
    counts: Counter[str],
    about: str,
) -> None:
    """Hold what was said against the account."""
    if isinstance(ran, BaseException) or "Traceback" in ran.err:
        counts["tracebacks"] += 1
        raise AssertionError(about) from (ran if isinstance(ran, BaseException) else None)
    if not ran.out:
        assert ran.code == 1, about
        assert "error: " in ran.err, about
        return
    if undisturbed:
        if ran.code == 0 and _undated(ran.out) != _undated(undisturbed) and '"failed"' not in ran.out:
            counts["false successes"] += 1
            raise AssertionError(about)
        return
    result = str(ran.stacks["one"]["result"]) if "stacks" in ran.json else str(ran.code)
    wanted = scene.wanted(here)
    if (
        result in scene.good
        and not wanted
        and not (scene.both or ("warnings" in ran.out and "could not be deleted" in ran.out))
    ):
        counts["false successes"] += 1
        raise AssertionError(about)
    told = ran.out + ran.err
    if ran.code not in {0, 1} or (ran.code == 0) != (result in {*scene.good, "0"} - {"rolled-back"}):
        counts["false failures"] += 1
        raise AssertionError(about)
    changed = bool({"deployed", "deleted"} & scene.good)
    sure = not any(word in told for word in UNSURE) and not scene.both
    if changed and result not in scene.good and wanted and sure:
        counts["false failures"] += 1
        raise AssertionError(about)
    if here.change_sets("one") and "change set" not in told and "change_set" not in told:
        counts["lost change sets"] += 1
        raise AssertionError(about)


def _undated(text: str) -> str:
    """The output without the moment at which it was true."""
    return re.sub(r'"at": "[^"]*"', "", text)
