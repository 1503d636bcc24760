"""What was changed by hand, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cfngen.present import FORMAT_VERSION, visible
from cfngen.present.style import Palette
from cfngen.template.likeness import Unlike
from cfngen.verify.checks.resource import shown
from cfngen.verify.drift import StackDrift


def document(drifts: Sequence[StackDrift], *, at: str, emulated: bool) -> dict[str, Any]:
    """The JSON of drift, in the format of `drift.schema.json`.

    Arguments:
        at: when the look began, in UTC, as ISO 8601 writes it.
        emulated: whether an emulator answered.
    """
    stacks = [
        drift._asdict()
        | {
            "resources": [
                resource._asdict()
                | {"differences": [_as_data(difference) for difference in resource.differences]}
                for resource in drift.resources
            ]
        }
        for drift in drifts
    ]
    return {"format_version": FORMAT_VERSION, "at": at, "emulated": emulated, "stacks": stacks}


def text(drift: StackDrift, palette: Palette, environment: str) -> str:
    """One stack's drift for a person, and what brings it back."""
    words = {
        "in-sync": "as its template says",
        "drifted": palette.colour("drifted", "yellow"),
        "unknown": "could not be checked in full",
        "not-deployed": "not deployed",
        "failed": palette.colour("failed", "red"),
        "interrupted": "interrupted; nothing was changed",
    }
    checked = f", {drift.checked} of {drift.total} resources read" if drift.total else ""
    lines = [f"{drift.stack}: {words[drift.result]}{checked}"]
    lines += [f"  {drift.reason}"] if drift.reason else []
    for resource in drift.resources:
        lines.append(f"  {resource.status.lower():9} {resource.logical_id}  {resource.type}")
        lines += [f"    {resource.reason}"] if resource.reason else []
        lines += [f"    {_difference(difference)}" for difference in resource.differences]
    found = [resource for resource in drift.resources if resource.status != "UNKNOWN"]
    added = [each for resource in found for each in resource.differences if each.given is None]
    if any(resource.status == "DELETED" for resource in found) or any(
        each.given is not None for resource in found for each in resource.differences
    ):
        back = f"cfngen plan {drift.stack} --env {environment} --revert-drift"
        lines.append(f"  bring it back with: {back}; or put the change into the definition")
    if added:
        lines.append("  what no template sets stays: remove it by hand, or add it to a definition")
    return visible.lines(lines)


def _as_data(difference: Unlike) -> dict[str, str | None]:
    given, actual = difference.given, difference.actual
    return {
        "path": difference.path,
        "expected": None if given is None else shown(given),
        "actual": None if actual is None else shown(actual),
    }


def _difference(difference: Unlike) -> str:
    given, actual = _shown(difference.given), _shown(difference.actual)
    return f"{difference.path}: {given} in the template, {actual} in the account"


def _shown(value: object) -> str:
    return "(none)" if value is None else " ".join(shown(value).split())
