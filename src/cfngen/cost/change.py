"""What lies between two estimates: which charges are added, and which end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from cfngen.cost.estimate import Estimate
from cfngen.cost.prices import Price
from cfngen.cost.quantity import NOTHING, Quantity


@dataclass(frozen=True)
class ItemChange:
    """One kind of charge that costs more or less.

    Attributes:
        item: what is charged for.
        stacks: where, in order.
        usd: US dollars a month more; negative for less.
        confirmed: whether its price was seen for the Region.
    """

    service: str
    item: str
    stacks: tuple[str, ...]
    usd: Quantity
    confirmed: bool


@dataclass(frozen=True)
class CostChange:
    """What a change adds to the bill a month, at list prices.

    Attributes:
        items: by size, the greatest first.
        unmodelled: types of resources that come in, go or change, and that nobody here knows the cost of.
        unpriced: what is charged for more or less, without a price in the table.
        retained: resources, as `<stack>/<logical id>`, that leave their stack, stay in the account, and are
            charged as before.
    """

    usd: Quantity
    items: tuple[ItemChange, ...]
    unmodelled: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()
    retained: tuple[str, ...] = ()


NO_CHANGE: Final = CostChange(NOTHING, ())


def compare(before: Estimate, after: Estimate, retained: Collection[str] = ()) -> CostChange:
    """From one estimate to another, with the same usage and prices.

    Arguments:
        retained: resources of before, as `<stack>/<logical id>`, that a deletion leaves in the account.
    """
    known = {f"{line.stack}/{line.logical_id}" for line in before.lines}
    known |= {f"{each.stack}/{each.logical_id}" for each in before.unmodelled}
    stay = tuple(sorted(known.intersection(retained)))
    before = before.without(stay)
    added: dict[str, Quantity] = {}
    where: dict[str, dict[str, Quantity]] = {}
    prices: dict[str, Price] = {}
    unconfirmed: set[str] = set()
    for sign, estimate in ((-1, before), (1, after)):
        for line in estimate.lines:
            if line.price is None:
                continue
            usd = line.usd * Quantity.of(sign)
            prices[line.key] = line.price
            unconfirmed |= set() if line.confirmed else {line.key}
            added[line.key] = added.get(line.key, NOTHING) + usd
            stacks = where.setdefault(line.key, {})
            stacks[line.stack] = stacks.get(line.stack, NOTHING) + usd
    items = [
        ItemChange(
            prices[key].service,
            prices[key].item,
            tuple(stack for stack, usd in where[key].items() if usd),
            usd,
            key not in unconfirmed,
        )
        for key, usd in added.items()
        if usd
    ]
    return CostChange(
        after.usd - before.usd,
        _by_size(items),
        _unmodelled(before, after),
        _without_price(before, after),
        stay,
    )


def _by_size(items: Iterable[ItemChange]) -> tuple[ItemChange, ...]:
    return tuple(sorted(items, key=lambda item: (-abs(item.usd.expected), -abs(item.usd.high))))


def _unmodelled(before: Estimate, after: Estimate) -> tuple[str, ...]:
    """The types of the resources that are not the same as before."""
    old, new = (
        {(each.stack, each.logical_id): each for each in estimate.unmodelled} for estimate in (before, after)
    )
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    return tuple(sorted({each.type for side in (old, new) for key, each in side.items() if key in changed}))


def _without_price(before: Estimate, after: Estimate) -> tuple[str, ...]:
    """What is charged for without a price, where a resource uses more or less of it."""
    old, new = (
        {(line.stack, line.logical_id, line.item): line.quantity for line in estimate.unpriced}
        for estimate in (before, after)
    )
    return tuple(sorted({key[-1] for key in old.keys() | new.keys() if old.get(key) != new.get(key)}))


def total_change(changes: Iterable[CostChange]) -> CostChange:
    """Several changes as one: what they charge for alike is added up."""
    items: dict[tuple[str, str], ItemChange] = {}
    sums, unmodelled, unpriced, retained = NOTHING, set[str](), set[str](), set[str]()
    for change in changes:
        sums += change.usd
        unmodelled.update(change.unmodelled)
        unpriced.update(change.unpriced)
        retained.update(change.retained)
        for item in change.items:
            before = items.get((item.service, item.item))
            items[item.service, item.item] = (
                item
                if before is None
                else replace(
                    before,
                    stacks=(*before.stacks, *item.stacks),
                    usd=before.usd + item.usd,
                    confirmed=before.confirmed and item.confirmed,
                )
            )
    names = (tuple(sorted(each)) for each in (unmodelled, unpriced, retained))
    return CostChange(sums, _by_size(items.values()), *names)
