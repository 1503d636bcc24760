"""Change sets read, all pages of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfngen.aws.calls import STALE_READS, CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps, backoff
from cfngen.deploy.changeset import model
from cfngen.deploy.changeset.model import ChangeSet


def read(
    account: Account, pace: Pace, name: str, stack_name: str, *, settle: bool = False
) -> Steps[ChangeSet]:
    """A change set with all its pages.

    Arguments:
        name: its name or ARN.
        settle: wait until it is made; a change set that was just made may not be change_set at first.

    Raises:
        CallError: it cannot be read; trouble MISSING where there is none.
    """
    stale, waits = 0, backoff()
    if settle:
        yield 0  # the other stacks make theirs meanwhile
    while True:
        try:
            change_set = yield from _pages(account, pace, name, stack_name, values=True)
        except CallError as error:
            stale += 1
            if error.trouble is not Trouble.MISSING or not settle or stale > STALE_READS:
                raise
            yield next(waits)
            continue
        if not (settle and change_set.pending):
            break
        yield next(waits)
    if change_set.incomplete:
        plain = yield from _pages(account, pace, name, stack_name, values=False)
        return model.merge(change_set, plain)
    return change_set


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
