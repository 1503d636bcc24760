"""A total deadline for a call: botocore's own time-outs begin anew with each piece of an answer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T]) -> T:
    """The result of `ask`; it is left alone where it takes longer.

    Raises:
        TimeoutError: it took longer. What it asked for may be done all the same.
    """
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    errors: queue.SimpleQueue[BaseException] = queue.SimpleQueue()
    ended = threading.Event()

    def run() -> None:
        try:
            results.put(ask())
        except BaseException as error:  # noqa: BLE001 - raised again, below, where it is waited for
            errors.put(error)
        finally:
            ended.set()

    threading.Thread(target=run, daemon=True).start()
    if not ended.wait(seconds):
        raise TimeoutError(f"no whole answer in {seconds:.0f} seconds")
    if not errors.empty():
        raise errors.get()
    return results.get()
