"""`cfngen adopt`: import what was made by hand into the stack that describes it, then update the stack."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cfngen.aws.reading import Calls
from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.steps import Pace, Steps, run_alone
from cfngen.cli import gates, pinning, session
from cfngen.cli.commands import plan
from cfngen.cli.console import Console
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.following import planned_result
from cfngen.cli.preconditions import unmet
from cfngen.cli.rows import Rows
from cfngen.cli.session import (
    NO_TERMINAL,
    SERVICES,
    AccountSession,
    SecretConsole,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.deploy.adoption.examine import Examination, examine
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.flow import deploy_stack
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.operation.recover import watch
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.request import MAX_INLINE_BYTES, Request, requests
from cfngen.deploy.stack import DeployedStack, look
from cfngen.deploy.stack_run import Orders, skipped, unready
from cfngen.errors import AccountError, CfngenError, UsageError
from cfngen.present import adoption as present
from cfngen.present.account import end_lines, plan_lines
from cfngen.present.layout.lines import line
from cfngen.project import Project

EXAMPLES = (
    "cfngen adopt network --env dev --dry-run  what exists, and how it differs",
    "cfngen adopt network --env dev            import it and update the stack, asking before each",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="one")
    parser.add_argument("--yes", action="store_true", help="import and update without asking")
    parser.add_argument(
        "--dry-run", action="store_true", help="show what exists and how it differs, and change nothing"
    )
    parser.add_argument(
        "--id",
        action="append",
        default=[],
        metavar="ID=NAME",
        help="the physical id of a resource without a fixed name, such as Key=1234abcd; can be repeated",
    )
    parser.add_argument(
        "--allow-replace",
        action="append",
        default=[],
        metavar="ID",
        help="let this protected resource be replaced or deleted this time; can be repeated",
    )
    parser.add_argument("--full", action="store_true", help="list every permission and parameter in the text")
    parser.add_argument("--role-arn", metavar="ARN", help="the role that CloudFormation acts with")
    parser.add_argument(
        "--template-bucket", metavar="BUCKET", help="the bucket for templates over 51,200 bytes"
    )
    gates.add_arguments(parser)


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Find, show, import, update; 1 when the stack is not as its template says at the end."""
    if not (args.yes or args.dry_run or console.interactive):
        raise UsageError(NO_TERMINAL, remedy="look at it with --dry-run, then run this with --yes")
    console.go_on_without_reader()
    opened = open_session(args, project, console, services, inline_only=not args.template_bucket)
    work = _Work(args, project, opened)
    if not args.dry_run:
        refusals, notes = plan.look(opened, project, services, names_are_free=False)
        gates.refuse(gates.accepted(refusals, args))
        for note in notes:
            opened.console.warn(note)
        pinning.offer(project, opened, ask=not args.yes)
    with termination_interrupts():
        try:
            return work.run()
        except KeyboardInterrupt:
            opened.console.say(f"go on with: {work.again}")
            return INTERRUPTED


@dataclass
class _Work:
    """One adoption from its beginning to its end."""

    args: argparse.Namespace
    project: Project
    opened: AccountSession

    @property
    def again(self) -> str:
        """The command that goes on where this one was cut short."""
        flags = [f" --id {given}" for given in self.args.id]
        flags += [f" --role-arn {self.args.role_arn}"] if self.args.role_arn else []
        flags += [f" --template-bucket {self.args.template_bucket}"] if self.args.template_bucket else []
        flags += [f" --allow-replace {name}" for name in self.args.allow_replace]
        flags += [f" {option}" for option in gates.accepting(self.args)]
        flags += [f" --allow-unmet {claim}" for claim in self.args.allow_unmet]
        flags += [" --yes"] if self.args.yes else []
        return f"cfngen adopt {self.args.stack} --env {self.args.env}{''.join(flags)}"

    def run(self) -> int:
        (request,), account = self.opened.requests, self.opened.account
        console, text = self.opened.console, self.args.format == "text"
        given = _given(self.args.id, request)
        stack = self._ready(request)
        found = Examination()
        if not stack.status.in_progress:  # otherwise an update that follows an import is running already
            console.progress("looking for what exists ...")
            others = requests(self.project, self.opened.environment)
            found = examine(account, request, others, stack, given, Calls(account, self.opened.clock))
            console.progress("")
            page = present.page(found, request, account, self.opened.environment.name)
            console.lines(page, stream="out" if text else "err")
        _refuse(found, request)
        results: list[StackResult] = []
        if not self.args.dry_run:
            results = self._carry_out(request, found)
        if not text:
            made = present.document(found, request, results, account, self.opened.environment.name)
            console.data(console.json(made))
        if any(result.result == "interrupted" for result in results):
            return INTERRUPTED
        return 0 if all(result.good for result in results) else 1

    def _ready(self, request: Request) -> DeployedStack:
        """The stack, at rest; an import that an earlier run has begun is followed to its end.

        Raises:
            AccountError: no change set can be made for it.
        """
        clock, account = self.opened.clock, self.opened.account
        pace = Pace(clock)

        def see() -> Steps[DeployedStack]:
            return look(pace, account.cloudformation, request.stack_name)

        stack = run_alone(see, clock)
        if stack.status.importing:
            self.opened.console.note(f"{request.stack}: an import is running, and is waited for")
            run_alone(partial(watch, account, stack, pace, lambda _event: None), clock)
            stack = run_alone(see, clock)
        refusal = unready(request, stack)
        # An update that is running is followed, if it is ours, when it is this stack's turn.
        if refusal is not None and not stack.status.in_progress:
            raise AccountError(refusal.reason, remedy=f"{refusal.remedy}: then run this again")
        return stack

    def _carry_out(self, request: Request, found: Examination) -> list[StackResult]:
        options = Options("deploy", role_arn=self.args.role_arn, template_bucket=self.args.template_bucket)
        results = []
        if found.import_ is not None:
            wanted = found.import_
            _refuse_large(wanted.request, self.args)
            taking_in = options._replace(purpose="import", imports=wanted.resources)
            results.append(self._deployed(wanted.request, Orders(taking_in), found))
            if not results[0].good:
                return results
        orders = Orders(options, allow_replace=frozenset(self.args.allow_replace))
        updated = self._deployed(request, orders, None)
        if results and not updated.good:
            self.opened.console.say("  what was imported stays in the stack, as it was")
            self.opened.console.say(f"  go on with: {self.again}")
        return [*results, updated]

    def _deployed(self, request: Request, orders: Orders, found: Examination | None) -> StackResult:
        """One change set, from its making to its end.

        Arguments:
            found: what is imported; None for the update.
        """
        accepted = partial(unmet, self.project, self.opened, accepted=self.args.allow_unmet)
        rows = Rows(self.opened.console.console, self.opened.clock)
        person = _Person(self.opened, self.args, rows, None if found else accepted)
        steps = partial(deploy_stack, self.opened.account, request, orders, person, self.opened.clock)
        task = Task(steps, partial(skipped, request))
        results, _ = run_tasks({request.stack: task}, lambda each: each.good, rows, lambda _: None)
        result = results[request.stack]
        self.opened.console.progress("")
        text = self.args.format == "text"
        if found and (told := present.imported(result, request, found)):
            (self.opened.console.data if text else self.opened.console.say)(told)
        else:
            self.opened.console.lines(end_lines(result, self.again), stream="out" if text else "err")
        return result


