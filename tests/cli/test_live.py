"""Rows that are replaced in place, a question below them, and a terminal that changes its size meanwhile."""

from __future__ import annotations

import pytest

from cfngen.cli.live import Live
from tests.support.terminal import Screen

LONG = "network  1/3  12 s  AVeryLongLogicalIdOfAResource CREATE_IN_PROGRESS and 2 more"
SHORT = "base  0/1  3 s  Topic"


def live(screen: Screen) -> Live:
    def write(text: str) -> None:
        screen.write(text)

    return Live(write, lambda: screen.columns, lambda: screen.rows)


def test_rows_replace_each_other_and_leave_nothing() -> None:
    screen = Screen()
    rows = live(screen)
    screen.write("above\n")
    rows.show([LONG, SHORT])
    rows.show([SHORT])
    assert screen.now == ["above", SHORT]
    rows.clear()
    assert screen.now == ["above"]


def test_rows_change_above_what_is_typed() -> None:
    screen = Screen()
    rows = live(screen)
    rows.show([LONG, SHORT])
    rows.ask("Go? ")
    screen.write("ye")
    rows.show([SHORT])
    assert screen.now == [SHORT, "", "Go? ye"]
    screen.write("s\n")
    rows.answered("yes", ended=True)
    assert screen.now == ["Go? yes"]


def test_a_long_answer_takes_all_its_lines() -> None:
    screen = Screen(columns=40)
    rows = live(screen)
    screen.write("above\n")
    rows.show([SHORT])
    rows.ask("Go? ")
    typed = "no, I would rather wait until the others are done"
    screen.write(f"{typed}\n")
    rows.answered(typed, ended=True)
    assert "".join(screen.now) == f"aboveGo? {typed}"


@pytest.mark.parametrize("reflows", [True, False])
@pytest.mark.parametrize("rows", [[LONG, SHORT], [SHORT, LONG], [SHORT, SHORT], [LONG, LONG, SHORT]])
def test_a_narrower_terminal_loses_nothing_that_stays(rows: list[str], reflows: bool) -> None:
    screen = Screen(reflows=reflows)
    shown = live(screen)
    screen.write("one: deployed\ntwo: deployed\n")
    shown.show(rows)
    screen.resize(60, 24)
    shown.show(rows)
    left = sum(len(row) > 60 for row in rows) if reflows else 0
    assert screen.now[:2] == ["one: deployed", "two: deployed"]
    assert screen.now[2 + left :] == [row[:59] for row in rows]
    for _ in range(3):
        shown.show([*rows[:-1], "base  0/1  4 s"])
        shown.show(rows)
    assert screen.now[2 + left :] == [row[:59] for row in rows]


@pytest.mark.parametrize("reflows", [True, False])
def test_a_question_stays_whole_in_a_narrower_terminal(reflows: bool) -> None:
    screen = Screen(reflows=reflows)
    shown = live(screen)
    screen.write("one: deployed\n")
    shown.show([LONG, SHORT])
    shown.ask("yes, no, all, quit, ? for help: ")
    screen.resize(60, 24)
    shown.show([LONG, SHORT])
    assert screen.now[-3:] == [LONG[:59], SHORT, "yes, no, all, quit, ? for help:"]
    screen.write("yes\n")
    shown.answered("yes", ended=True)
    assert screen.now[0] == "one: deployed"
    assert screen.now[-1] == "yes, no, all, quit, ? for help: yes"
    assert not any(row.startswith("base") for row in screen.now)


def test_a_wider_terminal_shows_the_rows_in_full() -> None:
    screen = Screen(columns=40)
    shown = live(screen)
    shown.show([LONG, SHORT])
    screen.resize(100, 24)
    shown.show([LONG, SHORT])
    assert screen.now == [LONG, SHORT]


def test_a_lower_terminal_keeps_the_question_and_the_rows_that_it_has_room_for() -> None:
    screen = Screen()
    shown = live(screen)
    many = [f"stack-{number}  1 s" for number in range(10)]
    shown.show(many)
    shown.ask("Go? ")
    screen.resize(100, 8)
    shown.show([f"{row}, changed" for row in many])
    assert screen.now == [*many[3:], "Go?"]
    screen.write("yes\n")
    shown.answered("yes", ended=True)
    shown.show(many)
    assert screen.now == ["Go? yes", *many[:4]]
