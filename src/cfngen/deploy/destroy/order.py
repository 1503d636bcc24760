"""Which stack is deleted before which, and what stands against the deletion of one."""

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


class Obstacle(NamedTuple):
    """Why a stack cannot be deleted now.

    Attributes:
        stack: its name.
        by: the other stack that it is about.
        why: a sentence without a full stop.
        role: whether it is about the role that CloudFormation deletes the stack with.
    """

    stack: str
    by: str
    why: str
    role: bool = False


class Order(NamedTuple):
    """The order of the deletions.

    Attributes:
        after: by stack, those that must be gone before it.
        obstacles: what stands against it.
        notes: what could not be looked at.
    """

    after: Mapping[str, tuple[str, ...]]
    obstacles: tuple[Obstacle, ...] = ()
    notes: tuple[str, ...] = ()


def order(
    account: Account,
    requests: Sequence[Request],
    removals: Sequence[Removal],
    others: Mapping[str, DeployedStack],
    every: Sequence[Request],
    pace: Pace,
    *,
    role_arn: str | None = None,
) -> Steps[Order]:
    """The order in which the stacks can go, and what stands against it.

    A stack needs those of its `depends_on`, and those whose exports it imports, as CloudFormation tells.

    Arguments:
        requests: the stacks to delete.
        removals: what the deletion of each does.
        others: every deployed stack of the account, by the deployed name.
        every: all stacks of the environment.
        role_arn: the role that CloudFormation is told to delete with; None: each stack's own.

    Raises:
        CallError: the imports cannot be read for another reason than a missing permission.
    """
    there = {removal.stack for removal in removals if removal.there}
    names = {request.stack_name: request.stack for request in requests}
    before: dict[str, list[str]] = {request.stack: [] for request in requests}
    obstacles: list[Obstacle] = []
    for other in every:
        deployed = others.get(other.stack_name)
        for stack in other.entry.depends_on:
            if other.stack in before and stack in before:
                before[stack].append(other.stack)
            elif stack in there and deployed is not None and not deployed.status.creatable:
                why = f"{other.stack} stays, and depends on this stack (depends_on)"
                obstacles.append(Obstacle(stack, other.stack, why))
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
                    why = f"{importer} stays, and imports {export}"
                    obstacles.append(Obstacle(removal.stack, importer, why))
    if role_arn is None:
        obstacles += _roles(removals, before)
    after = {stack: tuple(dict.fromkeys(first)) for stack, first in before.items()}
    return Order(after, tuple(dict.fromkeys(obstacles)), tuple(dict.fromkeys(notes)))


def _roles(removals: Sequence[Removal], before: dict[str, list[str]]) -> list[Obstacle]:
    """Let each stack go before the one that has its role; the stacks for which that cannot be.

    A stack is deleted with the role that it was last deployed with:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
    """
    owners = {
        removed.resource.physical_id: removal.stack
        for removal in removals
        for removed in removal.resources
        if removed.resource.type == "AWS::IAM::Role" and removed.kind != "stays"
    }
    obstacles = []
    for removal in removals:
        role = removal.deployed.role
        owner = owners.get(role.rpartition("/")[2]) if role else None
        if owner is None:
            continue
        if owner == removal.stack or owner in _earlier(removal.stack, before):
            itself = "the stack itself" if owner == removal.stack else f"{owner} before it"
            why = f"CloudFormation deletes the stack with the role {role}, which is deleted with {itself}"
            obstacles.append(Obstacle(removal.stack, owner, why, role=True))
        else:
            before[owner].append(removal.stack)
    return obstacles


def _earlier(stack: str, before: Mapping[str, Sequence[str]]) -> set[str]:
    """All that must be gone before a stack."""
    found: set[str] = set()
    waiting = list(before[stack])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += before[other]
    return found


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
