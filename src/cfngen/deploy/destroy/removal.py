"""What the deletion of a deployed stack does: what is deleted, what stays, what data is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from cfngen.aws.calls import patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.account_look import Eyes, UnseenError
from cfngen.deploy.changeset.prepare import deployed_template
from cfngen.deploy.destroy.holding import Holding, held
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack, look
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.fate import fate
from cfngen.template.change.resource_types import Schemas

Kind = Literal["deleted", "snapshot", "stays", "unknown"]

_KEY_DAYS = 30
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html"""


class StackResource(NamedTuple):
    """One resource of a stack, as CloudFormation lists it."""

    logical_id: str
    type: str
    physical_id: str
    status: str


class Removed(NamedTuple):
    """What becomes of one resource.

    Attributes:
        kind: `deleted`; `snapshot`, where a last snapshot stays; `stays`; or `unknown`, where that depends on
            a value that AWS does not show, such as a NoEcho parameter's.
        policy: the DeletionPolicy that decides; empty where there is none.
        lost: the data that is lost with it, in words; empty where there is none.
        blocks: why its deletion will fail; empty where nothing is known to be in the way.
    """

    resource: StackResource
    kind: Kind
    policy: str = ""
    lost: str = ""
    blocks: str = ""


class Removal(NamedTuple):
    """What the deletion of one stack does.

    Attributes:
        stack: the logical stack name.
        deployed: the stack as it is; with an absent status where there is none.
        resources: what becomes of each, in the order of CloudFormation's list.
    """

    stack: str
    deployed: DeployedStack
    resources: tuple[Removed, ...] = ()

    @property
    def there(self) -> bool:
        """Whether there is a stack to delete."""
        return not self.deployed.status.absent


def removal(
    account: Account, request: Request, retain: tuple[str, ...], eyes: Eyes, schemas: Schemas, pace: Pace
) -> Steps[Removal]:
    """What deleting the stack would do now. Every call only reads.

    Arguments:
        retain: the logical ids that are to stay, after a deletion that failed.
        eyes: looks at what the resources hold; what it cannot see is noted there.

    Raises:
        CallError: the stack, its template or its resources cannot be read.
    """
    stack = yield from look(pace, account.cloudformation, request.stack_name)
    if stack.status.creatable:  # nothing was ever made by a stack that is in review
        return Removal(request.stack, stack)
    listed = yield from list_resources(account, stack.id, pace)
    template = yield from deployed_template(account, stack, pace)
    bodies: Mapping[str, Any] = template.get("Resources", {})
    removed = tuple(
        _removed(resource, bodies.get(resource.logical_id), retain, eyes, schemas)
        for resource in listed
        if resource.status not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    )
    return Removal(request.stack, stack, removed)


def list_resources(account: Account, stack_id: str, pace: Pace) -> Steps[list[StackResource]]:
    """The resources of a stack, also of one that was deleted in the last 90 days.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html

    Raises:
        CallError: they cannot be read.
    """
    asked: dict[str, str] = {"StackName": stack_id}
    resources: list[StackResource] = []
    while True:
        page = yield from patiently(pace, account.cloudformation, "ListStackResources", **asked)
        resources += _parsed(page)
        if not page.get("NextToken"):
            return resources
        asked["NextToken"] = page["NextToken"]


def _parsed(page: Mapping[str, Any]) -> Iterator[StackResource]:
    for data in page.get("StackResourceSummaries", ()):
        yield StackResource(
            data["LogicalResourceId"],
            data["ResourceType"],
            data.get("PhysicalResourceId", ""),
            data["ResourceStatus"],
        )


def _removed(
    resource: StackResource,
    body: Mapping[str, Any] | None,
    retain: tuple[str, ...],
    eyes: Eyes,
    schemas: Schemas,
) -> Removed:
    if resource.logical_id in retain:
        return Removed(resource, "stays", "--retain")
    if body is None:
        return Removed(resource, "unknown")
    policy = body.get("DeletionPolicy", "")
    what = fate(resource.type, body, "DeletionPolicy", schemas)
    if what.consequence is Consequence.RETAIN:
        return Removed(resource, "stays", str(policy))
    kind: Kind = "snapshot" if "a snapshot stays" in what.reason else "deleted"
    if kind == "snapshot" or not resource.physical_id:
        return Removed(resource, kind, str(policy))
    return _with_data(Removed(resource, kind, str(policy)), body, eyes, schemas, loses=what.data_loss)


def _with_data(
    removed: Removed, body: Mapping[str, Any], eyes: Eyes, schemas: Schemas, *, loses: bool
) -> Removed:
    kind, physical_id = removed.resource.type, removed.resource.physical_id
    if kind == "AWS::KMS::Key":
        days = body.get("Properties", {}).get("PendingWindowInDays", _KEY_DAYS)
        return removed._replace(
            lost=f"all that this key encrypted, {days} days later; until then: "
            f"aws kms cancel-key-deletion --key-id {physical_id}"
        )
    if not loses:
        return removed
    try:
        holding = held(eyes, kind, physical_id, schemas, pages=1) if kind in _MEASURED else None
    except UnseenError:
        return removed._replace(lost="all that it holds, which could not be looked at")
    if kind not in _MEASURED:
        return removed._replace(lost="all that it holds")
    if holding is None:
        return removed
    if kind in _MUST_BE_EMPTY and holding.count:
        return removed._replace(blocks=_blocked(kind, holding, body))
    return removed._replace(lost=holding.text)


_MEASURED = {"AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::Logs::LogGroup"}
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
_MUST_BE_EMPTY = {"AWS::S3::Bucket", "AWS::ECR::Repository"}


def _blocked(kind: str, holding: Holding, body: Mapping[str, Any]) -> str:
    emptied = str(body.get("Properties", {}).get("EmptyOnDelete", False)).lower() == "true"
    if kind == "AWS::ECR::Repository" and emptied:
        return ""
    return f"it holds {holding.text}, and AWS deletes it only when it is empty"
