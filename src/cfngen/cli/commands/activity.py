"""`cfngen activity`: who did what, from CloudTrail's log files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.cli.session import SERVICES, Services, termination_interrupts
from cfngen.errors import UsageError
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment

if TYPE_CHECKING:
    from cfngen.activity.answers import Activity
    from cfngen.activity.read import Progress
    from cfngen.activity.report import Wanted

FORMATS = ("text", "json", "csv", "markdown")

_WEEK = timedelta(days=6)  # and the day itself
_CENTURIES = 2000, 3000  # CloudTrail's logs begin in 2013

EXAMPLES = (
    "cfngen activity --env dev                                    the last seven days",
    "cfngen activity --env dev --from 2026-11-01 --to 2026-11-30  one month",
    "cfngen activity --env dev --logs logs                        log files of a folder, without an account",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    options.add_environment(parser)
    options.add_region(parser)
    parser.add_argument(
        "--from", dest="first", type=_day, metavar="DAY", help="the first day (default: a week)"
    )
    parser.add_argument(
        "--to", dest="last", type=_day, metavar="DAY", help="the last day, in UTC (default: today)"
    )
    parser.add_argument(
        "--logs", type=_folder, metavar="DIR", help="a folder of log files (default: the trail's bucket)"
    )
    parser.add_argument(
        "--public-keys",
        type=Path,
        metavar="FILE",
        help="with --logs: what `aws cloudtrail list-public-keys` gave, to prove the digests",
    )
    parser.add_argument(
        "--engine",
        choices=("duckdb", "athena"),
        default="duckdb",
        help="what answers the questions: this machine, or Athena in the account (default: duckdb)",
    )
    parser.add_argument(
        "--question",
        action="append",
        default=[],
        metavar="NAME",
        help="only this question; can be repeated (default: all that out/ declares)",
    )
    parser.add_argument(
        "--people",
        type=Path,
        metavar="FILE",
        help="a YAML file that says which identities belong to which person",
    )
    options.add_format(parser, FORMATS)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-01") from error
    if not _CENTURIES[0] <= day.year < _CENTURIES[1]:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day of the years 2000 to 2999")
    return day


def _folder(text: str) -> Path:
    if not text:  # of a variable that is not set
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def run(
    args: argparse.Namespace,
    project: Project,
    console: Console,
    services: Services = SERVICES,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Answer; 0 also where files were skipped, which is told."""
    _require_libraries()
    where = options.chosen_environment(args, project)
    with termination_interrupts():
        activity = _activity(args, project, where, console, services, now())
    console.progress("")
    # A spreadsheet wants the byte order mark and the line ends as they are.
    write = console.exactly if args.format == "csv" else console.data
    write(_rendered(args.format, activity, console))
    return 0


def _require_libraries() -> None:
    try:
        import duckdb  # noqa: F401
        import isal  # noqa: F401
        import msgspec  # noqa: F401
        import pyarrow  # noqa: F401
        import sqlglot  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"this command needs {error.name}", remedy="install its extra: pip install 'cfngen[activity]'"
        ) from error


def _activity(
    args: argparse.Namespace,
    project: Project,
    where: Environment,
    console: Console,
    services: Services,
    now: datetime,
) -> Activity:
    from cfngen.activity.engines.athena import Athena
    from cfngen.activity.report import from_athena, from_files
    from cfngen.activity.sources import Source
    from cfngen.activity.sources.bucket import Bucket
    from cfngen.activity.sources.folder import Folder

    if args.engine == "athena" and args.logs:
        raise UsageError("Athena reads the bucket, not --logs", remedy="leave one of the two out")
    if args.public_keys and not args.logs:
        raise UsageError(
            "--public-keys needs --logs",
            remedy="leave it out: without --logs the keys are read from the account",
        )
    with suppress(OSError):  # an index only saves time
        project.make_cache()
    if args.logs:
        wanted = _wanted(args, project, where, now, None)
        folder: Source = Folder(args.logs, args.public_keys)
        return from_files(wanted, folder, project.cache, now, _Told(console, services))
    console.progress("connecting ...")
    account = services.connect(where)
    wanted = _wanted(args, project, where, now, account.id)
    if args.engine == "athena":
        console.progress("asking Athena ...")
        return from_athena(wanted, Athena(account, wanted.declared, services.clock))
    console.progress("listing log files ...")
    bucket = Bucket(account, wanted.declared.bucket, wanted.declared.base)
    return from_files(wanted, bucket, project.cache, now, _Told(console, services))


def _wanted(
    args: argparse.Namespace, project: Project, where: Environment, now: datetime, account: str | None
) -> Wanted:
    from cfngen.activity.declared import declared
    from cfngen.activity.people import people
    from cfngen.activity.report import Wanted
    from cfngen.template.environment.deployment_file import NO_ACCOUNT

    last: date = args.last or now.date()
    first: date = args.first or last - _WEEK
    if first > last:
        raise UsageError(f"--from {first} is after --to {last}", remedy="exchange them")
    found = declared(project, where, account or where.account or NO_ACCOUNT)
    questions = found.chosen(args.question)
    if args.format == "csv" and len(questions) != 1:
        raise UsageError(
            "CSV holds the answer to one question",
            remedy=f"choose it with --question: {', '.join(question.name for question in questions)}",
        )
    names = people(args.people, args.people.as_posix()) if args.people else {}
    return Wanted(where.name, found, questions, first, last, names)


class _Told:
    """Tells how far the reading has got, and how fast it goes."""

    def __init__(self, console: Console, services: Services) -> None:
        self._console = console
        self._clock = services.clock
        self._begun = services.clock.now()

    def __call__(self, progress: Progress) -> None:
        seconds = max(self._clock.now() - self._begun, 0.001)
        self._console.progress(
            f"{progress.files:,} of {progress.of:,} files, {progress.events:,} events, "
            f"{progress.events / seconds:,.0f} events a second"
        )


def _rendered(form: str, activity: Activity, console: Console) -> str:
    from cfngen.present.activity import csv_format, document, markdown, text

    if form == "json":
        return json.dumps(document.document(activity), indent=2, ensure_ascii=False, default=_plain)
    if form == "csv":
        return csv_format.render(activity.answers[0])
    if form == "markdown":
        return markdown.render(activity)
    return text.render(activity, console)


def _plain(value: Any) -> str:
    """A value that JSON does not know, such as a time."""
    return str(value)
