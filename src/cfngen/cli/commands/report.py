"""`cfngen report`: everything about an environment as one HTML page, from out/ alone."""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.errors import CfngenError, UsageError
from cfngen.project import Project
from cfngen.report.graph.mermaid import mermaid
from cfngen.report.graph.pictures import OVERVIEW, overview
from cfngen.report.graph.pictures import stack as of_stack
from cfngen.report.page import ReportPage, drawn, page
from cfngen.report.results import Kind, read_results
from cfngen.report.source import read_source
from cfngen.report.words import LANGUAGES, PageLanguage, words
from cfngen.template.environment.deployment_file import environment

EXAMPLES = (
    "cfngen report --env dev",
    "cfngen report --env dev --save dev.html --open  write it there and look at it",
    "cfngen report --env dev --mermaid  the diagram of all stacks, for a README",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    options.add_environment(parser)
    parser.add_argument(
        "--save",
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("reports/report.html"),
        help="where to write the page (default: reports/report.html)",
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="the page's language (default: en)")
    for kind in get_args(Kind):
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"add what cfngen {kind} --format json wrote"
        )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument(
        "--mermaid",
        nargs="?",
        const=OVERVIEW,
        metavar="STACK",
        help="print the diagram of all stacks, or of one, as Mermaid's text instead, for a README",
    )


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Write the page; no account is asked."""
    if args.mermaid is not None:
        console.exactly(_mermaid(project, args.env, args.mermaid, words(project, args.lang)))
        return 0
    given = {kind: path for kind in get_args(Kind) if (path := getattr(args, kind)) is not None}
    html = _renderer(checking=bool(given))
    gc.disable()  # what is made lives until the page is written: looking for garbage costs, and finds little
    try:
        source = read_source(project, environment(project, args.env))
        document = page(project, source, read_results(source, given), _now())
        _write(args.save, html(document, words(project, args.lang)))
    finally:
        gc.enable()
    console.note(f"wrote {args.save}")
    if args.open:
        import webbrowser

        webbrowser.open(args.save.absolute().as_uri())
    return 0


def _mermaid(project: Project, name: str, stack: str, said: PageLanguage) -> str:
    """The diagram's text.

    Raises:
        UsageError: the environment does not deploy the stack.
    """
    graph = drawn(read_source(project, environment(project, name)))
    if stack != OVERVIEW and stack not in graph.groups:
        raise UsageError(
            f"{name} deploys no stack {stack!r}", remedy=f"choose one of: {', '.join(graph.groups)}"
        )
    return mermaid(overview(graph) if stack == OVERVIEW else of_stack(graph, stack), said.known)


def _renderer(*, checking: bool) -> Callable[[ReportPage, PageLanguage], str]:
    """What draws the page, with the libraries that only this command needs.

    Arguments:
        checking: whether files are given, which are held against their schemas.

    Raises:
        CfngenError: they are not installed.
    """
    try:
        if checking:
            import jsonschema  # noqa: F401 - `read_results` asks for it

        from cfngen.report.render import html
    except ModuleNotFoundError as error:
        raise CfngenError(
            f"the page needs {error.name}, which is not installed", remedy="pip install 'cfngen[report]'"
        ) from error
    return html


def _now() -> datetime:
    """The time, or the one that a reproducible build sets: https://reproducible-builds.org/specs/source-date-epoch"""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {given!r}", remedy="set it to seconds since 1970, or unset it"
        ) from error


def _write(path: Path, content: str) -> None:
    """Put the page into place whole: what is there before stays until then."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise CfngenError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="name another file: --save FILE"
        ) from error
