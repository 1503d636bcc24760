"""A row: what in a template shows what a check of prowler looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cfngen.report.controls.stacks import ResolvedResource, Stacks

Holds = Callable[[ResolvedResource, Stacks], bool | None]
"""Whether a resource shows it; None where the check is not about this resource."""


class Shows(NamedTuple):
    """The claims that say of the same resource whether it is so in the account: a kind of check, a demand."""

    kind: str
    demand: str = ""


@dataclass(frozen=True)
class CheckRow:
    """One way to show what a check looks at.

    Attributes:
        check: prowler's name of it.
        type: of the resources that can show it.
        property: the path of the property, as the template writes it.
        says: what the property says, for people: a short sentence without a full stop.
        holds: judges one resource.
        looks_at: what the check reads in the account that comes from this property, in prowler's words.
        beyond: what else it reads, which no template can say.
        claims: those that look at the same in the account.
        by: `setting`: the template sets it. `watch`: the template makes AWS Config watch it, and only the
            rule's result can say more.
        one_is_enough: whether one resource of the account shows it; else each of them must.
        here_only: whether the check asks for every Region and a stack is in one.
        wanted: whether stacks that have resources of the type, and none that the check is about, lack one.
    """

    check: str
    type: str
    property: str
    says: str
    holds: Holds
    looks_at: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    claims: tuple[Shows, ...] = ()
    by: Literal["setting", "watch"] = "setting"
    one_is_enough: bool = False
    here_only: bool = False
    wanted: bool = False
