"""What the change of one value does to the resource that has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import dotted, without_branches
from cfngen.template.change.diff import Cause, is_custom
from cfngen.template.change.documented_updates import documented_default
from cfngen.template.change.equality import canonical, surely_different
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema
from cfngen.template.change.update_rules import UpdateRule, rules_of_policy, update_rules
from cfngen.template.intrinsics import ABSENT, intrinsic
from cfngen.template.values import Path, as_text

_OTHER_FUNCTION: Final = "the ServiceToken of a custom resource cannot change: the update fails"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html"""

_CHOSEN: Final = re.compile(
    "(Name|Id|Ids|Arn|ARN|Identifier|Description|Comment|Content|Uri|URI|Url|URL|Block)$"
)
"""Properties whose value somebody chose: nothing has it by default."""

_LATER: Final = ("Fn::Transform", "Fn::ForEach::")

_LIKE_A_DEFAULT: Final = re.compile("[A-Za-z0-9_.-]{1,40}")


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
    if attribute and _is_written_later(attribute[0]):
        return _unknown(f"only CloudFormation knows what {attribute[0]} makes of it")
    if attribute != ("Properties",):
        return UpdateVerdict(Consequence.NONE)
    return _of_property(cause, path, resource_type, schema, body)


def _of_property(
    cause: Cause, path: Path, resource_type: str, schema: ResourceSchema | None, body: Mapping[str, Any]
) -> UpdateVerdict:
    if is_custom(resource_type):
        if path == ("ServiceToken",):
            return UpdateVerdict(Consequence.IMPOSSIBLE, _OTHER_FUNCTION, _is_sure(cause))
        return _unknown("the function of a custom resource decides whether it is replaced", cause)
    rules = update_rules(resource_type, schema)
    if rules is None:
        told = f"whether {resource_type} is replaced is unknown: it has no published schema"
        return _unknown(told, cause)
    rules = (*rules_of_policy(resource_type, body), *rules)
    rule = _first_touched(cause, rules)
    if rule is None and schema is None:
        return _unknown(f"whether another {dotted(_names(path))} replaces it is not documented", cause)
    if rule is None or rule.consequence is Consequence.IN_PLACE:
        return _in_place(cause, resource_type, schema)
    default = _explicit_default(
        cause, resource_type, schema, guess=rule.consequence is not Consequence.MAYBE_REPLACE
    )
    return default or _by_rule(rule, cause)


def _by_rule(rule: UpdateRule, cause: Cause) -> UpdateVerdict:
    sure = _is_sure(cause)
    if rule.consequence is Consequence.REPLACE and not sure:
        known = cause.reason or _not_sure(cause)
        return UpdateVerdict(Consequence.MAYBE_REPLACE, f"{rule.reason}; {known}", certain=False)
    certain = sure and rule.consequence is not Consequence.MAYBE_REPLACE
    return UpdateVerdict(rule.consequence, rule.reason, certain)


def _is_sure(cause: Cause) -> bool:
    """Whether the value comes out differently, whatever the values of parameters are."""
    if cause.reason or "Fn::If" in cause.path or any(map(_is_written_later, cause.path)):
        return False
    return surely_different(cause.before, cause.after) and not _is_boolean_again(cause)


def _not_sure(cause: Cause) -> str:
    if _is_boolean_again(cause):
        return f"{as_text(cause.before)} and {as_text(cause.after)} may be the same to CloudFormation"
    return "its value is known at deployment only"


def _is_boolean_again(cause: Cause) -> bool:
    """Whether it is one truth value in two spellings, such as True and true."""
    words = {as_text(value).casefold() for value in (cause.before, cause.after)}
    return len(words) == 1 and words <= {"true", "false"}


def _is_written_later(step: str | int) -> bool:
    """Whether only CloudFormation knows what stands in the place of this step of a path."""
    return isinstance(step, str) and step.startswith(_LATER)


