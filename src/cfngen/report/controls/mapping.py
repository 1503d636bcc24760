"""Which checks of prowler belong to which control of a framework.

Taken from https://github.com/prowler-cloud/prowler (Apache-2.0) by tools/controls.py; only ids and names, no
sentence of a framework.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple


class Control(NamedTuple):
    """One control of a framework, by the id that people cite, such as `CC6.1`, and its checks' names."""

    id: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Framework:
    """One framework.

    Attributes:
        id: ours, short.
        name: its own, with its version.
        file: of prowler, where the mapping is from.
    """

    id: str
    name: str
    file: str
    controls: tuple[Control, ...]


class Check(NamedTuple):
    """What a check of prowler looks at.

    Attributes:
        reads: the attributes of a resource, in prowler's own words.
        pattern: the regular expression that the pattern of a metric filter must match, where it has one.
    """

    reads: frozenset[str]
    pattern: str | None


@dataclass(frozen=True)
class ControlMapping:
    """The mapping, with what it must be credited with.

    Attributes:
        commit: of the source, 40 hex digits.
        date: of the commit.
        checks: the ones that are known more closely, by name.
    """

    source: str
    commit: str
    date: str
    licence: str
    frameworks: tuple[Framework, ...]
    checks: Mapping[str, Check]

    @property
    def credit(self) -> str:
        """One line that names source, version, date and licence."""
        return f"prowler ({self.source}), commit {self.commit[:12]} of {self.date}, {self.licence}"


@cache
def mapping() -> ControlMapping:
    """The mapping that the package holds."""
    data = json.loads(resources.files(__package__).joinpath("prowler.json").read_text(encoding="utf-8"))
    return ControlMapping(
        data["source"],
        data["commit"],
        data["date"],
        data["licence"],
        tuple(
            Framework(
                each["id"],
                each["name"],
                each["file"],
                tuple(Control(control["id"], tuple(control["checks"])) for control in each["controls"]),
            )
            for each in data["frameworks"]
        ),
        {name: Check(frozenset(each["reads"]), each.get("pattern")) for name, each in data["checks"].items()},
    )
