"""Data on stdout, talk on stderr, colour and progress only where a person looks."""

from __future__ import annotations

import io

import pytest

from cfngen.cli.console import Console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_data_ends_with_one_new_line() -> None:
    out = io.StringIO()
    console = Console(out, io.StringIO())
    console.data("a")
    console.data("b\n")
    console.data("")
    assert out.getvalue() == "a\nb\n"


def test_progress_is_for_terminals() -> None:
    silent = io.StringIO()
    Console(io.StringIO(), silent).progress("working ...")
    assert silent.getvalue() == ""
    shown = Terminal()
    console = Console(io.StringIO(), shown)
    console.progress("working ...")
    console.note("done")
    assert shown.getvalue() == "working ...\r\x1b[Jdone\n"


def test_colour_is_for_terminals_and_bows_to_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert Console(io.StringIO(), io.StringIO()).colour("x", "red") == "x"
    console = Console(Terminal(), io.StringIO())
    assert console.colour("x", "red") == "\x1b[31mx\x1b[0m"
    assert console.colour("x", "red", stream="err") == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.colour("x", "red") == "x"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert Console(io.StringIO(), io.StringIO()).colour("x", "green") == "\x1b[32mx\x1b[0m"


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False)])
def test_only_yes_agrees(answer: str, agreed: bool) -> None:
    err = Terminal()
    assert Console(io.StringIO(), err, Terminal(answer)).confirm("Go?") is agreed
    assert err.getvalue() == "Go? [y/N] "


def test_nobody_is_asked_where_nobody_sits() -> None:
    assert Console(io.StringIO(), io.StringIO(), io.StringIO("y\n")).confirm("Go?") is False
    assert Console(io.StringIO(), Terminal()).confirm("Go?") is False
