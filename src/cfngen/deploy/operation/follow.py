"""One operation of one stack, followed to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cfngen.aws.calls import PATIENCE, CallError, Trouble
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps, backoff
from cfngen.deploy.operation.events import StackEvent, first_failure, operation_events, recent, root_cause
from cfngen.deploy.outcome import Failure
from cfngen.deploy.stack import DeployedStack, look
from cfngen.deploy.status import StackStatus

Report = Callable[[StackEvent], None]


UNSEEN = 10
"""How many looks may show no event of the operation, before its stack's status is followed instead."""


class End(NamedTuple):
    """How an operation ended.

    Attributes:
        failure: what went wrong first; None where nothing did.
        warning: what could not be seen.
    """

    status: StackStatus
    failure: Failure | None = None
    warning: str | None = None


def follow(account: Account, before: DeployedStack, token: str, pace: Pace, report: Report) -> Steps[End]:
    """The end of the operation with this ClientRequestToken.

    Arguments:
        before: the stack, by its ARN, as it was before the operation or is during it.
        report: gets every event, the oldest first.

    Raises:
        CallError: its end cannot be seen: the credentials have gone, or nothing answers for a long time.
    """
    known, begun = "", ""
    failures: list[StackEvent] = []
    end: StackEvent | None = None
    waits = backoff()
    unseen, suspected = 0, False
    while True:
        try:
            events = yield from recent(account, pace, before.id, known)
        except CallError as error:
            if error.trouble is Trouble.DENIED:
                return (yield from _follow_blind(account, before, pace, str(error)))
            raise
        mine = False
        for event in events:
            known = event.id
            if event.token != token:
                continue
            mine = True
            begun = begun or event.at
            report(event)
            if event.of_stack or event.failed:
                failures.append(event)
            if event.of_stack:
                now = StackStatus(event.status)
                end = None if now.in_progress or now.in_review else event
        unseen = 0 if mine else unseen + 1
        if unseen > UNSEEN and not begun:
            told = f"no event carries the token {token}"
            return (yield from _follow_blind(account, before, pace, told))
        if end is None and unseen > UNSEEN:
            # The event that ends the operation may never show.
            unseen = 0
            stack = yield from look(pace, account.cloudformation, before.id)
            over = _after(before, stack) and not stack.status.in_progress
            # At the first look, its events may have come in between.
            over, suspected = over and suspected, over
            if over:
                ended = yield from _end(account, before, stack.status, failures, begun, pace)
                return ended._replace(warning="the last event of the operation does not show")
        if end is not None:
            final = yield from _final(account, before, end, pace)
            if final is not None:
                return (yield from _end(account, before, final, failures, begun, pace))
        yield next(waits)


def _final(account: Account, before: DeployedStack, end: StackEvent, pace: Pace) -> Steps[StackStatus | None]:
    """The status that the operation ended with; None while it may go on: a failure is often rolled back."""
    status = StackStatus(end.status)
    if status.succeeded or status.rolled_back or status.absent:
        return status
    now = (yield from look(pace, account.cloudformation, before.id)).status
    return None if now.in_progress else now


def _end(
    account: Account,
    before: DeployedStack,
    status: StackStatus,
    failures: list[StackEvent],
    begun: str,
    pace: Pace,
) -> Steps[End]:
    if status.succeeded or status.absent:
        return End(status)
    failure = first_failure(failures)
    if failure is None or failure.logical_id is None:
        told = yield from operation_events(account, pace, stack_id=before.id)
        mine = [event for event in told if str(event.get("Timestamp", "")) >= begun]
        failure = root_cause(mine) or failure
    return End(status, failure or Failure(status.meaning))


def _after(before: DeployedStack, now: DeployedStack) -> bool:
    """Whether what was read is newer than the operation's beginning, and not how it was before."""
    if before.status.in_progress:
        return True
    return (now.status.name, now.changed) != (before.status.name, before.changed)


def _follow_blind(account: Account, before: DeployedStack, pace: Pace, why: str) -> Steps[End]:
    """The end, seen in the stack's status alone, once that is newer than the operation's beginning.

    Raises:
        CallError: the stack still shows how it was before: nobody can tell what became of the operation.
    """
    warning = f"the events cannot be read, so only the stack's status is known: {why}"
    waits, begun = backoff(), pace.clock.now()
    while True:
        now = yield from look(pace, account.cloudformation, before.id)
        if _after(before, now):
            begun = pace.clock.now()
            if not now.status.in_progress and not now.status.in_review:
                failed = not (now.status.succeeded or now.status.absent)
                return End(now.status, Failure(now.status.meaning) if failed else None, warning)
        elif pace.clock.now() - begun > PATIENCE:
            said = f"it shows {now.status.name} as before the operation, and {why}"
            raise CallError(
                "DescribeStacks", Trouble.PASSING, said, "look at the stack's events in the console"
            )
        yield next(waits)
