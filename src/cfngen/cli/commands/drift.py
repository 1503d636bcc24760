"""`cfngen drift`: what was changed by hand, property by property."""

from __future__ import annotations

import argparse
from functools import partial

from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.steps import Pace
from cfngen.cli import session
from cfngen.cli.commands.plan import CHANGES
from cfngen.cli.console import Console
from cfngen.cli.main import INTERRUPTED
from cfngen.cli.session import SERVICES, Services, open_session, termination_interrupts
from cfngen.deploy.drift import StackDrift, detect
from cfngen.deploy.request import Request
from cfngen.present import drift as present
from cfngen.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    parser.add_argument("--exit-code", action="store_true", help=f"exit with {CHANGES} when there is drift")


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Check every stack, side by side; 1 when one cannot be checked."""
    opened = open_session(args, project, console, services)
    quiet, account, clock = opened.console, opened.account, opened.clock

    def show(drift: StackDrift) -> None:
        quiet.progress("")
        if args.format == "text":
            quiet.data(present.text(drift, quiet))

    def task(request: Request) -> Task[StackDrift]:
        name = request.stack_name
        cut = StackDrift(request.stack, name, "interrupted")
        return Task(partial(detect, account, request.stack, name, Pace(clock)), lambda _: cut)

    quiet.progress("checking ...")
    with termination_interrupts():
        tasks = {request.stack: task(request) for request in opened.requests}
        results, interrupted = run_tasks(tasks, lambda _: True, clock, show)
    quiet.progress("")
    drifts = list(results.values())
    if args.format == "json":
        quiet.data(quiet.json(present.document(drifts)))
    if interrupted:
        return INTERRUPTED
    if any(drift.result in {"failed", "unknown"} for drift in drifts):
        return 1
    return CHANGES if args.exit_code and any(drift.result == "drifted" for drift in drifts) else 0
