"""All stacks in one thread: each in its turn, none before those that it depends on.

What waits costs nothing, calls never overlap, and an interruption reaches every stack at a known place.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar, cast

from cfngen.aws.steps import Clock, Interrupted, Steps

R = TypeVar("R")


class Task(NamedTuple, Generic[R]):
    """One stack's work.

    Attributes:
        start: begins it.
        skip: its result where it was not begun, given what it waited for in vain (empty: interrupted).
        after: what has to succeed before; what has no task is no obstacle.
    """

    start: Callable[[], Steps[R]]
    skip: Callable[[Sequence[str]], R]
    after: Sequence[str] = ()


@dataclass
class _Board(Generic[R]):
    tasks: Mapping[str, Task[R]]
    results: dict[str, R] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    running: list[tuple[float, int, str]] = field(default_factory=list)
    steps: dict[str, Steps[R]] = field(default_factory=dict)


def run(
    tasks: Mapping[str, Task[R]], good: Callable[[R], bool], clock: Clock, done: Callable[[R], None]
) -> tuple[dict[str, R], bool]:
    """Every task's result, in the order of `tasks`, and whether it was interrupted.

    Arguments:
        tasks: by name, each after those it depends on.
        good: whether what depends on a result may begin.
        done: told of each result as soon as it is there.
    """
    board = _Board(tasks, waiting=list(tasks))
    interrupted = False
    try:
        _run(board, good, clock, done)
    except KeyboardInterrupt:
        interrupted = True
        for name, steps in list(board.steps.items()):
            _finish(board, name, _interrupt(tasks[name], steps), done)
        for name in board.waiting:
            _finish(board, name, tasks[name].skip(()), done)
    return {name: board.results[name] for name in tasks}, interrupted


def _run(board: _Board[R], good: Callable[[R], bool], clock: Clock, done: Callable[[R], None]) -> None:
    turn = 0
    while True:
        _begin(board, good, clock, done)
        if not board.running:
            return
        due, _, name = heapq.heappop(board.running)
        if (wait := due - clock.now()) > 0:
            clock.sleep(wait)
        try:
            seconds = next(board.steps[name])
        except StopIteration as stop:
            _finish(board, name, stop.value, done)
        except Interrupted as cut:
            _finish(board, name, cast("R", cut.result), done)
            raise
        else:
            turn += 1
            heapq.heappush(board.running, (clock.now() + seconds, turn, name))


def _begin(board: _Board[R], good: Callable[[R], bool], clock: Clock, done: Callable[[R], None]) -> None:
    """Start what can start, skip what cannot any more."""
    for name in list(board.waiting):
        task = board.tasks[name]
        after = [other for other in task.after if other in board.tasks]
        if any(other not in board.results for other in after):
            continue
        board.waiting.remove(name)
        bad = [other for other in after if not good(board.results[other])]
        if bad:
            _finish(board, name, task.skip(bad), done)
        else:
            board.steps[name] = task.start()
            heapq.heappush(board.running, (clock.now(), -len(board.tasks), name))


def _finish(board: _Board[R], name: str, result: R, done: Callable[[R], None]) -> None:
    board.results[name] = result
    board.steps.pop(name, None)
    done(result)


def _interrupt(task: Task[R], steps: Steps[R]) -> R:
    """What a task says when it is cut short; one that has not taken a step says that it was not begun."""
    try:
        steps.throw(KeyboardInterrupt())
    except Interrupted as cut:
        return cast("R", cut.result)
    except KeyboardInterrupt:
        return task.skip(())
    raise RuntimeError("a step went on after it was interrupted")
