"""What an activity report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from cfngen.activity.declared import Question


@dataclass(frozen=True)
class Answer:
    """The rows that answer a question.

    Attributes:
        cut: whether there may be more rows than the query gives.
    """

    question: Question
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    cut: bool = False


class Skipped(NamedTuple):
    """A file that could not be read, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class Counts:
    """What the log files of the days hold; all of it, so that nothing is lost unseen.

    Attributes:
        files: read, without those that were skipped.
        new: how many of the files were read by this run; the others were known.
        events: in the files, each delivered copy counted.
        copies: events that were delivered more than once, beyond the first.
        outside: events in the files that happened before or after the days asked for.
        earliest, latest: when the first and the last event of the days happened.
        others: records that are no events, by kind: `insight`, `aggregated`, `network`, `unknown`.
        mended: records of which members of unexpected types were left out.
        dropped: records that are no JSON objects.
        versions: events of a version of the format that is not known.
        skipped: files that could not be read.
    """

    files: int
    new: int
    events: int
    copies: int
    outside: int
    earliest: str | None = None
    latest: str | None = None
    others: dict[str, int] = field(default_factory=dict)
    mended: int = 0
    dropped: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Verification:
    """Whether the log files are what CloudTrail delivered, by its digests.

    Attributes:
        status: `verified` where every file that was read is named by a digest that CloudTrail signed, with
            the hash that it has, no named file is missing, and digests cover the whole time. `refuted` where
            something was changed, removed or moved. `unproven` otherwise: nothing speaks against the files.
        files: how many of the files digests prove.
        digests: how many digests are valid, of `digests_found`.
        problems: sentences; why it is not `verified`.
    """

    status: Literal["verified", "refuted", "unproven"]
    files: int = 0
    digests: int = 0
    digests_found: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Activity:
    """The answers about some days, and what they rest on.

    Attributes:
        source: where the log files are.
        counts: None where Athena counted nothing for us.
        scanned: bytes that Athena read.
    """

    environment: str
    first: date
    last: date
    engine: Literal["duckdb", "athena"]
    source: str
    answers: tuple[Answer, ...]
    verification: Verification
    counts: Counts | None = None
    scanned: int | None = None
