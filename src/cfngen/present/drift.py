"""What was changed by hand, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cfngen.deploy.drift import PropertyDifference, StackDrift
from cfngen.present import FORMAT_VERSION
from cfngen.present.style import Palette


def document(drifts: Sequence[StackDrift]) -> dict[str, Any]:
    """The JSON of drift, in the format of `drift.schema.json`."""
    stacks = [
        drift._asdict()
        | {
            "resources": [
                resource._asdict()
                | {"differences": [difference._asdict() for difference in resource.differences]}
                for resource in drift.resources
            ]
        }
        for drift in drifts
    ]
    return {"format_version": FORMAT_VERSION, "stacks": stacks}


def text(drift: StackDrift, palette: Palette) -> str:
    """One stack's drift for a person."""
    words = {
        "in-sync": "as its template says",
        "drifted": palette.colour("drifted", "yellow"),
        "unknown": "could not be checked in full",
        "not-deployed": "not deployed",
        "failed": palette.colour("failed", "red"),
        "interrupted": "interrupted; the check ends by itself and changes nothing",
    }
    lines = [f"{drift.stack}: {words[drift.result]}"]
    lines += [f"  {drift.reason}"] if drift.reason else []
    for resource in drift.resources:
        lines.append(f"  {resource.status.lower():9} {resource.logical_id}  {resource.type}")
        lines += [f"    {resource.reason}"] if resource.reason else []
        lines += [f"    {_difference(difference)}" for difference in resource.differences]
    if drift.result == "drifted":
        lines.append(
            "  bring it back with: cfngen plan --revert-drift, or put the change into the definition"
        )
    return "\n".join(lines)


def _difference(difference: PropertyDifference) -> str:
    expected, actual = _shown(difference.expected), _shown(difference.actual)
    return f"{difference.path}: {expected} in the template, {actual} in the account"


def _shown(value: str | None) -> str:
    return "(none)" if value is None else " ".join(value.split())
