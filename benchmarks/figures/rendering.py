"""What rendering costs: against the import that nobody can do without, and for each stack more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

from benchmarks.measure import Command, Pairs, cost, pairs, run
from benchmarks.modules import imported
from benchmarks.place import PEERS, PROGRAMS, Place, forget, stacks
from benchmarks.result import Budget, Row, compared, skipped

# About 90 resources, like the prototype that the budget was measured on.
SIX = ("artifact-stores", "audit-alarms", "audit-queries", "audit-trail", "platform-roles", "pod-roles")

_GENERATE = "generate {which}, from nothing, without lint ÷ importing the same {modules} modules"


def generate(place: Place) -> Iterator[Row]:
    """All stacks, and six."""
    for which, names in _sets(place):
        rendering, importing, modules = _commands(place, names)
        measured = pairs(cost(rendering), cost(importing), place.sizes.pairs)
        what = _GENERATE.format(which=which, modules=modules)
        yield compared("generate", what, measured, Budget(0.95), of="wall")


def instructions(place: Place) -> Iterator[Row]:
    """The same without the noise of the machine, and without a second core."""
    what = "the same in instructions, {}"
    if shutil.which("valgrind") is None:
        yield skipped("instructions", what.format("all"), Budget(0.85), "valgrind is not installed")
        return
    for which, names in _sets(place):
        rendering, importing, _ = _commands(place, names)
        alone = str(PROGRAMS / "one_process.py")
        rendering = place.command(rendering.folder, alone, "build", ready=rendering.ready)
        for command in (rendering, importing):
            run(command)
        a, b = _counted(rendering), _counted(importing)
        told = f"{a / 1e6:.0f} ÷ {b / 1e6:.0f} million, counted by callgrind"
        yield Row("instructions", what.format(which), a / b, Budget(0.85), told)


def slope(place: Place) -> Iterator[Row]:
    """From one stack to many of the same 15 resources."""
    definition = (PEERS / "cfngen" / "messages.py").read_text(encoding="utf-8")
    count = place.sizes.stacks
    commands = []
    for name, number in (("one", 1), ("many", count)):
        project = place.fresh(f"slope-{name}")
        for index in range(number):
            (project / "templates" / f"messages_{index:04}.py").write_text(definition, encoding="utf-8")
        commands.append(_build(place, project))
    one, many = commands
    measured = pairs(cost(many), cost(one), max(1, place.sizes.pairs // 2))
    each = [
        1000 * (large.cpu - small.cpu) / (count - 1)
        for large, small in zip(measured.a, measured.b, strict=True)
    ]
    what = f"render one stack of 15 resources more, 1 → {count} stacks"
    told = f"cpu of {count} stacks {median(run.cpu for run in measured.a):.2f} s"
    yield Row("slope", what, median(each), Budget(6, " ms"), told, measured)
    yield _memory(measured, count)


def _memory(measured: Pairs, count: int) -> Row:
    many, one = measured.median("memory")
    what = f"memory with {count} stacks ÷ with one"
    told = f"{many:.0f} ÷ {one:.0f} MiB; every template is held until all are written"
    return Row("slope", what, measured.ratio("memory"), Budget(1.5), told, measured)


def _sets(place: Place) -> Iterator[tuple[str, list[str]]]:
    everything = stacks(place.pristine)
    yield f"all {len(everything)} stacks", everything
    if set(SIX) < set(everything):
        yield "six stacks of the prototype's size", list(SIX)


def _commands(place: Place, names: list[str]) -> tuple[Command, Command, int]:
    """Rendering, plainly importing, and how many modules that are."""
    project = place.folder / f"generate-{len(names)}"
    if not project.exists():
        place.project(project.name, names)
    modules = imported(project, names, place.pristine / "src" / "cfngen" / "build")
    return (
        _build(place, project),
        place.command(project, "-c", f"import {', '.join(modules)}"),
        len(modules),
    )


def _build(place: Place, project: Path) -> Command:
    return place.command(project, "-m", "cfngen", "build", ready=lambda: forget(project))


def _counted(command: Command) -> int:
    with NamedTemporaryFile("r", suffix=".log") as log:
        valgrind = [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            f"--log-file={log.name}",
        ]
        run(command._replace(arguments=[*valgrind, *command.arguments]))
        return instructions_of(log.read())


def instructions_of(log: str) -> int:
    r"""The instructions that callgrind counted.

    >>> instructions_of("==1== Events    : Ir\n==1== Collected : 40389833\n")
    40389833
    """
    found = re.search(r"Collected : (\d+)", log)
    if found is None:
        raise ValueError(f"valgrind counted nothing:\n{log}")
    return int(found[1])
