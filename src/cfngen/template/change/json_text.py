"""JSON inside of a string: a dashboard, a lifecycle policy, a policy document written as text."""

from __future__ import annotations

import json
from typing import Any

from cfngen.template.change.diff import Cause, differences
from cfngen.template.change.resource_types import FREE_FORM
from cfngen.template.intrinsics import intrinsic, parts, text


def inside(cause: Cause) -> tuple[Cause, ...] | None:
    """What differs inside of the JSON text that both values of a cause are; None where they are not.

    Empty where the two are the same JSON, written another way. The paths begin where the cause's does.

    >>> [inner.path for inner in inside(Cause(("Properties", "Body"), '{"a": [1]}', '{"a": [2]}'))]
    [('Properties', 'Body', 'a', 0)]
    >>> inside(Cause((), "text", "another")) is None
    True
    """
    before, after = _parsed(cause.before), _parsed(cause.after)
    if cause.reason or before is None or after is None:
        return None
    return tuple(differences(before, after, cause.path, FREE_FORM))


def _parsed(value: Any) -> Any:
    """The object or list that a text, also one with computed parts, is the JSON of."""
    if not isinstance(value, str) and intrinsic(value) not in {"Fn::Sub", "Fn::Join"}:
        return None
    pieces = parts(value)
    if not all(isinstance(piece, str) or piece.refers for piece in pieces):
        return None
    written = text(value).strip()
    if not written.startswith(("{", "[")):
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None
