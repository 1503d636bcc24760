"""What a change does to what is deployed, in one word, from harmless to grave."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Consequence(StrEnum):
    """What becomes of a resource, an output or a parameter; the members stand from harmless to grave.

    >>> Consequence("replace") == "replace", Consequence.REPLACE.rank > Consequence.RETAIN.rank
    (True, True)
    """

    NONE = "none"
    IN_PLACE = "in-place"
    RETAIN = "retain"
    MAYBE_REPLACE = "maybe-replace"
    REPLACE = "replace"
    DELETE = "delete"
    IMPOSSIBLE = "impossible"

    @property
    def rank(self) -> int:
        """How grave it is, from 0."""
        return _RANKS[self]

    @property
    def replaces(self) -> bool:
        """Whether a new resource takes, or may take, the place of the old one."""
        return self in {Consequence.REPLACE, Consequence.MAYBE_REPLACE}

    @property
    def breaks(self) -> bool:
        """Whether somebody may lose what there is now: the resource, its data or what reads it."""
        return self.rank >= Consequence.RETAIN.rank

    @property
    def grave(self) -> bool:
        """Whether what is there now may be gone, or the update fails."""
        return self.rank >= Consequence.MAYBE_REPLACE.rank


_RANKS = {consequence: rank for rank, consequence in enumerate(Consequence)}


def worst(consequences: Iterable[Consequence]) -> Consequence:
    """The gravest of them.

    >>> worst([Consequence.IN_PLACE, Consequence.REPLACE, Consequence.NONE]).value
    'replace'
    """
    return max(consequences, key=lambda consequence: consequence.rank, default=Consequence.NONE)
