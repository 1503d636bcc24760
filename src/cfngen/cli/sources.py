"""The files that people write, looked at again and again until one of them changes."""

from __future__ import annotations

import time
from collections.abc import Callable

from cfngen.generate import fresh
from cfngen.project import Project

PAUSE = 0.05
"""Seconds between two looks: a look takes less than a millisecond."""

SETTLED = 0.02
"""Seconds without a change after which a save is complete."""

GONE = 0.5
"""The same for a file that is empty or gone: editors empty or rename a file before they write the new one."""


class Sources:
    """What templates/, deployments/ and the configuration held when they were last looked at."""

    def __init__(self, project: Project, sleep: Callable[[float], None] = time.sleep) -> None:
        self._project = project
        self._sleep = sleep
        self._others: tuple[str, ...] = ()
        self._seen = self._look()

    def also(self, others: tuple[str, ...] | None) -> None:
        """Look at these files, too, from now on: what definitions read outside of templates/."""
        if others is not None and others != self._others:
            self._others = others
            self._seen = {**self._look(), **self._seen}

    @property
    def changed(self) -> bool:
        """Whether anything differs from what was seen last."""
        return self._look() != self._seen

    def wait(self) -> list[str]:
        """Wait for a change; the changed files, relative to the project."""
        while not self.changed:
            self._sleep(PAUSE)
        before, now = self._seen, self._settled()
        self._seen = now
        paths = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
        return [path.removeprefix(f"{self._project.root}/") for path in paths]

    def _settled(self) -> dict[str, list[str]]:
        now = self._look()
        while True:
            self._sleep(SETTLED if _filled(now) >= _filled(self._seen) else GONE)
            later = self._look()
            if later == now:
                return now
            now = later

    def _look(self) -> dict[str, list[str]]:
        """What `fresh` tells of each file, by its path."""
        lines = fresh.sources(str(self._project.root), self._others)
        return {path: told for path, *told in (line.rsplit(" ", 4) for line in lines)}


def _filled(seen: dict[str, list[str]]) -> set[str]:
    """The files that hold anything; of one that is not there, the size is told as 0."""
    return {path for path, (size, *_) in seen.items() if size != "0"}
