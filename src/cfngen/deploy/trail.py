"""How far a run has got."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Trail:
    """What an interruption would leave behind; the one thing that changes while a stack is worked on.

    Attributes:
        where: a sentence without a full stop.
        running: whether an operation of ours may be running in the account.
        change_set: the ARN of the change set that is kept.
        warnings: what was not as it should be.
    """

    where: str = "nothing was changed"
    running: bool = False
    change_set: str | None = None
    warnings: list[str] = field(default_factory=list)
