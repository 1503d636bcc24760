"""A claim: one sentence about a deployed stack that is true or is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True)
class Claim:
    """One sentence to be checked.

    Attributes:
        stack: the stack that makes it.
        name: of the claim, one of its kind in the stack.
        says: the sentence, without a full stop.
        kind: how it is checked: the name of a module in `checks/`.
        about: the logical id that it is about; empty for the stack as a whole.
        source: where the demand comes from: a URL, or the number of a control.
        given: what the check is told, with the deployment's values in it.
        before: whether it has to hold before the stack is deployed.
    """

    stack: str
    name: str
    says: str
    kind: str
    about: str = ""
    severity: Severity = "high"
    source: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    before: bool = False

    @property
    def id(self) -> str:
        """The same in every environment and every run."""
        return f"{self.stack}/{self.name}"
