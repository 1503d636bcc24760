"""One stack, from what is asked for to what is deployed.

Whatever happens in between, the run's `Trail` knows what would be left behind, and running the same again
goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cfngen.aws.calls import CallError, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock, Pace, Steps
from cfngen.deploy import protect
from cfngen.deploy.changeset.content import differences, same_template
from cfngen.deploy.changeset.delete import discard, tidy
from cfngen.deploy.changeset.make import Options, names_request
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.changeset.prepare import PreparedChangeSet, judged, prepare
from cfngen.deploy.changeset.read import find
from cfngen.deploy.operation.events import StackEvent, recent
from cfngen.deploy.operation.execute import execute, followed, operation_token, refused, running, tighten
from cfngen.deploy.operation.follow import End
from cfngen.deploy.outcome import Failure, Result, StackResult
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack, look
from cfngen.deploy.stack_run import Orders, Person, StackRun, guarded, unready
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
    unmet: Callable[[Request], Failure | None] = lambda _request: None,
) -> Steps[StackResult]:
    """One stack's plan as a result: `no-change`, `planned`, `failed` or `interrupted`.

    Arguments:
        unmet: why `deploy` would refuse the stack as things are now.
    """
    run = StackRun(account, request, Orders(options), _Nobody(say, unmet), Pace(clock), Trail())

    def steps() -> Steps[StackResult]:
        stack = yield from look(run.pace, account.cloudformation, request.stack_name)
        refusal = unready(request, stack)
        if refusal is not None:
            return run.result("failed", failure=refusal)._replace(status=stack.status.name)
        prepared = yield from _planned(run, stack)
        if prepared.failure:
            return run.result("failed", prepared, prepared.failure)
        if prepared.change_set.executed:
            busy = Failure(f"{stack.name}: this very change set is being executed")
            return run.result("failed", prepared, busy._replace(remedy="wait until that has ended"))
        if prepared.empty:
            return run.result("no-change", prepared)
        blocked = (yield from refused(run, prepared)) or run.person.unmet(request)
        made = run.result("planned", prepared)._replace(blocked=blocked)
        made = _with_url(made, account, prepared.change_set)
        if not keep:
            yield from discard(account, prepared.change_set, run.pace)
            return made._replace(change_set=None, url=None)
        return made

    return guarded(run, steps())


def deploy_stack(
    account: Account, request: Request, orders: Orders, person: Person, clock: Clock
) -> Steps[StackResult]:
    """One stack deployed: any result but `planned` and `skipped`."""
    run = StackRun(account, request, orders, person, Pace(clock), Trail())
    return guarded(run, _deployed(run))


class _Nobody(NamedTuple):
    say_: Callable[[Request, str], None] = lambda _request, _text: None
    unmet_: Callable[[Request], Failure | None] = lambda _request: None

    def unmet(self, request: Request) -> Failure | None:
        return self.unmet_(request)

    def confirm(self, request: Request, prepared: PreparedChangeSet) -> Steps[bool]:  # noqa: ARG002
        return False
        yield

    def event(self, request: Request, event: StackEvent) -> None: ...

    def say(self, request: Request, text: str) -> None:
        self.say_(request, text)


def _planned(run: StackRun, stack: DeployedStack) -> Steps[PreparedChangeSet]:
    run.person.say(run.request, "creating the change set")
    return (yield from prepare(run.account, run.request, stack, run.orders.options, run.pace, run.trail))


def _with_url(result: StackResult, account: Account, change_set: ChangeSet) -> StackResult:
    return result._replace(url=account.console_url(change_set.stack_id, change_set.id))


def _deployed(run: StackRun) -> Steps[StackResult]:
    stack = yield from look(run.pace, run.account.cloudformation, run.request.stack_name)
    if stack.status.in_progress:
        return (yield from _resumed(run, stack))
    if run.orders.change_set is not None:
        return (yield from _given(run, stack, run.orders.change_set))
    refusal = unready(run.request, stack)
    if refusal is not None:
        return run.result("failed", failure=refusal)._replace(status=stack.status.name)
    prepared = yield from _planned(run, stack)
    if prepared.failure:
        return run.result("failed", prepared, prepared.failure)
    if prepared.empty:
        return (yield from _unchanged(run, stack))
    if prepared.change_set.executed:
        return (yield from _joined(run, prepared))
    return (yield from _decided(run, prepared))


def _unchanged(run: StackRun, stack: DeployedStack) -> Steps[StackResult]:
    """Nothing to change; an earlier run that was cut short may have left the stack unprotected."""
    if not stack.status.creatable:
        yield from protect.secure(run.account, run.request, stack, run.pace)
    return run.result("no-change")._replace(outputs=stack.outputs, status=stack.status.name)


def _resumed(run: StackRun, stack: DeployedStack) -> Steps[StackResult]:
    """Follow the operation that runs already, if it is ours: the same template, values and tags."""
    events = yield from recent(run.account, run.pace, stack.id, "")
    start = next((event for event in events if event.of_stack and event.status in STARTS), None)
    if start is None or not names_request(start.token, run.request):
        refusal = unready(run.request, stack)
        return run.result("failed", failure=refusal)._replace(status=stack.status.name)
    run.person.say(run.request, "an operation of an earlier run is still running")
    run.trail.running = True
    run.trail.where = running(stack.name)
    end = yield from followed(run, stack, start.token)
    other = (yield from _another_template(run, stack)) if end.status.succeeded else None
    result = yield from _ended(run, PreparedChangeSet(_NONE, made=False, stack=stack), end)
    return result._replace(result="failed", failure=other) if other else result


def _another_template(run: StackRun, stack: DeployedStack) -> Steps[Failure | None]:
    """Why the stack is not as asked for, although a change set of that name was executed."""
    answer = yield from patiently(
        run.pace, run.account.cloudformation, "GetTemplate", StackName=stack.id, TemplateStage="Original"
    )
    if same_template(answer["TemplateBody"], run.request.content):
        return None
    return Failure(f"{stack.name} has another template than {run.request.path.as_posix()}")


_NONE = ChangeSet("", "", "", "", "", "", "", "", ())


def check_saved(account: Account, request: Request, orders: Orders, clock: Clock) -> Steps[Failure | None]:
    """Why what was planned cannot be deployed any more, before anything is begun; None where it can.

    Arguments:
        orders: with the planned change set; without one, nothing was to be changed.

    Raises:
        CallError: it cannot be known.
    """
    run = StackRun(account, request, orders, _Nobody(), Pace(clock), Trail())
    stack = yield from look(run.pace, account.cloudformation, request.stack_name)
    if orders.change_set is not None:
        usable = yield from _usable(run, stack, orders.change_set)
        return usable if isinstance(usable, Failure) else None
    if stack.status.creatable:
        return Failure(f"{stack.name} is not deployed any more", remedy=_AGAIN)
    other = yield from _another_template(run, stack)
    if other is None and dict(stack.parameters) != request.shown:
        other = Failure(f"{stack.name} has other parameters than {request.stack} in deployments/")
    return other and other._replace(remedy=_AGAIN)


_AGAIN = "make a new plan, review it, and deploy its change set"


def _usable(run: StackRun, stack: DeployedStack, arn: str) -> Steps[ChangeSet | Failure]:
    """The change set of that ARN, if it still is what is asked for; or why it is not."""
    change_set = yield from find(run.account, run.pace, arn, run.request.stack_name)
    if change_set is None:
        gone = "the change set does not exist any more: it was discarded, or another one was executed"
        return Failure(f"{gone}: {arn}", remedy=_AGAIN)
    run.trail.change_set = change_set.id
    other = f"the change set {change_set.name} is not what out/ and deployments/ ask for now"
    if change_set.stack_name != run.request.stack_name or not names_request(change_set.name, run.request):
        return Failure(other, remedy=_AGAIN)
    wrong = yield from differences(run.account, run.request, stack, run.orders.options, change_set, run.pace)
    if wrong:
        planted = f"{other}, although its name says so: {'; '.join(wrong)}; nothing was executed"
        return Failure(planted, remedy=_AGAIN)
    if change_set.done:
        replaced = yield from _another_template(run, stack)
        return replaced._replace(remedy=_AGAIN) if replaced else change_set
    if not change_set.executable and not change_set.executed:
        state = change_set.execution_status
        outdated = f"the change set is {state}: the stack has changed since it was planned"
        return Failure(outdated, remedy=_AGAIN)
    if not change_set.executable and not stack.status.in_progress:
        return Failure(f"the change set is {change_set.execution_status}", remedy=_AGAIN)
    return change_set


def _given(run: StackRun, stack: DeployedStack, arn: str) -> Steps[StackResult]:
    """The change set that somebody reviewed, and only that one, if it still is what out/ asks for."""
    change_set = yield from _usable(run, stack, arn)
    if isinstance(change_set, Failure):
        return run.result("failed", failure=change_set)
    if change_set.done:
        return (yield from _unchanged(run, stack))
    given = PreparedChangeSet(change_set, made=False, stack=stack)
    if change_set.executed:
        return (yield from _joined(run, given))
    run.trail.where = f"the change set {change_set.id} is kept; nothing was executed"
    return (
        yield from _decided(run, (yield from judged(run.account, run.request, given, run.pace, run.trail)))
    )


def _decided(run: StackRun, prepared: PreparedChangeSet) -> Steps[StackResult]:
    """Execute the change set, if it may be."""
    refusal = (yield from refused(run, prepared)) or run.person.unmet(run.request)
    if refusal is None and (yield from run.person.confirm(run.request, prepared)):
        return (yield from _executed(run, prepared))
    if prepared.made:
        yield from tidy(run.account, prepared.change_set, run.pace, run.trail)
    return run.result("failed" if refusal else "declined", prepared, refusal)


def _executed(run: StackRun, prepared: PreparedChangeSet) -> Steps[StackResult]:
    run.person.say(run.request, "executing the change set")
    token = operation_token(prepared.change_set)
    refusal = yield from execute(run, prepared, token)
    if refusal is not None:
        return run.result("failed", prepared, refusal)
    return (yield from _joined(run, prepared))


def _joined(run: StackRun, prepared: PreparedChangeSet) -> Steps[StackResult]:
    """Follow the execution of a change set, whoever began it."""
    run.trail.running = True
    run.trail.where = running(run.request.stack_name)
    there = prepared._replace(stack=prepared.stack._replace(id=prepared.change_set.stack_id))
    end = yield from followed(run, there.stack, operation_token(prepared.change_set))
    return (yield from _ended(run, there, end))


def _ended(run: StackRun, prepared: PreparedChangeSet, end: End) -> Steps[StackResult]:
    """Protect what is there now, read what it gives out."""
    run.trail.running = False
    new = prepared.stack.status.creatable
    if not end.status.succeeded:
        run.trail.where = f"{run.request.stack_name} is in {end.status.name}: {end.status.meaning}"
        tighten(run, prepared.stack)
        if prepared.change_set is _NONE and end.status.updatable:  # what an earlier run lifted
            yield from protect.secure(run.account, run.request, prepared.stack, run.pace)
        tag: Result = "rolled-back" if end.status.rolled_back else "failed"
        made = run.result(tag, prepared, end.failure)
        return made._replace(status=end.status.name, state=run.trail.where)
    run.trail.where = f"{run.request.stack_name} is deployed, but its protection may not be on"
    tighten(run, prepared.stack)
    yield from protect.secure(run.account, run.request, prepared.stack, run.pace, new=new)
    now = yield from _afterwards(run, prepared.stack)
    role = _another_role(run, prepared.stack, now)
    made = run.result("failed" if role else "deployed", prepared, role)
    url = run.account.console_url(prepared.stack.id)
    return made._replace(outputs=now.outputs, status=end.status.name, url=url)


def _afterwards(run: StackRun, stack: DeployedStack) -> Steps[DeployedStack]:
    """The stack with its outputs; that they cannot be read makes no failure of a deployment."""
    try:
        return (yield from look(run.pace, run.account.cloudformation, stack.id))
    except CallError as error:
        run.trail.warnings.append(f"deployed, but its outputs cannot be read: {error}")
        return stack._replace(outputs={})


def _another_role(run: StackRun, before: DeployedStack, now: DeployedStack) -> Failure | None:
    """That the change set had another role than the one asked for: its stack tells, afterwards only."""
    expected = run.orders.options.role_arn or before.role
    if not now.role or now.role == expected:
        return None
    told = f"deployed, but CloudFormation acts with {now.role}, not with {expected or 'the one who deploys'}"
    remedy = (
        "every later operation on the stack uses that role: deploy again with --role-arn and the right one"
    )
    return Failure(told, remedy=remedy)
