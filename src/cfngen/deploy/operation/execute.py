"""A change set executed, once, and what surrounds that: the stack policy lifted and put back."""

from __future__ import annotations

from typing import Any

from cfngen.aws.calls import CallError, Trouble, call
from cfngen.aws.steps import Steps
from cfngen.deploy import protect
from cfngen.deploy.changeset.effect import loses
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.changeset.read import find
from cfngen.deploy.operation.events import StackEvent, recent
from cfngen.deploy.operation.follow import End, follow
from cfngen.deploy.outcome import Failure
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.stack_run import StackRun


def refused(run: StackRun, prepared: PreparedChangeSet) -> Steps[Failure | None]:
    """Why the change set must not be executed: it takes away what is protected."""
    allowed = run.orders.allow_replace
    changes = prepared.effect.comparison.judgements
    if prepared.stack.status.creatable or not any(map(loses, changes)):
        return None
    deployed = yield from protect.current(run.account, prepared.stack, run.pace)
    stopped = protect.blocked(changes, [run.request.entry.stack_policy, deployed], allowed)
    if not stopped:
        return None
    first, names = stopped[0].change, [item.change.logical_id for item in stopped]
    flags = " ".join(f"--allow-replace {name}" for name in names)
    return Failure(
        f"{', '.join(names)}: protected against replacement and deletion",
        logical_id=first.logical_id,
        type=first.type,
        remedy=f"if you want that, add: {flags}",
    )


def operation_token(change_set: ChangeSet) -> str:
    """The ClientRequestToken of a change set's execution: the same for whoever executes it."""
    return f"{change_set.name}-{change_set.id.rpartition('/')[2][:8]}"


def execute(run: StackRun, prepared: PreparedChangeSet, token: str) -> Steps[Failure | None]:
    """Execute a change set once, however often it takes to know that it was; or why it cannot be.

    Raises:
        CallError: it was refused; or `run.trail.running`, and nobody can tell whether it was executed.
    """
    yield from _loosen(run, prepared)
    try:
        return (yield from _executed(run, prepared.change_set, token, new=prepared.stack.status.creatable))
    finally:
        if not run.trail.running:
            tighten(run, prepared.stack)


def _loosen(run: StackRun, prepared: PreparedChangeSet) -> Steps[None]:
    """Lift the protection of what may be replaced this time; it comes back when the operation has ended."""
    if prepared.stack.status.creatable or not run.orders.allow_replace:
        return
    policy = (
        yield from protect.current(run.account, prepared.stack, run.pace)
    ) or run.request.entry.stack_policy
    if policy is None:
        return
    looser = protect.loosened(policy, run.orders.allow_replace)
    if looser != policy:
        run.tightened = policy
        lifted = f"the stack policy of {prepared.stack.name} is lifted"
        run.trail.where = f"{lifted}; running this again restores it"
        protect.set_policy(run.account, prepared.stack.id, looser)


def tighten(run: StackRun, stack: DeployedStack) -> None:
    """Put the stack policy back that was lifted.

    Raises:
        CallError: it cannot be set.
    """
    if run.tightened is not None:
        policy = run.request.entry.stack_policy or run.tightened
        protect.set_policy(run.account, stack.id, policy)
        run.tightened = None


def _executed(run: StackRun, change_set: ChangeSet, token: str, *, new: bool) -> Steps[Failure | None]:
    asked: dict[str, Any] = {"ChangeSetName": change_set.id, "StackName": change_set.stack_id}
    asked["ClientRequestToken"] = token
    if not run.orders.rollback:
        asked["DisableRollback"] = True
    elif new and not run.orders.options.imports:
        # What a failed creation would keep is in the way of the next one, which needs the same names.
        asked["RetainExceptOnCreate"] = True
    run.trail.running = True
    run.trail.where = f"the change set {change_set.id} may have been executed"
    lost = False
    for _ in range(3):
        try:
            call(run.account.cloudformation, "ExecuteChangeSet", **asked)
        except CallError as error:
            last = error
            lost = lost or error.retried
            if error.trouble not in {Trouble.PASSING, Trouble.CONFLICT, Trouble.MISSING} and not lost:
                run.trail.running = False
                run.trail.where = f"the change set {change_set.id} is kept; nothing was executed"
                raise
            # Where an answer was lost, the call may have been carried out: a later refusal proves nothing.
            lost = lost or error.trouble is Trouble.PASSING
        else:
            return None
        now = yield from find(run.account, run.pace, change_set.id, change_set.stack_name)
        if now is not None and now.executed:
            return None
        if now is None or not now.executable:
            if lost and now is None and (yield from _begun(run, change_set)):
                return None
            run.trail.running = False
            run.trail.where = "this change set was not executed"
            late = "another change set of this stack was executed first"
            return Failure(f"{late}: {last.said}", remedy="run this again: it makes a new plan")
        if last.trouble not in {Trouble.PASSING, Trouble.CONFLICT, Trouble.MISSING}:
            run.trail.running = False
            run.trail.where = f"the change set {change_set.id} is kept; nothing was executed"
            raise last
    raise last


def _begun(run: StackRun, change_set: ChangeSet) -> Steps[bool]:
    """Whether the stack's last operation is the execution of this change set."""
    events = yield from recent(run.account, run.pace, change_set.stack_id, "")
    return any(event.token == operation_token(change_set) for event in events)


def followed(run: StackRun, stack: DeployedStack, token: str) -> Steps[End]:
    def report(event: StackEvent) -> None:
        run.person.event(run.request, event)

    end = yield from follow(run.account, stack, token, run.pace, report)
    if end.warning:
        run.trail.warnings.append(end.warning)
    return end


def running(stack_name: str) -> str:
    """What an interruption leaves while an operation is under way."""
    return f"the operation goes on in the account, on stack {stack_name}"
