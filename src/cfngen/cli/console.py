"""The terminal: data on stdout, everything said to a person on stderr."""

from __future__ import annotations

import os
import sys
from typing import Literal, TextIO

from cfngen.present.style import Style, escaped


class Console:
    """Writes to a pair of streams; colour and progress only where a person looks.

    Colour follows the NO_COLOR and FORCE_COLOR conventions (https://no-color.org).
    """

    def __init__(self, out: TextIO, err: TextIO, source: TextIO | None = None) -> None:
        self._out = out
        self._err = err
        self._source = source
        self._progress_width = 0

    @classmethod
    def standard(cls) -> Console:
        """The process's own streams; what they cannot encode is escaped instead of raising."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        return cls(sys.stdout, sys.stderr, sys.stdin)

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return self._source is not None and self._source.isatty() and self._err.isatty()

    def data(self, text: str) -> None:
        """A result, on stdout."""
        self._out.write(text if text.endswith("\n") or not text else text + "\n")

    def flush(self) -> None:
        """Let a reader have what `data` wrote, in a command that goes on running."""
        self._out.flush()

    def note(self, text: str) -> None:
        """A sentence for a person, on stderr."""
        self._clear()
        self._err.write(text + "\n")
        self._err.flush()

    def progress(self, text: str) -> None:
        """What is being done right now: on a terminal only, replaced by what comes next."""
        if not self._err.isatty():
            return
        self._clear()
        self._err.write(text)
        self._err.flush()
        self._progress_width = len(text)

    def colour(self, text: str, style: Style, *, stream: Literal["out", "err"] = "out") -> str:
        """`text` in a colour where `stream` shows it, unchanged elsewhere."""
        target = self._out if stream == "out" else self._err
        seen = target.isatty() and os.environ.get("TERM") != "dumb"
        if os.environ.get("NO_COLOR") or not (os.environ.get("FORCE_COLOR") or seen):
            return text
        return escaped(text, style)

    def confirm(self, question: str) -> bool:
        """Ask; only `y` or `yes` agrees. False where nobody can be asked."""
        if not self.interactive or self._source is None:
            return False
        self._clear()
        self._err.write(f"{question} [y/N] ")
        self._err.flush()
        return self._source.readline().strip().lower() in {"y", "yes"}

    def _clear(self) -> None:
        if self._progress_width:
            self._err.write("\r" + " " * self._progress_width + "\r")
            self._progress_width = 0
