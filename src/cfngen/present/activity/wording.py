"""The sentences of an activity report, and its cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from cfngen.activity.answers import Activity, Counts

PROBLEMS: Final = 20
"""How many problems and skipped files are named; JSON has all of them."""

_KINDS: Final = {
    "insight": ("Insights event", "Insights events"),
    "aggregated": ("aggregated event", "aggregated events"),
    "network": ("network activity event", "network activity events"),
    "unknown": ("record of an unknown kind", "records of an unknown kind"),
}
_STATUS: Final = {
    "verified": "from verified logs: CloudTrail signed what they hold, and nothing is missing",
    "refuted": "NOT from verified logs: files were changed, removed or moved",
    "unproven": "not from verified logs: nothing contradicts them, but they are not proven",
}


def days(activity: Activity) -> str:
    """The days asked for.

    >>> from types import SimpleNamespace
    >>> from datetime import date
    >>> days(SimpleNamespace(first=date(2026, 3, 1), last=date(2026, 3, 4)))
    '2026-03-01 to 2026-03-04 (UTC)'
    """
    return f"{activity.first} to {activity.last} (UTC)"


def proof(activity: Activity) -> str:
    """Whether the answers are from verified logs."""
    verification = activity.verification
    if not verification.digests_found:
        return _STATUS[verification.status]
    return (
        f"{_STATUS[verification.status]} ({verification.digests:,} of {verification.digests_found:,} digests "
        f"are valid, they prove {verification.files:,} files)"
    )


def basis(activity: Activity) -> Iterator[str]:
    """Sentences about what was read, all of it."""
    if activity.counts is not None:
        yield from _counted(activity.counts)
    if activity.scanned is not None:
        yield f"Athena read {activity.scanned:,} bytes"


def _counted(counts: Counts) -> Iterator[str]:
    yield f"{_number(counts.files, 'log file', 'log files')}, {counts.new:,} of them new to the index"
    inside = counts.events - counts.copies - counts.outside
    yield f"{_number(inside, 'event', 'events')} on these days"
    if counts.copies:
        yield f"{_number(counts.copies, 'copy', 'copies')} of events that were delivered again"
    if counts.outside:
        yield f"{_number(counts.outside, 'event', 'events')} of other days in the same files"
    if counts.earliest:
        yield f"the first event at {shown(counts.earliest)}, the last at {shown(counts.latest)}"
    for kind, count in sorted(counts.others.items()):
        yield f"{_number(count, *_KINDS[kind])}: counted, and in no answer"
    if counts.mended:
        records = _number(counts.mended, "record", "records")
        yield f"{records} with members of an unexpected type, read without them"
    if counts.dropped:
        yield f"{_number(counts.dropped, 'record is', 'records are')} not JSON objects: skipped"
    for version, count in sorted(counts.versions.items()):
        records = _number(count, "record", "records")
        yield f"{records} of version {shown(version)}, which is not known: read anyway"
    if counts.skipped:
        yield f"{_number(len(counts.skipped), 'file was', 'files were')} skipped"


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def shown(value: Any) -> str:
    """A cell for a person: one line without control characters.

    >>> shown("a\\nb\\x1b[2J"), shown(None), shown(1234), shown(True)
    ('a\\\\nb\\\\x1b[2J', '', '1,234', 'yes')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def shortened(text: str, most: int) -> str:
    """At most so many characters.

    >>> shortened("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"
