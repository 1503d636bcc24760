"""What `generate.py` costs when there is little to do, against an interpreter that does nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Pairs, cost, pairs, run
from benchmarks.place import Place
from benchmarks.result import Budget, Row, compared


def nothing(place: Place) -> Iterator[Row]:
    """Nothing has changed since the last run."""
    what = "`generate.py` with nothing to do ÷ `python -c pass`"
    yield compared("nothing", what, _against_nothing(place), Budget(1.5), of="cpu")


def check(place: Place) -> Iterator[Row]:
    """Everything is rendered and compared; the verdicts are there."""
    what = "`generate.py --check` in full, verdicts cached ÷ `python -c pass`"
    yield compared("check", what, _against_nothing(place, "--check"), Budget(10), of="wall")


def _against_nothing(place: Place, *arguments: str) -> Pairs:
    project = generated(place)
    generating = place.command(project, "generate.py", *arguments)
    return pairs(cost(generating), cost(place.command(project, "-c", "pass")), 3 * place.sizes.pairs)


def generated(place: Place) -> Path:
    """A copy of the project that is generated and linted, for long enough that the next run believes it."""
    project = place.folder / "generated"
    if not project.exists():
        place.project(project.name)
        generating = place.command(project, "generate.py")
        run(generating)
        time.sleep(0.1)
        run(generating)
    return project
