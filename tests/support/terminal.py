"""A command in a terminal of a given size, with somebody who answers its questions."""

from __future__ import annotations

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
from typing import NamedTuple

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
        return Shown(process.wait(timeout=30), pieces)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    """Let the terminal be the one that Ctrl-C comes from."""
    ioctl(0, termios.TIOCSCTTY, 0)
