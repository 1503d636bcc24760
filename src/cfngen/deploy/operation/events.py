"""Stack events: what is going on, and what went wrong first.

The selection is pure; the reading is a step. Events come newest first: reading stops at known ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy import status
from cfngen.deploy.operation import remedies
from cfngen.deploy.outcome import Failure

_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


class StackEvent(NamedTuple):
    """One event of a stack.

    Attributes:
        of_stack: whether it is about the stack itself.
        token: the ClientRequestToken of the operation that it belongs to.
    """

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    token: str
    of_stack: bool
    at: str = ""

    @property
    def failed(self) -> bool:
        """Whether something failed by itself, rather than being called off."""
        return status.failed(self.status) and not self.reason.startswith(_CANCELLED)

    @property
    def rolls_back(self) -> bool:
        """Whether the stack begins to undo an operation, saying why."""
        return self.of_stack and "ROLLBACK" in self.status and bool(self.reason)


def parse(data: Mapping[str, Any]) -> StackEvent:
    """The event that an entry of DescribeStackEvents shows; a failed hook is its resource's failure."""
    hook = data.get("HookStatus") == "HOOK_COMPLETE_FAILED"
    hooked = f"hook {data.get('HookType')}: {data.get('HookStatusReason', 'failed')}"
    return StackEvent(
        id=data["EventId"],
        logical_id=data.get("LogicalResourceId", ""),
        physical_id=data.get("PhysicalResourceId", ""),
        type=data.get("ResourceType", ""),
        status="HOOK_FAILED" if hook else data.get("ResourceStatus", ""),
        reason=hooked if hook else data.get("ResourceStatusReason", ""),
        token=data.get("ClientRequestToken", ""),
        of_stack=data.get("PhysicalResourceId") == data["StackId"],
        at=data["Timestamp"].isoformat(" ", "seconds"),
    )


def first_failure(events: Iterable[StackEvent]) -> Failure | None:
    """The root cause among the events of one operation, oldest first: the first that failed by itself.

    A resource's failure comes before the stack's own, which only repeats it.

    >>> event = lambda name, reason: StackEvent(name, name, "", "T", "CREATE_FAILED", reason, "", False)
    >>> first_failure([event("A", "Resource creation cancelled"), event("B", "taken")]).logical_id
    'B'
    """
    of_stack: StackEvent | None = None
    for event in events:
        if event.failed and not event.of_stack:
            return _failure(event)
        if of_stack is None and event.of_stack and event.reason and (event.failed or event.rolls_back):
            of_stack = event
    return _failure(of_stack) if of_stack else None


def _failure(event: StackEvent) -> Failure:
    return Failure(
        event.reason or f"{event.status} without a reason",
        logical_id=None if event.of_stack else event.logical_id,
        type="" if event.of_stack else event.type,
        remedy=remedies.remedy(event.reason, "" if event.of_stack else event.type),
    )


def warned(events: Iterable[Mapping[str, Any]]) -> list[Failure]:
    """What CloudFormation's validations and hooks only warn of, or skipped: it prevents nothing."""
    warnings = [data for data in events if not _prevents(data) and _operation_reason(data)]
    return [
        Failure(_operation_reason(data), data.get("LogicalResourceId"), data.get("ResourceType", ""))
        for data in sorted(warnings, key=_moment)
    ]


def _moment(data: Mapping[str, Any]) -> str:
    return str(data.get("Timestamp", ""))


def _prevents(data: Mapping[str, Any]) -> bool:
    """Whether what failed keeps the operation from going on, by the modes and the status that the API has.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html
    """
    warns = "WARN" in {data.get("ValidationFailureMode"), data.get("HookFailureMode")}
    return not warns and data.get("ValidationStatus") != "SKIPPED"


def root_cause(events: Sequence[Mapping[str, Any]]) -> Failure | None:
    """What went wrong first among the failed events of DescribeEvents, in any order.

    Validations and hooks look at all resources before anything is done: what each of them found is told, with
    the first failure.
    """
    first: Failure | None = None
    others: dict[Failure, None] = {}
    for data in sorted(events, key=_moment):
        if not _prevents(data) or (failure := _operation_failure(data)) is None:
            continue
        if first is None:
            first = failure
        elif data.get("EventType") in _EARLY and failure != first:
            others[failure] = None
    return first and first._replace(also=tuple(others))


_EARLY = {"VALIDATION_ERROR", "HOOK_INVOCATION_ERROR"}


def _operation_failure(data: Mapping[str, Any]) -> Failure | None:
    reason = _operation_reason(data)
    of_stack = "StackId" in data and data.get("PhysicalResourceId") == data["StackId"]
    if not reason or reason.startswith(_CANCELLED) or (of_stack and data.get("EventType") not in _EARLY):
        return None
    place = data.get("ValidationPath")
    return Failure(
        f"{reason} ({place})" if place else reason,
        logical_id=None if of_stack else data.get("LogicalResourceId"),
        type="" if of_stack else data.get("ResourceType", ""),
        remedy=remedies.remedy(reason, str(data.get("ResourceType", ""))),
    )


def _operation_reason(data: Mapping[str, Any]) -> str:
    if data.get("EventType") == "VALIDATION_ERROR":
        skipped = data.get("ValidationStatus") == "SKIPPED"
        name = " ".join(filter(None, ("the validation", data.get("ValidationName"))))
        said = data.get("ValidationStatusReason")
        if skipped:
            return f"{name} was skipped{f': {said}' if said else ''}"
        return str(said or f"{name} failed")
    if data.get("EventType") == "HOOK_INVOCATION_ERROR":
        return f"hook {data.get('HookType')}: {data.get('HookStatusReason', 'failed')}"
    if data.get("EventType") == "PROVISIONING_ERROR" or status.failed(data.get("ResourceStatus", "")):
        return str(data.get("ResourceStatusReason", ""))
    return ""


def operation_events(
    account: Account, pace: Pace, *, change_set: str | None = None, stack_id: str | None = None
) -> Steps[list[Mapping[str, Any]]]:
    """What DescribeEvents tells: all of a change set, a stack's failures; nothing where it may not be asked.

    Raises:
        CallError: the credentials have gone, or nothing answers.
    """
    # A change set has few events, and what only warns may not count as a failure.
    asked: dict[str, Any] = {"ChangeSetName": change_set} if change_set else {"StackName": stack_id}
    if not change_set:
        asked["Filters"] = {"FailedEvents": True}
    events: list[Mapping[str, Any]] = []
    try:
        while True:
            page = yield from patiently(pace, account.cloudformation, "DescribeEvents", **asked)
            events += page.get("OperationEvents", ())
            if not page.get("NextToken"):
                break
            asked["NextToken"] = page["NextToken"]
    except CallError as error:
        if error.trouble not in {Trouble.DENIED, Trouble.REFUSED, Trouble.MISSING}:
            raise
    return events


def recent(account: Account, pace: Pace, stack_id: str, known: str) -> Steps[list[StackEvent]]:
    """The events since the one whose id is `known`, oldest first; with an empty `known`, those of the last
    operation.

    Raises:
        CallError: they cannot be read.
    """
    asked = {"StackName": stack_id}
    events: list[StackEvent] = []
    while True:
        page = yield from patiently(pace, account.cloudformation, "DescribeStackEvents", **asked)
        for event in map(parse, page["StackEvents"]):
            if event.id == known:
                return events[::-1]
            events.append(event)
            if not known and event.of_stack and event.status in status.STARTS:
                return events[::-1]
        if not page.get("NextToken"):
            return events[::-1]
        asked["NextToken"] = page["NextToken"]
