"""How wide a text is on a terminal."""

from __future__ import annotations


def cells(text: str) -> int:
    """The columns that a text takes.

    >>> cells("abc"), cells("\u8868")
    (3, 2)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
