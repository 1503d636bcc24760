"""`cfngen drift`: what was changed by hand, property by property."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.session import connect
from cfngen.aws.steps import Pace
from cfngen.cli import session
from cfngen.cli.commands.plan import CHANGES
from cfngen.cli.console import Console
from cfngen.cli.main import INTERRUPTED
from cfngen.cli.session import FORMAT_VERSION, Secretive
from cfngen.deploy.drift import PropertyDifference, StackDrift, detect
from cfngen.deploy.request import Request, requests
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    parser.add_argument("--exit-code", action="store_true", help=f"exit with {CHANGES} when there is drift")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Check every stack, side by side; 1 when one cannot be checked."""
    with session.starting():
        where = environment(project, args.env)
        asked = requests(project, where, args.stacks, without=args.without)
        quiet = session.secretive(console, asked)
        account = connect(where)
        account.client("cloudformation")
    clock = session.clock()

    def show(found: StackDrift) -> None:
        quiet.progress("")
        if args.format == "text":
            quiet.data(_text(found, quiet))

    def task(request: Request) -> Task[StackDrift]:
        name = request.stack_name
        cut = StackDrift(request.stack, name, "interrupted")
        return Task(partial(detect, account, request.stack, name, Pace(clock)), lambda _: cut)

    quiet.progress("checking ...")
    with session.termination_interrupts():
        tasks = {request.stack: task(request) for request in asked}
        results, interrupted = run_tasks(tasks, lambda _: True, clock, show)
    quiet.progress("")
    found = list(results.values())
    if args.format == "json":
        quiet.data(quiet.json({"format_version": FORMAT_VERSION, "stacks": _document(found)}))
    if interrupted:
        return INTERRUPTED
    if any(each.result in {"failed", "unknown"} for each in found):
        return 1
    return CHANGES if args.exit_code and any(each.result == "drifted" for each in found) else 0


def _document(found: Sequence[StackDrift]) -> list[dict[str, Any]]:
    """The stacks of the JSON, in the format of `drift.schema.json`."""
    return [
        stack._asdict()
        | {
            "resources": [
                each._asdict() | {"differences": [one._asdict() for one in each.differences]}
                for each in stack.resources
            ]
        }
        for stack in found
    ]


def _text(found: StackDrift, console: Secretive) -> str:
    words = {
        "in-sync": "as its template says",
        "drifted": console.colour("drifted", "yellow"),
        "unknown": "could not be checked in full",
        "not-deployed": "not deployed",
        "failed": console.colour("failed", "red"),
        "interrupted": "interrupted; the check ends by itself and changes nothing",
    }
    lines = [f"{found.stack}: {words[found.result]}"]
    lines += [f"  {found.reason}"] if found.reason else []
    for resource in found.resources:
        lines.append(f"  {resource.status.lower():9} {resource.logical_id}  {resource.type}")
        lines += [f"    {resource.reason}"] if resource.reason else []
        lines += [f"    {_difference(each)}" for each in resource.differences]
    if found.result == "drifted":
        lines.append(
            "  bring it back with: cfngen plan --revert-drift, or put the change into the definition"
        )
    return "\n".join(lines)


def _difference(each: PropertyDifference) -> str:
    return f"{each.path}: {_shown(each.expected)} in the template, {_shown(each.actual)} in the account"


def _shown(value: str | None) -> str:
    return "(none)" if value is None else " ".join(value.split())
