"""One step of the deploy wing, run to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cfngen.aws.steps import Clock, Steps

T = TypeVar("T")


def one(start: Callable[[], Steps[T]], clock: Clock) -> T:
    """The step's result; what it raises is raised."""
    steps = start()
    while True:
        try:
            clock.sleep(next(steps))
        except StopIteration as stop:
            result: T = stop.value
            return result
