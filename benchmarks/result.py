"""What was measured, beside what it may be."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.measure import Pairs


class Budget(NamedTuple):
    """A limit.

    >>> str(Budget(1.5)), str(Budget(20, least=True)), str(Budget(6, " ms"))
    ('≤ 1.5x', '≥ 20x', '≤ 6 ms')
    """

    limit: float
    unit: str = "x"
    least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.limit:g}{self.unit}"

    def holds(self, value: float) -> bool:
        """Whether the value is within."""
        return value >= self.limit if self.least else value <= self.limit


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        figure: its name, as `--figure` takes it.
        what: the figure in words.
        value: what was measured, in the budget's unit; None where it was skipped.
        budget: None for a figure that is only told.
        details: what the value is made of, or why there is none.
        pairs: every run.
    """

    figure: str
    what: str
    value: float | None
    budget: Budget | None
    details: str
    pairs: Pairs | None = None

    @property
    def within(self) -> bool | None:
        """Whether the value is within budget; None where there is no value or no budget."""
        if self.value is None or self.budget is None:
            return None
        return self.budget.holds(self.value)


def skipped(figure: str, what: str, budget: Budget | None, why: str) -> Row:
    """The row of a figure that cannot be measured here."""
    return Row(figure, what, None, budget, f"skipped: {why}")


def compared(
    figure: str, what: str, measured: Pairs, budget: Budget | None, *, of: str, more: str = ""
) -> Row:
    """The row of a comparison, A ÷ B.

    Arguments:
        of: what counts, `wall` or `cpu`; the other is told, too.
        more: what the details begin with.
    """
    return Row(figure, what, measured.ratio(of), budget, f"{more}{told(measured, of)}", measured)


def told(measured: Pairs, of: str) -> str:
    """The medians of both sides, what counts first.

    >>> from benchmarks.measure import Cost
    >>> told(Pairs([Cost(0.5, 0.25, 30)], [Cost(1, 1, 60)]), "cpu")
    'cpu 250 ÷ 1000 ms, wall 500 ÷ 1000 ms (0.50x), memory 30 ÷ 60 MiB'
    """
    first, *others = sorted(_UNITS, key=lambda kind: kind != of)
    parts = [_both(measured, first)]
    for kind in others:
        ratio = "" if kind == "memory" else f" ({measured.ratio(kind):.2f}x)"
        parts.append(_both(measured, kind) + ratio)
    return ", ".join(parts)


_UNITS = {"wall": (1000, "ms"), "cpu": (1000, "ms"), "memory": (1, "MiB")}


def _both(measured: Pairs, kind: str) -> str:
    factor, unit = _UNITS[kind]
    a, b = measured.median(kind)
    return f"{kind} {factor * a:.0f} ÷ {factor * b:.0f} {unit}"
