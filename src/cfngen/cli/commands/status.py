"""`cfngen status`: how an environment stands, stack by stack."""

from __future__ import annotations

import argparse
import sys

from cfngen.aws.reading import Calls
from cfngen.cli import session
from cfngen.cli.commands.plan import CHANGES
from cfngen.cli.console import Console, width
from cfngen.cli.session import SERVICES, Services, open_session
from cfngen.deploy.overview import overview
from cfngen.present import overview as present
from cfngen.project import Project

EXAMPLES = (
    "cfngen status --env dev",
    "cfngen status --env dev --region us-east-1  what is in another Region",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some", region=True)
    parser.add_argument(
        "--exit-code", action="store_true", help=f"exit with {CHANGES} when a stack is out of date"
    )


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Look at the stacks, side by side; 1 when one cannot be compared."""
    opened = open_session(args, project, console, services)
    quiet, account, where = opened.console, opened.account, opened.environment
    quiet.progress("looking at the stacks ...")
    found = overview(account, project, where, opened.requests, Calls(account, opened.clock))
    quiet.progress("")
    if args.format == "json":
        quiet.data(quiet.json(present.document(found, account, where.name)))
    else:
        quiet.lines(present.lines(found, account, where.name, width(sys.stdout)))
    if any(each.state == "unknown" for each in found.stacks):
        return 1
    return CHANGES if args.exit_code and found.outdated else 0
