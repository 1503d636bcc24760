"""Numbers that are not known yet: at the least, expected, at the most."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple


class Quantity(NamedTuple):
    """One quantity in three cases.

    >>> Quantity.of(2) * Quantity.of(3) + Quantity.of("0.5")
    Quantity(low=Decimal('6.5'), expected=Decimal('6.5'), high=Decimal('6.5'))
    """

    low: Decimal
    expected: Decimal
    high: Decimal

    @classmethod
    def of(cls, value: Decimal | int | str) -> Quantity:
        """The same number in all three cases."""
        number = Decimal(value)
        return cls(number, number, number)

    def map(self, function: Callable[[Decimal], Decimal]) -> Quantity:
        """What the function makes of each case."""
        return Quantity(function(self.low), function(self.expected), function(self.high))

    def __add__(self, other: Quantity) -> Quantity:  # type: ignore[override]
        return Quantity(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.low - other.low, self.expected - other.expected, self.high - other.high)

    def __mul__(self, other: Quantity) -> Quantity:  # type: ignore[override]
        return Quantity(self.low * other.low, self.expected * other.expected, self.high * other.high)

    def __bool__(self) -> bool:
        return any((self.low, self.expected, self.high))


NOTHING = Quantity.of(0)


def total(quantities: list[Quantity]) -> Quantity:
    """The sum; nothing of an empty list."""
    return sum(quantities[1:], quantities[0]) if quantities else NOTHING
