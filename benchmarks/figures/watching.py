"""How long `cfngen watch` takes from a save to what it shows: the difference in words, cfn-lint's verdict."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures.starting import generated
from benchmarks.measure import CommandError
from benchmarks.place import Place, stacks
from benchmarks.result import Budget, Row

# The audit trail with its 11 resources, and the largest one; in another project, its first and its largest.
SMALL = "audit-trail"

_PATIENCE = 120


def watch(place: Place) -> Iterator[Row]:
    """Each stack is edited and saved, and edited back, in turn."""
    project = generated(place)
    names = sorted(stacks(project), key=lambda name: (project / "out" / f"{name}.yaml").stat().st_size)
    small = SMALL if SMALL in names else names[0]
    for stack, verdict in ((small, 0.4), (names[-1], 0.9)):
        with _Watched(place, project) as watched:
            watched.edit(stack)  # what cfn-lint loads at its first use of a resource type does not count
            times = [watched.edit(stack) for _ in range(place.sizes.pairs)]
        size = (project / "out" / f"{stack}.yaml").stat().st_size
        load = f"{size:,} bytes; median of {len(times)} saves; load {os.getloadavg()[0]:.1f}"
        what = f"`cfngen watch`, {stack}: save -> difference on the screen"
        yield Row("watch", what, median(shown for shown, _ in times), Budget(0.3, " s"), load)
        what = f"`cfngen watch`, {stack}: save -> cfn-lint's verdict"
        yield Row("watch", what, median(linted for _, linted in times), Budget(verdict, " s"), load)


class _Watched:
    """The command, and its output line by line."""

    def __init__(self, place: Place, project: Path) -> None:
        self._project = project
        # A text that no other figure made in this project: its verdict would be known.
        self._turn = time.time_ns()
        self._process = subprocess.Popen(
            [place.python, "-m", "cfngen", "watch"],
            cwd=project,
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> _Watched:
        self._until("watching ")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def edit(self, stack: str) -> tuple[float, float]:
        """Seconds from a save to the difference, and to the verdict; the file is as it was afterwards."""
        path = self._project / "templates" / f"{stack.replace('-', '_')}.py"
        source = path.read_text(encoding="utf-8")
        self._turn += 1
        more = f'\nstack.template.set_description(f"{{stack.template.description}} {self._turn}")\n'
        try:
            begun = time.perf_counter()
            path.write_text(source + more, encoding="utf-8")
            self._until(f"{stack} ", f"{stack}:")
            shown = time.perf_counter() - begun
            self._until("linted ")
            linted = time.perf_counter() - begun
            self._until("watching ")
        finally:
            path.write_text(source, encoding="utf-8")
        self._until("watching ")
        return shown, linted

    def _until(self, *beginnings: str) -> None:
        for line in self._process.stdout or ():
            if line.startswith(beginnings):
                return
        raise CommandError(f"cfngen watch has ended with exit code {self._process.wait()}")
