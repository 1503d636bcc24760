"""What the page of `cfngen report` costs: to make, in bytes, and until a browser shows something of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Cost, run
from benchmarks.place import BENCHMARKS, PROGRAMS, Place
from benchmarks.result import Budget, Row, skipped

BROWSER = BENCHMARKS.parent / "tests" / "browser" / "node_modules" / ".browser"
_NEEDED = ("graphlay", "jinja2", "jsonschema")


def report(place: Place) -> Iterator[Row]:
    """The page of the environment that has the largest one, without results of an account."""
    what = "`cfngen report` of all stacks, offline"
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        yield skipped("report", what, Budget(1.5, " s"), f"{', '.join(missing)} is not installed")
        return
    project, page = place.project("report"), place.folder / "page.html"
    sizes = {}
    for folder in sorted((project / "deployments").iterdir()):
        _make(place, project, folder.name)
        sizes[folder.name] = page.stat().st_size / 1e6
    name = max(sizes, key=lambda each: sizes[each])
    runs = [_make(place, project, name) for _ in range(place.sizes.pairs)]
    seconds = median(cost.cpu for cost in runs)
    told = f"CPU, of {name}; wall {median(cost.wall for cost in runs):.2f} s"
    yield Row("report", what, seconds, Budget(1.5, " s"), told)
    yield Row("report", "its page", sizes[name], Budget(1, " MB"), f"of {name}, the largest")
    what = "its first paint in Chromium"
    if importlib.util.find_spec("playwright") is None or not BROWSER.is_dir():
        yield skipped("report", what, Budget(300, " ms"), "no browser: make setup-browser")
        return
    paint = place.command(project, str(PROGRAMS / "first_paint.py"), str(BROWSER), str(page))
    yield Row("report", what, float(run(paint)[1]), Budget(300, " ms"), "median of five, from a file")


def _make(place: Place, project: Path, environment: str) -> Cost:
    written = str(place.folder / "page.html")
    made = place.command(project, "-m", "cfngen", "report", "--env", environment, "--save", written)
    return run(made)[0]
