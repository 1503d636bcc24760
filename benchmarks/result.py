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
    """The medians of both, what counts first.

    >>> from benchmarks.measure import Cost
    >>> told(Pairs([Cost(0.5, 0.25, 30)], [Cost(1, 1, 60)]), "cpu")
    'cpu 250 ÷ 1000 ms, wall 500 ÷ 1000 ms (0.50x), memory 30 ÷ 60 MiB'
    """
    other = "wall" if of == "cpu" else "cpu"
    return (
        f"{of} {_milliseconds(measured, of)}, {other} {_milliseconds(measured, other)} "
        f"({measured.ratio(other):.2f}x), memory {_both(measured.median('memory'))} MiB"
    )


def _milliseconds(measured: Pairs, of: str) -> str:
    a, b = measured.median(of)
    return f"{_both((1000 * a, 1000 * b))} ms"


def _both(values: tuple[float, float]) -> str:
    return f"{values[0]:.0f} ÷ {values[1]:.0f}"
