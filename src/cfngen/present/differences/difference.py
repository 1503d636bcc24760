"""One stack's difference, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from cfngen.template.change.compare import Comparison


@dataclass(frozen=True)
class Difference:
    """What lies between two templates of a stack.

    Attributes:
        stack: its name; for two files, the new one's.
        against: what it is compared with, in words; empty where there is nothing to compare with.
        from_version: the version of what it is compared with; None where none is known.
        to_version: the version now, or the one that the changes make.
        comparison: the differences themselves.
        environment: the environment whose values are put in; None for the template by itself.
    """

    stack: str
    against: str
    from_version: str | None
    to_version: str | None
    comparison: Comparison
    environment: str | None = None
