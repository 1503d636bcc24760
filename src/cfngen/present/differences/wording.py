"""The words of a difference that its text and its Markdown share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

from cfngen.present.differences.difference import Difference, ValueChange
from cfngen.present.layout.page import Value
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.diff import Cause
from cfngen.template.change.json_text import inside
from cfngen.template.change.judgement import Judgement
from cfngen.template.change.said_by_permissions import document_path
from cfngen.template.intrinsics import ABSENT, intrinsic, text

LONGEST: Final = 160
"""Characters of a value that are shown; JSON shows all."""

_BEFORE: Final = 40
"""Characters that are shown before the first that differs."""

_ONE: Final = {
    "Resources": "resource",
    "Parameters": "parameter",
    "Outputs": "output",
    "Conditions": "condition",
    "Mappings": "mapping",
    "Rules": "rule",
    "Metadata": "metadata",
}


MOST_PROMISES: Final = 12
"""Promises of one kind of change that are shown one by one; JSON shows all."""

_PROMISE: Final = {"drop": "dropped", "change": "changed", "add": "added"}


def promises(difference: Difference) -> Iterator[tuple[str, str]]:
    """Each promise that changed, what happened to it first; many of one kind as a number.

    >>> from cfngen.template.change.compare import Comparison
    >>> from cfngen.template.change.promises import PromiseChange
    >>> nothing = Comparison((), (), "none")
    >>> changes = (PromiseChange("drop", "Trail/on", "it records"),)
    >>> list(promises(Difference("t", "", None, None, nothing, promises=changes)))
    [('dropped', 'it records')]
    """
    for action, word in _PROMISE.items():
        changed = [promise for promise in difference.promises if promise.action == action]
        for promise in changed[:MOST_PROMISES]:
            before = f" (before: {promise.before})" if promise.before else ""
            yield word, f"{promise.says}{before}"
        if len(changed) > MOST_PROMISES:
            yield word, f"and {len(changed) - MOST_PROMISES} more"


def headline(difference: Difference) -> str:
    """
    >>> from cfngen.template.change.compare import Comparison
    >>> headline(Difference("trail", "release 1.0.0", "1.0.0", "2.0.0", Comparison((), (), "major")))
    'trail 1.0.0 -> 2.0.0 (major), compared with release 1.0.0'
    """
    versions = " -> ".join(filter(None, (difference.from_version, difference.to_version)))
    if difference.from_version == difference.to_version:
        versions = difference.to_version or ""
    where = f", with the values of {difference.environment}" if difference.environment else ""
    name = f"{difference.stack} {versions}".rstrip()
    if not difference.against:
        return f"{name}, new{where}"
    what = difference.removed or difference.kind
    return f"{name} ({what}), compared with {difference.against}{where}"


def value_line(change: ValueChange) -> str:
    """
    >>> value_line(ValueChange("parameter", "Days", "30", None))
    'parameter Days: - 30'
    """
    name = f"{change.kind} {change.name}".rstrip()
    if change.before is None:
        return f"{name}: + {_short(change.after)}"
    if change.after is None:
        return f"{name}: - {_short(change.before)}"
    return f"{name}: {_short(change.before)} -> {_short(change.after)}"


def label(item: Judgement) -> str:
    """The consequence in one word or two; `?` where only a deployment can tell."""
    if item.consequence is Consequence.NONE:
        if item.change.action == "add":
            return "new"
        return "removed" if item.change.action == "remove" else "no effect"
    return item.consequence + ("" if item.certain or item.consequence is Consequence.MAYBE_REPLACE else "?")


def subject(item: Judgement) -> str:
    """What changed: kind, name, type."""
    change = item.change
    kind = _ONE.get(change.section, change.section)
    name = f"{kind} {change.logical_id}".rstrip()
    if change.action == "rename":
        name = f"{name} renamed to {change.renamed_to}"
    unknown = ", a type without published schema" if not item.known_type else ""
    shown = change.type if change.section == "Resources" else ""
    return f"{name} ({shown}{unknown})" if shown else name


def shown_values(causes: Iterable[Cause]) -> Iterator[Value]:
    """What the causes are; those of a policy that the permission sentences tell, in one line."""
    folded = (
        [Value(_path(replace(cause, path=document_path(cause))), None, None, cause.instead)]
        if cause.instead
        else parts_of(cause)
        for cause in causes
    )
    yield from dict.fromkeys(value for some in folded for value in some)


def value_text(value: Value) -> str:
    """
    >>> value_text(Value("Days", "30", None))
    'Days: - 30'
    """
    name, before, after, note = value
    if before is None and after is None:
        return f"{name}: {note}"
    if before is None:
        return f"{name}: + {after}"
    return f"{name}: - {before}" if after is None else f"{name}: {before} -> {after}"


def parts_of(cause: Cause) -> Iterator[Value]:
    """What one cause is: of a list what it lost and gained, of JSON text what differs in it."""
    name = _path(cause)
    inner = inside(cause)
    if inner is not None:
        if not inner:
            yield Value(name, None, None, "the same JSON, written another way")
        for part in inner:
            yield from parts_of(part)
        return
    before, after = _told_apart(cause.before, cause.after)
    if cause.reason:
        yield Value(name, None, None, f"{_short(cause.before)}, {cause.reason}")
    elif isinstance(cause.before, list) and isinstance(cause.after, list):
        yield from (Value(name, item, None) for item in _only_in(cause.before, cause.after))
        yield from (Value(name, None, item) for item in _only_in(cause.after, cause.before))
    elif cause.before is ABSENT:
        yield Value(name, None, after)
    elif cause.after is ABSENT:
        yield Value(name, before, None)
    else:
        yield Value(name, before, after)


def _path(cause: Cause) -> str:
    """
    >>> _path(Cause(("Properties", "Tags", 0, "Value", "Fn::If", 2), "a", "b"))
    'Tags[0].Value[else]'
    """
    steps = list(cause.path[1:] if cause.path[:1] == ("Properties",) and len(cause.path) > 1 else cause.path)
    shown = ""
    while steps:
        step = steps.pop(0)
        if step == "Fn::If" and steps:
            shown += "[then]" if steps.pop(0) == 1 else "[else]"
        elif isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f".{step}" if shown else step
    return shown or "all"


def _short(value: Any) -> str:
    shown = text(value) if intrinsic(value) or not isinstance(value, dict | list) else _json(value)
    shown = shown.replace("\n", "\\n") or "''"
    return _cut(shown)


def _told_apart(before: Any, after: Any) -> tuple[str, str]:
    """Both values, so that they do not look alike: 5 and "5", and two long ones that begin alike.

    >>> _told_apart(5, "5"), _told_apart("a", "b")
    (('5', '"5"'), ('a', 'b'))
    """
    shown = _short(before), _short(after)
    if shown[0] != shown[1] or before is ABSENT or after is ABSENT:
        return shown
    whole = [_json(value) for value in (before, after)]
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*whole, strict=False)))
    start = max(0, alike - _BEFORE) if max(map(len, whole)) > LONGEST else 0
    cut = [("..." if start else "") + value[start:] for value in whole]
    return _cut(cut[0]), _cut(cut[1])


def _cut(shown: str) -> str:
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}..."


def _only_in(items: list[Any], others: list[Any]) -> list[str]:
    remaining = Counter(map(_json, items)) - Counter(map(_json, others))
    return [_short(json.loads(item)) for item in remaining.elements()]


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(", ", ": "), ensure_ascii=False)
