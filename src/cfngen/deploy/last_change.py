"""Who changed a stack last: CloudTrail's event history, held against the stack's own time.

It holds the management events of 90 days, some minutes after they happened, and takes two calls a second:
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls
from cfngen.deploy.stack import DeployedStack


class LastChange(NamedTuple):
    """A stack's last change.

    Attributes:
        at: when, as AWS wrote it.
        by: the ARN of who did it; None where that is not known.
        unknown: why it is not.
    """

    at: str
    by: str | None = None
    unknown: str | None = None


_OPERATIONS = ("ExecuteChangeSet", "UpdateStack", "CreateStack")
_PAGES, _EVENTS = 4, 50  # the service's own page
_NEAR = timedelta(minutes=2)
"""How far the time of a call may be from the time that the stack shows for what it began."""


def last_changes(stacks: Sequence[DeployedStack], calls: Calls) -> dict[str, LastChange]:
    """Each stack's last change, by the stack's ARN."""
    left = {each.id: each for each in stacks}
    found: dict[str, LastChange] = {}
    try:
        for event in _events(calls, left) if left else ():
            for stack in [each for each in left.values() if _about(event, each)]:
                del left[stack.id]
                found[stack.id] = LastChange(stack.changed, str(event["userIdentity"].get("arn", "")) or None)
        why = (
            "the change was not found in CloudTrail's event history, which ends some minutes ago and keeps "
            f"90 days: at most {_PAGES * _EVENTS} events of each call were read"
        )
    except CallError as error:
        denied = error.trouble is Trouble.DENIED
        why = "needs cloudtrail:LookupEvents" if denied else f"LookupEvents: {error.said}"
    return found | {name: LastChange(stack.changed, None, why) for name, stack in left.items()}


def _events(calls: Calls, left: Mapping[str, DeployedStack]) -> Iterator[dict[str, Any]]:
    """The calls that change stacks, the newest first, while there is a stack left to tell of."""
    for operation in _OPERATIONS:
        asked: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": operation}]
        }
        for _ in range(_PAGES):
            if not left:
                return
            page = calls("cloudtrail", "LookupEvents", **asked)
            for event in page.get("Events", ()):
                yield json.loads(event["CloudTrailEvent"])
            if not page.get("NextToken"):
                break
            asked["NextToken"] = page["NextToken"]


def _about(event: Mapping[str, Any], stack: DeployedStack) -> bool:
    given = {name[:1].lower() + name[1:]: value for name, value in (event["requestParameters"] or {}).items()}
    if "errorCode" in event:
        return False
    after = datetime.fromisoformat(event["eventTime"].replace("Z", "+00:00")) - datetime.fromisoformat(
        stack.changed
    )
    if stack.change_set and given.get("changeSetName") == stack.change_set:
        # A new stack may show the time when its change set was made, and not when that was executed.
        return after > -_NEAR
    return given.get("stackName") in {stack.name, stack.id} and abs(after) < _NEAR
