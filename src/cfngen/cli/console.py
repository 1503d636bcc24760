"""The terminal: data on stdout, everything said to a person on stderr."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TextIO

from cfngen.cli.live import Live
from cfngen.present.style import Style, escaped
from cfngen.present.visible import Clean, one_line, visible

if TYPE_CHECKING:  # only a page, or a terminal, needs the layout
    from cfngen.present.layout.lines import Line


class Console:
    """Writes to a pair of streams; colour and progress only where a person looks.

    Colour follows the NO_COLOR and FORCE_COLOR conventions (https://no-color.org).
    """

    def __init__(self, out: TextIO, err: TextIO, source: TextIO | None = None) -> None:
        self._out = out
        self._err = err
        self._source = source
        self._live = Live(partial(self._write, err, flush=True), partial(width, err), partial(_height, err))
        self._hide: Callable[[str], str] = str
        self._lenient = False
        self.quiet = False
        """Whether only results, warnings and errors are wanted."""

    @classmethod
    def standard(cls) -> Console:
        """The process's own streams; what they cannot encode is escaped instead of raising.

        A stream that was closed before the start (`>&-`) takes everything and shows nothing.
        """
        _occupy()
        nowhere = io.StringIO()
        out, err = sys.stdout or nowhere, sys.stderr or nowhere
        for stream in (out, err):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        return cls(out, err, sys.stdin)

    def go_on_without_reader(self) -> None:
        """From now on, what a closed or full stream does not take is dropped instead of raising.

        For a command that changes something in an account: it comes to its end, and its exit code says how.
        """
        self._lenient = True

    def finish(self) -> None:
        """Let go of what was written.

        Raises:
            OSError: a stream does not take it, BrokenPipeError where nobody reads any more.
        """
        for stream in (self._out, self._err):
            self._write(stream, "", flush=True)

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return self._source is not None and self._source.isatty() and self._err.isatty()

    def conceal(self, hide: Callable[[str], str]) -> None:
        """Let a filter see everything that is written from now on, errors included."""
        self._hide = hide

    def data(self, text: str) -> None:
        """A result, on stdout; what cannot be seen in it as an escape."""
        self._clear()
        shown = self._shown(text, self._out)
        self._write(self._out, shown if shown.endswith("\n") or not shown else shown + "\n")

    def lines(self, lines: Iterable[Line], *, stream: Literal["out", "err"] = "out") -> None:
        """A page: secrets hidden, wrapped to the stream's width, coloured where the stream shows that."""
        from cfngen.present.layout.lines import text_of

        target = self._out if stream == "out" else self._err
        text = text_of(lines, _Palette(_coloured(target)), width(target), self._hide)
        self._clear()
        self._write(target, self._shown(text, target) + "\n", flush=True)

    def exactly(self, text: str) -> None:
        """A file's content, on stdout, as it is."""
        self._write(self._out, text)

    def flush(self) -> None:
        """Let a reader have what `data` wrote, in a command that goes on running."""
        self._write(self._out, "", flush=True)

    def clear_screen(self) -> None:
        """Begin the screen anew, where standard output is a terminal that can.

        https://en.wikipedia.org/wiki/ANSI_escape_code#CSI_(Control_Sequence_Introducer)_sequences
        """
        if self._out.isatty() and os.environ.get("TERM") not in {None, "", "dumb"}:
            self._clear()
            self._write(self._out, "\x1b[H\x1b[2J\x1b[3J", flush=True)

    def note(self, text: str) -> None:
        """A sentence for a person, on stderr; `--quiet` leaves it out."""
        if not self.quiet:
            self.say(text)

    def say(self, text: str) -> None:
        """The same, whatever `--quiet` says: what a person must know."""
        self._say(text)

    def warn(self, text: str) -> None:
        """A warning, on stderr."""
        self._say(text, "warning:", "yellow")

    def error(self, text: str) -> None:
        """An error, on stderr."""
        self._say(text, "error:", "red")

    def _say(self, text: str, head: str = "", style: Style | None = None) -> None:
        """A text after its head: wrapped to a terminal's width; elsewhere as it is, for tools that search."""
        self._clear()
        if self._err.isatty() and "\x1b" not in text:
            from cfngen.present.layout.lines import Piece, line

            first, *others = self._hide(text).split("\n")
            top = line(Piece(head, style), " ", first, hang=2) if head else line(first, hang=2)
            self.lines([top, *map(_as_it_stands, others)], stream="err")
            return
        before = f"{self.colour(head, style, stream='err')} " if style else ""
        self._write(self._err, self._shown(f"{before}{text}", self._err) + "\n", flush=True)

    def progress(self, text: str) -> None:
        """What is being done right now: on a terminal only, replaced by what comes next."""
        self.rows([text] if text else [])

    def rows(self, rows: Iterable[str]) -> None:
        """The same of several things at once, a row each."""
        if self.animated and not self.quiet:
            self._live.show([visible(one_line(self._hide(row))) for row in rows])

    @property
    def animated(self) -> bool:
        """Whether rows can be replaced in place: on a terminal that knows how to."""
        return self._err.isatty() and os.environ.get("TERM") != "dumb"

    def colour(self, text: str, style: Style, *, stream: Literal["out", "err"] = "out") -> str:
        """`text` in a colour where `stream` shows it, unchanged elsewhere."""
        return escaped(text, style) if _coloured(self._out if stream == "out" else self._err) else text

    def confirm(self, question: str) -> bool:
        """Ask; only `y` or `yes` agrees. False where nobody can be asked."""
        if not self.interactive or self._source is None:
            return False
        return self._answer(f"{question} [y/N] ", self._source).lower() in {"y", "yes"}

    def typed(self, question: str) -> str:
        """What a person types; empty where the input is not a terminal."""
        if not self.interactive or self._source is None:
            return ""
        return self._answer(f"{question} ", self._source)

    def _answer(self, question: str, source: TextIO) -> str:
        self._clear()
        self._write(self._err, self._shown(question, self._err), flush=True)
        try:
            return source.readline().strip()
        except KeyboardInterrupt:
            self._write(self._err, "\n", flush=True)
            raise

    def ask(self, prompt: str) -> None:
        """Put a question below the rows, and go on; `answer` tells what is typed."""
        if self.animated:
            self._live.ask(prompt)
        else:
            self._write(self._err, prompt, flush=True)

    def answer(self) -> str | None:
        """The line that was typed, empty where nobody can type any more; None as long as there is none."""
        if self._source is None or not _readable(self._source):
            return None
        typed = self._source.readline()
        if self.animated:
            self._live.answered(visible(one_line(typed.strip())), ended=typed.endswith("\n"))
        return typed

    def end_question(self) -> None:
        """Begin a new line below a question that was not answered."""
        if self._live.asking:
            self._clear()
        else:
            self._write(self._err, "\n", flush=True)

    def _shown(self, text: str, stream: TextIO) -> str:
        hidden = text if isinstance(text, Clean) else self._hide(text)
        return visible(hidden, styled=_coloured(stream))

    def _clear(self) -> None:
        self._live.clear()

    def _write(self, stream: TextIO, text: str, *, flush: bool = False) -> None:
        try:
            stream.write(text)
            if flush:
                stream.flush()
        except OSError:
            if not self._lenient:
                raise
            silence(stream)


def _as_it_stands(text: str) -> Line:
    """A line with the indent that it has."""
    from cfngen.present.layout.lines import line

    indent = len(text) - len(text.lstrip(" "))
    return line(text.lstrip(" "), indent=indent)


def width(stream: TextIO) -> int:
    """The columns of the terminal that shows a stream; 100 where none does. COLUMNS says otherwise."""
    with contextlib.suppress(ValueError, OSError):
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns)
        if columns > 0:
            return columns
    from cfngen.present.layout.lines import NO_TERMINAL

    return NO_TERMINAL


def _height(stream: TextIO) -> int:
    """The rows of the terminal that shows a stream; 24 where that is not known."""
    with contextlib.suppress(ValueError, OSError):
        return os.get_terminal_size(stream.fileno()).lines or _ROWS
    return _ROWS


_ROWS = 24


def _readable(source: TextIO) -> bool:
    """Whether a line can be read at once; where that cannot be known, reading waits for it."""
    import select

    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):
        return True


class _Palette(NamedTuple):
    coloured: bool

    def colour(self, text: str, style: Style) -> str:
        return escaped(text, style) if self.coloured else text


def _coloured(stream: TextIO) -> bool:
    seen = stream.isatty() and os.environ.get("TERM") != "dumb"
    return not os.environ.get("NO_COLOR") and bool(os.environ.get("FORCE_COLOR") or seen)


def silence(stream: TextIO) -> None:
    """Let a stream that takes nothing more write to nowhere, what it still holds included."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()


def _occupy() -> None:
    """Keep connections from getting the numbers of closed standard streams."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
