"""Lines of styled pieces, wrapped to a width with a hanging indent.

A piece keeps its style where it is wrapped. Whoever shows the lines hides secrets and makes visible what
cannot be seen before the lines are wrapped: a secret that is cut in two would not be recognized.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from cfngen.present.layout.cells import cells
from cfngen.present.style import Palette, Style
from cfngen.present.visible import one_line, visible

NO_TERMINAL: Final = 100
"""The columns of a page that no terminal shows."""

_LEAST: Final = 16
"""Columns that a text has at least, however narrow the terminal is."""


class Piece(NamedTuple):
    """A part of a line; `style` None is plain."""

    text: str
    style: Style | None = None


class Line(NamedTuple):
    """One line before it is wrapped.

    Attributes:
        indent: columns before the text.
        hang: columns before each further line of it, `indent` included.
    """

    pieces: tuple[Piece, ...]
    indent: int = 0
    hang: int = 0


def line(*pieces: str | Piece, indent: int = 0, hang: int | None = None) -> Line:
    """A line of these pieces; its further lines stand two columns deeper where `hang` is not given."""
    made = tuple(piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces)
    return Line(made, indent, indent + 2 if hang is None else hang)


EMPTY: Final = Line(())


def text_of(lines: Iterable[Line], palette: Palette, width: int, hide: Callable[[str], str] = str) -> str:
    r"""The lines as text, none wider than `width`.

    Arguments:
        hide: the filter of what must not be shown.

    >>> from cfngen.present.style import Plain
    >>> print(text_of([line("a sentence that is too long", indent=1, hang=3)], Plain(), 20))
     a sentence that is
       too long
    """
    return "\n".join(row for each in lines for row in _rows(each, palette, width, hide))


def _rows(shown: Line, palette: Palette, width: int, hide: Callable[[str], str]) -> Iterator[str]:
    clean = [piece._replace(text=_clean(hide(piece.text))) for piece in shown.pieces]
    first, hang = (min(indent, max(0, width - _LEAST)) for indent in (shown.indent, shown.hang))
    for number, row in enumerate(_wrapped(clean, width - first, width - hang)):
        ended = _without_end(row)
        styled = (palette.colour(text, style) if style and text.strip() else text for text, style in ended)
        yield f"{' ' * (hang if number else first)}{''.join(styled)}".rstrip(" ")


def _without_end(row: Iterable[Piece]) -> list[Piece]:
    """The pieces of a row, those of one style as one, without spaces at the row's end."""
    joined: list[Piece] = []
    for text, style in row:
        if joined and joined[-1].style == style:
            joined[-1] = Piece(joined[-1].text + text, style)
        else:
            joined.append(Piece(text, style))
    while joined and not joined[-1].text.strip(" "):
        joined.pop()
    return [*joined[:-1], *(piece._replace(text=piece.text.rstrip(" ")) for piece in joined[-1:])]


def _clean(text: str) -> str:
    """One line without escape sequences; no word of it commands a build system where a row begins with it."""
    return _COMMAND.sub(r"\\u003a", visible(one_line(text)))


_COMMAND: Final = re.compile(r"(?<!\S):(?=:)")


def _wrapped(pieces: Iterable[Piece], first: int, further: int) -> Iterator[list[Piece]]:
    """Rows of pieces: broken at spaces, and within a word that is longer than a row."""
    row: list[Piece] = []
    used, room = 0, first
    for word in _words(pieces):
        length = sum(cells(piece.text) for piece in word)
        blank = not "".join(piece.text for piece in word).strip()
        if used + length <= room:
            row += word
            used += length
        elif blank:
            continue  # a row ends here, or the next word begins one
        else:
            if used and not (length > further and room - used >= _LEAST):
                yield row
                row, used, room = [], 0, further
            for piece in word:
                rest = piece.text
                while cells(rest) > room - used:
                    cut = _fitting(rest, room - used)
                    if cut:
                        row.append(Piece(rest[:cut], piece.style))
                    yield row
                    rest, row, used, room = rest[cut:], [], 0, further
                row.append(Piece(rest, piece.style))
                used += cells(rest)
    if row or not used:
        yield row


def _words(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Runs of spaces and runs of anything else, each with the styles of its parts."""
    word: list[Piece] = []
    spaces = False
    for text, style in pieces:
        start = 0
        for end in range(1, len(text) + 1):
            if end < len(text) and (text[end] == " ") == (text[start] == " "):
                continue
            if word and (text[start] == " ") != spaces:
                yield word
                word = []
            spaces = text[start] == " "
            word.append(Piece(text[start:end], style))
            start = end
    if word:
        yield word


def _fitting(text: str, room: int) -> int:
    """How many characters of a text fit, if need be up to a part's end; the rest begins with no colon."""
    used = 0
    for index, char in enumerate(text):
        used += cells(char)
        if used > room:
            parts = max(text.rfind(separator, 0, index) for separator in ":/,") + 1
            kept = parts if parts > index // 2 else index
            before = text[:kept].rstrip(":")
            return len(before) if text[kept] == ":" and before else kept
    return len(text)
