"""Change sets read, and deleted with what came along with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cfngen.aws.calls import STALE_READS, CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps, backoff
from cfngen.deploy.changeset import model
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.stack import look
from cfngen.deploy.trail import Trail

MADE_STACK: Final = "made the stack"
"""In a change set's description: the REVIEW_IN_PROGRESS stack that it is for came with it."""


def read(
    account: Account, pace: Pace, name: str, stack_name: str, *, settle: bool = False
) -> Steps[ChangeSet]:
    """A change set with all its pages.

    Arguments:
        name: its name or ARN.
        settle: wait until it is made; a change set that was just made may not be found at first.

    Raises:
        CallError: it cannot be read; trouble MISSING where there is none.
    """
    stale, waits = 0, backoff()
    while True:
        try:
            found = yield from _pages(account, pace, name, stack_name, values=True)
        except CallError as error:
            stale += 1
            if error.trouble is not Trouble.MISSING or not settle or stale > STALE_READS:
                raise
            yield next(waits)
            continue
        if not (settle and found.pending):
            break
        yield next(waits)
    if found.incomplete:
        plain = yield from _pages(account, pace, name, stack_name, values=False)
        return model.merge(found, plain)
    return found


def find(account: Account, pace: Pace, name: str, stack_name: str) -> Steps[ChangeSet | None]:
    """The change set, or None where there is none.

    Raises:
        CallError: it cannot be known.
    """
    try:
        return (yield from read(account, pace, name, stack_name))
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return None
        raise


def discard(account: Account, found: ChangeSet, pace: Pace) -> Steps[None]:
    """Delete a change set, and the never-created stack that came with it, if nothing else is in there."""
    client = account.cloudformation
    try:
        call(client, "DeleteChangeSet", ChangeSetName=found.id, StackName=found.stack_id)
    except CallError as error:
        if error.trouble is not Trouble.MISSING:
            raise
    if MADE_STACK not in found.description:
        return
    if not (yield from look(pace, client, found.stack_id)).status.in_review:
        return
    listed = yield from patiently(pace, client, "ListChangeSets", StackName=found.stack_id)
    if not [other for other in listed["Summaries"] if other["ChangeSetId"] != found.id]:
        call(client, "DeleteStack", StackName=found.stack_id)


def tidy(account: Account, found: ChangeSet, pace: Pace, trail: Trail) -> Steps[None]:
    """Discard a change set that is of no use; that it cannot be deleted is a warning, no failure."""
    try:
        yield from discard(account, found, pace)
    except CallError as error:
        trail.warnings.append(f"the change set {found.id} could not be deleted: {error}")
    else:
        trail.change_set = None
    trail.where = "nothing was changed"


def _pages(account: Account, pace: Pace, name: str, stack_name: str, *, values: bool) -> Steps[ChangeSet]:
    # By its ARN alone it would be found, too, and a policy about stacks would not be asked.
    asked: dict[str, Any] = {"ChangeSetName": name, "StackName": stack_name}
    if values:
        asked["IncludePropertyValues"] = True
    pages: list[Mapping[str, Any]] = []
    while True:
        page = yield from patiently(pace, account.cloudformation, "DescribeChangeSet", **asked)
        pages.append(page)
        if not page.get("NextToken"):
            return model.parse(pages)
        asked["NextToken"] = page["NextToken"]
