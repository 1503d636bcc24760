"""What became of a stack: expected outcomes are values, whoever shows them decides how."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from cfngen.deploy.changeset.effect import Effect

Result = Literal[
    "no-change",
    "planned",
    "deployed",
    "declined",
    "failed",
    "rolled-back",
    "skipped",
    "interrupted",
]


_NONE: Mapping[str, str] = MappingProxyType({})


class Failure(NamedTuple):
    """Why.

    Attributes:
        reason: AWS's words or ours.
        logical_id: the resource it began with; None where it is about the whole stack.
        type: that resource's.
        remedy: what to do about it, where that is known.
        also: what was found wrong at the same time.
    """

    reason: str
    logical_id: str | None = None
    type: str = ""
    remedy: str | None = None
    also: tuple[Failure, ...] = ()


class StackResult(NamedTuple):
    """What became of one stack.

    Attributes:
        stack: the logical stack name.
        stack_name: the deployed stack's.
        result: the tag.
        change_set: the change set's ARN, where there is or was one.
        url: the console's page about it.
        effect: what it does, or did.
        from_version: the deployed template's version, where it had one.
        to_version: that of the one asked for.
        outputs: the stack's outputs.
        failure: why it is not as asked for.
        blocked: why `deploy` will refuse the change set, and the option that allows it.
        status: the stack's last known status.
        state: what an interruption left, and the command that goes on.
        warnings: what was not as it should be without being a failure.
    """

    stack: str
    stack_name: str
    result: Result
    change_set: str | None = None
    url: str | None = None
    effect: Effect = Effect()
    from_version: str | None = None
    to_version: str | None = None
    outputs: Mapping[str, str] = _NONE
    failure: Failure | None = None
    blocked: Failure | None = None
    status: str = ""
    state: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether what depends on it can go on."""
        return self.result in {"no-change", "planned", "deployed"}
