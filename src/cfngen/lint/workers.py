"""One function over many items on two cores: in forked workers where that is safe, else in this process."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS: Final = 2
"""More would mostly wait: each worker loads the resource schemas of its templates for itself."""


def can_fork() -> bool:
    """Whether a forked copy of this process is safe to work in.

    macOS can fork, but its system libraries may crash in the copy:
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    return sys.platform != "darwin" and "fork" in multiprocessing.get_all_start_methods()


def run(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    done: Callable[[Item], object] = lambda _: None,
    *,
    workers: int = WORKERS,
) -> list[Result]:
    """`function` of each item, in the order of `items`; they are begun in that order, too.

    Arguments:
        done: called with each item once its result is there.
        workers: how many processes; with one, or where no process can be forked, it all happens in this one.

    >>> run(abs, [-1, 2], workers=1)
    [1, 2]
    """
    results: dict[int, Result] = {}
    if min(workers, len(items)) > 1 and can_fork():
        for index, result in _forked(function, items, min(workers, len(items))):
            results[index] = result
            done(items[index])
    for index, item in enumerate(items):
        if index not in results:  # also what a worker took to its grave
            results[index] = function(item)
            done(item)
    return [results[index] for index in range(len(items))]


def _forked(function: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Any:
    """Index and result, as they come; less of them when a worker dies."""
    context = multiprocessing.get_context("fork")
    processes: dict[Connection, Any] = {}
    waiting = iter(range(len(items)))
    try:
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(function, items, theirs, ours), daemon=True)
            process.start()
            theirs.close()
            processes[ours] = process
        idle = list(processes)
        busy: set[Connection] = set()
        while True:
            for connection in idle:
                index = next(waiting, None)
                if index is None:
                    break
                connection.send(index)
                busy.add(connection)
            if not busy:
                return
            idle = []
            for ready in wait(list(busy)):
                connection = ready  # type: ignore[assignment]
                busy.discard(connection)
                try:
                    yield connection.recv()
                except EOFError:
                    continue
                idle.append(connection)
    finally:
        for connection, process in processes.items():
            connection.close()
            process.terminate()
            process.join()


def _work(
    function: Callable[[Item], Result], items: Sequence[Item], tasks: Connection, parents: Connection
) -> None:
    parents.close()
    try:
        while True:
            index = tasks.recv()
            tasks.send((index, function(items[index])))
    except (Exception, KeyboardInterrupt):  # noqa: BLE001
        return  # the parent has finished, or was interrupted too, or will do this item and hear for itself
