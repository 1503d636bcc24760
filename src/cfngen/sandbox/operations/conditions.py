"""A change set lists the resources whose conditions are true, as what would exist before and after.

A condition that turns false removes its resource:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfngen.sandbox import private

Document = dict[str, Any]


def install() -> None:
    """Once a process, before the emulator serves."""
    resolve: Callable[..., Document] = private.changesets.resolve_props_for_diff

    def existing(template: Document, parameters: Document, *names: str) -> Document:
        resolved = resolve(template, parameters, *names)
        conditions = private.engine.evaluate_conditions(template, parameters) if resolved else {}
        resources = resolved.get("Resources", {}).items()
        return {
            "Resources": {
                name: each for name, each in resources if conditions.get(each.get("Condition"), True)
            }
        }

    private.changesets.resolve_props_for_diff = existing