@dataclass
class _Person:
    """Asks before the import and before the update, shows what happens."""

    opened: AccountSession
    args: argparse.Namespace
    rows: Rows
    premises: Callable[[Request], Failure | None] | None

    @property
    def console(self) -> SecretConsole:
        return self.opened.console

    def confirm(self, request: Request, found: PreparedChangeSet) -> Steps[bool]:
        self.console.progress("")
        imported = [change for change in found.change_set.changes if change.action == "Import"]
        account = self.opened.account
        where = f"{self.opened.environment.name}, account {account.id}, {account.region}"
        if imported:
            many = "1 resource" if len(imported) == 1 else f"{len(imported)} resources"
            question = f"Import {many} into {request.stack_name} ({where})."
        else:
            shown = planned_result(self.opened.account, request, found)
            page = plan_lines(shown, self.opened.environment.name, full=self.args.full)
            self.console.lines(page, stream="out" if self.args.format == "text" else "err")
            question = f"Update {request.stack_name} ({where})."
        resources = [change.logical_id for change in found.change_set.changes]
        self.rows.about(request.stack, resources)
        if self.args.yes:
            return True
        self.console.lines([line(question)], stream="err")
        agreed = self.console.console.confirm("Do that?")
        self.rows.begin(request.stack, resources)
        return agreed
        yield

    def unmet(self, request: Request) -> Failure | None:
        return self.premises(request) if self.premises else None

    def event(self, request: Request, event: StackEvent) -> None:
        self.rows.event(request, event)

    def say(self, request: Request, text: str) -> None:
        self.rows.say(request, text)


def _given(pairs: Sequence[str], request: Request) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if not (name and value):
            raise UsageError(
                f"{pair!r} does not have the form ID=NAME", remedy="write it as --id Key=1234abcd-…"
            )
        if name not in request.template["Resources"]:
            raise UsageError(
                f"{request.stack} has no resource {name!r}",
                remedy=f"choose from: {', '.join(sorted(request.template['Resources']))}",
            )
        found[name] = value
    return found


def _refuse(found: Examination, request: Request) -> None:
    """Stop where not everything that exists can be taken in: the update would fail on the rest.

    Raises:
        AccountError: all of it.
    """
    problems = [
        f"{name}: cannot be read: {why}; allow that, then run this again"
        for name, why in found.search.unread.items()
    ]
    for each in found.taken:
        own = each.owner == request.stack_name
        where = "this stack under another logical id" if own else f"the stack {each.owner}"
        problems.append(
            f"{each.named.logical_id}: {each.named.id} is in {where}: a resource can be in one stack only; "
            "give another name, or remove it from there with DeletionPolicy Retain first"
        )
    problems += [f"{each.logical_id}: there is no {each.type} {each.id}" for each in found.lost]
    problems += [
        f"{each.named.logical_id}: {each.named.id} exists, and CloudFormation does not import "
        f"{each.named.type}: delete it, or give another name, then run this again"
        for each in found.unfit
    ]
    if problems:
        first, *more = problems
        raise AccountError(f"{first}; nothing was changed", remedy="\n  ".join(more) or None)


def _refuse_large(request: Request, args: argparse.Namespace) -> None:
    if len(request.content) > MAX_INLINE_BYTES and not args.template_bucket:
        raise CfngenError(
            f"the template of the import has {len(request.content):,} bytes, and CloudFormation takes "
            f"{MAX_INLINE_BYTES:,} inline",
            place=request.path.as_posix(),
            remedy="name a bucket that it can go through: --template-bucket BUCKET",
        )
