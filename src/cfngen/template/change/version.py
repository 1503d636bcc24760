"""Semantic versions of a stack: which number a set of changes moves.

MAJOR: a consumer or the data can lose something. MINOR: something is new, or changed in place.
PATCH: descriptions, metadata and tags. https://semver.org tells the numbers' meaning in general.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from cfngen.errors import OutError
from cfngen.template.change.diff import Cause, Change
from cfngen.template.change.judgement import Judgement
from cfngen.template.change.resource_types import Schemas
from cfngen.template.intrinsics import ABSENT

Bump = Literal["none", "patch", "minor", "major"]

BUMPS: Final[tuple[Bump, ...]] = ("none", "patch", "minor", "major")


_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_WORDS: Final = frozenset({"Description", "ConstraintDescription"})
_TALK: Final = frozenset({("Metadata",), ("DependsOn",)})
"""Attributes of a resource that are about the template, not about what is deployed."""


def bump(judgements: Iterable[Judgement], schemas: Schemas) -> Bump:
    """The number that the gravest of the changes moves; `none` without changes.

    >>> bump([], Schemas())
    'none'
    """
    return max((_of(item, schemas) for item in judgements), key=BUMPS.index, default="none")


def next_version(version: str, moved: Bump) -> str:
    """The version after `version`.

    Raises:
        OutError: `version` is not a semantic version.

    >>> [next_version("1.4.2", moved) for moved in BUMPS]
    ['1.4.2', '1.4.3', '1.5.0', '2.0.0']
    """
    major, minor, patch = key(version)
    following: Mapping[Bump, tuple[int, int, int]] = {
        "none": (major, minor, patch),
        "patch": (major, minor, patch + 1),
        "minor": (major, minor + 1, 0),
        "major": (major + 1, 0, 0),
    }
    return ".".join(map(str, following[moved]))


def key(version: str) -> tuple[int, int, int]:
    """A version as numbers, which sort as versions do.

    Raises:
        OutError: `version` is not a semantic version.

    >>> max(["1.10.0", "1.9.3"], key=key)
    '1.10.0'
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise OutError(f"{version!r} is not a version", remedy="a version is three numbers, such as 1.4.0")
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def older(version: str | None, other: str | None) -> bool:
    """Whether `version` comes before `other`; False where one of them is not a semantic version.

    >>> older("1.9.0", "1.10.0"), older("1.0.0", None)
    (True, False)
    """
    numbers = [_VERSION.fullmatch(each or "") for each in (version, other)]
    first, second = (match and tuple(map(int, match.groups())) for match in numbers)
    return bool(first and second and first < second)


def stamped(template: Mapping[str, Any]) -> str | None:
    """The version that cfngen wrote into the template; None without one.

    >>> stamped({"Metadata": {"cfngen": {"Stack": "a", "Version": "1.0.0"}}})
    '1.0.0'
    """
    match template.get("Metadata"):
        case {"cfngen": {"Version": str() as version}}:
            return version
    return None


def unstamped(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template without what cfngen wrote into its Metadata: what a version is the version of.

    >>> unstamped({"Metadata": {"cfngen": {"Version": "1.0.0"}}, "Resources": {}})
    {'Resources': {}}
    """
    metadata = template.get("Metadata")
    if not isinstance(metadata, Mapping) or "cfngen" not in metadata:
        return dict(template)
    rest = {name: value for name, value in metadata.items() if name != "cfngen"}
    return {
        name: rest if name == "Metadata" else value
        for name, value in template.items()
        if name != "Metadata" or rest
    }


def _of(item: Judgement, schemas: Schemas) -> Bump:
    change = item.change
    if item.consequence.breaks:
        return "major"
    match change.section:
        case "Parameters":
            return _of_parameter(change)
        case "Resources" | "Outputs":
            return "minor" if change.action == "add" else _of_values(change, schemas)
        case "Description" | "Metadata" | "AWSTemplateFormatVersion":
            return "patch"
    return "minor"


def _of_parameter(change: Change) -> Bump:
    if change.action == "add":
        return "minor" if "Default" in change.causes[0].after else "major"
    if change.action != "modify":
        return "major"
    if any(_refuses_values(cause) for cause in change.causes):
        return "major"
    return "patch" if all(cause.path[0] in _WORDS for cause in change.causes) else "minor"


def _refuses_values(cause: Cause) -> bool:
    """Whether a deployment that was right may be wrong now: a type, a default or an allowed value is gone."""
    if not cause.path:  # the parameter as a whole is something else
        return True
    name = cause.path[0]
    if name == "AllowedValues":
        before, after = cause.before, cause.after
        if isinstance(before, list) and isinstance(after, list):
            return any(value not in after for value in before)
        return after is not ABSENT
    return name == "Type" or (name == "Default" and cause.after is ABSENT)


def _of_values(change: Change, schemas: Schemas) -> Bump:
    schema = schemas.get(change.type) if change.section == "Resources" else None
    words = {("Description",), ("Properties", "Description")}
    if schema is not None and schema.tags:
        words.add(("Properties", schema.tags))
    small = all(
        cause.path[:1] in words or cause.path[:2] in words or cause.path[:1] in _TALK
        for cause in change.causes
    )
    return "patch" if small else "minor"
