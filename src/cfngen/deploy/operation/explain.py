"""Why a stack's last failed operation failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cfngen.aws.calls import patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.operation import events
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.outcome import Failure
from cfngen.deploy.stack import look
from cfngen.deploy.status import STARTS, StackStatus


class Explanation(NamedTuple):
    """What is known of a failure.

    Attributes:
        status: the stack's now.
        operation: the one that failed: `CREATE`, `UPDATE`, `IMPORT` or `DELETE`; empty where none did.
        at: when it began.
        failure: its root cause.
        followers: the resources that failed after it, or because of it.
    """

    status: StackStatus
    operation: str = ""
    at: str = ""
    failure: Failure | None = None
    followers: tuple[str, ...] = ()


def explain(account: Account, stack_name: str, pace: Pace) -> Steps[Explanation]:
    """The root cause of the last operation that failed; without a failure where none did.

    Raises:
        CallError: the events cannot be read.
    """
    stack = yield from look(pace, account.cloudformation, stack_name)
    if stack.status.absent:
        return Explanation(stack.status)
    start, stack_events = yield from _last_failed(account, stack.id, pace)
    failure = events.first_failure(stack_events)
    if failure is None or failure.logical_id is None:
        told = yield from events.operation_events(account, pace, stack_id=stack.id)
        since = start.at if start else ""
        mine = [event for event in told if str(event.get("Timestamp", "")) >= since]
        failure = events.root_cause(mine) or failure
    if failure is None:
        return Explanation(stack.status)
    failed = [event for event in stack_events if event.failed and not event.of_stack]
    followers = dict.fromkeys(event.logical_id for event in failed)
    followers.pop(failure.logical_id or "", None)
    operation = start.status.partition("_")[0] if start else ""
    return Explanation(stack.status, operation, start.at if start else "", failure, tuple(followers))


def _last_failed(
    account: Account, stack_id: str, pace: Pace
) -> Steps[tuple[StackEvent | None, list[StackEvent]]]:
    """The event that began the last failed operation, and its failures, oldest first.

    Only failures are held: a stack can have more events than anybody wants in memory.
    """
    asked = {"StackName": stack_id}
    failures: list[StackEvent] = []
    while True:
        page: Mapping[str, Any] = yield from patiently(
            pace, account.cloudformation, "DescribeStackEvents", **asked
        )
        for event in map(events.parse, page["StackEvents"]):
            if event.of_stack and event.status in STARTS:
                if failures:
                    return event, failures[::-1]
            elif event.failed or (event.of_stack and event.rolls_back):
                failures.append(event)
        if not page.get("NextToken"):
            return None, failures[::-1]
        asked["NextToken"] = page["NextToken"]
