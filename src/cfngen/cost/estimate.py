"""An estimate: lines with quantity and price, the free allowances, what is not modelled, the sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from cfngen.cost.account import ChargedAccount
from cfngen.cost.models import FREE, Charge, models
from cfngen.cost.prices import Price, PriceTable, require_region
from cfngen.cost.quantity import NOTHING, Quantity, total

SMALLEST: Final = Decimal("1e-10")
"""US dollars to which each line is rounded, as in the price list: sums of lines are exact."""


@dataclass(frozen=True)
class CostLine:
    """One charge of one resource.

    Attributes:
        quantity: units a month.
        price: what a unit costs; None where the Region's price is not in the table.
        usd: US dollars a month at the list price; nothing where the price is missing.
        assumptions: the names of the assumptions behind the quantity.
        note: what a reader must know.
        confirmed: whether the price was seen for the Region, also where so much is used.
    """

    stack: str
    logical_id: str
    type: str
    key: str
    item: str
    quantity: Quantity
    price: Price | None
    usd: Quantity
    assumptions: tuple[str, ...] = ()
    note: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Allowance:
    """What AWS gives free, once for an account or organization, and how much it saves here."""

    price: Price
    usd: Quantity


@dataclass(frozen=True)
class Unmodelled:
    """A resource whose cost nobody here knows.

    Attributes:
        properties: what it is set to, so that a change can be seen.
    """

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Estimate:
    """What an environment costs a month.

    Attributes:
        region: where.
        lines: by stack, in the order of the templates.
        allowances: those that apply.
        free_types: how many resources of each stack are of types that are free by themselves.
        unmodelled: resources that no model knows.
    """

    region: str
    lines: tuple[CostLine, ...]
    allowances: tuple[Allowance, ...]
    free_types: Mapping[str, int]
    unmodelled: tuple[Unmodelled, ...]

    @property
    def free(self) -> int:
        """How many resources are of types that are free by themselves."""
        return sum(self.free_types.values())

    @property
    def usd(self) -> Quantity:
        """The sum of the lines, at list prices."""
        return total([line.usd for line in self.lines])

    @property
    def usd_after_allowances(self) -> Quantity:
        """The same where no other stack or account has used the free allowances."""
        return self.usd - total([allowance.usd for allowance in self.allowances])

    @property
    def unpriced(self) -> tuple[CostLine, ...]:
        """The lines whose price the table does not have."""
        return tuple(line for line in self.lines if line.price is None)

    def only(self, stacks: Collection[str]) -> Estimate:
        """The part of some stacks: tiers and traffic as in the whole, allowances for this part alone."""
        lines = tuple(line for line in self.lines if line.stack in stacks)
        unmodelled = tuple(each for each in self.unmodelled if each.stack in stacks)
        free = {stack: count for stack, count in self.free_types.items() if stack in stacks}
        return Estimate(self.region, lines, _allowances(lines), free, unmodelled)

    def without(self, resources: Collection[str]) -> Estimate:
        """All but what some resources, as `<stack>/<logical id>`, are charged for."""
        lines = tuple(line for line in self.lines if f"{line.stack}/{line.logical_id}" not in resources)
        unmodelled = tuple(
            each for each in self.unmodelled if f"{each.stack}/{each.logical_id}" not in resources
        )
        return Estimate(self.region, lines, _allowances(lines), self.free_types, unmodelled)

    def of_stack(self, stack: str) -> Quantity:
        """What one stack costs, at list prices."""
        return total([line.usd for line in self.lines if line.stack == stack])


def estimate(account: ChargedAccount, prices: PriceTable, region: str) -> Estimate:
    """The estimate.

    Raises:
        CfngenError: the table has no prices of the Region.
    """
    require_region(prices, region)
    known = models()
    charges: list[tuple[str, str, str, Charge]] = []
    unmodelled: list[Unmodelled] = []
    free: dict[str, int] = {}
    for resource in account.resources:
        stack, logical_id, kind, properties = resource
        if kind in FREE:
            free[stack] = free.get(stack, 0) + 1
        elif kind in known:
            charges += [(stack, logical_id, kind, charge) for charge in known[kind](resource, account)]
        else:
            unmodelled.append(Unmodelled(stack, logical_id, kind, properties))
    lines = _priced(charges, prices, region)
    return Estimate(region, lines, _allowances(lines), free, tuple(unmodelled))


def _priced(
    charges: Sequence[tuple[str, str, str, Charge]], prices: PriceTable, region: str
) -> tuple[CostLine, ...]:
    """The charges as lines. Tiers count for the account, so each line has its share of its price's sum."""
    sums: dict[str, Quantity] = {}
    for _, _, _, charge in charges:
        sums[charge.price] = sums.get(charge.price, NOTHING) + charge.quantity
    lines = []
    for stack, logical_id, kind, charge in charges:
        row = prices.rows.get(charge.price)
        price = prices.price(charge.price, region) if row else None
        whole = sums[charge.price]
        usd = NOTHING if price is None else _share(price, charge.quantity, whole)
        item = str(row["item"]) if row else charge.item
        lines.append(
            CostLine(
                stack,
                logical_id,
                kind,
                charge.price,
                item,
                charge.quantity,
                price,
                usd,
                charge.assumptions,
                charge.note,
                price is not None and price.confirmed_for(whole.high),
            )
        )
    return tuple(lines)


def _share(price: Price, part: Quantity, whole: Quantity) -> Quantity:
    return Quantity(
        *(
            _rounded(price.cost(all_) * own / all_) if all_ else Decimal(0)
            for own, all_ in zip(part, whole, strict=True)
        )
    )


def _rounded(usd: Decimal) -> Decimal:
    """The amount as a line has it; what no bill can hold stays as it is."""
    return usd.quantize(SMALLEST) if usd < 10**15 else usd


def _allowances(lines: Iterable[CostLine]) -> tuple[Allowance, ...]:
    """Allowances of prices that share one, such as CodeBuild's minutes, are given once."""
    quantities: dict[str, tuple[Price, Quantity]] = {}
    for line in lines:
        if line.price is not None and line.price.free:
            _, before = quantities.get(line.key, (line.price, NOTHING))
            quantities[line.key] = line.price, before + line.quantity
    given: dict[str, Allowance] = {}
    for price, quantity in quantities.values():
        allowance = Allowance(price, quantity.map(price.saved).map(_rounded))
        same = given.get(price.free_note)
        if same is None or allowance.usd.expected > same.usd.expected:
            given[price.free_note] = allowance
    return tuple(allowance for allowance in given.values() if allowance.usd)
