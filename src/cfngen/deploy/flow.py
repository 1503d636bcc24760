"""One stack, from what is asked for to what is deployed.

Whatever happens in between, the run's `Trail` knows what would be left behind, and running the same again
goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cfngen.aws.calls import CallError
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Pace, Steps
from cfngen.deploy import protect
from cfngen.deploy.changeset.make import Options, prefix
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.changeset.prepare import Plan, judged, plan
from cfngen.deploy.changeset.read import discard, find, tidy
from cfngen.deploy.operation.events import Event, recent
from cfngen.deploy.operation.execute import execute, followed, operation_token, refused, running, tighten
from cfngen.deploy.operation.follow import End
from cfngen.deploy.outcome import Failure, Result, StackResult
from cfngen.deploy.request import Request
from cfngen.deploy.run import Orders, Person, Run, guarded, unready
from cfngen.deploy.stack import Stack, look
from cfngen.deploy.status import STARTS
from cfngen.deploy.trail import Trail


def plan_stack(
    account: Account,
    request: Request,
    options: Options,
    clock: Clock,
    *,
    keep: bool = True,
    say: Callable[[Request, str], None] = lambda _request, _text: None,
) -> Steps[StackResult]:
    """One stack's plan as a result: `no-change`, `planned`, `failed` or `interrupted`."""
    run = Run(account, request, Orders(options), _Nobody(say), Pace(clock), Trail())

    def steps() -> Steps[StackResult]:
        stack = yield from look(run.pace, account.cloudformation, request.stack_name)
        refusal = unready(request, stack)
        if refusal is not None:
            return run.result("failed", failure=refusal)._replace(status=stack.status.name)
        found = yield from _planned(run, stack)
        if found.change_set.executed:
            busy = Failure(f"{stack.name}: this very change set is being executed")
            return run.result("failed", found, busy._replace(remedy="wait until that has ended"))
        if found.empty or found.failure:
            return run.result("failed" if found.failure else "no-change", found, found.failure)
        made = _with_url(run.result("planned", found), account, found.change_set)
        if not keep:
            yield from discard(account, found.change_set, run.pace)
            return made._replace(change_set=None, url=None)
        return made

    return guarded(run, steps())


def deploy_stack(
    account: Account, request: Request, orders: Orders, person: Person, clock: Clock
) -> Steps[StackResult]:
    """One stack deployed: any result but `planned` and `skipped`."""
    run = Run(account, request, orders, person, Pace(clock), Trail())
    return guarded(run, _deployed(run))


class _Nobody(NamedTuple):
    say_: Callable[[Request, str], None]

    def confirm(self, request: Request, found: Plan) -> bool:  # noqa: ARG002
        return False

    def event(self, request: Request, event: Event) -> None: ...

    def say(self, request: Request, text: str) -> None:
        self.say_(request, text)


def _planned(run: Run, stack: Stack) -> Steps[Plan]:
    run.person.say(run.request, "creating the change set")
    return (yield from plan(run.account, run.request, stack, run.orders.options, run.pace, run.trail))


def _with_url(result: StackResult, account: Account, found: ChangeSet) -> StackResult:
    return result._replace(url=account.console_url(found.stack_id, found.id))


def _deployed(run: Run) -> Steps[StackResult]:
    stack = yield from look(run.pace, run.account.cloudformation, run.request.stack_name)
    if stack.status.in_progress:
        return (yield from _resumed(run, stack))
    if run.orders.change_set is not None:
        return (yield from _given(run, stack, run.orders.change_set))
    refusal = unready(run.request, stack)
    if refusal is not None:
        return run.result("failed", failure=refusal)._replace(status=stack.status.name)
    found = yield from _planned(run, stack)
    if found.failure:
        return run.result("failed", found, found.failure)
    if found.empty:
        return (yield from _unchanged(run, stack))
    if found.change_set.executed:
        return (yield from _joined(run, found))
    return (yield from _decided(run, found))


def _unchanged(run: Run, stack: Stack) -> Steps[StackResult]:
    """Nothing to change; an earlier run that was cut short may have left the stack unprotected."""
    if not stack.status.creatable:
        yield from protect.secure(run.account, run.request, stack, run.pace)
    return run.result("no-change")._replace(outputs=stack.outputs, status=stack.status.name)


