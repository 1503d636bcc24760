"""`cfngen plan`: a change set for each stack, explained and kept for `cfngen deploy`."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.steps import Pace, run_alone
from cfngen.cli import saved_plan, saving, session
from cfngen.cli.console import Console
from cfngen.cli.costing import not_estimated, plan_cost
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.gates import Refusal, missing_import
from cfngen.cli.preconditions import unmet
from cfngen.cli.session import (
    SERVICES,
    AccountSession,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.cost.change import CostChange
from cfngen.deploy.changeset.make import Options, Purpose
from cfngen.deploy.flow import plan_stack
from cfngen.deploy.neighbours import neighbours
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.preflight import preflight
from cfngen.deploy.request import Request
from cfngen.deploy.stack_run import skipped
from cfngen.present.account import accepting, document, plan_page
from cfngen.present.cost import change_document, change_sentence
from cfngen.present.layout.lines import Line, Piece, line
from cfngen.present.layout.page import page_lines
from cfngen.project import Project

CHANGES = 3

EXAMPLES = (
    "cfngen plan --env dev                   every stack of dev",
    "cfngen plan network --env dev           one stack",
    "cfngen plan --env dev --save plan.json  keep the plan for cfngen deploy --plan",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    add_change_set_options(parser)
    parser.add_argument(
        "--exit-code", action="store_true", help=f"exit with {CHANGES} when there are changes"
    )
    parser.add_argument(
        "--discard", action="store_true", help="delete the change sets again once they are shown"
    )
    parser.add_argument(
        "--to-deploy",
        action="store_true",
        help="name the change sets cfngen-deploy-..., for roles that may execute no others",
    )
    parser.add_argument("--full", action="store_true", help="list every permission and parameter in the text")
    saving.add_save(parser, "the plan")


def add_change_set_options(parser: argparse.ArgumentParser) -> None:
    """How change sets are made: the same for plan and deploy."""
    parser.add_argument(
        "--revert-drift", action="store_true", help="bring what was changed by hand back to the template"
    )
    parser.add_argument(
        "--import-existing",
        action="store_true",
        help="take resources that exist under the same name into the stack",
    )
    parser.add_argument("--role-arn", metavar="ARN", help="the role that CloudFormation acts with")
    parser.add_argument(
        "--template-bucket", metavar="BUCKET", help="the bucket for templates over 51,200 bytes"
    )


def options(args: argparse.Namespace, purpose: Purpose) -> Options:
    """What `add_change_set_options` was answered."""
    return Options(purpose, args.revert_drift, args.import_existing, args.role_arn, args.template_bucket)


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Plan every stack, side by side; 1 when one of them cannot be planned."""
    console.go_on_without_reader()
    opened = open_session(
        args, project, console, services, inline_only=not args.template_bucket, at_least_one=True
    )
    quiet, account, clock = opened.console, opened.account, opened.clock
    chosen = options(args, "deploy" if args.to_deploy else "plan")
    refusals, notes = look(opened, project, services)
    for note in [f"deploy will refuse this: {refusal}" for refusal in refusals] + notes:
        quiet.warn(note)

    def say(request: Request, text: str) -> None:
        quiet.progress(f"{request.stack}: {text} ...")

    def show(result: StackResult) -> None:
        quiet.progress(f"{result.stack}: planned ...")

    def start(request: Request) -> Task[StackResult]:
        premises = partial(unmet, project, opened)
        steps = partial(
            plan_stack, account, request, chosen, clock, keep=not args.discard, say=say, unmet=premises
        )
        return Task(steps, partial(skipped, request))

    with termination_interrupts():
        tasks = {request.stack: start(request) for request in opened.requests}
        results, cut = run_tasks(tasks, lambda result: result.good, clock, show)
    quiet.progress("")
    every = list(results.values())
    cost = plan_cost(project, opened.environment, opened.requests, every)
    if cost is None and any(result.result == "planned" for result in every):
        quiet.warn(not_estimated(opened.environment.region))
        notes = [*notes, not_estimated(opened.environment.region)]
    report = quiet.json(
        {
            **document(every, account, opened.environment.name),
            "cost": cost and change_document(cost),
            "refusals": [refusal._asdict() for refusal in refusals],
            "notes": notes,
            "contents": saved_plan.contents(opened.requests),
        }
    )
    kept = args.save
    if args.save:
        saving.save(args.save, report)
    elif any(result.result == "planned" for result in every) and not (args.discard or cut):
        kept = saved_plan.keep(project, args.env, report)
    if args.format == "json":
        quiet.data(report)
    else:
        end = [*_costs(cost), *_next(args, kept and _shown(kept), every)]
        quiet.lines(page_lines(plan_page(every, account, args.env, full=args.full, end=end)))
    if cut:
        return INTERRUPTED
    if any(not result.good for result in results.values()):
        return 1
    changed = any(result.result == "planned" for result in results.values())
    return CHANGES if changed and args.exit_code else 0


def look(
    opened: AccountSession, project: Project, services: Services, *, names_are_free: bool = True
) -> tuple[list[Refusal], list[str]]:
    """What `deploy` refuses unless it is accepted, and what else there is to know beforehand.

    Arguments:
        names_are_free: whether nothing that the stacks name may be there yet, and is told where it is.
    """
    environment, requests, console = opened.environment, opened.requests, opened.console
    reviewed = services.review(project, environment, requests, console.progress)
    console.progress("looking at the other stacks of the account ...")
    steps = partial(neighbours, opened.account, project, environment, requests, Pace(opened.clock))
    others = run_alone(steps, opened.clock)
    console.progress("looking at what new stacks need ...")
    needed = preflight(opened.account, requests, others.new if names_are_free else (), environment.name)
    console.progress("")
    missing = [missing_import(stack, name) for stack, names in others.imports.items() for name in names]
    forgotten = "is deployed, and nothing in deployments/ defines it: delete the stack if nothing needs it"
    notes = [
        *reviewed.notes,
        *(
            f"{stack} is to come after {', '.join(names)}, not deployed"
            for stack, names in others.missing.items()
        ),
        *(f"{name} {forgotten}" for name in others.undefined),
    ]
    if others.unknown:
        notes += [others.unknown, "so what new stacks need in the account was not checked"]
    return [*reviewed.refusals, *missing], [*notes, *needed]


def _costs(cost: CostChange | None) -> Iterator[Line]:
    if cost is not None:
        yield line(f"Cost: {change_sentence(cost)}")


def _shown(path: Path) -> Path:
    """A path as it is shortest from where the command was started."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _next(args: argparse.Namespace, kept: Path | None, results: Sequence[StackResult]) -> Iterator[Line]:
    """The command that deploys what was planned, as it works; none where nothing was planned or kept."""
    if args.discard or kept is None or not any(result.result == "planned" for result in results):
        return
    if all(result.good for result in results):
        path = shlex.quote(str(kept))
        command = f"cfngen deploy --env {args.env} --plan {path}"
        command += _same_options(args) + accepting(results)
        yield line("Deploy exactly this with: ", Piece(command, "bold"))
    else:
        yield line("This cannot be deployed as a whole: a stack could not be planned.")


def _same_options(args: argparse.Namespace) -> str:
    """The options of the change sets, which `deploy` needs, too, each after a space."""
    options = [f" --role-arn {shlex.quote(args.role_arn)}"] if args.role_arn else []
    options += [f" --template-bucket {shlex.quote(args.template_bucket)}"] if args.template_bucket else []
    for name in ("revert_drift", "import_existing"):
        options += [f" --{name.replace('_', '-')}"] if getattr(args, name) else []
    return "".join(options)
