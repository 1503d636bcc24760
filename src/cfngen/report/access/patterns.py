"""IAM's wildcards: `*` for any text, `?` for one character.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

_VARIABLE: Final = re.compile(r"\$\{([^},]+)(?:,\s*'([^']*)')?\}")
_LITERALS: Final = frozenset("*?$")
FILLER: Final = "x"
"""What stands for any text."""


@lru_cache(maxsize=65536)
def matches(pattern: str, name: str) -> bool:
    """
    >>> matches("s3:Get*", "s3:GetObject"), matches("a?c", "ac"), matches("a*a", "a")
    (True, False, False)
    """
    start, star, end = pattern.partition("*")
    if "?" in pattern or "*" in end:
        return _compiled(pattern).fullmatch(name) is not None
    if not star:
        return pattern == name
    return len(name) >= len(pattern) - 1 and name.startswith(start) and name.endswith(end)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_expression(pattern), re.DOTALL)


def _expression(pattern: str) -> str:
    parts = re.split(r"([*?])", pattern)
    return "".join(".*" if part == "*" else "." if part == "?" else re.escape(part) for part in parts)


def variables(pattern: str) -> list[str]:
    """The condition keys that a pattern takes its text from: policy variables.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    >>> variables("home/${aws:username}/*"), variables("a${*}b")
    (['aws:username'], [])
    """
    return [match[1] for match in _VARIABLE.finditer(pattern) if match[1] not in _LITERALS]


def expanded(pattern: str, value: Callable[[str], str | None]) -> str | None:
    """The pattern with its policy variables filled in; None where a request does not have one of them.

    A `*` that comes out of a variable is a `*` here, too: no key of AWS's has one in it.

    >>> expanded("home/${aws:username}/*", {"aws:username": "me"}.get), expanded("${aws:userid}", {}.get)
    ('home/me/*', None)
    """
    if "${" not in pattern:
        return pattern
    values = {match[0]: _value(match, value) for match in _VARIABLE.finditer(pattern)}
    if None in values.values():
        return None
    return _VARIABLE.sub(lambda match: values[match[0]] or "", pattern)


@lru_cache(maxsize=4096)
def variable_values(pattern: str, name: str) -> dict[str, str]:
    """The values of the policy variables with which the pattern matches the name; empty where none do.

    >>> variable_values("home/${aws:username}/*", "home/me/x"), variable_values("home/*", "home/me")
    ({'aws:username': 'me'}, {})
    """
    if "${" not in pattern:
        return {}
    written, keys = "", []
    texts = _VARIABLE.split(pattern)  # text, variable, its default, text, …
    for text, key in zip(texts[::3], [*texts[1::3], ""], strict=True):
        written += _expression(text) + (re.escape(key) if key in _LITERALS else "(.+?)" if key else "")
        keys += [key.lower()] if key and key not in _LITERALS else []
    found = re.fullmatch(written, name, re.DOTALL)
    return dict(zip(keys, found.groups(), strict=True)) if found else {}


def _value(match: re.Match[str], value: Callable[[str], str | None]) -> str | None:
    name, default = match[1], match[2]
    return name if name in _LITERALS else value(name.lower()) or default


def filled(pattern: str) -> str:
    """A name that the pattern matches.

    >>> filled("logs/*/a?")
    'logs/x/ax'
    """
    return pattern.replace("*", FILLER).replace("?", FILLER)


def common(one: str, other: str) -> str | None:
    """A name that both patterns match, the shorter ways first; None where there is none.

    >>> common("bucket/*", "*/logs/a"), common("bucket/*", "other/*"), common("b/*", "b/m/*")
    ('bucket/logs/a', None, 'b/m/x')
    """
    for plain, pattern in ((one, other), (other, one)):
        if "*" not in plain and "?" not in plain:
            return plain if matches(pattern, plain) else None
    start = (0, 0)
    before: dict[tuple[int, int], tuple[tuple[int, int], str]] = {}
    seen, queue = {start}, [start]
    goal = (len(one), len(other))
    for state in queue:
        if state == goal:
            break
        for following, letter in _steps(one, other, *state):
            if following not in seen:
                seen.add(following)
                before[following] = state, letter
                queue.append(following)
    if goal not in seen:
        return None
    letters: list[str] = []
    state = goal
    while state != start:
        state, letter = before[state]
        letters.append(letter)
    name = "".join(reversed(letters))
    return name if not one.endswith("*") or not other.endswith("*") else name + FILLER


def _steps(one: str, other: str, first: int, second: int) -> list[tuple[tuple[int, int], str]]:
    a = one[first] if first < len(one) else ""
    b = other[second] if second < len(other) else ""
    steps: list[tuple[tuple[int, int], str]] = []
    if a == "*":
        steps.append(((first + 1, second), ""))
    if b == "*":
        steps.append(((first, second + 1), ""))
    if a and b and (letter := _letter(a, b)):
        steps.append(((first + (a != "*"), second + (b != "*")), letter))
    return steps


def _letter(a: str, b: str) -> str:
    wild = {"*", "?"}
    if a in wild:
        return FILLER if b in wild else b
    return a if b in wild or a == b else ""
