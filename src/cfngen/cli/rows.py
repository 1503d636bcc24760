"""A row for each running stack, kept up to date while time passes; elsewhere each event is a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cfngen.aws.steps import Clock
from cfngen.cli.console import Console
from cfngen.deploy import status
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.request import Request
from cfngen.present.layout.lines import Line, Piece, line


@dataclass
class _Row:
    """What is known of one running stack.

    Attributes:
        wanted: the logical ids that its operation is about; None where they are not known.
        open: the resources under way, in the order in which they began.
    """

    began: float
    doing: str = ""
    wanted: frozenset[str] | None = None
    done: set[str] = field(default_factory=set)
    open: dict[str, str] = field(default_factory=dict)

    def text(self, stack: str, width: int, now: float) -> str:
        number = "" if self.wanted is None else f"{len(self.done & self.wanted)}/{len(self.wanted)}"
        doing = self.doing
        if self.open:
            name, state = list(self.open.items())[-1]
            more = f" and {len(self.open) - 1} more" if len(self.open) > 1 else ""
            doing = f"{name} {state}{more}"
        return f"{stack:<{width}}  {number:>7}  {now - self.began:>4.0f} s  {doing}"


@dataclass
class Rows:
    """The running stacks in front of a person. It is the clock of the run: while it sleeps, it draws.

    Attributes:
        tell: shows a line that stays, above the rows; on stderr at once where nothing else is said.
    """

    console: Console
    clock: Clock
    tell: Callable[[Line], None] | None = None
    _rows: dict[str, _Row] = field(default_factory=dict)

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass, the rows kept up to date."""
        while seconds > 0:
            part = min(seconds, 1.0) if self.console.animated else seconds
            self.clock.sleep(part)
            self.draw()
            seconds -= part

    def begin(self, stack: str, resources: Iterable[str] | None = None) -> None:
        """A stack is at work from now on.

        Arguments:
            resources: the logical ids that its operation is about, where they are known.
        """
        self._rows[stack] = _Row(self.clock.now())
        if resources is not None:
            self.about(stack, resources)

    def about(self, stack: str, resources: Iterable[str]) -> None:
        """The logical ids that a stack's operation is about."""
        self._row(stack).wanted = frozenset(resources)

    def say(self, request: Request, text: str) -> None:
        """What a stack is doing, where none of its resources is under way."""
        self._row(request.stack).doing = text
        self.draw()

    def event(self, request: Request, event: StackEvent) -> None:
        """Something happened to a stack. A failure stays in view; anything else only where no rows are."""
        stack = request.stack
        row = self._row(stack)
        plain = not (self.console.animated or self.console.quiet)
        if event.of_stack:
            row.doing = event.status
            if plain:
                self._tell(line(f"{stack}: {event.status}"))
            return
        if event.failed:
            told = f"{stack}: {event.logical_id} {event.status}: {event.reason}"
            self._tell(line(Piece(told, "red")))
        if not status.finished(event.status):
            row.open[event.logical_id] = event.status
            return
        row.open.pop(event.logical_id, None)
        row.done.add(event.logical_id)
        if plain and not event.failed:
            self._tell(line(f"{stack}: {event.logical_id} {event.status}"))

    def end(self, stack: str) -> float | None:
        """A stack is at rest: the seconds that it took; None for one that had not begun."""
        row = self._rows.pop(stack, None)
        return None if row is None else self.clock.now() - row.began

    def draw(self) -> None:
        """Show every row as it is now."""
        width = max(map(len, self._rows), default=0)
        now = self.clock.now()
        self.console.rows(row.text(stack, width, now) for stack, row in self._rows.items())

    def _tell(self, told: Line) -> None:
        if self.tell is None:
            self.console.lines([told], stream="err")
        else:
            self.tell(told)

    def _row(self, stack: str) -> _Row:
        return self._rows.setdefault(stack, _Row(self.clock.now()))
