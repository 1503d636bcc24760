"""One stack deleted: its protection lifted, the deletion followed, the protection back where it failed.

A run that was cut short leaves nothing that the next run cannot go on from: the stack's own status tells how
far the deletion is. Deleting and protecting are calls that may be repeated.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from cfngen.aws.calls import CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Interrupted, Pace, Steps
from cfngen.deploy.destroy.removal import Removal
from cfngen.deploy.operation.events import StackEvent, recent
from cfngen.deploy.operation.execute import running
from cfngen.deploy.operation.follow import End, follow
from cfngen.deploy.operation.remedies import remedy
from cfngen.deploy.outcome import Failure
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack, look
from cfngen.deploy.trail import Trail
from cfngen.errors import CfngenError

Result = Literal["planned", "deleted", "absent", "declined", "failed", "skipped", "interrupted"]

_DELETING = "DELETE_IN_PROGRESS"
_ATTEMPTS = 3


class Destroyed(NamedTuple):
    """What became of one stack.

    Attributes:
        failures: why it is still there, the first cause first.
        status: its last known status; empty where there is no stack.
        state: what was left where the deletion did not come to its end.
    """

    stack: str
    stack_name: str
    result: Result
    failures: tuple[Failure, ...] = ()
    status: str = ""
    state: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the stack is gone, so that those it needed can go too."""
        return self.result in {"deleted", "absent"}


class DeletionOrders(NamedTuple):
    """How to delete.

    Attributes:
        retain: the logical ids that stay in the account; only for a stack whose deletion has failed.
        role_arn: the role that CloudFormation deletes with; None: the one that the stack has.
    """

    retain: tuple[str, ...] = ()
    role_arn: str | None = None


class Watcher(Protocol):
    """Who is told."""

    def event(self, request: Request, event: StackEvent) -> None:
        """Something happened to the stack."""
        ...

    def say(self, request: Request, text: str) -> None:
        """A step began."""
        ...


@dataclass
class _Run:
    account: Account
    request: Request
    stack: DeployedStack
    watcher: Watcher
    pace: Pace
    trail: Trail = field(default_factory=Trail)
    failed: list[StackEvent] = field(default_factory=list)
    lifted: bool = False
    followed: bool = False

    def result(self, result: Result, *failures: Failure, status: str = "") -> Destroyed:
        names = self.request.stack, self.request.stack_name
        return Destroyed(*names, result, failures, status, warnings=tuple(self.trail.warnings))

    def report(self, event: StackEvent) -> None:
        if event.failed and not event.of_stack:
            self.failed.append(event)
        self.watcher.event(self.request, event)


def skipped(request: Request, because: Collection[str]) -> Destroyed:
    """The result of a stack that was not begun."""
    reason = f"not begun: {', '.join(because)} is not deleted" if because else "not begun: interrupted"
    return Destroyed(request.stack, request.stack_name, "skipped", (Failure(reason),))


def destroy_stack(
    account: Account,
    request: Request,
    removal: Removal,
    orders: DeletionOrders,
    watcher: Watcher,
    clock: Clock,
) -> Steps[Destroyed]:
    """Delete the stack that was shown, and follow it to the end.

    Arguments:
        removal: what was shown: a stack that was changed since then is not deleted.
    """
    run = _Run(account, request, removal.deployed, watcher, Pace(clock))
    try:
        if not removal.there:
            return run.result("absent")
        return (yield from _destroyed(run, orders))
    except KeyboardInterrupt as error:
        _protect_at_once(run)
        raise Interrupted(run.result("interrupted")._replace(state=run.trail.where)) from error
    except CfngenError as error:
        _protect_at_once(run)
        failure = Failure(error.problem, remedy=error.remedy or remedy(error.problem))
        cut: Result = "interrupted" if run.trail.running else "failed"
        return run.result(cut, failure)._replace(state=run.trail.where)


def _destroyed(run: _Run, orders: DeletionOrders) -> Steps[Destroyed]:
    now = yield from look(run.pace, run.account.cloudformation, run.stack.id)
    if now.status.absent:
        return run.result("deleted")
    if now.status.name == _DELETING:
        run.watcher.say(run.request, "its deletion is running already")
        run.trail.running, run.trail.where = True, running(run.stack.name)
        events = yield from recent(run.account, run.pace, now.id, "")
        return (yield from _followed(run, now, events[0].token if events else ""))
    if now.status.in_progress:
        busy = f"{now.name} is in {now.status.name}: {now.status.meaning}"
        return _refused(run, now, busy, "wait until it has ended, then run this again")
    if (now.status, now.changed) != (run.stack.status, run.stack.changed):
        return _refused(run, now, f"{now.name} was changed since it was shown", "run this again")
    if now.protected:
        yield from _lift(run)
    run.watcher.say(run.request, "deleting")
    token = f"cfngen-destroy-{secrets.token_hex(6)}"
    yield from _delete(run, now, orders, token)
    return (yield from _followed(run, now, token))


