"""A command in a terminal of a given size, with somebody who answers its questions."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple, TextIO

import pyte

QUESTIONS = (b"[y/N] ", b"? for help: ", b"delete all of this: ", b"delete this: ")
"""How the questions end that a command asks."""

PATIENCE = 120
"""Seconds after which a command that has not ended is a failure."""


class Shown(NamedTuple):
    """What a terminal got, byte for byte and in its pieces, and how the command ended."""

    code: int
    pieces: list[bytes]

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode()


def in_terminal(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    columns: int = 100,
    rows: int = 40,
    answers: Sequence[str] = (),
) -> Shown:
    """Run a command in a terminal.

    Arguments:
        answers: what is typed at each question, in their order; `^C` is Ctrl-C.
    """
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread of the tests runs here
    )
    os.close(theirs)
    pieces: list[bytes] = []
    waiting = list(answers)
    late = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < late:
            if not select.select([ours], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            pieces.append(piece)
            # While a question is open, the rows above it are changed in place.
            said = re.sub(rb"\x1b7.*?\x1b8", b"", b"".join(pieces[-99:]), flags=re.DOTALL)
            if waiting and said.endswith(QUESTIONS):
                typed = waiting.pop(0)
                os.write(ours, b"\x03" if typed == "^C" else f"{typed}\n".encode())
        return Shown(process.wait(timeout=300), pieces)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    """Let the terminal be the one that Ctrl-C comes from."""
    ioctl(0, termios.TIOCSCTTY, 0)


class Screen(io.StringIO):
    """A terminal without a process: what it shows, and what it has shown.

    Attributes:
        seen: what it showed after each text that was written.

    Arguments:
        reflows: whether a longer row wraps where the terminal is made narrower; others cut it.
    """

    def __init__(self, columns: int = 100, rows: int = 24, *, reflows: bool = False) -> None:
        super().__init__()
        self.columns, self.rows = columns, rows
        self.seen: list[list[str]] = []
        self._reflows = reflows
        self._screen = pyte.HistoryScreen(columns, rows, history=5000)

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        pyte.Stream(self._screen).feed(re.sub(r"(?<!\r)\n", "\r\n", text))
        self.seen.append(self.now)
        return super().write(text)

    @property
    def now(self) -> list[str]:
        """The rows that it shows now, without the empty ones at its end."""
        return _without_end([row.rstrip() for row in self._screen.display])

    @property
    def everything(self) -> list[str]:
        """All that it has shown and that was not replaced, scrolled away or not."""
        top = self._screen.history.top
        gone = ["".join(row[column].data for column in range(len(row))).rstrip() for row in top]
        return [*gone, *self.now]

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size, as somebody does who pulls at its corner."""
        last = self._screen.cursor
        shown = [*self.now, *[""] * (last.y + 1)][: last.y + 1]
        shown[-1] = f"{shown[-1]:<{last.x}}"
        self.columns, self.rows = columns, rows
        wraps = columns if self._reflows else 10_000
        pieces = [row[start : start + wraps] for row in shown for start in range(0, len(row) or 1, wraps)]
        self._screen = pyte.HistoryScreen(columns, rows, history=5000)
        pyte.Stream(self._screen).feed("\r\n".join(piece[:columns] for piece in pieces))


def _without_end(rows: Sequence[str]) -> list[str]:
    last = max((number for number, row in enumerate(rows) if row), default=-1)
    return list(rows[: last + 1])


class Keyboard(io.TextIOWrapper):
    """What somebody types, a line at a time, at any moment."""

    def __init__(self, screen: TextIO) -> None:
        read, self._write = os.pipe()
        self._screen = screen
        super().__init__(os.fdopen(read, "rb", buffering=0), line_buffering=True)

    def isatty(self) -> bool:
        return True

    def type(self, text: str) -> None:
        """Type a line: the terminal shows it at once."""
        self._screen.write(f"{text}\n")
        os.write(self._write, f"{text}\n".encode())

    def close(self) -> None:
        if not self.closed:
            os.close(self._write)
        super().close()
