"""Rows at the end of a terminal that are replaced in place, and a question below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cfngen.present.layout.cells import cells

_CLEAR_BELOW = "\x1b[J"
_SPARE = 4  # rows of the terminal that are kept for the question and its answer
_CLEAR_ROW = "\x1b[K"
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # the cursor: https://vt100.net/docs/vt510-rm/DECSC.html


class Live:
    """What stands below everything that was printed; whoever prints clears it first.

    While a question is open, the rows are changed in place: what a person types stays where it is. In a
    terminal that was made narrower, a longer row may take two lines: then a part of it stays behind, and
    nothing else is lost.
    """

    def __init__(
        self, write: Callable[[str], None], columns: Callable[[], int], rows: Callable[[], int]
    ) -> None:
        self._write = write
        self._columns = columns
        self._most = rows
        self._rows: list[str] = []
        self._prompt: str | None = None

    def show(self, rows: Sequence[str]) -> None:
        """These rows instead of the last ones, each cut to the terminal's width."""
        if self._prompt is None:
            # What has scrolled out of the terminal can never be replaced.
            cut = [self._cut(row) for row in rows][: max(1, self._most() - _SPARE)]
            if cut == self._rows:
                return
            before = self._above(len(self._rows) - 1) + _CLEAR_BELOW if self._rows else ""
            self._rows = cut
            self._write(before + "\n".join(cut))
        elif self._rows and self._question_in_place():
            cut = [self._cut(row) for row in (*rows, *[""] * len(self._rows))][: len(self._rows)]
            if cut == self._rows:
                return
            lines = "\r\n".join(f"{row}{_CLEAR_ROW}" for row in cut)
            self._write(f"{_SAVE}{self._above(len(cut))}{lines}{_RESTORE}")
            self._rows = cut

    def ask(self, prompt: str) -> None:
        """Put a question below the rows; what is typed stands behind it."""
        rows, self._rows = self._rows, []
        before = self._above(len(rows) - 1) + _CLEAR_BELOW if rows else ""
        self._rows, self._prompt = rows, self._cut(prompt)
        self._write(before + "".join(f"{row}\n" for row in rows) + self._prompt)

    def answered(self, answer: str, *, ended: bool) -> None:
        """Take the rows away and leave the question with its answer.

        Arguments:
            ended: whether the answer's line has ended, so that the cursor stands below it.
        """
        prompt = self._prompt or ""
        wrapped = max(0, cells(prompt + answer) - 1) // self._columns()
        before = self._above(len(self._rows) + wrapped + ended) + _CLEAR_BELOW
        self._rows, self._prompt = [], None
        self._write(f"{before}{prompt}{answer}\n")

    def clear(self) -> None:
        """Take everything away; a question that is open is left where it is, and a line begun below it."""
        if self._prompt is not None:
            self.answered("", ended=False)
        elif self._rows:
            self._write(self._above(len(self._rows) - 1) + _CLEAR_BELOW)
            self._rows = []

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._prompt is not None

    def _cut(self, row: str) -> str:
        room = max(1, self._columns() - 1)
        return row if cells(row) <= room else _start(row, room)

    def _question_in_place(self) -> bool:
        """Whether the question has the room that it had: the terminal was not made too small meanwhile."""
        return cells(self._prompt or "") < self._columns() and len(self._rows) < self._most()

    @staticmethod
    def _above(rows: int) -> str:
        return f"\r\x1b[{rows}A" if rows > 0 else "\r"


def _start(row: str, room: int) -> str:
    """As much of a row as there is room for."""
    while cells(row) > room:
        row = row[:-1]
    return row
