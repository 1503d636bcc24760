"""The price table: what AWS charges, in US dollars before tax, with where each price was seen.

`prices.json` is dated data; `tools/prices.py` renews it from the AWS price list
(https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from cfngen.errors import CfngenError

PATH: Final = Path(__file__).parent / "prices.json"


@dataclass(frozen=True)
class Price:
    """One price of one Region.

    Attributes:
        key: its name in the table, such as `logs.ingestion`.
        service: AWS's name of the service.
        item: what is charged for.
        unit: of one quantity, such as `GB-month`.
        per: how many units the price is quoted for: 100,000 events, say.
        tiers: upper bound in units (None: no bound) and US dollars for `per` units, ascending.
        confidence: `A` two independent sources for the Region, `B` one, `C` inferred from another Region.
        sources: where the price was seen.
        date: the day of the newest source, YYYY-MM-DD.
        free: units a month that every account has free.
        free_note: who gets the free units.
        note: what a reader must know.
        unconfirmed_above: units above which the tiers were not seen for the Region; None where all were.
    """

    key: str
    service: str
    item: str
    unit: str
    per: int
    tiers: tuple[tuple[Decimal | None, Decimal], ...]
    confidence: str
    sources: tuple[str, ...]
    date: str
    free: Decimal = Decimal(0)
    free_note: str = ""
    note: str = ""
    unconfirmed_above: Decimal | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the price of the first tier was seen for this very Region."""
        return self.confidence != "C"

    def confirmed_for(self, quantity: Decimal) -> bool:
        """Whether the price of so many units was seen for this very Region."""
        return self.confirmed and (self.unconfirmed_above is None or quantity <= self.unconfirmed_above)

    def cost(self, quantity: Decimal) -> Decimal:
        """What so many units cost at the list price, without a free allowance.

        >>> table().price("config.evaluation", "us-east-1").cost(Decimal(500_000))
        Decimal('420.0000')
        """
        spent, below = Decimal(0), Decimal(0)
        for bound, price in self.tiers:
            upper = quantity if bound is None else min(quantity, bound)
            if upper > below:
                spent += (upper - below) * price / self.per
                below = upper
        return spent

    def saved(self, quantity: Decimal) -> Decimal:
        """How much of that the free allowance saves."""
        return self.cost(quantity) - self.cost(max(quantity - self.free, Decimal(0)))


@dataclass(frozen=True)
class PriceTable:
    """All prices.

    Attributes:
        collected: the day the table was put together.
        rows: the table's rows by key, as `prices.json` has them.
        sources: what each source is, with its day.
    """

    collected: str
    rows: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, Mapping[str, str | None]]

    @property
    def regions(self) -> list[str]:
        """The Regions that have prices."""
        return sorted({region for row in self.rows.values() for region in row["regions"]})

    def price(self, key: str, region: str) -> Price | None:
        """The price of a Region; None where the table has none: it is never guessed."""
        row = self.rows[key]
        found = row["regions"].get(region)
        if found is None:
            return None
        return Price(
            key,
            row["service"],
            row["item"],
            row["unit"],
            row["per"],
            tuple((None if bound is None else Decimal(bound), Decimal(usd)) for bound, usd in found["tiers"]),
            found["confidence"],
            tuple(found["sources"]),
            found["date"],
            Decimal(row.get("free", 0)),
            row.get("free_note", ""),
            "; ".join(note for note in (row.get("note"), found.get("note")) if note),
            Decimal(found["unconfirmed_above"]) if "unconfirmed_above" in found else None,
        )


@cache
def table() -> PriceTable:
    """The table that comes with cfngen."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    return PriceTable(data["collected"], {row["key"]: row for row in data["prices"]}, data["sources"])


def require_region(prices: PriceTable, region: str) -> None:
    """Refuse a Region that the table has no prices of.

    Raises:
        CfngenError: it has none.
    """
    if region not in prices.regions:
        raise CfngenError(
            f"there are no prices for the Region {region}",
            remedy=f"the table has {', '.join(prices.regions)}; tools/prices.py adds more Regions",
        )
