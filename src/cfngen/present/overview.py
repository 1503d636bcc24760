"""How an environment stands, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cfngen.aws.session import Account
from cfngen.deploy.last_change import LastChange
from cfngen.deploy.overview import Overview, StackOverview
from cfngen.deploy.stack import DeployedStack
from cfngen.present import FORMAT_VERSION
from cfngen.present.layout.cells import cells
from cfngen.present.layout.lines import Line, Piece, line
from cfngen.present.layout.page import place
from cfngen.present.style import Style


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


def lines(overview: Overview, account: Account, environment: str, width: int) -> Iterator[Line]:
    """The same for a person: a table, and below each stack what there is to say about it.

    Arguments:
        width: columns of the terminal: what does not fit goes to a line of its own, the last columns first.
    """
    rows = [_row(each) for each in overview.stacks]
    widths = [max(map(cells, column)) + _GAP for column in zip(_HEAD, *rows, strict=True)]
    fitting = next((n for n in range(len(widths), _LEAST, -1) if sum(widths[:n]) <= width), _LEAST)
    above = sum(widths[:_LEAST]) > width
    shown = [cells(_HEAD[0]) + _GAP if above else widths[0], *widths[1:fitting]]
    yield line(Piece(place(environment, account.id, account.region), "bold"))
    yield _cells(_HEAD, shown, ["dim"] * len(_HEAD))
    for each, row in zip(overview.stacks, rows, strict=True):
        if above:
            yield line(row[0], indent=_GAP)
        styles: list[Style | None] = [None, None, None, _STATES[each.state][1], None, None]
        yield _cells(["" if above else row[0], *row[1:]], shown, styles)
        rest = [f"last changed {row[4]}"] if fitting < len(_HEAD) - 1 and row[4] else []
        rest += [f"by {row[5]}"] if fitting < len(_HEAD) and row[5] else []
        yield from _remarks([" ".join(rest)] if rest else [])
        yield from _remarks(_told(each))
    yield from _undefined(overview)
    yield from _unknown(overview)


def _row(each: StackOverview) -> Sequence[str]:
    word, _ = _STATES[each.state]
    at = _moment(each.change.at) if each.change else ""
    by = each.change.by if each.change else None
    return each.stack, each.from_version or "-", each.to_version, word, at, _who(by)


def _cells(texts: Sequence[str], widths: Sequence[int], styles: Sequence[Style | None]) -> Line:
    """One row of the table; the last cell is not filled up."""
    pieces = []
    for number, (text, width, style) in enumerate(zip(texts, widths, styles, strict=False), start=1):
        gap = "" if number == len(widths) else " " * (width - cells(text))
        pieces += [Piece(text, style), Piece(gap)]
    return line(*pieces, indent=_GAP)


def _told(each: StackOverview) -> Iterator[str]:
    status = each.deployed.status
    if not (status.absent or status.succeeded):
        yield f"{status.name}: {status.meaning}"
    yield from each.differences
    yield from each.notes


def _remarks(texts: Iterable[str]) -> Iterator[Line]:
    return (line(text, indent=3 * _GAP) for text in texts)


def _undefined(overview: Overview) -> Iterator[Line]:
    if overview.undefined:
        yield line("deployed, and nothing in deployments/ defines it:")
        yield from _remarks(_forgotten(each, overview.changes[each.id]) for each in overview.undefined)


def _forgotten(each: DeployedStack, change: LastChange) -> str:
    by = f" by {_who(change.by)}" if change.by else ""
    return f"{each.name}: {each.status.name}, last changed {_moment(change.at)}{by}"


def _unknown(overview: Overview) -> Iterator[Line]:
    """Why it is not known who changed a stack: once, not for each stack."""
    changes = [each.change for each in overview.stacks if each.change] + [*overview.changes.values()]
    for why in dict.fromkeys(change.unknown for change in changes if change.unknown):
        yield line(f"where no name is shown, who changed the stack is not known: {why}", indent=_GAP)


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
