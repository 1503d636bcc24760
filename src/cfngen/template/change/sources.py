"""What comes out differently, and why a value that uses it does: replaced resources, defaults, mappings, …"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from cfngen.template.change.attributes import asked, moves
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.diff import Cause, Change, type_of
from cfngen.template.change.judgement import Judgement
from cfngen.template.change.resource_types import Schemas
from cfngen.template.intrinsics import ABSENT, Target
from cfngen.template.mappings import reads
from cfngen.template.values import Path, is_address, is_list

Reason = Callable[[Any], str]
"""From a value as it is written: why it may come out differently; empty where it does not."""

Sources = dict[Target, Reason]

GLOBALS: Final[Target] = ("section", "Globals")
"""What every resource of AWS::Serverless uses.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

SERVERLESS: Final = "AWS::Serverless::"

_REPLACED: Final = {Consequence.REPLACE: "is replaced", Consequence.MAYBE_REPLACE: "may be replaced"}


class Ways:
    """The sources. More are added while the resources that they reach are looked for."""

    def __init__(self, resources: dict[str, Any], schemas: Schemas) -> None:
        self.sources: Sources = {}
        self._changed: dict[str, list[Path]] = {}
        self._resources = resources
        self._schemas = schemas

    def begin(self, item: Judgement) -> None:
        """Take in what a change makes come out differently."""
        change = item.change
        name = change.logical_id
        if change.section == "Globals":
            self.sources[GLOBALS] = always("Globals changed")
        elif change.action != "modify":
            return
        elif change.section == "Resources" and item.consequence in _REPLACED:
            self.sources["name", name] = always(f"{name} {_REPLACED[item.consequence]}")
        elif change.section == "Resources" and item.consequence is Consequence.IN_PLACE:
            for cause in change.causes:
                self.change_in_place(name, cause.path)
        elif change.section == "Parameters" and (told := _of_parameter(change)):
            self.sources["name", name] = always(told)
        elif change.section == "Conditions":
            self.sources["condition", name] = always(f"the condition {name} changed")
        elif change.section == "Mappings":
            self.sources["mapping", name] = _of_mapping(change)

    def change_in_place(self, logical_id: str, path: Path) -> bool:
        """Whether one more part of a resource that changes in place can change its attributes.

        False where all its users are reached already.
        """
        if ("name", logical_id) in self.sources and logical_id not in self._changed:
            return False
        paths = self._changed.setdefault(logical_id, [])
        paths.append(path)
        kind = type_of(self._resources.get(logical_id))

        def told(value: Any) -> str:
            schema = self._schemas.get(kind)
            moved = (name for name in asked(value, logical_id) if moves(name, kind, schema, paths))
            return next((f"{logical_id} changes, and {logical_id}.{name} with it" for name in moved), "")

        self.sources["name", logical_id] = told
        return True

    def replace(self, logical_id: str) -> bool:
        """Whether it is news that a resource may be replaced."""
        if ("name", logical_id) in self.sources and logical_id not in self._changed:
            return False
        self._changed.pop(logical_id, None)
        self.sources["name", logical_id] = always(f"{logical_id} may be replaced")
        return True


def always(reason: str) -> Reason:
    """The same reason for every value."""
    return lambda _: reason


def _of_parameter(change: Change) -> str:
    """Why what a parameter gives may be something else; empty where it is the same."""
    for cause in change.causes:
        if cause.path == ("Default",) and cause.after is not ABSENT:
            return f"the default of the parameter {change.logical_id} changed"
        if cause.path == ("Type",) and _gives(cause.before) != _gives(cause.after):
            return f"the type of the parameter {change.logical_id} changed"
    return ""


def _gives(kind: Any) -> tuple[bool, bool]:
    """Whether a parameter of this type gives a list, and whether its value is the address of that."""
    return is_list(str(kind)), is_address(str(kind))


def _of_mapping(change: Change) -> Reason:
    """Of a mapping: whether a value reads an entry that changed.

    An entry that the old template did not have, no deployed value reads, save one with a default.
    """
    entries = [_entry(cause) for cause in change.causes]

    def told(value: Any) -> str:
        readings = list(reads(value, change.logical_id))
        reached = not readings or any(
            _fits(first, entry.first) and _fits(second, entry.second) and (entry.existed or has_default)
            for first, second, has_default in readings
            for entry in entries
        )
        return f"the mapping {change.logical_id} changed" if reached else ""

    return told


class _Entry(NamedTuple):
    """The keys of an entry that is not as it was, None for any, and whether it was there before."""

    first: str | None
    second: str | None
    existed: bool


def _entry(cause: Cause) -> _Entry:
    first, second, *_ = (*map(str, cause.path), None, None)
    return _Entry(first, second, existed=cause.before is not ABSENT)


def _fits(asked_for: str | None, key: str | None) -> bool:
    """Whether a key that is asked for may be this one; None is any."""
    return asked_for is None or key is None or asked_for == key