def _resumed(run: Run, stack: Stack) -> Steps[StackResult]:
    """Follow the operation that runs already, if it is ours: the same template, values and tags."""
    events = yield from recent(run.account, run.pace, stack.id, "")
    start = next((event for event in events if event.of_stack and event.status in STARTS), None)
    if start is None or not start.token.startswith(prefix(run.request)):
        refusal = unready(run.request, stack)
        return run.result("failed", failure=refusal)._replace(status=stack.status.name)
    run.person.say(run.request, "an earlier run's operation goes on")
    run.trail.running = True
    run.trail.where = running(stack.name)
    end = yield from followed(run, stack, start.token)
    return (yield from _ended(run, Plan(_NONE, made=False, stack=stack), end))


_NONE = ChangeSet("", "", "", "", "", "", "", "", ())


def _given(run: Run, stack: Stack, arn: str) -> Steps[StackResult]:
    """The change set that somebody reviewed, and only that one, if it still is what out/ asks for."""
    again = "plan anew, review that, and deploy its change set"
    found = yield from find(run.account, run.pace, arn, run.request.stack_name)
    if found is None:
        gone = "the change set is gone: it was discarded, or another one was executed"
        return run.result("failed", failure=Failure(f"{gone}: {arn}", remedy=again))
    run.trail.change_set = found.id
    if found.stack_name != run.request.stack_name or not found.name.startswith(prefix(run.request)):
        other = f"the change set {found.name} is not what out/ and deployments/ ask for now"
        return run.result("failed", failure=Failure(other, remedy=again))
    if found.done:
        return (yield from _unchanged(run, stack))
    if not found.executable:
        outdated = f"the change set is {found.execution_status}: the stack has changed since it was planned"
        return run.result("failed", failure=Failure(outdated, remedy=again))
    run.trail.where = f"the change set {found.id} is kept; nothing was executed"
    given = Plan(found, made=False, stack=stack)
    return (
        yield from _decided(run, (yield from judged(run.account, run.request, given, run.pace, run.trail)))
    )


def _decided(run: Run, found: Plan) -> Steps[StackResult]:
    """Execute the change set, if it may be."""
    refusal = yield from refused(run, found)
    if refusal is None and run.person.confirm(run.request, found):
        return (yield from _executed(run, found))
    if found.made:
        yield from tidy(run.account, found.change_set, run.pace, run.trail)
    return run.result("failed" if refusal else "declined", found, refusal)


def _executed(run: Run, found: Plan) -> Steps[StackResult]:
    run.person.say(run.request, "executing the change set")
    token = operation_token(found.change_set)
    refusal = yield from execute(run, found, token)
    if refusal is not None:
        return run.result("failed", found, refusal)
    return (yield from _joined(run, found))


def _joined(run: Run, found: Plan) -> Steps[StackResult]:
    """Follow the execution of a change set, whoever began it."""
    run.trail.running = True
    run.trail.where = running(run.request.stack_name)
    there = found._replace(stack=found.stack._replace(id=found.change_set.stack_id))
    end = yield from followed(run, there.stack, operation_token(found.change_set))
    return (yield from _ended(run, there, end))


def _ended(run: Run, found: Plan, end: End) -> Steps[StackResult]:
    """Protect what is there now, read what it gives out."""
    run.trail.running = False
    new = found.stack.status.creatable
    if not end.status.succeeded:
        run.trail.where = f"{run.request.stack_name} is in {end.status.name}: {end.status.meaning}"
        tighten(run, found.stack)
        if found.change_set is _NONE and end.status.updatable:  # what an earlier run lifted
            yield from protect.secure(run.account, run.request, found.stack, run.pace)
        tag: Result = "rolled-back" if end.status.rolled_back else "failed"
        made = run.result(tag, found, end.failure)
        return made._replace(status=end.status.name, state=run.trail.where)
    run.trail.where = f"{run.request.stack_name} is deployed, but its protection may not be on"
    tighten(run, found.stack)
    yield from protect.secure(run.account, run.request, found.stack, run.pace, new=new)
    outputs = yield from _outputs(run, found.stack)
    made = run.result("deployed", found)._replace(outputs=outputs, status=end.status.name)
    return made._replace(url=run.account.console_url(found.stack.id))


def _outputs(run: Run, stack: Stack) -> Steps[dict[str, str]]:
    """The outputs; that they cannot be read makes no failure of a deployment."""
    try:
        return dict((yield from look(run.pace, run.account.cloudformation, stack.id)).outputs)
    except CallError as error:
        run.trail.warnings.append(f"deployed, but its outputs cannot be read: {error}")
        return {}
