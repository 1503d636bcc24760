"""What rendering costs: against the import that nobody can do without, and for each stack more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

from benchmarks.measure import Command, cost, pairs, run
from benchmarks.modules import imported
from benchmarks.place import PEERS, PROGRAMS, Place, forget, stacks
from benchmarks.result import Budget, Row, compared, skipped, told

# About 90 resources, like the prototype that the budget was measured on, and all that they depend on.
FOUR = ("artifact-stores", "audit-trail", "delivery-roles", "platform-roles")
# What everybody deploys first.
TWO = ("audit-trail", "delivery-roles")


def generate(place: Place) -> Iterator[Row]:
    """All stacks, four and two, of which no rendering is kept; out/ holds the same already."""
    for which, names in _sets(place):
        rendering, importing, modules = _commands(place, names)
        measured = pairs(cost(rendering), cost(importing), place.sizes.pairs)
        what = f"render {which}, without lint ÷ importing the same {modules} modules"
        yield compared("generate", what, measured, Budget(1.25), of="cpu")
    rendering, importing, _ = _commands(place, stacks(place.pristine))
    writing = rendering._replace(ready=lambda: forget(rendering.folder))
    measured = pairs(cost(writing), cost(importing), place.sizes.pairs)
    yield compared("generate", "the same of all, and write every file", measured, None, of="cpu")
    alone = str(PROGRAMS / "troposphere_alone.py")
    for what, arguments in (
        ("run the definitions of all, and nothing else", [alone]),
        ("run them, and troposphere's own `to_json` of each", [alone, "--json"]),
    ):
        measured = pairs(
            cost(place.command(rendering.folder, *arguments)), cost(importing), place.sizes.pairs
        )
        yield compared("generate", f"{what} ÷ importing the same modules", measured, None, of="cpu")


def changed(place: Place) -> Iterator[Row]:
    """One of all definitions has changed, so that its template does, or so that it does not."""
    names = stacks(place.pristine)
    rendering, importing, modules = _commands(place, names)
    project = rendering.folder
    path = project / "templates" / f"{names[-1].replace('-', '_')}.py"
    source = path.read_text(encoding="utf-8")
    alone = imported(project, names[-1:], place.pristine / "src" / "cfngen")
    own = place.command(project, "-c", f"import {', '.join(alone)}")
    counter = count(1)
    edits: list[tuple[str, Callable[[], object]]] = [
        ("so that its template does", lambda: path.write_text(_described(source, next(counter)))),
        ("by a comment", lambda: path.write_text(f"{source}# {next(counter)}\n")),
    ]
    for how, edit in edits:
        run(rendering)
        one = rendering._replace(ready=edit)
        measured = pairs(cost(one), cost(importing), place.sizes.pairs)
        what = f"render one of {len(names)} that changed {how} ÷ importing the same {modules} modules"
        yield compared("changed", what, measured, Budget(0.9), of="cpu")
    measured = pairs(cost(one), cost(own), place.sizes.pairs)
    yield compared(
        "changed", f"the latter ÷ importing its own {len(alone)} modules", measured, None, of="cpu"
    )


def _described(source: str, number: int) -> str:
    """A definition whose stack's description ends with a number."""
    edited = re.sub(
        r"(?m)^stack = Stack\(",
        "_described = lambda *a, **k: Stack(a[0] + NUMBER, *a[1:], **k)\nstack = _described(",
        source,
        count=1,
    )
    return edited.replace("NUMBER", repr(f" {number}"))


def instructions(place: Place) -> Iterator[Row]:
    """The same without the noise of the machine, and without a second core."""
    what = "the same in instructions, {}"
    if shutil.which("valgrind") is None:
        yield skipped("instructions", what.format("all"), None, "valgrind is not installed")
        return
    for which, names in _sets(place):
        rendering, importing, _ = _commands(place, names)
        alone = [place.python, str(PROGRAMS / "one_process.py"), "generate", "--no-lint"]
        commands = rendering._replace(arguments=alone), importing
        for command in commands:
            run(command)
        a, b = map(_counted, commands)
        counted = f"{a / 1e6:.0f} ÷ {b / 1e6:.0f} million, counted by callgrind"
        yield Row("instructions", what.format(which), a / b, None, counted)


def slope(place: Place) -> Iterator[Row]:
    """From one stack to many of the same 15 resources."""
    most = place.sizes.stacks
    one, half, many = (_many(place, number) for number in (1, most // 2, most))
    measured = pairs(cost(many), cost(one), max(1, place.sizes.pairs // 2))
    both = zip(measured.a, measured.b, strict=True)
    each = median((large.cpu - small.cpu) / (most - 1) for large, small in both)
    what = f"render one stack of 15 resources more, 1 → {most} stacks"
    yield Row("slope", what, 1000 * each, Budget(6, " ms"), told(measured, "cpu"), measured)
    measured = pairs(cost(many), cost(half), 1)
    what = f"memory of {most} stacks ÷ of half as many"
    yield Row("slope", what, measured.ratio("memory"), Budget(1.25), told(measured, "memory"), measured)


def _many(place: Place, number: int) -> Command:
    project = place.fresh(f"slope-{number}")
    for index in range(number):
        shutil.copy(PEERS / "cfngen" / "messages.py", project / "templates" / f"messages_{index:04}.py")
    return _render(place, project)


def _sets(place: Place) -> Iterator[tuple[str, list[str]]]:
    everything = stacks(place.pristine)
    yield f"all {len(everything)} stacks", everything
    if set(FOUR) < set(everything):
        yield "four stacks of the prototype's size", list(FOUR)
        yield " and ".join(TWO), list(TWO)


def _commands(place: Place, names: list[str]) -> tuple[Command, Command, int]:
    """Rendering, plainly importing, and how many modules that are.

    The stacks have no releases: judging how a template differs from its release is no part of rendering.
    """
    project = place.folder / f"generate-{len(names)}"
    if not project.exists():
        place.project(project.name, names, releases=False)
    modules = imported(project, names, place.pristine / "src" / "cfngen")
    return (
        _render(place, project),
        place.command(project, "-c", f"import {', '.join(modules)}"),
        len(modules),
    )


def _render(place: Place, project: Path) -> Command:
    """Everything anew: without what an earlier run kept."""
    kept = project / ".cfngen" / "rendered.json"
    return place.command(
        project, "-m", "cfngen", "generate", "--no-lint", ready=lambda: kept.unlink(missing_ok=True)
    )


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
