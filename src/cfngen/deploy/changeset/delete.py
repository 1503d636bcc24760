"""Change sets deleted, with the never-created stack that came along with them."""

from __future__ import annotations

from typing import Final

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.stack import look
from cfngen.deploy.trail import Trail

MADE_STACK: Final = "made the stack"
"""In a change set's description: the REVIEW_IN_PROGRESS stack that it is for came with it."""


def delete(account: Account, change_set: ChangeSet, pace: Pace) -> Steps[None]:
    """Delete a change set, however often it takes to know that it is gone.

    Raises:
        CallError: it is still there.
    """
    asked = {"ChangeSetName": change_set.id, "StackName": change_set.stack_id}
    try:
        yield from patiently(pace, account.cloudformation, "DeleteChangeSet", **asked)
    except CallError as error:
        if error.trouble is not Trouble.MISSING:
            raise


def discard(account: Account, change_set: ChangeSet, pace: Pace) -> Steps[None]:
    """Delete a change set, and the never-created stack that came with it, if nothing else is in there."""
    client = account.cloudformation
    yield from delete(account, change_set, pace)
    if MADE_STACK not in change_set.description:
        return
    if not (yield from look(pace, client, change_set.stack_id)).status.in_review:
        return
    listed = yield from patiently(pace, client, "ListChangeSets", StackName=change_set.stack_id)
    if not [other for other in listed["Summaries"] if other["ChangeSetId"] != change_set.id]:
        yield from patiently(pace, client, "DeleteStack", StackName=change_set.stack_id)


def tidy(account: Account, change_set: ChangeSet, pace: Pace, trail: Trail) -> Steps[None]:
    """Discard a change set that is of no use; that it cannot be deleted is a warning, no failure."""
    try:
        yield from discard(account, change_set, pace)
    except CallError as error:
        trail.warnings.append(f"the change set {change_set.id} could not be deleted: {error}")
    else:
        trail.change_set = None
    trail.where = "nothing was changed"
