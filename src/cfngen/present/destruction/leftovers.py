"""What deleted stacks have left in the account, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from cfngen.cost.stored import Stored
from cfngen.deploy.destroy.erase import Erased
from cfngen.deploy.destroy.leftovers import Leftover, Leftovers
from cfngen.present.layout.lines import EMPTY, Line, Piece, line


class Listed(NamedTuple):
    """A leftover as it is shown.

    Attributes:
        command: what deletes it.
        cost: what it costs a month; None where that is not known.
    """

    leftover: Leftover
    command: str
    cost: Stored | None


def leftover_lines(listed: Sequence[Listed], found: Leftovers, stacks: int) -> Iterator[Line]:
    """The leftovers with their commands and costs.

    Arguments:
        stacks: how many stacks were looked for.
    """
    if not listed and found.complete:
        many = "1 stack" if stacks == 1 else f"{stacks} stacks"
        yield line(f"Nothing is left over in the account of {many}.")
    elif listed:
        things = "1 resource is" if len(listed) == 1 else f"{len(listed)} resources are"
        known = [each.cost for each in listed if each.cost is not None]
        together = Stored(
            sum((each.usd for each in known), Decimal(0)), all(each.confirmed for each in known)
        )
        cost = f"; together {_money(together)}" if known else ""
        cost += ", as far as prices are known" if known and len(known) < len(listed) else ""
        yield line(Piece("Left over: ", "bold"), f"{things} still in the account{cost}.", hang=2)
    for each in listed:
        yield from _listed(each)
    if len(listed) > 1 and (at_once := _together(listed)):
        yield line("all that --delete takes, at once:", indent=2)
        yield line(at_once, indent=6)
    for note in found.notes:
        yield line(Piece("not known: ", "yellow"), note, hang=2)


def _together(listed: Sequence[Listed]) -> str:
    """One command for all of them that cfngen deletes."""
    own = [each.command for each in listed if each.command.startswith("cfngen ")]
    ids = "".join(f" --delete {command.rpartition(' ')[2]}" for command in own)
    return f"{own[0].partition(' --delete ')[0]}{ids}" if len(own) > 1 else ""


def _money(cost: Stored) -> str:
    """
    >>> _money(Stored(Decimal(0))), _money(Stored(Decimal("0.001"))), _money(Stored(Decimal(2), False))
    ('no charge', 'less than $0.01 a month', '$2.00 a month (price not confirmed for this Region)')
    """
    if not cost.usd:
        return "no charge"
    mark = "" if cost.confirmed else " (price not confirmed for this Region)"
    usd = f"${cost.usd:.2f}" if cost.usd >= Decimal("0.01") else "less than $0.01"
    return f"{usd} a month{mark}"


def _listed(each: Listed) -> Iterator[Line]:
    candidate, holding = each.leftover
    leaves = holding.leaves if holding else ""
    usd = "its cost is not known" if each.cost is None else _money(each.cost)
    usd = "no charge until then" if leaves else usd
    yield line(
        Piece(candidate.id, "bold"),
        Piece(f"  {candidate.type}", "dim"),
        f"  {candidate.physical_id}",
        indent=2,
        hang=6,
    )
    told = []
    if holding is None:
        bucket = candidate.type == "AWS::S3::Bucket"
        why = ": it belongs to another account, or you are not allowed s3:ListBucket" if bucket else ""
        told.append(f"the resource could not be read{why}")
    elif leaves:
        told.append(f"AWS deletes it on {leaves}")
    else:
        told += [f"holds {holding.text}"] if holding.text else []
    told.append(usd if holding is None or holding.complete else f"more than {usd}")
    if candidate.source == "template":
        told.append("known by the name that the template gives: it may have been made by hand")
    elif candidate.deleted:
        told.append(f"left on {candidate.deleted}")
    yield line("; ".join(told), indent=6)
    if not leaves:
        yield line(each.command, indent=6)


def erased_lines(erased: Sequence[Erased]) -> Iterator[Line]:
    """What became of each leftover."""
    for each in erased:
        word = {
            "deleted": "deleted",
            "scheduled": "deletion scheduled",
            "gone": "does not exist any more",
            "declined": "declined",
        }
        end = Piece(
            word.get(each.end, "not deleted"), "red" if each.end in {"failed", "declined"} else "green"
        )
        yield line(Piece(each.candidate.id, "bold"), f"  {each.candidate.physical_id}: ", end, hang=2)
        if each.text:
            yield line(each.text, indent=2)
        if each.failure:
            yield line(each.failure.reason, indent=2)
            if each.failure.remedy:
                yield line(each.failure.remedy, indent=2)


def question_lines(leftovers: Sequence[Leftover]) -> Iterator[Line]:
    """What would be deleted with all that it holds."""
    for leftover in leftovers:
        candidate, holding = leftover
        lost = f", with {holding.text}" if holding and holding.text else ""
        kind = Piece(f"  {candidate.type}", "dim")
        yield line(
            Piece("-   ", "red"),
            Piece(candidate.id, "bold"),
            kind,
            f"  {candidate.physical_id}{lost}",
            hang=8,
        )
        if candidate.source == "template":
            yield line("no deleted stack names it: it may have been made by hand", indent=8)
    yield EMPTY
