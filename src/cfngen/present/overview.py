"""How an environment stands, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from cfngen.aws.session import Account
from cfngen.deploy.last_change import LastChange
from cfngen.deploy.overview import Overview, StackOverview
from cfngen.deploy.stack import DeployedStack
from cfngen.present import FORMAT_VERSION, visible
from cfngen.present.style import Palette, Style


def document(overview: Overview, account: Account, environment: str) -> dict[str, Any]:
    """The JSON of status, in the format of `status.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "account": account.id,
        "region": account.region,
        "stacks": [
            {
                "stack": each.stack,
                "stack_name": each.deployed.name,
                "state": each.state,
                "status": each.deployed.status.name or None,
                "deployed_version": each.from_version,
                "current_version": each.to_version,
                "differences": list(each.differences),
                "notes": list(each.notes),
                "last_change": each.change and each.change._asdict(),
            }
            for each in overview.stacks
        ],
        "undefined": [
            {
                "stack_name": each.name,
                "status": each.status.name,
                "last_change": overview.changes[each.id]._asdict(),
            }
            for each in overview.undefined
        ],
    }


_STATES: Final[dict[str, tuple[str, Style]]] = {
    "up-to-date": ("up to date", "green"),
    "out-of-date": ("out of date", "yellow"),
    "not-deployed": ("not deployed", "dim"),
    "unknown": ("not known", "red"),
}
_HEAD: Final = ("stack", "deployed", "current", "state", "last change", "by")
_GAP: Final = 2
_LEAST: Final = 4
"""The columns that are always there."""


def text(overview: Overview, palette: Palette, account: Account, environment: str, width: int) -> str:
    """The same for a person: a table, and below each stack what there is to say about it.

    Arguments:
        width: columns of the terminal.
    """
    rows = [_row(each) for each in overview.stacks]
    table = [_HEAD, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    # What does not fit goes to a line of its own, the last columns first.
    fitting = next((n for n in range(len(widths), _LEAST, -1) if sum(widths[:n]) + _GAP * n <= width), _LEAST)
    above = sum(widths[:_LEAST]) + _GAP * _LEAST > width
    shown = [len(_HEAD[0]) if above else widths[0], *widths[1:fitting]]
    lines = [palette.colour(f"{environment} · account {account.id} · {account.region}", "bold")]
    lines += [palette.colour(_line(_HEAD, shown), "dim")]
    for each, row in zip(overview.stacks, rows, strict=True):
        word, style = _STATES[each.state]
        lines += [f"{' ' * _GAP}{row[0]}"] if above else []
        before, _, after = _line(["" if above else row[0], *row[1:]], shown).partition(f"  {word}")
        lines.append(f"{before}  {palette.colour(word, style)}{after}")
        rest = [f"last changed {row[4]}"] if fitting < len(_HEAD) - 1 and row[4] else []
        rest += [f"by {row[5]}"] if fitting < len(_HEAD) and row[5] else []
        lines += _wrapped([" ".join(rest)] if rest else [], width)
        lines += _wrapped([*_remarks(each)], width)
    lines += _undefined(overview, width)
    lines += _unknown(overview, width)
    return visible.lines(lines)


def _row(each: StackOverview) -> Sequence[str]:
    word, _ = _STATES[each.state]
    at = _moment(each.change.at) if each.change else ""
    by = each.change.by if each.change else None
    return each.stack, each.from_version or "-", each.to_version, word, at, _who(by)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return (" " * _GAP + (" " * _GAP).join(padded)).rstrip()


def _remarks(each: StackOverview) -> Iterator[str]:
    status = each.deployed.status
    if status.in_review or not (status.absent or status.succeeded):
        yield f"{status.name}: {status.meaning}"
    yield from each.differences
    yield from each.notes


def _wrapped(items: Sequence[str], width: int) -> Iterator[str]:
    pad = " " * (2 * _GAP + 2)
    for item in items:
        yield from textwrap.wrap(
            visible.one_line(item),
            max(width, 40),
            initial_indent=pad,
            subsequent_indent=f"{pad}  ",
            break_on_hyphens=False,
        )


def _undefined(overview: Overview, width: int) -> Iterator[str]:
    if not overview.undefined:
        return
    yield "deployed, and nothing in deployments/ defines it:"
    for each in overview.undefined:
        yield from _wrapped([_forgotten(each, overview.changes[each.id])], width)


def _forgotten(each: DeployedStack, change: LastChange) -> str:
    by = f" by {_who(change.by)}" if change.by else ""
    return f"{each.name}: {each.status.name}, last changed {_moment(change.at)}{by}"


def _unknown(overview: Overview, width: int) -> Iterator[str]:
    """Why it is not known who changed a stack: once, not for each stack."""
    changes = [each.change for each in overview.stacks if each.change] + [*overview.changes.values()]
    for why in dict.fromkeys(change.unknown for change in changes if change.unknown):
        yield from _wrapped([f"by whom is not known where nobody is named: {why}"], width)


def _moment(at: str) -> str:
    """
    >>> _moment("2026-11-27 23:44:19.120000+00:00")
    '2026-11-27 23:44'
    """
    return at[:16].replace("T", " ")


def _who(arn: str | None) -> str:
    """
    >>> _who("arn:aws:sts::111122223333:assumed-role/Administrator/dana"), _who(None)
    ('Administrator/dana', '')
    """
    return (arn or "").rpartition(":")[2].removeprefix("assumed-role/").removeprefix("user/")
