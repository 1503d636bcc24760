"""Text that shows what it holds: control and bidirectional characters as escapes, one line as one line.

A name, a reason or a value that somebody else wrote must not move the cursor, turn the reading direction,
add a line of its own or speak to the build system that keeps the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cfngen.errors import CfngenError

# Control, format and bidirectional characters (Unicode's Cc, Zl, Zp, and those of Cf that cannot be seen):
# https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
_UNSEEN: Final = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_STYLED: Final = "(\x1b\\[(?:0|1|2|3[1236])m)"  # as `style.escaped` writes it
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions, the second also Azure's
_COMMANDS: Final = r"(?m)^(?P<space>[^\S\n]*):(?=:)|##(?=\[)"


class Clean(str):
    """Text that the filter has seen, or that is what it is, byte for byte."""

    __slots__ = ()


def visible(text: str, *, styled: bool = False) -> str:
    r"""The text with what cannot be seen written as JSON writes it; new lines and tabs stay.

    Arguments:
        styled: whether our own colours may stay.

    >>> print(visible("a\x1b[2K\u202eb"))
    a\u001b[2K\u202eb
    >>> print(visible("  ::add-path::/tmp"))
      \u003a:add-path::/tmp
    """
    if styled and "\x1b" in text:
        parts = re.split(_STYLED, text)
        return _quiet("".join(part if index % 2 else seen(part) for index, part in enumerate(parts)))
    return _quiet(seen(text))


def one_line(text: str) -> str:
    r"""The same in one line, our own colours left.

    >>> print(one_line("it failed\n  wider  nothing"))
    it failed\n  wider  nothing
    """
    escapes = {"\n": "\\n", "\r": "\\r", "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    flat = "".join(escapes.get(character, character) for character in text)
    return visible(flat, styled=True)


def lines(items: Iterable[str]) -> str:
    """The items, each in a line of its own."""
    return "\n".join(map(one_line, items))


def error(problem: CfngenError) -> str:
    """An error as the terminal shows it: the place and the problem in one line, then the remedy."""
    head = f"{problem.place}: {problem.problem}" if problem.place else problem.problem
    return f"{one_line(head)}\n  {problem.remedy}" if problem.remedy else one_line(head)


def markdown(text: str) -> str:
    r"""The text as GitHub's Markdown shows it plainly: no markup, no table cell, no mention, no link.

    >>> print(markdown("role R is allowed s3:* on <Bucket>, says @octocat"))
    role R is allowed s3:\* on \<Bucket\>, says @&#8203;octocat
    """
    plain = re.sub(_MARKUP, r"\\\1", one_line(text).replace("&", "&amp;"))
    # What GitHub turns into a mention or a link whatever is escaped: https://github.github.com/gfm/#autolinks
    return plain.replace("@", "@&#8203;").replace("://", ":&#8203;//").replace("www.", "www&#8203;.")


_MARKUP: Final = r"([\\`*_{}\[\]<>|#~$])"


def seen(text: str) -> str:
    r"""The text with what cannot be seen written as JSON writes it, for a page that no build system reads.

    >>> print(seen("a\u202eb"))
    a\u202eb
    """
    if text.replace("\n", "").replace("\t", "").isprintable():  # as nearly every text is
        return text
    return re.sub(_UNSEEN, lambda character: _escape(character[0]), text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))


def _quiet(text: str) -> str:
    if "::" not in text and "##[" not in text:
        return text
    return re.sub(
        _COMMANDS,
        lambda command: "\\u0023#" if command[0] == "##" else f"{command['space']}\\u003a",
        text,
    )
