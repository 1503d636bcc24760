"""What is known of running stacks, as rows and as lines."""

from __future__ import annotations

import io

import pytest

from cfngen.cli.console import Console
from cfngen.cli.rows import Rows
from cfngen.deploy.operation.events import StackEvent
from tests.support.stubbed import FakeClock, request
from tests.support.terminal import Screen


def event(name: str, status: str, reason: str = "", *, of_stack: bool = False) -> StackEvent:
    return StackEvent(name, name, "id", "AWS::SNS::Topic", status, reason, "", of_stack)


EVENTS = [
    event("one", "DELETE_IN_PROGRESS", of_stack=True),
    event("Kept", "DELETE_SKIPPED"),
    event("First", "DELETE_IN_PROGRESS"),
    event("Second", "DELETE_IN_PROGRESS"),
    event("First", "DELETE_COMPLETE"),
    event("Second", "DELETE_FAILED", "in use"),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


def test_a_row_counts_what_the_operation_is_about() -> None:
    screen = Screen()
    rows = Rows(Console(screen, screen), FakeClock())
    rows.begin("one", ["First", "Second"])
    shown = []
    for each in EVENTS[:5]:
        rows.event(request(), each)
        rows.draw()
        shown.append(screen.now[-1].split("0 s  "))
    assert shown == [
        ["one      0/2     ", "DELETE_IN_PROGRESS"],
        ["one      0/2     ", "DELETE_IN_PROGRESS"],
        ["one      0/2     ", "First DELETE_IN_PROGRESS"],
        ["one      0/2     ", "Second DELETE_IN_PROGRESS and 1 more"],
        ["one      1/2     ", "Second DELETE_IN_PROGRESS"],
    ]
    rows.event(request(), EVENTS[5])
    assert screen.now == ["one: Second DELETE_FAILED: in use"]
    assert rows.end("one") == 0
    assert rows.end("one") is None


@pytest.mark.parametrize("quiet", [False, True])
def test_without_a_terminal_each_event_is_a_line_and_quiet_leaves_the_failures(quiet: bool) -> None:
    said = io.StringIO()
    console = Console(io.StringIO(), said)
    console.quiet = quiet
    rows = Rows(console, FakeClock())
    rows.begin("one")
    for each in EVENTS:
        rows.event(request(), each)
    rows.sleep(3)
    lines = said.getvalue().splitlines()
    assert lines[-1] == "one: Second DELETE_FAILED: in use"
    assert lines[:-1] == (
        [] if quiet else ["one: DELETE_IN_PROGRESS", "one: Kept DELETE_SKIPPED", "one: First DELETE_COMPLETE"]
    )
