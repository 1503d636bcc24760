"""A deployment in front of a person: a row for each running stack, one question at a time.

Where rows cannot be replaced in place, each event is a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Steps
from cfngen.cli.session import SecretConsole
from cfngen.deploy import status
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.request import Request
from cfngen.present.account import end_lines, plan_lines
from cfngen.present.layout.lines import Line, Piece, line
from cfngen.present.layout.page import place
from cfngen.present.style import Style

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
class _Row:
    """What is known of one running stack.

    Attributes:
        total: how many resources its change set changes; None where that is not known.
        open: the resources under way, in the order in which they began.
    """

    began: float
    doing: str = ""
    total: int | None = None
    done: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)

    def text(self, stack: str, width: int, now: float) -> str:
        number = "" if self.total is None else f"{min(len(self.done), self.total)}/{self.total}"
        doing = self.doing
        if self.open:
            name, state = list(self.open.items())[-1]
            more = f" and {len(self.open) - 1} more" if len(self.open) > 1 else ""
            doing = f"{name} {state}{more}"
        return f"{stack:<{width}}  {number:>7}  {now - self.began:>4.0f} s  {doing}"


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
    _rows: dict[str, _Row] = field(default_factory=dict)
    _asking: bool = False
    _later: list[tuple[bool, list[Line]]] = field(default_factory=list)

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass, the rows kept up to date: the run's clock."""
        while seconds > 0:
            part = min(seconds, 1.0) if self.console.console.animated else seconds
            self.clock.sleep(part)
            self.draw()
            seconds -= part

    def began(self, request: Request) -> None:
        self._rows[request.stack] = _Row(self.clock.now())

    def confirm(self, request: Request, prepared: PreparedChangeSet) -> Steps[bool]:
        row = self._row(request)
        row.total = len(prepared.change_set.changes)
        while self._asking:
            row.doing = "waits for its question"
            yield _LOOK
        if self.stopped:
            return False
        planned = planned_result(self.account, request, prepared)
        self._show(plan_lines(planned, self.environment, full=self.full))
        if self.yes:
            return True
        row.doing = "waits for your answer"
        self._asking = True
        try:
            agreed = yield from self._asked(request)
        finally:
            self._asking = False
            self._show_later()
        row.began, row.doing = self.clock.now(), "" if agreed else "stays as it is"
        return agreed

    def unmet(self, request: Request) -> Failure | None:
        return self.unmet_(request)

    def event(self, request: Request, event: StackEvent) -> None:
        row = self._row(request)
        if event.of_stack:
            row.doing = event.status
            if not self.console.console.animated:
                self._tell(f"{request.stack}: {event.status}")
            return
        if event.failed:
            self._tell(f"{request.stack}: {event.logical_id} {event.status}: {event.reason}", "red")
        ended = status.finished(event.status)
        if not ended:
            row.open[event.logical_id] = event.status
            return
        row.open.pop(event.logical_id, None)
        row.done.add(event.logical_id)
        if not (event.failed or self.console.console.animated):
            self._tell(f"{request.stack}: {event.logical_id} {event.status}")

    def say(self, request: Request, text: str) -> None:
        self._row(request).doing = text
        self.draw()

    def ended(self, result: StackResult) -> None:
        """One stack has its result: its row becomes a line that stays."""
        row = self._rows.pop(result.stack, None)
        if row is not None:
            self.seconds[result.stack] = self.clock.now() - row.began
        if result.result != "no-change" or result.warnings:
            self._show(end_lines(result, self.again(result.stack), self.seconds.get(result.stack)))
        self.draw()

    def draw(self) -> None:
        width = max(map(len, self._rows), default=0)
        now = self.clock.now()
        self.console.console.rows(row.text(stack, width, now) for stack, row in self._rows.items())

    def _row(self, request: Request) -> _Row:
        return self._rows.setdefault(request.stack, _Row(self.clock.now()))

    def _asked(self, request: Request) -> Steps[bool]:
        where = place(self.environment, self.account.id, self.account.region)
        question = line(f"Execute this on {request.stack_name} ", Piece(f"({where})", "bold"), "?")
        self.console.lines([question], stream="err")
        while True:
            self.draw()
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

    def _tell(self, text: str, style: Style | None = None) -> None:
        self._later.append((True, [line(Piece(text, style))]))
        self._show_later()

    def _show(self, lines: Iterable[Line]) -> None:
        """Print above the rows: at once, or after the question that is open."""
        self._later.append((not self.text, list(lines)))
        self._show_later()

    def _show_later(self) -> None:
        while self._later and not self._asking:
            to_err, lines = self._later.pop(0)
            self.console.lines(lines, stream="err" if to_err else "out")
