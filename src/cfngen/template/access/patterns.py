"""Names with wildcards: which of two holds all that the other holds, and which have nothing in common.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r"\$\{[^}]*\}|.", re.DOTALL)
_OPEN: Final = frozenset({"*", "?"})


def holds(outer: str, inner: str) -> bool:
    """Whether the outer pattern matches all that the inner one matches. `${…}` is only like itself.

    >>> holds("s3:*Object", "s3:Get*Object"), holds("s3:?etObject", "s3:*etObject")
    (True, False)
    """
    wanted, given = _tokens(inner), _tokens(outer)
    at = start = 0
    star = -1
    place = 0
    while at < len(wanted):
        if place < len(given) and given[place] == "*":
            star, start = place, at
            place += 1
        elif place < len(given) and (given[place] == wanted[at] or _one(given[place], wanted[at])):
            place, at = place + 1, at + 1
        elif star >= 0:
            start += 1
            place, at = star + 1, start
        else:
            return False
    return set(given[place:]) <= {"*"}


def apart(one: str, other: str) -> bool:
    """Whether no name matches both patterns; `${…}` may be any text.

    >>> apart("iam:*", "s3:Get*"), apart("iam:Get*", "iam:*Role"), apart("${Name}", "a")
    (True, False, False)
    """
    rows, columns = _loose(one), _loose(other)
    reached = _skipped({0}, columns)
    for row in rows:
        if row == "*":
            reached = set(range(min(reached), len(columns) + 1)) if reached else reached
        else:
            ahead = {place for place in reached if place < len(columns) and columns[place] == "*"}
            ahead |= {
                place + 1
                for place in reached
                if place < len(columns) and (row == columns[place] or {row, columns[place]} & _OPEN)
            }
            reached = _skipped(ahead, columns)
    return len(columns) not in reached


def _skipped(reached: set[int], columns: Sequence[str]) -> set[int]:
    """The places with those behind stars, which match nothing, too."""
    found = set(reached)
    for place in sorted(reached):
        while place < len(columns) and columns[place] == "*":
            place += 1  # noqa: PLW2901
            found.add(place)
    return found


def _one(given: str, wanted: str) -> bool:
    return given == "?" and wanted != "*" and len(wanted) == 1


@lru_cache(maxsize=16_384)
def _tokens(pattern: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(pattern))


def _loose(pattern: str) -> list[str]:
    return ["*" if len(token) > 1 else token for token in _tokens(pattern)]
