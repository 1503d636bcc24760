"""What linting costs, against cfn-lint's own command line on the same templates and deployment files.

cfngen checks every template by itself and with each environment's values, by cfn-lint's rules, by some of its
informational ones and by rules of its own. cfn-lint's command line takes templates or deployment files, not
both: it is run twice, for the same Regions, with the rules that it has switched on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.figures.starting import generated
from benchmarks.measure import Command, Cost, Pairs, cost, pairs
from benchmarks.place import Place, forget, stacks
from benchmarks.result import Budget, Row, compared

# Its size is the middle of all: the one whose definition changes.
CHANGED = "audit-queries"

# Of cfn-lint's exit codes those without an error: 4 for warnings, 8 for informational findings, both.
_NO_ERROR = (0, 4, 8, 12)


def everything(place: Place) -> Iterator[Row]:
    """From nothing: no generated templates, no verdicts."""
    project = generated(place)
    names = stacks(project)
    what = f"generate + lint, cold, all {len(names)} stacks ÷ cfn-lint's command line"
    yield from _rows(place, "lint", what, names, lambda: forget(project), Budget(0.6))


def change(place: Place) -> Iterator[Row]:
    """One definition has changed, the verdicts of the other stacks are there."""
    project = generated(place)
    names = stacks(project)
    stack = CHANGED if CHANGED in names else names[0]
    definition = project / "templates" / f"{stack.replace('-', '_')}.py"
    source = definition.read_text(encoding="utf-8")
    turns = itertools.count()

    def edit() -> None:
        more = f'\nstack.template.set_description(f"{{stack.template.description}} {next(turns)}")\n'
        definition.write_text(source + more, encoding="utf-8")

    what = f"generate + lint, {stack} of {len(names)} stacks changed ÷ cfn-lint's command line on it"
    yield from _rows(place, "change", what, [stack], edit, Budget(0.75))
    definition.write_text(source, encoding="utf-8")


def _rows(
    place: Place, figure: str, what: str, names: Sequence[str], ready: Callable[[], object], budget: Budget
) -> Iterator[Row]:
    project = generated(place)
    generating = cost(place.command(project, "generate.py", ready=ready))
    files = [file for name in names for file in sorted(project.glob(f"deployments/*/{name}.yaml"))]
    templates = cost(_cfn_lint(place, "--template", [project / "out" / f"{name}.yaml" for name in names]))
    values = cost(_cfn_lint(place, "--deployment-files", files)) if files else None
    alone: list[Cost] = []

    def linting() -> Cost:
        alone.append(templates())
        return alone[-1].and_then(values()) if values else alone[-1]

    measured = pairs(generating, linting, place.sizes.pairs)
    both = f"{len(names)} templates, then {len(files)} deployment files: "
    yield compared(figure, what, measured, budget, of="wall", more=both)
    told = "the same ÷ cfn-lint's command line on the templates alone"
    yield compared(figure, told, Pairs(measured.a, alone[1:]), None, of="wall")


def _cfn_lint(place: Place, option: str, files: Sequence[Path]) -> Command:
    project = generated(place)
    names = [str(file.relative_to(project)) for file in files]
    command = place.command(
        project, place.script("cfn-lint"), "--regions", *_regions(project), option, *names
    )
    return command._replace(codes=_NO_ERROR)


def _regions(project: Path) -> list[str]:
    """The environments' Regions; without any, the one that both sides fall back to."""
    texts = (path.read_text(encoding="utf-8") for path in project.glob("deployments/*/environment.yaml"))
    found = {match[1] for text in texts if (match := re.search(r"^region: *([\w-]+)", text, re.MULTILINE))}
    return sorted(found) or ["us-east-1"]
