"""Work on two cores gives what work on one gives, whatever becomes of the other half."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.build import halves

HERE = os.getpid()


@given(st.lists(st.integers(), max_size=9))
def test_the_results_are_in_the_order_of_the_items(items: list[int]) -> None:
    assert halves.run(abs, items) == [abs(item) for item in items]


def test_the_other_half_is_another_process() -> None:
    if (os.cpu_count() or 1) > 1:
        assert {process == HERE for process in halves.run(lambda _: os.getpid(), range(6))} == {True, False}


def test_what_the_other_half_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        halves.run(lambda item: 1 // item, [1, 1, 1, 0, 1])


def test_a_half_that_dies_is_done_here() -> None:
    def fragile(item: int) -> int:
        if os.getpid() != HERE:
            os._exit(9)
        return item

    assert halves.run(fragile, [1, 2, 3, 4]) == [1, 2, 3, 4]


def test_what_cannot_be_sent_is_done_here() -> None:
    results = halves.run(lambda item: object() if item else None, [0, 1, 0, 1])
    assert [result is None for result in results] == [True, False, True, False]
