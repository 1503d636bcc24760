"""The one data document that the page is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cfngen.report.parts.overview import Overview, overview
from cfngen.report.results import Results
from cfngen.report.source import Source


@dataclass(frozen=True)
class Page:
    """Everything that the page shows.

    Attributes:
        source: the environment.
        results: what was measured in the account, where it was given.
        written: when, in UTC: the only thing that two pages of the same input differ in.
    """

    source: Source
    results: Results
    written: datetime
    overview: Overview


def page(source: Source, results: Results, written: datetime) -> Page:
    """The page about an environment.

    Arguments:
        written: the time that it is dated with.
    """
    return Page(source, results, written, overview(source, results))
