"""JSON inside of a string: a dashboard, a lifecycle policy, a policy document written as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from cfngen.template.change.diff import Cause, differences
from cfngen.template.change.resource_types import FREE_FORM
from cfngen.template.intrinsics import Call, intrinsic, literal, parts, text

_QUOTES: Final = re.compile(r"\\.", re.DOTALL)
"""What is escaped in a string of JSON, such as a quotation mark."""


def inside(cause: Cause) -> tuple[Cause, ...] | None:
    """What differs inside of the JSON text that both values of a cause are; None where they are not.

    Empty where the two are the same JSON, written another way. The paths begin where the cause's does.

    >>> [inner.path for inner in inside(Cause(("Properties", "Body"), '{"a": [1]}', '{"a": [2]}'))]
    [('Properties', 'Body', 'a', 0)]
    >>> inside(Cause((), "text", "another")) is None
    True
    """
    computed = bool(intrinsic(cause.before) or intrinsic(cause.after))
    before, after = (_parsed(value, computed=computed) for value in (cause.before, cause.after))
    if cause.reason or before is None or after is None:
        return None
    return tuple(differences(before, after, cause.path, FREE_FORM))


def _parsed(value: Any, *, computed: bool) -> Any:
    """The object or list that a text, also one with computed parts, is the JSON of.

    Arguments:
        computed: tell plain text that looks like a computed part from one.
    """
    if not isinstance(value, str) and intrinsic(value) not in {"Fn::Sub", "Fn::Join"}:
        return None
    pieces = parts(value)
    written = pieces[0].lstrip() if pieces and isinstance(pieces[0], str) else ""
    if not written.startswith(("{", "[")):
        return None
    try:
        return json.loads("".join(_filled_in(pieces, computed=computed)), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _filled_in(pieces: Iterable[str | Call], *, computed: bool) -> Iterator[str]:
    """The text with each computed part written into its string; one that stands by itself is a value."""
    quoted = False
    for piece in pieces:
        if isinstance(piece, str):
            yield literal(piece) if computed else piece
            quoted ^= len(_QUOTES.sub("", piece).split('"')) % 2 == 0
        elif quoted:
            yield json.dumps(text(_call(piece)))[1:-1]
        else:
            yield json.dumps(_call(piece))


def _call(piece: Call) -> Any:
    return {piece.function: piece.argument} if piece.function else piece.argument


def _refuse(word: str) -> None:
    raise ValueError(word)
