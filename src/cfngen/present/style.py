"""The styles of a terminal's text, and who applies them."""

from __future__ import annotations

from typing import Final, Literal, Protocol

Style = Literal["red", "green", "yellow", "cyan", "bold", "dim"]

_CODES: Final[dict[Style, str]] = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "bold": "1",
    "dim": "2",
}


class Palette(Protocol):
    """Styles a text where that is wanted, such as the command line's console."""

    def colour(self, text: str, style: Style) -> str:
        """`text` in a style, or unchanged."""


class Plain:
    """The palette of a file or a pipe: nothing is styled."""

    def colour(self, text: str, _style: Style) -> str:
        return text


def escaped(text: str, style: Style) -> str:
    """`text` between the escape sequences of a style.

    https://en.wikipedia.org/wiki/ANSI_escape_code#SGR_(Select_Graphic_Rendition)_parameters
    """
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"
