"""One run of `cfngen destroy` over some stacks of an environment."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from cfngen.aws.scheduler import Task
from cfngen.aws.scheduler import run as run_tasks
from cfngen.aws.steps import Pace, Steps, run_alone
from cfngen.cli import leftovers
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.rows import Rows
from cfngen.cli.session import AccountSession
from cfngen.deploy.account_look import Eyes
from cfngen.deploy.destroy.flow import DeletionOrders, Destroyed, Result, destroy_stack, skipped
from cfngen.deploy.destroy.leftovers import Leftovers
from cfngen.deploy.destroy.order import Obstacle, Order, order
from cfngen.deploy.destroy.removal import Removal, removal
from cfngen.deploy.neighbours import deployed_stacks, undefined
from cfngen.deploy.outcome import Failure
from cfngen.deploy.request import Request, requests
from cfngen.deploy.stack import DeployedStack
from cfngen.errors import CfngenError, UsageError, unknown
from cfngen.manifest import Manifest, StackEntry
from cfngen.present.destruction.document import document
from cfngen.present.destruction.page import end_lines, page
from cfngen.present.layout.lines import Line, line
from cfngen.present.layout.page import page_lines, place
from cfngen.project import Project
from cfngen.template.change.resource_types import Schemas


@dataclass
class Destruction:
    """One run over some stacks of an environment."""

    args: argparse.Namespace
    project: Project
    opened: AccountSession
    confirmed: Callable[[], bool]
    schemas: Schemas = field(default_factory=Schemas)

    def run(self) -> int:
        opened, args = self.opened, self.args
        eyes = Eyes(opened.account, ())
        opened.console.progress("looking at what is deployed ...")
        deployed = run_alone(partial(deployed_stacks, opened.account, Pace(opened.clock)), opened.clock)
        forgotten = self._undefined(deployed)
        removals, cut = self._removals(eyes)
        if cut:
            return INTERRUPTED
        found = self._order(removals, deployed)
        notes = [*found.notes, *eyes.unseen, *forgotten]
        self._show(removals, found.obstacles, notes)
        blocked = self._blocked(found.obstacles)
        if blocked or args.dry_run or not any(each.there for each in removals):
            results = [self._only_shown(each, blocked) for each in removals]
            return self._end(removals, results, found.obstacles, notes)
        if not self.confirmed():
            results = [self._result(each, "declined") for each in removals]
            return self._end(removals, results, (), notes)
        results, cut = self._deleted(removals, found)
        return self._end(removals, results, (), notes, cut=cut)

    def _removals(self, eyes: Eyes) -> tuple[list[Removal], bool]:
        """What each deletion does, in the order in which the stacks go, and whether that was cut short."""
        retain, account, clock = tuple(self.args.retain), self.opened.account, self.opened.clock

        def task(request: Request) -> Task[Removal | None]:
            steps = partial(removal, account, request, retain, eyes, self.schemas, Pace(clock))
            return Task(steps, lambda _because: None)

        tasks = {request.stack: task(request) for request in reversed(self.opened.requests)}
        results, cut = run_tasks(tasks, lambda _result: True, clock, lambda _result: None)
        removals = [each for each in results.values() if each is not None]
        if not cut:
            self._check_retained(removals)
        return removals, cut

    def _check_retained(self, removals: Sequence[Removal]) -> None:
        """`--retain` is for one stack whose deletion has failed: CloudFormation refuses it for any other.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
        """
        retain = self.args.retain
        if not retain:
            return
        there = [each for each in removals if each.there] or removals
        if len(there) != 1:
            raise UsageError("--retain is for one stack", remedy="name the stack whose deletion has failed")
        (only,) = there
        if only.deployed.status.name != "DELETE_FAILED":
            raise UsageError(
                f"--retain is for a stack whose deletion has failed, and {only.stack} is in "
                f"{only.deployed.status.name or 'no status: it is not deployed'}",
                remedy="run this without --retain first; what stays anyway has DeletionPolicy Retain",
            )
        known = [each.resource.logical_id for each in only.resources]
        for name in retain:
            if name not in known:
                raise unknown(f"resource of {only.stack}", name, known)

    def _order(self, removals: Sequence[Removal], deployed: Mapping[str, DeployedStack]) -> Order:
        """Which stack goes before which, and what stands against it."""
        opened, every = self.opened, requests(self.project, self.opened.environment)
        pace = Pace(opened.clock)
        steps = partial(order, opened.account, opened.requests, removals, deployed, every, pace)
        return run_alone(partial(steps, role_arn=self.args.role_arn), opened.clock)

    def _undefined(self, deployed: Mapping[str, DeployedStack]) -> list[str]:
        """Take in the deployed stacks that nothing defines, where that is asked for; else tell of them."""
        where = self.opened.environment
        manifest = Manifest.read(self.project.manifest, self.project.relative(self.project.manifest))
        names = undefined(self.project, where, manifest, deployed)
        if not self.args.undefined:
            told = "is deployed, and no environment defines it: it stays; --undefined deletes it, too"
            return [f"{name} {told}" for name in names]
        own = self.opened.requests
        prefixes = {request.stack_name.removesuffix(request.stack) for request in own}
        forgotten = [_forgotten(name, prefixes) for name in names]
        self.opened = replace(self.opened, requests=[*own, *forgotten])
        return []

    def _show(self, removals: Sequence[Removal], obstacles: Sequence[Obstacle], notes: Sequence[str]) -> None:
        opened = self.opened
        head = place(opened.environment.name, opened.account.id, opened.account.region)
        opened.console.progress("")
        self._lines(page_lines(page(head, removals, obstacles, notes)))

    def _lines(self, lines: Iterable[Line]) -> None:
        """On stdout, or beside it where that is for JSON."""
        self.opened.console.lines(lines, stream="out" if self.args.format == "text" else "err")

    def _blocked(self, obstacles: Sequence[Obstacle]) -> dict[str, Failure]:
        """Why a stack must stay, by its name."""
        own = {request.stack for request in requests(self.project, self.opened.environment)}
        blocked = {}
        for each in obstacles:
            asked = [*self.args.stacks, each.by]
            too = f"delete it too: cfngen destroy {' '.join(asked)} --env {self.args.env}"
            remedy = too if each.by in own and self.args.stacks else f"delete {each.by} first, or change it"
            if self.args.without and each.by in self.args.without:
                remedy = f"leave out --without {each.by}, or add --without {each.stack}"
            if each.role:
                remedy = "name a role that stays, and that CloudFormation can assume: --role-arn ARN"
            blocked[each.stack] = Failure(each.why, remedy=remedy)
        return blocked

    def _only_shown(self, removal: Removal, blocked: dict[str, Failure]) -> Destroyed:
        if removal.stack in blocked:
            return self._result(removal, "failed")._replace(failures=(blocked[removal.stack],))
        if blocked and removal.there:
            names = self._result(removal, "skipped")
            return names._replace(failures=(Failure(f"not begun: {', '.join(blocked)} must stay"),))
        return self._result(removal, "planned")

    def _result(self, removal: Removal, tag: Result) -> Destroyed:
        name = next(each.stack_name for each in self.opened.requests if each.stack == removal.stack)
        if not removal.there:
            return Destroyed(removal.stack, name, "absent")
        return Destroyed(removal.stack, name, tag, status=removal.deployed.status.name)

    def _deleted(self, removals: Sequence[Removal], found: Order) -> tuple[list[Destroyed], bool]:
        opened = self.opened
        rows = Rows(opened.console.console, opened.clock)
        by_name = {request.stack: request for request in opened.requests}
        orders = DeletionOrders(tuple(self.args.retain), self.args.role_arn)

        def task(removal: Removal) -> Task[Destroyed]:
            request = by_name[removal.stack]

            def start() -> Steps[Destroyed]:
                going = [each.resource.logical_id for each in removal.resources if each.kind != "stays"]
                rows.begin(removal.stack, going)
                return destroy_stack(opened.account, request, removal, orders, rows, opened.clock)

            return Task(start, partial(skipped, request), found.after[removal.stack])

        def ended(result: Destroyed) -> None:
            rows.end(result.stack)
            if result.result != "absent":
                self._lines(end_lines(result, self._again(result.stack), self._flags()))
            rows.draw()

        tasks = {each.stack: task(each) for each in removals}
        results, cut = run_tasks(tasks, lambda result: result.good, rows, ended)
        return list(results.values()), cut

    def _again(self, stack: str) -> str:
        request = next(each for each in self.opened.requests if each.stack == stack)
        named, also = (f" {stack}", "") if request.content else ("", " --undefined")
        return f"cfngen destroy{named} --env {self.args.env}{also}"

    def _flags(self) -> str:
        role = f" --role-arn {self.args.role_arn}" if self.args.role_arn else ""
        return f"{role} --yes --confirm {self.args.confirm}" if self.args.yes else role

    def _left_over(self) -> Leftovers:
        """What is left; that it cannot be known changes nothing about what was deleted."""
        try:
            return leftovers.find_leftovers(self.opened, self.schemas)
        except CfngenError as error:
            again = f"cfngen destroy --env {self.args.env} --leftovers"
            note = f"what is left over: {error.problem}; look again with: {again}"
            return Leftovers((), notes=(note,), complete=False)

    def _end(
        self,
        removals: Sequence[Removal],
        results: Sequence[Destroyed],
        obstacles: Sequence[Obstacle],
        notes: Sequence[str],
        *,
        cut: bool = False,
    ) -> int:
        """The refusals, what is left over, the JSON, the exit code."""
        opened, text = self.opened, self.args.format == "text"
        if obstacles and text:
            for result in results:
                if result.failures and result.result == "failed":
                    opened.console.lines(end_lines(result, self._again(result.stack)))
        found = None
        if not cut and any(each.good for each in results):
            found = self._left_over()
            if text:
                opened.console.lines([line("")])
                leftovers.print_leftovers(opened, found, self.args.env)
        made = document(
            opened.account,
            opened.environment.name,
            removals=removals,
            results=results,
            obstacles=obstacles,
            leftovers=leftovers.listed(opened, found, self.args.env) if found else [],
            notes=[*notes, *(found.notes if found else ())],
        )
        leftovers.give(self.args, opened, made)
        if cut:
            return INTERRUPTED
        done = {"deleted", "absent"} | ({"planned"} if self.args.dry_run else set())
        return 0 if all(result.result in done for result in results) else 1


def _forgotten(name: str, prefixes: Collection[str]) -> Request:
    """A request for a deployed stack of which nothing but its name is known."""
    stack = next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
    path = Path(f"{stack}.yaml")
    return Request(stack, name, path, b"", {"Resources": {}}, {}, frozenset(), {}, StackEntry("", "", 0))
