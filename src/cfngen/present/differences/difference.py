"""One stack's difference, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cfngen.cost.change import CostChange
from cfngen.template.change.compare import Comparison
from cfngen.template.change.promises import PromiseChange


@dataclass(frozen=True)
class ValueChange:
    """A parameter or a tag of a deployment file that is not what it was; None where it is not given."""

    kind: Literal["parameter", "tag", "template-file-path"]
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ValueFinding:
    """What linting says about a stack with an environment's values."""

    rule: str
    level: str
    place: str
    message: str


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
        values: what changed in the deployment file; of a NoEcho parameter, that it did.
        findings: what linting says of these values, where any changed.
        removed: why nothing deploys the stack any longer; empty where something does.
        notes: what the reader must know of how this was compared.
        promises: the claims that were added, changed or dropped.
        cost: what it adds to the bill of its environment; None where that was not estimated.
    """

    stack: str
    against: str
    from_version: str | None
    to_version: str | None
    comparison: Comparison
    environment: str | None = None
    values: tuple[ValueChange, ...] = ()
    findings: tuple[ValueFinding, ...] = ()
    removed: str = ""
    notes: tuple[str, ...] = ()
    promises: tuple[PromiseChange, ...] = ()
    cost: CostChange | None = None

    @property
    def same(self) -> bool:
        """Whether nothing differs: neither the templates nor the values nor what is claimed."""
        return self.comparison.same and not (self.values or self.removed or self.promises)

    @property
    def kind(self) -> str:
        """The part of the version that moves; what differs, where none does."""
        if self.comparison.bump != "none":
            return self.comparison.bump
        only_promises = self.promises and self.comparison.same and not self.values
        return "other promises" if only_promises else "other values"
