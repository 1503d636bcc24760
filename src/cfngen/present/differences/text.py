"""A difference for a terminal, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cfngen.present.cost import change_sentence
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import headline, label, promises, subject, value_line, values
from cfngen.present.style import Palette, Style
from cfngen.present.visible import lines
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
_LEVELS: Final[dict[str, Style]] = {"error": "red", "warning": "yellow", "informational": "cyan"}
_WIDTH: Final = 14  # of the widest label, "maybe-replace", and a space


def render(differences: Sequence[Difference], palette: Palette) -> str:
    """All differences, a block each."""
    return "\n\n".join(lines(_block(one, palette)) for one in differences)


def _block(difference: Difference, palette: Palette) -> Iterator[str]:
    if difference.same:
        since = f"no changes since {difference.against}{_where(difference)}"
        yield f"{palette.colour(difference.stack, 'bold')}: {since}"
        yield from (f"  {note}" for note in difference.notes)
        return
    yield palette.colour(headline(difference), "bold")
    yield from (f"  {note}" for note in difference.notes)
    for change in difference.values:
        yield f"  {palette.colour('value'.ljust(_WIDTH), 'cyan')}{value_line(change)}"
    for item in difference.comparison.judgements:
        yield from _change(item, palette)
    if difference.comparison.permissions:
        yield "  permissions"
    for permission in difference.comparison.permissions:
        style: Style = "red" if permission.direction == "wider" else "green"
        head = palette.colour(f"{permission.direction:<{_WIDTH}}", style)
        yield f"  {head}{permission.statement}"
    if difference.promises:
        yield "  promises"
    for word, told in promises(difference):
        style = "red" if word == "dropped" else "cyan"
        yield f"  {palette.colour(f'{word:<{_WIDTH}}', style)}{told}"
    if difference.cost is not None and (sentence := change_sentence(difference.cost)):
        yield f"  {'cost':<{_WIDTH}}{sentence}"
    for finding in difference.findings:
        head = palette.colour(f"{finding.rule:<{_WIDTH}}", _LEVELS[finding.level])
        yield f"  {head}{finding.message} ({finding.place})"


def _where(difference: Difference) -> str:
    return f", with the values of {difference.environment}" if difference.environment else ""


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
