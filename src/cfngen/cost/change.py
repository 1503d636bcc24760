"""What lies between two estimates: which charges are added, and which end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cfngen.cost.estimate import Estimate
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
        unmodelled: types that come in and that nobody here knows the cost of.
    """

    usd: Quantity
    items: tuple[ItemChange, ...]
    unmodelled: tuple[str, ...] = ()


def compare(before: Estimate, after: Estimate) -> CostChange:
    """From one estimate to another, with the same usage and prices."""
    added: dict[str, Quantity] = {}
    where: dict[str, dict[str, Quantity]] = {}
    prices = {}
    for sign, estimate in ((-1, before), (1, after)):
        for line in estimate.lines:
            if line.price is None:
                continue
            usd = line.usd * Quantity.of(sign)
            prices[line.key] = line.price
            added[line.key] = added.get(line.key, NOTHING) + usd
            stacks = where.setdefault(line.key, {})
            stacks[line.stack] = stacks.get(line.stack, NOTHING) + usd
    items = [
        ItemChange(
            prices[key].service,
            prices[key].item,
            tuple(stack for stack, usd in where[key].items() if usd),
            usd,
            prices[key].confirmed,
        )
        for key, usd in added.items()
        if usd
    ]
    items.sort(key=lambda item: -abs(item.usd.expected))
    old = {resource.type for resource in before.unmodelled}
    new = sorted({resource.type for resource in after.unmodelled} - old)
    return CostChange(after.usd - before.usd, tuple(items), tuple(new))


def total_change(changes: Iterable[CostChange]) -> CostChange:
    """Several changes as one: what they charge for alike is added up."""
    items: dict[tuple[str, str], ItemChange] = {}
    sums, unmodelled = NOTHING, set[str]()
    for change in changes:
        sums += change.usd
        unmodelled.update(change.unmodelled)
        for item in change.items:
            before = items.get((item.service, item.item))
            items[item.service, item.item] = (
                item
                if before is None
                else replace(before, stacks=(*before.stacks, *item.stacks), usd=before.usd + item.usd)
            )
    ordered = sorted(items.values(), key=lambda item: -abs(item.usd.expected))
    return CostChange(sums, tuple(ordered), tuple(sorted(unmodelled)))
