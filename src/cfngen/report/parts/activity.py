"""What people did, from the answers of `cfngen activity`: charts where an answer counts, tables elsewhere.

A project declares its questions itself, so the columns of an answer decide how it is drawn: a day and
a name make a calendar, a name and numbers make bars.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from cfngen.activity.answers import Activity, Counts, Skipped, Verification
from cfngen.present.activity.wording import basis, proof, shown

MOST_ROWS: Final = 12
"""Rows of a table that the page has; the file that was given has all of them."""
MOST_BARS: Final = 15
MOST_DAYS: Final = 62

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Bars:
    """Numbers by name, the greatest first.

    Attributes:
        names: the column that names, and the columns that count.
        rows: a name with its numbers.
        left_out: how many names have no bar.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    left_out: int

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((numbers[0] for _, numbers in self.rows), default=0) or 1


@dataclass(frozen=True)
class Calendar:
    """Numbers by name and day.

    Attributes:
        names: the columns: who, which day, what is counted.
        days: every day from the first to the last, ISO.
        rows: a name, its number for each day, and their sum.
        left_out: how many names have no row.
    """

    names: tuple[str, str, str]
    days: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    left_out: int

    @property
    def most(self) -> int:
        """The greatest number of one day."""
        return max((number for _, numbers, _ in self.rows for number in numbers), default=0) or 1


@dataclass(frozen=True)
class AnswerTable:
    """One question's answer.

    Attributes:
        rows: the first rows, each cell as text.
        total: how many rows there are.
        cut: whether there may be more than the query gave.
    """

    name: str
    description: str
    bars: Bars | None
    calendar: Calendar | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    cut: bool


@dataclass(frozen=True)
class ActivitySummary:
    """What happened in some days.

    Attributes:
        first, last: the days, ISO.
        proof: whether the answers are from verified logs, a sentence.
        status: `verified`, `refuted` or `unproven`.
        problems: why it is not `verified`.
        basis: sentences on what was read.
        skipped: files that could not be read, with the reason.
        answers: those with a chart first.
        silent: the questions whose answer is that nothing of the kind happened.
    """

    first: str
    last: str
    source: str
    proof: str
    status: str
    problems: tuple[str, ...]
    basis: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    answers: tuple[AnswerTable, ...]
    silent: tuple[AnswerTable, ...]


def activity(document: Mapping[str, Any]) -> ActivitySummary:
    """The part, from a document in the format of `activity.schema.json`."""
    about = _about(document)
    answers = [_answer(question) for question in document["questions"]]
    told = [answer for answer in answers if answer.total]
    return ActivitySummary(
        document["from"],
        document["to"],
        document["source"],
        proof(about),
        about.verification.status,
        tuple(about.verification.problems),
        tuple(basis(about)),
        about.counts.skipped if about.counts else (),
        tuple(sorted(told, key=lambda answer: not (answer.calendar or answer.bars))),
        tuple(answer for answer in answers if not answer.total),
    )


def _about(document: Mapping[str, Any]) -> Activity:
    """What the answers rest on, as `activity` had it."""
    verification = {key: document["verification"][key] for key in Verification.__dataclass_fields__}
    counts = document["counts"] and {key: document["counts"][key] for key in Counts.__dataclass_fields__}
    if counts:
        counts["skipped"] = tuple(Skipped(each["key"], each["reason"]) for each in counts["skipped"])
    return Activity(
        document["environment"],
        date.fromisoformat(document["from"]),
        date.fromisoformat(document["to"]),
        document["engine"],
        document["source"],
        (),
        Verification(**verification),
        Counts(**counts) if counts else None,
        document["scanned_bytes"],
    )


def _answer(question: Mapping[str, Any]) -> AnswerTable:
    columns = tuple(question["columns"])
    rows: Sequence[Mapping[str, Any]] = question["rows"]
    calendar = _calendar(columns, rows)
    return AnswerTable(
        question["name"],
        question["description"],
        None if calendar else _bars(columns, rows),
        calendar,
        columns,
        tuple(tuple(shown(row.get(column)) for column in columns) for row in rows[:MOST_ROWS]),
        len(rows),
        question["cut"],
    )


def _numbers(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that hold whole numbers from 0 up in every row."""
    return [column for column in columns if rows and all(_count(row.get(column)) for row in rows)]


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _days(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that hold a day in every row."""
    return [
        column for column in columns if rows and all(_DAY.fullmatch(str(row.get(column))) for row in rows)
    ]


def _calendar(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Calendar | None:
    numbers, days = _numbers(columns, rows), _days(columns, rows)
    names = [column for column in columns if column not in {*numbers, *days}]
    if not (numbers and days and names):
        return None
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        counted[shown(row.get(names[0]))][row[days[0]]] += row[numbers[0]]
    try:
        every = tuple(_every_day(min(row[days[0]] for row in rows), max(row[days[0]] for row in rows)))
    except ValueError:  # 2026-02-31
        return None
    sums = sorted(
        ((name, of_days, sum(of_days.values())) for name, of_days in counted.items()),
        key=lambda each: (-each[2], each[0]),
    )
    return Calendar(
        (names[0], days[0], numbers[0]),
        every[-MOST_DAYS:],
        tuple(
            (name, tuple(of_days.get(day, 0) for day in every[-MOST_DAYS:]), whole)
            for name, of_days, whole in sums[:MOST_BARS]
        ),
        max(len(sums) - MOST_BARS, 0),
    )


def _every_day(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _bars(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Bars | None:
    """Bars where the first column names what is counted; other names in a row make it a table."""
    numbers = _numbers(columns, rows)
    if not numbers or columns[0] in numbers:
        return None
    sums: dict[str, list[int]] = {}
    for row in rows:
        whole = sums.setdefault(shown(row.get(columns[0])), [0] * len(numbers))
        for place, column in enumerate(numbers):
            whole[place] += row[column]
    ordered = sorted(sums.items(), key=lambda each: (-each[1][0], each[0]))
    return Bars(
        (columns[0], *numbers),
        tuple((name, tuple(whole)) for name, whole in ordered[:MOST_BARS]),
        max(len(ordered) - MOST_BARS, 0),
    )
