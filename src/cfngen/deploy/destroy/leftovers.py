"""What deleted stacks have left in the account, and what is still there of it.

CloudFormation lists the resources of a deleted stack for 90 days. What was left before that is known where
the template keeps a resource whose name its own properties give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from cfngen.aws.calls import CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.account_look import Eyes, UnseenError
from cfngen.deploy.changeset.prepare import resolved
from cfngen.deploy.destroy.holding import Holding, held
from cfngen.deploy.destroy.removal import list_resources
from cfngen.deploy.request import Request
from cfngen.template.change.resource_types import Schemas
from cfngen.template.environment.physical_names import reference
from cfngen.template.values import unknowns

Source = Literal["deleted stack", "template"]

KEPT_DAYS = 90
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html"""

_RETAINS = {"Retain", "RetainExceptOnCreate"}
_WITH_ANOTHER = {"AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}
"""Types that are a part of another resource and go with it."""


class Candidate(NamedTuple):
    """A resource that a stack may have left.

    Attributes:
        source: where it is known from.
        deleted: when its stack was deleted; empty where that is not known.
    """

    stack: str
    logical_id: str
    type: str
    physical_id: str
    source: Source
    deleted: str = ""

    @property
    def id(self) -> str:
        """What `--delete` calls it.

        >>> Candidate("audit-trail", "Bucket", "AWS::S3::Bucket", "logs", "template").id
        'audit-trail/Bucket'
        """
        return f"{self.stack}/{self.logical_id}"


class Leftover(NamedTuple):
    """A resource that a deleted stack has left, and what it holds.

    Attributes:
        holding: None where it could not be looked at: whether it is there is not known.
    """

    candidate: Candidate
    holding: Holding | None


class Leftovers(NamedTuple):
    """What was found.

    Attributes:
        there: what is still there, in an order in which it can be deleted.
        gone: what was left once and is not there any more.
        notes: what cannot be known.
        complete: whether the deleted stacks could be asked.
    """

    there: tuple[Leftover, ...]
    gone: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True


def find(
    account: Account, requests: Sequence[Request], eyes: Eyes, schemas: Schemas, pace: Pace
) -> Steps[Leftovers]:
    """What the deleted stacks among those asked for have left. Every call only reads.

    Raises:
        CallError: the deleted stacks cannot be listed for another reason than a missing permission.
    """
    names = {request.stack_name: request.stack for request in requests}
    notes: list[str] = []
    complete = True
    candidates: dict[tuple[str, str], Candidate] = {}
    try:
        for candidate in (yield from _of_deleted_stacks(account, names, pace)):
            candidates.setdefault((candidate.type, candidate.physical_id), candidate)
    except CallError as error:
        if error.trouble is not Trouble.DENIED:
            raise
        notes.append(f"the deleted stacks cannot be listed: {error.problem}")
        complete = False
    for request in requests:
        for candidate in _of_template(account, request):
            if not candidate.physical_id:
                if not any(known.id == candidate.id for known in candidates.values()):
                    notes.append(_unnamed(candidate))
                continue
            candidates.setdefault((candidate.type, candidate.physical_id), candidate)
    there, gone = [], []
    for candidate in candidates.values():
        if _owned(account, candidate):
            continue
        try:
            holding = held(eyes, candidate.type, candidate.physical_id, schemas)
        except UnseenError:
            there.append(Leftover(candidate, None))
            continue
        if holding is None:
            gone.append(candidate)
        else:
            there.append(Leftover(candidate, holding))
    ordered = tuple(_deletable(there, requests, account))
    return Leftovers(ordered, tuple(gone), (*notes, *eyes.unseen), complete)


def _unnamed(candidate: Candidate) -> str:
    why = f"AWS chooses its name, and CloudFormation tells it for {KEPT_DAYS} days after the deletion"
    return f"{candidate.id} ({candidate.type}): whether an older stack left one cannot be known: {why}"


def _of_deleted_stacks(account: Account, names: Mapping[str, str], pace: Pace) -> Steps[list[Candidate]]:
    """What the stacks of these names left, the newest first."""
    asked: dict[str, Any] = {"StackStatusFilter": ["DELETE_COMPLETE"]}
    deleted: list[tuple[str, str, str]] = []
    while True:
        page = yield from patiently(pace, account.cloudformation, "ListStacks", **asked)
        for data in page.get("StackSummaries", ()):
            if data["StackName"] in names:
                moment = str(data.get("DeletionTime") or data.get("LastUpdatedTime") or data["CreationTime"])
                deleted.append((moment, data["StackId"], names[data["StackName"]]))
        if not page.get("NextToken"):
            break
        asked["NextToken"] = page["NextToken"]
    found: list[Candidate] = []
    for moment, stack_id, stack in sorted(deleted, reverse=True):
        for resource in (yield from list_resources(account, stack_id, pace)):
            if resource.status == "DELETE_SKIPPED" and resource.type not in _WITH_ANOTHER:
                names_it = stack, resource.logical_id, resource.type, resource.physical_id
                found.append(Candidate(*names_it, "deleted stack", moment[:10]))
    return found


def _of_template(account: Account, request: Request) -> Iterator[Candidate]:
    """What the template keeps, with the names that its properties give; empty where AWS chooses the name."""
    scope = {
        "AccountId": account.id,
        "Region": account.region,
        "Partition": account.partition,
        "URLSuffix": "amazonaws.com.cn" if account.partition == "aws-cn" else "amazonaws.com",
    }
    for logical_id, body in resolved(account, request).get("Resources", {}).items():
        kind = body.get("Type", "")
        if body.get("DeletionPolicy") not in _RETAINS or kind in _WITH_ANOTHER:
            continue
        name = reference(logical_id, kind, body.get("Properties", {}).get, scope)
        yield Candidate(request.stack, logical_id, kind, "" if unknowns(name) else name, "template")


def _owned(account: Account, candidate: Candidate) -> bool:
    """Whether a deployed stack has the resource now: then it is not left over.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html

    Raises:
        CallError: it cannot be known.
    """
    asked = {"PhysicalResourceId": candidate.physical_id}
    try:
        answer = call(account.cloudformation, "DescribeStackResources", **asked)
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return False
        raise
    return any(
        resource.get("PhysicalResourceId") == candidate.physical_id
        and resource["ResourceType"] == candidate.type
        and resource["ResourceStatus"] not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
        for resource in answer.get("StackResources", ())
    )


def _deletable(
    leftovers: Sequence[Leftover], requests: Sequence[Request], account: Account
) -> list[Leftover]:
    """The same so that what others write to or are encrypted with comes after them."""
    targets = {
        str(body.get("Properties", {}).get("LoggingConfiguration", {}).get("DestinationBucketName"))
        for request in requests
        for body in resolved(account, request).get("Resources", {}).values()
    }

    def rank(leftover: Leftover) -> tuple[int, str]:
        candidate = leftover.candidate
        last = candidate.type == "AWS::KMS::Key"
        return (2 if last else 1 if candidate.physical_id in targets else 0), candidate.id

    return sorted(leftovers, key=rank)
