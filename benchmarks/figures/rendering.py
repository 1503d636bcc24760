"""What rendering costs: against the import that nobody can do without, and for each stack more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

from benchmarks.measure import Command, cost, pairs, run
from benchmarks.modules import imported
from benchmarks.place import PEERS, PROGRAMS, Place, forget, stacks
from benchmarks.result import Budget, Row, compared, skipped, told

# About 90 resources, like the prototype that the budget was measured on.
SIX = ("artifact-stores", "audit-alarms", "audit-queries", "audit-trail", "platform-roles", "pod-roles")
# What everybody deploys first.
TWO = ("audit-trail", "platform-roles")


def generate(place: Place) -> Iterator[Row]:
    """All stacks, six and two; out/ holds them already, as it does whenever nothing or little has changed."""
    for which, names in _sets(place):
        rendering, importing, modules = _commands(place, names)
        measured = pairs(cost(rendering), cost(importing), place.sizes.pairs)
        what = f"generate {which}, without lint ÷ importing the same {modules} modules"
        yield compared("generate", what, measured, Budget(0.95), of="wall")
    rendering, importing, _ = _commands(place, stacks(place.pristine))
    writing = rendering._replace(ready=lambda: forget(rendering.folder))
    measured = pairs(cost(writing), cost(importing), place.sizes.pairs)
    yield compared("generate", "the same of all, and write every file", measured, None, of="wall")


def instructions(place: Place) -> Iterator[Row]:
    """The same without the noise of the machine, and without a second core."""
    what = "the same in instructions, {}"
    if shutil.which("valgrind") is None:
        yield skipped("instructions", what.format("all"), Budget(0.85), "valgrind is not installed")
        return
    for which, names in _sets(place):
        rendering, importing, _ = _commands(place, names)
        alone = str(PROGRAMS / "one_process.py")
        rendering = place.command(rendering.folder, alone, "generate", "--no-lint")
        for command in (rendering, importing):
            run(command)
        a, b = _counted(rendering), _counted(importing)
        counted = f"{a / 1e6:.0f} ÷ {b / 1e6:.0f} million, counted by callgrind"
        yield Row("instructions", what.format(which), a / b, Budget(0.85), counted)


def slope(place: Place) -> Iterator[Row]:
    """From one stack to many of the same 15 resources."""
    count = place.sizes.stacks
    one, half, many = (_many(place, number) for number in (1, count // 2, count))
    measured = pairs(cost(many), cost(one), max(1, place.sizes.pairs // 2))
    both = zip(measured.a, measured.b, strict=True)
    each = median((large.cpu - small.cpu) / (count - 1) for large, small in both)
    what = f"render one stack of 15 resources more, 1 → {count} stacks"
    yield Row("slope", what, 1000 * each, Budget(6, " ms"), told(measured, "cpu"), measured)
    measured = pairs(cost(many), cost(half), 1)
    what = f"memory of {count} stacks ÷ of half as many"
    yield Row("slope", what, measured.ratio("memory"), Budget(1.25), told(measured, "memory"), measured)


def _many(place: Place, number: int) -> Command:
    project = place.fresh(f"slope-{number}")
    for index in range(number):
        shutil.copy(PEERS / "cfngen" / "messages.py", project / "templates" / f"messages_{index:04}.py")
    return _build(place, project)


def _sets(place: Place) -> Iterator[tuple[str, list[str]]]:
    everything = stacks(place.pristine)
    yield f"all {len(everything)} stacks", everything
    if set(SIX) < set(everything):
        yield "six stacks of the prototype's size", list(SIX)
        yield " and ".join(TWO), list(TWO)


def _commands(place: Place, names: list[str]) -> tuple[Command, Command, int]:
    """Rendering, plainly importing, and how many modules that are."""
    project = place.folder / f"generate-{len(names)}"
    if not project.exists():
        place.project(project.name, names)
    modules = imported(project, names, place.pristine / "src" / "cfngen")
    return (
        _build(place, project),
        place.command(project, "-c", f"import {', '.join(modules)}"),
        len(modules),
    )


def _build(place: Place, project: Path) -> Command:
    return place.command(project, "-m", "cfngen", "generate", "--no-lint")


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
