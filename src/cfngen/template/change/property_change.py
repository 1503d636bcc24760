"""What the change of one value does to the resource that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import dotted, without_branches
from cfngen.template.change.diff import Cause
from cfngen.template.change.documented_updates import documented_default
from cfngen.template.change.equality import canonical, surely_different
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema
from cfngen.template.change.update_rules import UpdateRule, rules_of_policy, update_rules
from cfngen.template.intrinsics import ABSENT
from cfngen.template.values import Path, as_text


@dataclass(frozen=True)
class UpdateVerdict:
    """What one changed value does to its resource."""

    consequence: Consequence
    reason: str = ""
    certain: bool = True


def judge_cause(
    cause: Cause, resource_type: str, schema: ResourceSchema | None, body: Mapping[str, Any]
) -> UpdateVerdict:
    """What the change of one value does to its resource, whatever its name and its deletion policies are.

    Arguments:
        body: the resource as the new template has it; its UpdatePolicy can decide.
    """
    attribute, path = cause.path[:1], cause.path[1:]
    if attribute == ("Condition",):
        told = f": {cause.reason}" if cause.reason else ""
        return UpdateVerdict(
            Consequence.DELETE, f"exists only while its condition holds{told}", certain=False
        )
    if attribute != ("Properties",):
        return UpdateVerdict(Consequence.NONE)
    rules = update_rules(resource_type, schema)
    if rules is None:
        return _unknown(f"whether {resource_type} is replaced is unknown: it has no published schema")
    rules = (*rules_of_policy(resource_type, body), *rules)
    rule = next((rule for rule in rules if _touches(cause, path, rule)), None)
    if rule is None and schema is None:
        return _unknown(f"whether another {dotted(_names(path))} replaces it is not documented")
    if rule is None or rule.consequence is Consequence.IN_PLACE:
        return UpdateVerdict(Consequence.IN_PLACE, cause.reason, certain=not cause.reason)
    if default := _explicit_default(cause, resource_type, schema):
        return default
    sure = not cause.reason and surely_different(cause.before, cause.after) and "Fn::If" not in cause.path
    if rule.consequence is Consequence.REPLACE and not sure:
        known = cause.reason or "its value is known at deployment only"
        return UpdateVerdict(Consequence.MAYBE_REPLACE, f"{rule.reason}; {known}", certain=False)
    certain = sure and rule.consequence is not Consequence.MAYBE_REPLACE
    return UpdateVerdict(rule.consequence, rule.reason, certain)


def _unknown(reason: str) -> UpdateVerdict:
    return UpdateVerdict(Consequence.MAYBE_REPLACE, reason, certain=False)


def _explicit_default(
    cause: Cause, resource_type: str, schema: ResourceSchema | None
) -> UpdateVerdict | None:
    """What happens where a value appears, or goes, that is the documented default; None for other values."""
    if (cause.before is ABSENT) == (cause.after is ABSENT) or schema is None:
        return None
    value = cause.after if cause.before is ABSENT else cause.before
    path = _names(cause.path[1:])
    if isinstance(value, dict | list):
        return None
    word = as_text(value)
    if exceptional(resource_type).filled_in.get(path) == word:
        return UpdateVerdict(Consequence.NONE, f"AWS fills in {word} where {dotted(path)} is not given")
    default = documented_default(resource_type, path)
    if default is None and schema.default(path) is not ABSENT:
        default = as_text(schema.default(path))
    if default is not None and default.casefold() == word.casefold():
        return _unknown(f"{word} is the default of {dotted(path)}; CloudFormation may compare it")
    if default is None and word == "false":
        return _unknown(f"false may be the default of {dotted(path)}; CloudFormation may compare it")
    return None


def _names(path: Path) -> PropertyPath:
    return tuple(str(step) for step in without_branches(path) if not isinstance(step, int))


def _touches(cause: Cause, path: Path, rule: UpdateRule) -> bool:
    """Whether the cause changes the value of the rule's property."""
    plain = _names(path)
    names = rule.path
    shared = min(len(names), len(plain))
    if names[:shared] != plain[:shared] or (rule.as_a_whole and len(plain) > len(names)):
        return False
    return len(plain) >= len(names) or _differs_below(cause, names[shared:])


def _differs_below(cause: Cause, names: Sequence[str]) -> bool:
    """Whether a value that changed as a whole changed at the property that `names` lead to."""
    before, after = cause.before, cause.after
    for name in names:
        before = before.get(name, ABSENT) if isinstance(before, dict) else before
        after = after.get(name, ABSENT) if isinstance(after, dict) else after
    return bool(cause.reason) or canonical(before) != canonical(after)
