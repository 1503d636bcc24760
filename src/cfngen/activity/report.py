"""Reads, checks and asks: log files of some days -> the answers about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from cfngen.activity.answers import Activity, Answer, Counts, Skipped, Verification
from cfngen.activity.catalogue import Catalogue, Facts
from cfngen.activity.columns import EVENT
from cfngen.activity.declared import Declared, Question
from cfngen.activity.engines.athena import Athena
from cfngen.activity.engines.local import Counted, Local
from cfngen.activity.read import LogReading, Progress, update
from cfngen.activity.sources import Source
from cfngen.activity.translate import LATE, Query
from cfngen.activity.verified import digests, verify


@dataclass(frozen=True)
class Wanted:
    """What is asked.

    Attributes:
        first, last: the days of the events, in UTC, both included.
        names: of people, by the identities that stand for them.
    """

    environment: str
    declared: Declared
    questions: Sequence[Question]
    first: date
    last: date
    names: dict[str, str]

    @property
    def queries(self) -> list[Query]:
        """The questions' queries.

        Raises:
            TemplateError: one of them cannot be asked.
        """
        return [Query(question, self.declared.table) for question in self.questions]


def from_files(
    wanted: Wanted, source: Source, cache: Path, now: datetime, report: Callable[[Progress], object]
) -> Activity:
    """The answers from log files, read into the index first where they are new.

    Arguments:
        cache: where the index is kept.
        report: told how far the reading has got.

    Raises:
        BusyError: another run reads the same files.
        CfngenError: the index cannot be written; a question cannot be asked; the bucket cannot be listed.
    """
    queries = wanted.queries
    first = wanted.first - timedelta(days=max((query.days_before for query in queries), default=0))
    last = min(wanted.last + LATE, max(wanted.last, now.date()))
    with Catalogue.open(cache, source.name) as catalogue:
        named = digests(source, first, last)
        keys, reading = update(catalogue, source, first, last, report)
        facts = {key: each for key, each in catalogue.facts() if key in keys}
        with Local.open(catalogue, wanted.declared.table) as engine:
            answers = _asked(engine.ask, wanted, queries)
            counted = engine.counted(first, wanted.first, wanted.last)
    hashes = {key: each.sha256 for key, each in facts.items()}
    unread = {key for key, each in facts.items() if each.problem is not None}
    return Activity(
        wanted.environment,
        wanted.first,
        wanted.last,
        "duckdb",
        source.name,
        answers,
        verify(source, named, hashes, unread, first, last, now),
        _counts(facts, reading, counted),
    )


def from_athena(wanted: Wanted, engine: Athena) -> Activity:
    """The answers from Athena, which reads the bucket by itself."""
    answers = _asked(engine.ask, wanted, wanted.queries)
    unknown = Verification("unproven", problems=("Athena does not read digests",))
    source = f"s3://{wanted.declared.bucket}/{wanted.declared.base}"
    return Activity(
        wanted.environment,
        wanted.first,
        wanted.last,
        "athena",
        source,
        answers,
        unknown,
        scanned=engine.scanned,
    )


def _asked(
    ask: Callable[[Query, date, date, dict[str, str]], Answer], wanted: Wanted, queries: Sequence[Query]
) -> tuple[Answer, ...]:
    return tuple(ask(query, wanted.first, wanted.last, wanted.names) for query in queries)


def _counts(facts: dict[str, Facts], reading: LogReading, counted: Counted) -> Counts:
    kinds: Counter[str] = Counter()
    versions: Counter[str] = Counter()
    for each in facts.values():
        kinds.update(each.kinds)
        versions.update(each.versions)
    events = kinds.pop(EVENT, 0)
    skipped = tuple(Skipped(key, each.problem) for key, each in facts.items() if each.problem is not None)
    return Counts(
        files=len(facts) - len(skipped),
        new=sum(key in reading.read and each.problem is None for key, each in facts.items()),
        events=events,
        copies=counted.copies,
        outside=events - counted.events - counted.copies,
        earliest=counted.earliest,
        latest=counted.latest,
        others=dict(kinds),
        mended=sum(each.mended for each in facts.values()),
        dropped=sum(each.dropped for each in facts.values()),
        versions=dict(versions),
        skipped=skipped,
    )