def _in_place(cause: Cause, resource_type: str, schema: ResourceSchema | None) -> UpdateVerdict:
    if exceptional(resource_type).holds_resources and not (schema and cause.path[1:2] == (schema.tags,)):
        told = "only CloudFormation knows what becomes of the resources inside of it"
        return UpdateVerdict(
            Consequence.IN_PLACE, "; ".join(filter(None, (cause.reason, told))), certain=False
        )
    return UpdateVerdict(Consequence.IN_PLACE, cause.reason, certain=not cause.reason)


def _unknown(reason: str, cause: Cause | None = None) -> UpdateVerdict:
    told = f"{reason}; {cause.reason}" if cause is not None and cause.reason else reason
    return UpdateVerdict(Consequence.MAYBE_REPLACE, told, certain=False)


def _explicit_default(
    cause: Cause, resource_type: str, schema: ResourceSchema | None, *, guess: bool
) -> UpdateVerdict | None:
    """What happens where a value appears, or goes, that is the default; None for other values.

    Arguments:
        guess: take a value that may be the default for one; without it, only what is known to be.
    """
    if (cause.before is ABSENT) == (cause.after is ABSENT) or schema is None:
        return None
    value = cause.after if cause.before is ABSENT else cause.before
    path = _names(cause.path[1:])
    if not path or path[0] in schema.required:
        return None
    default = exceptional(resource_type).filled_in.get(path)
    if default is not None and not isinstance(value, dict | list) and default == as_text(value):
        return UpdateVerdict(Consequence.NONE, f"AWS fills in {default} where {dotted(path)} is not given")
    doubts = [_doubt(schema, *leaf, guess=guess) for leaf in _leaves(value, path)]
    if not doubts or None in doubts:
        return None
    return _unknown(f"{doubts[0]}, and it is not documented whether writing it out is a change")


def _leaves(value: Any, path: PropertyPath) -> Iterator[tuple[PropertyPath, Any]]:
    if isinstance(value, dict) and not intrinsic(value):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    else:
        yield path, value


def _doubt(schema: ResourceSchema, path: PropertyPath, value: Any, *, guess: bool) -> str | None:
    """Why a value may be what the property has without one; None where it surely is not."""
    if isinstance(value, dict | list):
        return None
    word = as_text(value)
    default = exceptional(schema.type).defaults.get(path) or documented_default(schema.type, path)
    if default is None and schema.default(path) is not ABSENT:
        default = as_text(schema.default(path))
    if default is not None:
        return f"{word} is the default of {dotted(path)}" if default.casefold() == word.casefold() else None
    if not guess or word == "true" or _CHOSEN.search(path[-1]) or not _LIKE_A_DEFAULT.fullmatch(word):
        return None
    return f"{word} may be the default of {dotted(path)}"


def _names(path: Path) -> PropertyPath:
    """The properties on the path, as far as they are known."""
    names: list[str] = []
    for step in without_branches(path):
        if isinstance(step, str):
            if _is_written_later(step):
                break
            names.append(step)
    return tuple(names)


def _first_touched(cause: Cause, rules: Iterable[UpdateRule]) -> UpdateRule | None:
    """The first rule of whose property the cause changes the value."""
    plain = _names(cause.path[1:])
    for rule in rules:
        names = rule.path
        shared = min(len(names), len(plain))
        if names[:shared] != plain[:shared] or (rule.as_a_whole and len(plain) > len(names)):
            continue
        if len(plain) >= len(names) or _differs_below(cause, names[shared:]):
            return rule
    return None


def _differs_below(cause: Cause, names: Sequence[str]) -> bool:
    """Whether a value that changed as a whole changed at the property that `names` lead to."""
    if any(map(_is_written_later, cause.path)):
        return True
    before, after = cause.before, cause.after
    for name in names:
        if intrinsic(before) or intrinsic(after):
            break
        before = before.get(name, ABSENT) if isinstance(before, dict) else before
        after = after.get(name, ABSENT) if isinstance(after, dict) else after
    return bool(cause.reason) or canonical(before) != canonical(after)
