"""Who did what, for a terminal, and to paste into a report."""

from __future__ import annotations

from collections.abc import Iterator

from cfngen.activity.answers import Activity, Answer
from cfngen.present.activity.wording import PROBLEMS, basis, days, proof, shortened, shown
from cfngen.present.layout.cells import cells
from cfngen.present.style import Palette, Style

_WIDEST = 60  # of a cell; the other formats have it whole
_STYLES: dict[str, Style] = {"verified": "green", "refuted": "red", "unproven": "yellow"}


def render(activity: Activity, palette: Palette) -> str:
    """The report."""
    return "\n".join(_lines(activity, palette))


def _lines(activity: Activity, palette: Palette) -> Iterator[str]:
    yield palette.colour(f"Activity in {activity.environment}, {days(activity)}", "bold")
    yield f"  {activity.source}, asked with {_ENGINES[activity.engine]}"
    yield f"  {palette.colour(proof(activity), _STYLES[activity.verification.status])}"
    yield from (f"  {sentence}" for sentence in basis(activity))
    problems = list(activity.verification.problems)
    if activity.counts is not None:
        problems += [f"skipped {file.key}: {file.reason}" for file in activity.counts.skipped]
    yield from (f"  - {shown(problem)}" for problem in problems[:PROBLEMS])
    if len(problems) > PROBLEMS:
        yield f"  - and {len(problems) - PROBLEMS} more, which --format json names"
    for answer in activity.answers:
        yield ""
        yield palette.colour(answer.question.name, "bold")
        yield f"  {answer.question.description}"
        yield from _table(answer)


_ENGINES = {"duckdb": "DuckDB", "athena": "Athena"}


def _table(answer: Answer) -> Iterator[str]:
    if not answer.rows:
        yield "  (nothing)"
        return
    shown_rows = [[shortened(shown(value), _WIDEST) for value in row] for row in answer.rows]
    right = [
        any(isinstance(row[number], int) and not isinstance(row[number], bool) for row in answer.rows)
        for number in range(len(answer.columns))
    ]
    widths = [max(map(cells, column)) for column in zip(answer.columns, *shown_rows, strict=True)]
    for row in (answer.columns, ["-" * width for width in widths], *shown_rows):
        aligned = (
            _padded(cell, width, to_the_right=to_the_right)
            for cell, width, to_the_right in zip(row, widths, right, strict=True)
        )
        yield "  " + "  ".join(aligned).rstrip()
    if answer.cut:
        yield f"  (the first {len(answer.rows):,}; there may be more)"


def _padded(cell: str, width: int, *, to_the_right: bool) -> str:
    blanks = " " * (width - cells(cell))
    return blanks + cell if to_the_right else cell + blanks
