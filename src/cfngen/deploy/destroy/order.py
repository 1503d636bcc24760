"""Which stack is deleted before which, and which must stay because another one needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.destroy.removal import Removal
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack

_NOT_IMPORTED = "is not imported by any stack"


class Needed(NamedTuple):
    """A stack that cannot go yet.

    Attributes:
        stack: its name.
        by: the stack that needs it and stays.
        why: what it needs of it.
    """

    stack: str
    by: str
    why: str


class Order(NamedTuple):
    """The order of the deletions.

    Attributes:
        after: by stack, those that must be gone before it.
        needed: the stacks that one that stays needs.
        notes: what could not be looked at.
    """

    after: Mapping[str, tuple[str, ...]]
    needed: tuple[Needed, ...] = ()
    notes: tuple[str, ...] = ()


def order(
    account: Account,
    requests: Sequence[Request],
    removals: Sequence[Removal],
    others: Mapping[str, DeployedStack],
    every: Sequence[Request],
    pace: Pace,
) -> Steps[Order]:
    """The order in which the stacks can go, and what stands against it.

    A stack needs those of its `depends_on`, and those whose exports it imports, as CloudFormation tells.

    Arguments:
        requests: the stacks to delete.
        removals: what the deletion of each does.
        others: every deployed stack of the account, by the deployed name.
        every: all stacks of the environment.

    Raises:
        CallError: the imports cannot be read for another reason than a missing permission.
    """
    there = {removal.stack for removal in removals if removal.there}
    names = {request.stack_name: request.stack for request in requests}
    before: dict[str, list[str]] = {request.stack: [] for request in requests}
    needed: list[Needed] = []
    for other in every:
        deployed = others.get(other.stack_name)
        for stack in other.entry.depends_on:
            if other.stack in before and stack in before:
                before[stack].append(other.stack)
            elif stack in there and deployed is not None and not deployed.status.creatable:
                needed.append(Needed(stack, other.stack, "it depends on it (depends_on)"))
    notes: list[str] = []
    for removal in removals:
        for export in sorted(removal.deployed.exports):
            try:
                importers = yield from _importers(account, export, pace)
            except CallError as error:
                if error.trouble is not Trouble.DENIED:
                    raise
                notes.append(f"which stacks import the exports is not known: needs cloudformation:{_API}")
                break
            for importer in importers:
                if importer in names:
                    before[removal.stack].append(names[importer])
                else:
                    needed.append(Needed(removal.stack, importer, f"it imports {export}"))
    after = {stack: tuple(dict.fromkeys(first)) for stack, first in before.items()}
    return Order(after, tuple(dict.fromkeys(needed)), tuple(dict.fromkeys(notes)))


_API = "ListImports"


def _importers(account: Account, export: str, pace: Pace) -> Steps[list[str]]:
    """The names of the stacks that import an export.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html
    """
    asked = {"ExportName": export}
    importers: list[str] = []
    while True:
        try:
            page = yield from patiently(pace, account.cloudformation, _API, **asked)
        except CallError as error:
            if _NOT_IMPORTED in error.said or error.trouble is Trouble.MISSING:
                return importers
            raise
        importers += page.get("Imports", ())
        if not page.get("NextToken"):
            return importers
        asked["NextToken"] = page["NextToken"]