def _refused(run: _Run, now: DeployedStack, why: str, helps: str) -> Destroyed:
    return run.result("failed", Failure(why, remedy=helps), status=now.status.name)


def _lift(run: _Run) -> Steps[None]:
    """Turn termination protection off; a stack policy is about updates alone, and stays.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
    """
    asked = {"StackName": run.stack.id, "EnableTerminationProtection": False}
    run.lifted = True
    run.trail.where = f"the termination protection of {run.stack.name} may be off; nothing was deleted"
    client = run.account.cloudformation
    yield from patiently(run.pace, client, "UpdateTerminationProtection", **asked)
    run.trail.where = f"the termination protection of {run.stack.name} is off; nothing was deleted"


def _protect_at_once(run: _Run) -> None:
    """Turn termination protection on again, without waiting, unless the deletion is known to run.

    Where it may run, this harms nothing: CloudFormation refuses it during a deletion, and refuses a deletion
    after it.
    """
    if not run.lifted or run.followed:
        return
    asked = {"StackName": run.stack.id, "EnableTerminationProtection": True}
    begun = f"the deletion of {run.stack.name} may have begun" if run.trail.running else "nothing was deleted"
    try:
        call(run.account.cloudformation, "UpdateTerminationProtection", **asked)
    except CfngenError as error:
        off = "its termination protection is off, and cannot be turned on"
        run.trail.where = f"{begun}; {off}: {error.problem}"
    else:
        run.trail.where = f"{begun}; the termination protection of {run.stack.name} is on again"
        run.lifted = False


def _delete(run: _Run, stack: DeployedStack, orders: DeletionOrders, token: str) -> Steps[None]:
    """Begin the deletion once, however often it takes to know that it was.

    Raises:
        CallError: it was refused; or `run.trail.running`, and nobody can tell whether it began.
    """
    asked: dict[str, Any] = {"StackName": stack.id, "ClientRequestToken": token}
    if orders.retain:
        asked["RetainResources"] = sorted(orders.retain)
    if orders.role_arn:
        asked["RoleARN"] = orders.role_arn
    run.trail.running = True
    run.trail.where = f"the deletion of {stack.name} may have begun"
    lost = False
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            call(run.account.cloudformation, "DeleteStack", **asked)
        except CallError as error:
            # Where an answer was lost, the deletion may have begun: a later refusal proves nothing.
            lost = lost or error.retried or error.trouble is Trouble.PASSING
            now = yield from look(run.pace, run.account.cloudformation, stack.id)
            if now.status.absent or now.status.name == _DELETING:
                break
            if error.trouble is not Trouble.PASSING or attempt == _ATTEMPTS:
                run.trail.running = lost and error.trouble is Trouble.PASSING
                if not run.trail.running:
                    run.trail.where = f"{stack.name} was not deleted"
                raise
        else:
            break
    run.trail.where = running(stack.name)


def _followed(run: _Run, stack: DeployedStack, token: str) -> Steps[Destroyed]:
    run.followed = True
    end = yield from follow(run.account, stack, token, run.pace, run.report)
    run.trail.running = False
    if end.warning:
        run.trail.warnings.append(end.warning)
    if end.status.absent:
        run.trail.where = f"{stack.name} is deleted"
        return run.result("deleted")
    return (yield from _failed(run, end))


def _failed(run: _Run, end: End) -> Steps[Destroyed]:
    """The stack is still there: protect it again, tell what stood in the way."""
    run.trail.where = f"{run.stack.name} is in {end.status.name}: {end.status.meaning}"
    if run.lifted or run.request.entry.termination_protection:
        asked = {"StackName": run.stack.id, "EnableTerminationProtection": True}
        client = run.account.cloudformation
        try:
            yield from patiently(run.pace, client, "UpdateTerminationProtection", **asked)
        except CallError as error:
            off = f"its termination protection is off, and cannot be turned on: {error.problem}"
            run.trail.warnings.append(off)
        else:
            run.trail.where += "; its termination protection is on again"
    told = tuple(dict.fromkeys(_failure(event) for event in run.failed))
    failures = told or ((end.failure,) if end.failure else ())
    return run.result("failed", *failures, status=end.status.name)._replace(state=run.trail.where)


def _failure(event: StackEvent) -> Failure:
    helps = remedy(event.reason, event.type)
    return Failure(event.reason or "no reason was given", event.logical_id, event.type, helps)
