"""`cfngen recover`: bring a stack out of a state in which it cannot be deployed."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Pace, run_alone
from cfngen.cli import session
from cfngen.cli.console import Console
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.session import (
    NO_TERMINAL,
    SERVICES,
    SecretConsole,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.operation.follow import End
from cfngen.deploy.operation.recover import Choices, proposal, recover, watch
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack, look
from cfngen.errors import UsageError
from cfngen.present import recovery
from cfngen.project import Project

EXAMPLES = ("cfngen recover network --env dev",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="one")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="ID",
        help="a resource that rolling back leaves as it is; can be repeated",
    )
    parser.add_argument(
        "--retain",
        action="append",
        default=[],
        metavar="ID",
        help="a resource that a failed deletion leaves in the account; can be repeated",
    )


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Say what can be done, ask, do it; 1 when the stack still cannot be deployed to."""
    if not (args.yes or console.interactive):
        raise UsageError(NO_TERMINAL, remedy="run this with --yes")
    console.go_on_without_reader()
    opened = open_session(args, project, console, services)
    (request,), quiet, account, clock = opened.requests, opened.console, opened.account, opened.clock
    stack = run_alone(partial(look, Pace(clock), account.cloudformation, request.stack_name), clock)
    chosen = Choices(tuple(args.skip), tuple(args.retain))
    wanted = proposal(stack, chosen)
    note = quiet.data if args.format == "text" else quiet.say
    where = f" is in {stack.status.name}: {stack.status.meaning}" if stack.status.name else " does not exist"
    note(f"{request.stack}: {stack.name}{where}")
    if wanted is None and not stack.status.in_progress:
        return _ended(args, quiet, request, stack, "none", None)
    if wanted is not None:
        note(f"  what can be done: {wanted}")
        if not (args.yes or console.confirm("Do that?")):
            return _ended(args, quiet, request, stack, "declined", None)
    with termination_interrupts():
        return _act(args, quiet, request, stack, chosen, account, clock)


def _act(
    args: argparse.Namespace,
    console: SecretConsole,
    request: Request,
    stack: DeployedStack,
    chosen: Choices,
    account: Account,
    clock: Clock,
) -> int:
    def report(event: StackEvent) -> None:
        console.note(f"  {event.logical_id} {event.status}{f': {event.reason}' if event.reason else ''}")

    begin = watch if stack.status.in_progress else partial(_recover, chosen)
    try:
        end = run_alone(partial(begin, account, stack, Pace(clock), report), clock)
    except KeyboardInterrupt:
        console.say(f"interrupted: what was begun goes on in the account, on stack {stack.name}")
        console.say(f"go on with: cfngen recover {request.stack} --env {args.env}")
        return INTERRUPTED
    return _ended(args, console, request, stack, "done", end)


def _recover(chosen: Choices, account: Account, stack: DeployedStack, pace: Pace, report: Any) -> Any:
    return recover(account, stack, chosen, pace, report)


def _ended(
    args: argparse.Namespace,
    console: SecretConsole,
    request: Request,
    stack: DeployedStack,
    done: str,
    end: End | None,
) -> int:
    status = end.status if end else stack.status
    usable = status.creatable or status.updatable
    ready = usable and done != "declined"
    if args.format == "json":
        document = recovery.document(request, stack, done, end, usable=usable)
        console.data(console.json(document))
    else:
        console.data(recovery.text(request, done, end, usable=usable))
    return 0 if ready else 1
