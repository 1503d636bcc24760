from __future__ import annotations

import os
import signal
import time

import pytest

from cfngen.lint import workers


def test_results_come_in_the_order_of_the_items() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.1 if number == 0 else 0)
        return number * number

    assert workers.run(slow_first, range(7)) == [number * number for number in range(7)]


@pytest.mark.skipif(not workers.can_fork(), reason="this platform cannot fork safely")
def test_the_work_is_done_in_other_processes() -> None:
    assert os.getpid() not in workers.run(lambda _: os.getpid(), range(4))


def test_it_all_happens_here_where_nothing_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    assert workers.run(lambda _: os.getpid(), range(3)) == [os.getpid()] * 3


def test_each_item_is_reported_once() -> None:
    done: list[int] = []
    workers.run(lambda number: number, range(5), done.append)
    assert sorted(done) == list(range(5))


@pytest.mark.skipif(not workers.can_fork(), reason="this platform cannot fork safely")
def test_what_a_killed_worker_leaves_is_done_here() -> None:
    parent = os.getpid()

    def fatal(number: int) -> int:
        if number == 1 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert workers.run(fatal, range(6)) == list(range(6))


def test_an_exception_is_the_callers_alone(capfd: pytest.CaptureFixture[str]) -> None:
    def refuse(number: int) -> int:
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        workers.run(refuse, range(3))
    assert capfd.readouterr().err == ""
