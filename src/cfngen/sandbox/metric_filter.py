"""CloudWatch Logs' filter patterns for JSON log events, as far as CIS's patterns use them.

moto and MiniStack let every JSON pattern match everything, and no other library knows the syntax of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
What that page leaves open (`!=` on a property that is not there) raises rather than guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[(){}]|&&|\|\|)|(?P<test>NOT\s+EXISTS|!=|=)|"(?P<quoted>[^"]*)"|(?P<word>[^\s(){}=!&|"]+))'
)


def matches(pattern: str, event: Mapping[str, Any]) -> bool:
    """Whether the event is one that the pattern counts.

    >>> matches('{($.a.b="x*") && ($.c NOT EXISTS)}', {"a": {"b": "xyz"}})
    True
    """
    tokens = list(_tokens(pattern))
    position = 0

    def take(expected: str = "") -> str:
        nonlocal position
        kind, text = tokens[position]
        if expected and (kind, text) != ("mark", expected):
            raise ValueError(f"{expected} expected, not {text}, in {pattern}")
        position += 1
        return text

    def follows(mark: str) -> bool:
        return tokens[position] == ("mark", mark)

    def chain(mark: str, short: bool, part: Any) -> Any:
        parts = [part()]
        while follows(mark):
            take(mark)
            parts.append(part())
        # Evaluated only as far as needed: a pattern asks for the event's name before its details.
        return lambda: next((short for each in parts if each() is short), not short)

    def either() -> Any:
        return chain("||", True, both)

    def both() -> Any:
        return chain("&&", False, one)

    def one() -> Any:
        if follows("("):
            take("(")
            inner = either()
            take(")")
            return inner
        return comparison(take(), re.sub(r"\s+", " ", take()))

    def comparison(selector: str, test: str) -> Any:
        value = _select(selector, event)
        if test == "NOT EXISTS":
            return lambda: value is None
        wanted = take()
        if test == "=":
            return lambda: value is not None and _equal(value, wanted)
        return lambda: not _equal(value, wanted)

    take("{")
    result = either()
    take("}")
    if position != len(tokens):
        raise ValueError(f"something follows the pattern {pattern}")
    return bool(result())


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(pattern.rstrip()):
        found = _TOKEN.match(pattern, position)
        if found is None:
            raise ValueError(f"{pattern[position:]!r} cannot be read")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        position = found.end()


def _select(selector: str, event: Mapping[str, Any]) -> Any:
    value: Any = event
    for name in selector.removeprefix("$.").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _equal(value: Any, wanted: str) -> bool:
    if not isinstance(value, str):
        raise TypeError(f"comparing {value!r} with {wanted} is not what the syntax page describes")
    return fnmatchcase(value, re.sub(r"([\[?])", r"[\1]", wanted))
