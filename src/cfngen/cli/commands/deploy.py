"""`cfngen deploy`: plan, confirm, execute that very change set, follow it, protect what is there."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.steps import Steps
from cfngen.cli import gates, pinning, saved_plan, saving, session
from cfngen.cli.allowances import check_allowed
from cfngen.cli.commands import plan
from cfngen.cli.console import Console
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.following import Follower
from cfngen.cli.preconditions import unmet
from cfngen.cli.session import (
    NO_TERMINAL,
    SERVICES,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.deploy.changeset.make import names_request
from cfngen.deploy.flow import deploy_stack
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.request import Request
from cfngen.deploy.stack_run import Orders, skipped
from cfngen.errors import AccountError, UsageError
from cfngen.present.account import document, output_lines, result_table
from cfngen.present.layout.lines import EMPTY, Piece, line
from cfngen.present.layout.page import place
from cfngen.project import Project

EXAMPLES = (
    "cfngen deploy --env dev                   ask before each stack",
    "cfngen deploy --env dev --plan plan.json  exactly what was planned",
    "cfngen deploy network --env dev --yes     one stack, without a question",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    plan.add_change_set_options(parser)
    parser.add_argument("--yes", action="store_true", help="execute without asking")
    parser.add_argument(
        "--change-set",
        action="append",
        default=[],
        metavar="ARN",
        help="execute this change set of `cfngen plan`, and nothing else; can be repeated",
    )
    parser.add_argument(
        "--allow-replace",
        action="append",
        default=[],
        metavar="ID",
        help="let this protected resource be replaced or deleted this time; can be repeated",
    )
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="deploy exactly what `cfngen plan` saved in this file, or nothing",
    )
    gates.add_arguments(parser)
    parser.add_argument("--no-rollback", action="store_true", help="leave a failed operation as it is")
    parser.add_argument("--full", action="store_true", help="list every permission and parameter in the text")
    parser.add_argument("--outputs", action="store_true", help="show the stacks' outputs at the end")
    saving.add_save(parser, "the result")
    parser.add_argument(
        "--save-outputs", type=Path, metavar="FILE", help="also write the stacks' outputs to a file, as JSON"
    )


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Deploy every stack in the order of the dependencies; 1 when one is not as asked for."""
    if not (args.yes or console.interactive):
        raise UsageError(
            NO_TERMINAL, remedy=f"review `cfngen plan --env {args.env}`, then run this with --yes"
        )
    console.go_on_without_reader()
    opened = open_session(
        args, project, console, services, inline_only=not args.template_bucket, at_least_one=True
    )
    where, account, quiet, clock = opened.environment, opened.account, opened.console, opened.clock
    check_allowed(args.allow_replace, opened)
    orders = Orders(plan.options(args, "deploy"), None, frozenset(args.allow_replace), not args.no_rollback)
    given = _given(args.change_set, opened.requests, named=bool(args.stacks))
    if args.plan:
        if given:
            raise UsageError("--plan and --change-set exclude each other", remedy="name one of them")
        saved = saved_plan.read(args.plan, opened)
        saved_plan.check(args.plan, saved, opened, orders)
        given = {stack: arn for stack, arn in saved.items() if arn}
    wanted = [request for request in opened.requests if not (given or args.plan) or request.stack in given]
    refusals, notes = plan.look(replace(opened, requests=wanted), project, services)
    gates.refuse(gates.accepted(refusals, args))
    for note in [f"accepted: {refusal.stack}: {refusal.reason}" for refusal in refusals] + notes:
        quiet.warn(note)
    pinning.offer(project, opened, ask=not args.yes)
    if args.format == "text":
        quiet.lines([line(Piece(place(where.name, account.id, account.region), "bold"))])

    def again(stack: str) -> str:
        return f"cfngen deploy {stack} --env {where.name}{_flags(args)}"

    look = partial(unmet, project, opened, accepted=args.allow_unmet)
    text = args.format == "text"
    follower = Follower(account, where.name, quiet, clock, args.yes, text, args.full, look, again)

    def task(request: Request) -> Task[StackResult]:
        mine = orders._replace(change_set=given.get(request.stack))

        def start() -> Steps[StackResult]:
            if follower.stopped:
                return _not_begun(request)
            follower.rows.begin(request.stack)
            return deploy_stack(account, request, mine, follower, clock)

        return Task(start, partial(skipped, request), request.entry.depends_on)

    tasks = {request.stack: task(request) for request in wanted}
    with termination_interrupts():
        results, cut = run_tasks(tasks, lambda result: result.good, follower.rows, follower.ended)
    quiet.progress("")
    every = list(results.values())
    if text and every:
        quiet.lines([EMPTY, *result_table(every, follower.seconds)])
    if text and args.outputs:
        quiet.lines([EMPTY, *output_lines(every)])
    report = {**document(every, account, where.name), "notes": notes}
    if args.format == "json":
        quiet.data(quiet.json(report))
    if args.save:
        saving.save(args.save, quiet.json(report))
    if args.save_outputs:
        outputs = {stack: dict(result.outputs) for stack, result in results.items()}
        saving.save(args.save_outputs, quiet.json(outputs))
    if cut:
        return INTERRUPTED
    return 0 if all(result.good for result in results.values()) else 1


def _not_begun(request: Request) -> Steps[StackResult]:
    """The result of a stack that was not begun any more, as steps."""
    result = skipped(request, ())
    return result._replace(failure=Failure("not begun: you answered quit"))
    yield


# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
_ARN = re.compile(
    r"arn:aws[\w-]*:cloudformation:[a-z0-9-]+:\d{12}:changeSet/(?P<name>[A-Za-z][-A-Za-z0-9]*)/[\w-]+"
)


def _given(arns: Sequence[str], asked: Sequence[Request], *, named: bool) -> dict[str, str]:
    """The change set to execute for each stack: its name tells what it was planned for."""
    found = {}
    for arn in arns:
        form = _ARN.fullmatch(arn)
        if form is None:
            raise UsageError(f"{arn!r} is not the ARN of a change set", remedy="take it from the plan")
        match = next((request for request in asked if names_request(form["name"], request)), None)
        if match is None and named and len(asked) == 1:
            match = asked[0]  # which refuses it, with what is to be said about it
        if match is None:
            raise AccountError(
                f"the change set {arn} is not what out/ and deployments/ ask for now",
                remedy="make a new plan, review it, and deploy its change set; nothing was done",
            )
        found[match.stack] = arn
    return found


def _flags(args: argparse.Namespace) -> str:
    """The options that the command to go on with needs."""
    flags = [f" --plan {args.plan}"] if args.plan else []
    flags += [f" --change-set {arn}" for arn in args.change_set]
    flags += [f" --allow-replace {name}" for name in args.allow_replace]
    flags += [f" --allow-lint-errors {rule}" for rule in args.allow_lint_errors]
    flags += [f" --allow-missing-import {name}" for name in args.allow_missing_import]
    flags += [f" --allow-unmet {claim}" for claim in args.allow_unmet]
    flags += [f" --role-arn {args.role_arn}"] if args.role_arn else []
    flags += [f" --template-bucket {args.template_bucket}"] if args.template_bucket else []
    for name in ("revert_drift", "import_existing", "no_rollback", "allow_stale", "yes"):
        flags += [f" --{name.replace('_', '-')}"] if getattr(args, name) else []
    return "".join(flags)
