"""One function over many items on two cores, for work that takes a few milliseconds an item.

`multiprocessing` alone takes as long to import as half a run; a fork and a pipe do.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# With fewer, the fork costs what the second core gains.
_WORTHWHILE = 4


def run(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """`function` of each item, in the order of the items.

    Arguments:
        function: returns what `marshal` can write. What it raises in the other process is raised here, as the
            item is tried again.

    >>> run(abs, [-1, -2, -3, -4, -5])
    [1, 2, 3, 4, 5]
    """
    if len(items) < _WORTHWHILE or not _can_fork():
        return [function(item) for item in items]
    child, readable = _fork(function, items[1::2])
    ours = [function(item) for item in items[::2]]
    theirs: list[_Result] | None = _received(child, readable)
    if theirs is None:
        theirs = [function(item) for item in items[1::2]]
    results = [*ours, *theirs]
    results[::2], results[1::2] = ours, theirs
    return results


def _can_fork() -> bool:
    """macOS can fork, but its system libraries may crash in the copy.

    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    return sys.platform != "darwin" and hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def _fork(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> tuple[int, int]:
    """Start the other half; returns its process id and where its results can be read."""
    readable, writable = os.pipe()
    child = os.fork()
    if child:
        os.close(writable)
        return child, readable
    try:
        os.close(readable)
        with os.fdopen(writable, "wb") as stream:
            marshal.dump([function(item) for item in items], stream)
    finally:  # whatever happened: this process is a copy, and must not go on as if it were the run itself
        os._exit(0)


def _received(child: int, readable: int) -> Any:
    """What the other half sent, None where it died."""
    with os.fdopen(readable, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    try:
        return marshal.loads(content)  # noqa: S302 - nobody but our own other half has written it
    except (EOFError, ValueError, TypeError):
        return None
