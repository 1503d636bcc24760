"""What the change of one value does to the resource that has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import dotted, without_branches
from cfngen.template.change.diff import Cause
from cfngen.template.change.equality import canonical, surely_different
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema
from cfngen.template.intrinsics import ABSENT
from cfngen.template.values import Path


@dataclass(frozen=True)
class Verdict:
    """What one changed value does to its resource."""

    consequence: Consequence
    reason: str = ""
    certain: bool = True


def judge_cause(cause: Cause, resource_type: str, schema: ResourceSchema | None) -> Verdict:
    """What the change of one value does to its resource, whatever its name and its policies are."""
    attribute, path = cause.path[:1], cause.path[1:]
    if attribute == ("Condition",):
        told = f": {cause.reason}" if cause.reason else ""
        return Verdict(Consequence.DELETE, f"exists only while its condition holds{told}", certain=False)
    if attribute != ("Properties",):
        return Verdict(Consequence.NONE)
    if schema is None:
        told = f"whether {resource_type} is replaced is unknown: it has no published schema"
        return Verdict(Consequence.MAYBE_REPLACE, told, certain=False)
    sure = not cause.reason and surely_different(cause.before, cause.after) and "Fn::If" not in cause.path
    if refused := _touched(cause, path, exceptional(resource_type).refuses):
        told = f"{dotted(refused)} of an existing resource cannot change: the update fails"
        return Verdict(Consequence.IMPOSSIBLE, told, sure)
    if fixed := _touched(cause, path, schema.create_only):
        told = f"only a new resource can have another {dotted(fixed)}"
        if sure:
            return Verdict(Consequence.REPLACE, told)
        known = cause.reason or "its value is known at deployment only"
        return Verdict(Consequence.MAYBE_REPLACE, f"{told}; {known}", certain=False)
    if fixed := _touched(cause, path, schema.conditional_create_only):
        told = f"in some cases only a new resource can have another {dotted(fixed)}"
        return Verdict(Consequence.MAYBE_REPLACE, told, certain=False)
    return Verdict(Consequence.IN_PLACE, cause.reason, certain=not cause.reason)


def _touched(cause: Cause, path: Path, fixed: Sequence[PropertyPath]) -> PropertyPath | None:
    """The first of the fixed properties whose value the cause changes."""
    plain = tuple(step for step in without_branches(path) if not isinstance(step, int))
    for candidate in fixed:
        names = tuple(name for name in candidate if name != "*")
        shared = min(len(names), len(plain))
        if names[:shared] != plain[:shared]:
            continue
        if len(plain) >= len(names) or _differs_below(cause, names[shared:]):
            return candidate
    return None


def _differs_below(cause: Cause, names: Sequence[str]) -> bool:
    """Whether a value that changed as a whole changed at the property that `names` lead to."""
    before, after = cause.before, cause.after
    for name in names:
        before = before.get(name, ABSENT) if isinstance(before, dict) else before
        after = after.get(name, ABSENT) if isinstance(after, dict) else after
    return bool(cause.reason) or canonical(before) != canonical(after)
