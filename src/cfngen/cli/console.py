"""The terminal: data on stdout, everything said to a person on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Literal, TextIO

from cfngen.present.style import Style, escaped
from cfngen.present.visible import Clean, one_line, visible


class Console:
    """Writes to a pair of streams; colour and progress only where a person looks.

    Colour follows the NO_COLOR and FORCE_COLOR conventions (https://no-color.org).
    """

    def __init__(self, out: TextIO, err: TextIO, source: TextIO | None = None) -> None:
        self._out = out
        self._err = err
        self._source = source
        self._progress_width = 0
        self._hide: Callable[[str], str] = str

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

    def conceal(self, hide: Callable[[str], str]) -> None:
        """Let a filter see everything that is written from now on, errors included."""
        self._hide = hide

    def data(self, text: str) -> None:
        """A result, on stdout; what cannot be seen in it as an escape."""
        shown = self._shown(text, self._out)
        self._out.write(shown if shown.endswith("\n") or not shown else shown + "\n")

    def exactly(self, text: str) -> None:
        """A file's content, on stdout, as it is."""
        self._out.write(text)

    def flush(self) -> None:
        """Let a reader have what `data` wrote, in a command that goes on running."""
        self._out.flush()

    def note(self, text: str) -> None:
        """A sentence for a person, on stderr."""
        self._clear()
        self._err.write(self._shown(text, self._err) + "\n")
        self._err.flush()

    def progress(self, text: str) -> None:
        """What is being done right now: on a terminal only, replaced by what comes next."""
        if not self._err.isatty():
            return
        self._clear()
        text = one_line(self._hide(text))
        self._err.write(text)
        self._err.flush()
        self._progress_width = len(text)

    def colour(self, text: str, style: Style, *, stream: Literal["out", "err"] = "out") -> str:
        """`text` in a colour where `stream` shows it, unchanged elsewhere."""
        return escaped(text, style) if _coloured(self._out if stream == "out" else self._err) else text

    def confirm(self, question: str) -> bool:
        """Ask; only `y` or `yes` agrees. False where nobody can be asked."""
        if not self.interactive or self._source is None:
            return False
        self._clear()
        self._err.write(self._shown(f"{question} [y/N] ", self._err))
        self._err.flush()
        return self._source.readline().strip().lower() in {"y", "yes"}

    def _shown(self, text: str, stream: TextIO) -> str:
        hidden = text if isinstance(text, Clean) else self._hide(text)
        return visible(hidden, styled=_coloured(stream))

    def _clear(self) -> None:
        if self._progress_width:
            self._err.write("\r" + " " * self._progress_width + "\r")
            self._progress_width = 0


def _coloured(stream: TextIO) -> bool:
    seen = stream.isatty() and os.environ.get("TERM") != "dumb"
    return not os.environ.get("NO_COLOR") and bool(os.environ.get("FORCE_COLOR") or seen)
