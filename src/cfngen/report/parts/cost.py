"""What the environment costs a month: by stack, by service, with what the numbers rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cfngen.cost.account import ChargedAccount
from cfngen.cost.estimate import Allowance, CostLine, Estimate, estimate
from cfngen.cost.prices import table
from cfngen.cost.quantity import Quantity, total
from cfngen.cost.usage import ASSUMPTIONS
from cfngen.present.cost import notes, used
from cfngen.report.source import ReportSource


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: a stack or a service, and what it costs.

    Attributes:
        lines: what is charged, the dearest first.
    """

    name: str
    usd: Quantity
    lines: tuple[ChargeRow, ...]


@dataclass(frozen=True)
class ChargeRow:
    """What is charged for, of one stack or one service together.

    Attributes:
        resources: how many resources it is charged for.
        confirmed: whether the price was seen for this Region.
    """

    item: str
    usd: Quantity
    resources: int
    confirmed: bool


@dataclass(frozen=True)
class AssumptionRow:
    """One number that nobody knows before.

    Attributes:
        given: whether the environment's own usage file says it.
    """

    name: str
    quantity: Quantity
    meaning: str
    given: bool


@dataclass(frozen=True)
class Cost:
    """The estimate.

    Attributes:
        collected: the day that the prices were put together, YYYY-MM-DD.
        notes: what a reader must know, in English.
    """

    estimate: Estimate
    collected: str
    stacks: tuple[Bar, ...]
    services: tuple[Bar, ...]
    assumptions: tuple[AssumptionRow, ...]
    notes: tuple[str, ...]

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        """What AWS gives free."""
        return self.estimate.allowances

    @property
    def scale(self) -> Decimal:
        """The longest bar's high end; 1 where everything is free."""
        return max((bar.usd.high for bar in (*self.stacks, *self.services)), default=Decimal(0)) or Decimal(1)


def cost(source: ReportSource) -> Cost | None:
    """The cost; None where there are no prices of the Region."""
    prices = table()
    region = source.environment.region
    if region not in prices.regions:
        return None
    account = ChargedAccount.of({stack.name: stack.resolved for stack in source.stacks}, source.usage)
    source.usage.check(account.types())
    whole = estimate(account, prices, region)
    return Cost(
        whole,
        prices.collected,
        _bars(whole, [stack.name for stack in source.stacks], lambda line: line.stack),
        _bars(whole, [], lambda line: line.price.service if line.price else ""),
        tuple(
            AssumptionRow(name, quantity, meaning, name in source.usage.given or name not in ASSUMPTIONS)
            for name, quantity, meaning in used(whole, source.usage)
        ),
        tuple(notes(whole)),
    )


def _bars(whole: Estimate, names: list[str], of: Callable[[CostLine], str]) -> tuple[Bar, ...]:
    """The bars, the dearest first; those that cost nothing by name."""
    groups: dict[str, list[CostLine]] = {name: [] for name in names}
    for line in whole.lines:
        if line.price is not None:
            groups.setdefault(of(line), []).append(line)
    bars = [Bar(name, total([line.usd for line in lines]), _charges(lines)) for name, lines in groups.items()]
    return tuple(sorted(bars, key=lambda bar: (-bar.usd.expected, -bar.usd.high, bar.name)))


def _charges(lines: list[CostLine]) -> tuple[ChargeRow, ...]:
    groups: dict[str, list[CostLine]] = {}
    for line in lines:
        groups.setdefault(line.key, []).append(line)
    charges = [
        ChargeRow(
            each[0].item,
            total([line.usd for line in each]),
            len({(line.stack, line.logical_id) for line in each}),
            all(line.confirmed for line in each),
        )
        for each in groups.values()
    ]
    return tuple(sorted(charges, key=lambda charge: (-charge.usd.expected, -charge.usd.high, charge.item)))
