"""A difference for a terminal, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import headline, label, subject, values
from cfngen.present.style import Palette, Style
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.judgement import Judgement

_STYLES: Final[dict[Consequence, Style]] = {
    Consequence.IMPOSSIBLE: "red",
    Consequence.DELETE: "red",
    Consequence.REPLACE: "red",
    Consequence.MAYBE_REPLACE: "yellow",
    Consequence.RETAIN: "yellow",
    Consequence.IN_PLACE: "cyan",
    Consequence.NONE: "dim",
}
_WIDTH: Final = 14  # of the widest label, "maybe-replace", and a space


def render(differences: Sequence[Difference], palette: Palette) -> str:
    """All differences, a block each."""
    return "\n\n".join("\n".join(_block(one, palette)) for one in differences)


def _block(difference: Difference, palette: Palette) -> Iterator[str]:
    if difference.comparison.same:
        yield f"{palette.colour(difference.stack, 'bold')}: no changes since {difference.against}"
        return
    yield palette.colour(headline(difference), "bold")
    for item in difference.comparison.judgements:
        yield from _change(item, palette)
    if difference.comparison.permissions:
        yield "  permissions"
    for permission in difference.comparison.permissions:
        style: Style = "red" if permission.direction == "wider" else "green"
        head = palette.colour(f"{permission.direction:<{_WIDTH}}", style)
        yield f"  {head}{permission.statement}"


def _change(item: Judgement, palette: Palette) -> Iterator[str]:
    head = palette.colour(f"{label(item):<{_WIDTH}}", _STYLES[item.consequence])
    loss = palette.colour("  DATA LOSS", "red") if item.data_loss else ""
    yield f"  {head}{subject(item)}{loss}"
    pad = " " * (_WIDTH + 2)
    if item.change.action == "add":
        return
    told_below = {cause.reason for cause in item.change.causes}
    for reason in item.reasons:
        if reason not in told_below:
            yield f"{pad}{reason}"
    if item.change.action == "modify":
        for cause in item.change.causes:
            yield from (palette.colour(f"{pad}  {line}", "dim") for line in values(cause))
