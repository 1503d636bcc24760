"""Time, handed in: what waits says so, and whoever runs it decides how."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

T = TypeVar("T")

Steps = Generator[float, None, T]
"""Something that takes time: yields the seconds it wants to wait, returns its result."""


class Interrupted(KeyboardInterrupt):
    """A step was cut short by Ctrl-C or a signal; it says what it leaves.

    Attributes:
        result: the step's result all the same.
    """

    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result


PACE = 1.0
"""Seconds between two describe calls of one kind about one stack."""


class Clock(Protocol):
    """Seconds that only go forward, and a way to let them pass."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class Pace:
    """Keeps the describe calls about one stack apart: only what asks the same again waits."""

    clock: Clock
    seconds: float = PACE
    _next: dict[str, float] = field(default_factory=dict)

    def turn(self, operation: str) -> Steps[None]:
        """Wait until this describe call may be made again."""
        while (wait := self._next.get(operation, 0.0) - self.clock.now()) > 0:
            yield wait
        self._next[operation] = self.clock.now() + self.seconds


def backoff(first: float = 1.0, factor: float = 1.5, most: float = 5.0) -> Generator[float, None, None]:
    """Seconds to wait before each next look.

    >>> waits = backoff()
    >>> [round(next(waits), 2) for _ in range(6)]
    [1.0, 1.5, 2.25, 3.38, 5.0, 5.0]
    """
    while True:
        yield first
        first = min(first * factor, most)


def run_alone(start: Callable[[], Steps[T]], clock: Clock) -> T:
    """The result of steps that nothing runs beside; what they raise is raised."""
    steps = start()
    while True:
        try:
            clock.sleep(next(steps))
        except StopIteration as stop:
            result: T = stop.value
            return result
