"""A deployment in front of a person: a row for each running stack, one question at a time.

Where rows cannot be replaced in place, each event is a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Steps
from cfngen.cli.rows import Rows
from cfngen.cli.session import SecretConsole
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.request import Request
from cfngen.present.account import end_lines, plan_lines
from cfngen.present.layout.lines import Line, Piece, line
from cfngen.present.layout.page import place

_LOOK: Final = 0.1
"""Seconds between two looks whether somebody has answered."""

_ANSWERS: Final = "yes, no, all, quit, ? for help: "
_HELP: Final = (
    "yes   execute this change set",
    "no    leave this stack as it is; stacks that depend on it are skipped",
    "all   execute this change set and all that follow in this run, without asking",
    "quit  leave this stack as it is and begin no other; what runs already is followed to its end",
)


def planned_result(account: Account, request: Request, prepared: PreparedChangeSet) -> StackResult:
    """What a change set that is not executed yet will do."""
    change_set = prepared.change_set
    return StackResult(
        request.stack,
        request.stack_name,
        "planned",
        change_set=change_set.id,
        url=account.console_url(change_set.stack_id, change_set.id),
        effect=prepared.effect,
        from_version=prepared.from_version,
        to_version=request.entry.version,
        status=prepared.stack.status.name,
    )


@dataclass
class Follower:
    """Shows plans, asks, and follows what is executed; on stderr where stdout is for JSON.

    Attributes:
        yes: execute without asking.
        text: whether stdout gets text.
        unmet_: why a stack must not be deployed as things are now.
        again: the command that goes on with a stack after an interruption.
        stopped: whether no further stack may begin.
    """

    account: Account
    environment: str
    console: SecretConsole
    clock: Clock
    yes: bool
    text: bool
    full: bool
    unmet_: Callable[[Request], Failure | None]
    again: Callable[[str], str]
    stopped: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    rows: Rows = field(init=False)
    _asking: bool = False
    _queue: list[Request] = field(default_factory=list)
    _later: list[tuple[bool, list[Line]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = Rows(self.console.console, self.clock, self._tell)

    def confirm(self, request: Request, prepared: PreparedChangeSet) -> Steps[bool]:
        resources = [change.logical_id for change in prepared.change_set.changes]
        self.rows.about(request.stack, resources)
        yield from self._turn(request)
        if self.stopped:
            return False
        planned = planned_result(self.account, request, prepared)
        self._show(plan_lines(planned, self.environment, full=self.full))
        if self.yes:
            return True
        self.rows.say(request, "waits for your answer")
        self._asking = True
        try:
            agreed = yield from self._asked(request)
        finally:
            self._asking = False
            self._show_later()
        self.rows.begin(request.stack, resources)
        if not agreed:
            self.rows.say(request, "stays as it is")
        return agreed

    def _turn(self, request: Request) -> Steps[None]:
        """Wait until no other question is open: first come, first asked."""
        self._queue.append(request)
        try:
            while self._asking or self._queue[0] is not request:
                self.rows.say(request, "waits for its question")
                yield _LOOK
        finally:
            self._queue.remove(request)

    def unmet(self, request: Request) -> Failure | None:
        return self.unmet_(request)

    def event(self, request: Request, event: StackEvent) -> None:
        self.rows.event(request, event)

    def say(self, request: Request, text: str) -> None:
        self.rows.say(request, text)

    def ended(self, result: StackResult) -> None:
        """One stack has its result: its row becomes a line that stays."""
        seconds = self.rows.end(result.stack)
        if seconds is not None:
            self.seconds[result.stack] = seconds
        if result.result != "no-change" or result.warnings:
            self._show(end_lines(result, self.again(result.stack), seconds))
        self.rows.draw()

    def _asked(self, request: Request) -> Steps[bool]:
        where = place(self.environment, self.account.id, self.account.region)
        question = line(f"Execute this on {request.stack_name} ", Piece(f"({where})", "bold"), "?")
        self.console.lines([question], stream="err")
        while True:
            self.rows.draw()
            self.console.console.ask(_ANSWERS)
            answered = False
            try:
                while (typed := self.console.console.answer()) is None:
                    yield _LOOK
                answered = True
            finally:
                if not answered:
                    self.console.console.end_question()
            word = typed.strip().lower()
            if word in {"y", "yes"}:
                return True
            if word in {"a", "all"}:
                self.yes = True
                return True
            if word in {"q", "quit"} or not typed:
                self.stopped = True
                return False
            if word in {"", "n", "no"}:
                return False
            self.console.lines([line(text, indent=2, hang=8) for text in _HELP], stream="err")

    def _tell(self, told: Line) -> None:
        self._later.append((True, [told]))
        self._show_later()

    def _show(self, lines: Iterable[Line]) -> None:
        """Print above the rows: at once, or after the question that is open."""
        self._later.append((not self.text, list(lines)))
        self._show_later()

    def _show_later(self) -> None:
        while self._later and not self._asking:
            to_err, lines = self._later.pop(0)
            self.console.lines(lines, stream="err" if to_err else "out")
