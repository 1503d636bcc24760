"""What talking to an account costs, on the emulator: no figure here is AWS's own time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.measure import Command, Cost, pairs, run
from benchmarks.place import PROGRAMS, Place
from benchmarks.result import Budget, Row, compared, skipped

MISSING = "ministack, the emulator, is not installed"
_ACCOUNTS = itertools.count(300_000_000_000)
_TOPICS = """\
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("Many topics")
for number in range({resources}):
    stack.add(Topic(f"Topic{{number}}"))
"""


def plan(place: Place) -> Iterator[Row]:
    """All stacks, to an empty account each time."""
    what, budget = "`cfngen plan` of all stacks ÷ import boto3 and make the same calls by hand", Budget(1.25)
    if find_spec("ministack") is None:
        yield skipped("plan", what, budget, MISSING)
        return
    project = deployable(place)
    calls = place.folder / "calls.jsonl"
    argv = ["plan", "--env", "dev"]
    with emulator() as environment:

        def measure(*arguments: str) -> Callable[[], Cost]:
            def once() -> Cost:
                return run(_in_account(place.command(project, *arguments), environment))[0]

            return once

        measure(str(PROGRAMS / "calls.py"), str(calls), *argv)()
        ours = measure("-m", "cfngen", *argv)
        theirs = measure(str(PROGRAMS / "by_hand.py"), str(calls))
        measured = pairs(ours, theirs, place.sizes.pairs)
    count = len(calls.read_text(encoding="utf-8").splitlines())
    yield compared("plan", what, measured, budget, of="cpu", more=f"{count} calls: ")


def deploy(place: Place) -> Iterator[Row]:
    """All stacks, side by side and one after the other, each time to an empty account."""
    what, budget = "deploy all stacks ÷ their longest chain of dependencies", Budget(1.2)
    if find_spec("ministack") is None:
        yield skipped("deploy", what, budget, MISSING)
        return
    project = deployable(place)
    ratios, last = [], {}
    for _ in range(max(1, place.sizes.pairs // 3)):
        with emulator() as environment, emulator() as other:
            emulators = json.dumps([environment, other])
            command = place.command(project, str(PROGRAMS / "side_by_side.py"))
            last = json.loads(run(_in_account(command, {**environment, "EMULATORS": emulators}))[1])
        ratios.append(last["together"] / last["chain"])
    told = "wall {together:.1f} s, the chain {chain:.1f} s, one after the other {alone:.1f} s"
    yield Row("deploy", what, median(ratios), budget, told.format(**last))


def events(place: Place) -> Iterator[Row]:
    """Large stacks, deployed at once."""
    resources, count = place.sizes.resources, place.sizes.deployed
    budget = Budget(120, " MiB")
    what = f"memory of deploying {count} stacks of {resources} resources, {2 * resources * count:,} events"
    if find_spec("ministack") is None:
        yield skipped("events", what, budget, MISSING)
        return
    costs = {}
    for number in (1, count):
        project = place.fresh(f"large-{number}")
        values = project / "deployments" / "dev"
        values.mkdir(parents=True)
        (values / "environment.yaml").write_text("region: eu-west-1\nstack-name-prefix: large-\n")
        for index in range(number):
            definition = project / "templates" / f"topics_{index}.py"
            definition.write_text(_TOPICS.format(resources=resources), encoding="utf-8")
            file = values / f"topics-{index}.yaml"
            file.write_text(f"template-file-path: out/topics-{index}.yaml\n", encoding="utf-8")
        run(place.command(project, "generate.py"))  # with lint: its memory is not what is asked about
        with emulator() as environment:
            command = place.command(project, "-m", "cfngen", "deploy", "--env", "dev", "--yes")
            costs[number] = run(_in_account(command, environment))[0]
    told = f"with one such stack {costs[1].memory:.0f} MiB; cpu {costs[count].cpu:.1f} s"
    yield Row("events", what, costs[count].memory, budget, told)


def deployable(place: Place) -> Path:
    """A copy of the project that all figures of an account share: generated and linted, as before a plan."""
    project = place.folder / "deployable"
    if not project.exists():
        place.project(project.name)
        run(place.command(project, "generate.py"))
    return project


@contextmanager
def emulator() -> Iterator[dict[str, str]]:
    """The variables that point to a running emulator, which ends with this."""
    from cfngen.sandbox.launcher import Sandbox

    with Sandbox() as sandbox:
        yield sandbox.environment()


def _in_account(command: Command, environment: dict[str, str]) -> Command:
    """The command with the credentials of an account that nobody has used."""
    mine = {"AWS_ACCESS_KEY_ID": str(next(_ACCOUNTS)), "AWS_EC2_METADATA_DISABLED": "true"}
    return command._replace(environment={**command.environment, **environment, **mine})
