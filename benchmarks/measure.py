"""What a command costs, and what two commands cost in turn: A B A B, so that both see the same machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple


class Cost(NamedTuple):
    """Of one run: seconds that passed, seconds of CPU with all children, greatest resident memory in MiB."""

    wall: float
    cpu: float
    memory: float

    def and_then(self, other: Cost) -> Cost:
        """Of one run after the other.

        >>> Cost(1, 1, 30).and_then(Cost(2, 1, 20))
        Cost(wall=3, cpu=2, memory=30)
        """
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.memory, other.memory))


class Command(NamedTuple):
    """A program with its arguments, where it runs, and what is made ready before, outside of the measurement.

    Attributes:
        environment: all of it; nothing is inherited.
        codes: the exit codes of success.
    """

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    ready: Callable[[], object] = lambda: None
    codes: tuple[int, ...] = (0,)


class CommandError(Exception):
    """A command that is measured failed: then its costs mean nothing."""


def run(command: Command) -> tuple[Cost, str]:
    """One run: its cost, and what it printed.

    Raises:
        CommandError: its exit code is none of success.
    """
    command.ready()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said, complained = _read(out), _read(err)
    if process.returncode not in command.codes:
        text = (
            f"{' '.join(command.arguments)}: exit code {process.returncode}\n{said[-500:]}{complained[-500:]}"
        )
        raise CommandError(text.strip())
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), said


def cost(*commands: Command) -> Callable[[], Cost]:
    """Runs commands one after the other when called."""

    def both() -> Cost:
        total, *rest = (run(command)[0] for command in commands)
        for each in rest:
            total = total.and_then(each)
        return total

    return both


class Pairs(NamedTuple):
    """Runs in turn, the first of each pair A's."""

    a: list[Cost]
    b: list[Cost]

    def ratio(self, of: str) -> float:
        """The median of the pairs' ratios, A to B, of `wall`, `cpu` or `memory`.

        >>> Pairs([Cost(2, 3, 0), Cost(3, 3, 0)], [Cost(1, 1, 0), Cost(1, 1, 0)]).ratio("wall")
        2.5
        """
        ratios: list[float] = [getattr(a, of) / getattr(b, of) for a, b in zip(self.a, self.b, strict=True)]
        return median(ratios)

    def median(self, of: str) -> tuple[float, float]:
        """A's and B's own medians.

        >>> Pairs([Cost(2, 3, 0), Cost(4, 3, 0)], [Cost(1, 1, 0)] * 2).median("wall")
        (3.0, 1.0)
        """
        return median(getattr(each, of) for each in self.a), median(getattr(each, of) for each in self.b)


def pairs(a: Callable[[], Cost], b: Callable[[], Cost], count: int) -> Pairs:
    """A B A B …, after one of each that does not count: it fills caches and compiles bytecode."""
    a(), b()
    measured = Pairs([], [])
    for _ in range(count):
        measured.a.append(a())
        measured.b.append(b())
    return measured


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")
