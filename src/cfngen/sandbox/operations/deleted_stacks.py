"""What CloudFormation tells of the resources of deleted stacks, and of the stack that a resource is in.

For 90 days it lists them by the stack's id, with what became of each:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from cfngen.sandbox import private

Answer = tuple[int, dict[str, str], bytes]
Given = dict[str, Any]
Operation = Callable[[Given], Answer]

_DELETED = ("DELETE_COMPLETE", "DELETE_SKIPPED")


def install() -> None:
    """Once a process, before the emulator serves."""
    list_resources: Operation = private.handlers.ACTION_HANDLERS["ListStackResources"]
    describe_resources: Operation = private.handlers.ACTION_HANDLERS["DescribeStackResources"]

    def listed(given: Given) -> Answer:
        return _of_deleted(given, "ListStackResources", "StackResourceSummaries") or list_resources(given)

    def described(given: Given) -> Answer:
        physical_id = private.helpers.p(given, "PhysicalResourceId")
        if not physical_id or private.helpers.p(given, "StackName"):
            found = _of_deleted(given, "DescribeStackResources", "StackResources")
            return found or describe_resources(given)
        owner = next(_owners(physical_id), None)
        if owner is None:
            return _error(f"Stack for {physical_id} does not exist")
        return describe_resources({**given, "StackName": [owner]})

    for creating in ("CreateStack", "CreateChangeSet"):
        private.handlers.ACTION_HANDLERS[creating] = _keeping(private.handlers.ACTION_HANDLERS[creating])
    private.handlers.ACTION_HANDLERS["ListStackResources"] = listed
    private.handlers.ACTION_HANDLERS["DescribeStackResources"] = described


def _keeping(create: Operation) -> Operation:
    """The operation, which does not let a new stack take the place of a deleted one of its name."""

    def create_beside(given: Given) -> Answer:
        name = private.helpers.p(given, "StackName")
        stack = private.cloudformation.stacks.get(name)
        if stack is not None and stack.get("StackStatus") == "DELETE_COMPLETE":
            private.cloudformation.stacks[stack["StackId"]] = private.cloudformation.stacks.pop(name)
        return create(given)

    return create_beside


def _owners(physical_id: str) -> Iterator[str]:
    for name, stack in private.cloudformation.stacks.items():
        for resource in stack.get("_resources", {}).values():
            if resource.get("PhysicalResourceId") == physical_id:
                yield name


def _of_deleted(given: Given, operation: str, members: str) -> Answer | None:
    """What became of a deleted stack's resources, from its events; None for a stack that is there."""
    asked = private.helpers.p(given, "StackName")
    stack = private.handlers.resolve_stack(asked)
    if stack is None or stack.get("StackStatus") != "DELETE_COMPLETE":
        return None
    if asked != stack["StackId"]:  # a deleted stack has no name any more
        return _error(f"Stack with id {asked} does not exist")
    last: dict[str, Mapping[str, str]] = {}
    for event in private.cloudformation.stack_events.get(asked, []):
        if event["PhysicalResourceId"] != asked and event["ResourceStatus"] in _DELETED:
            last[event["LogicalResourceId"]] = event
    told = "".join(map(_resource, last.values()))
    inner = f"<{members}>{told}</{members}>"
    build: Callable[..., Answer] = private.helpers.xml
    return build(200, f"{operation}Response", f"<{operation}Result>{inner}</{operation}Result>")


def _resource(event: Mapping[str, str]) -> str:
    told = {name: event.get(name, "") for name in _TOLD}
    moment = event["Timestamp"]
    values = {**told, "LastUpdatedTimestamp": moment, "Timestamp": moment}
    return (
        f"<member>{''.join(f'<{name}>{escape(value)}</{name}>' for name, value in values.items())}</member>"
    )


_TOLD = (
    "StackId",
    "StackName",
    "LogicalResourceId",
    "PhysicalResourceId",
    "ResourceType",
    "ResourceStatus",
)


def _error(said: str) -> Answer:
    refused: Callable[..., Answer] = private.helpers.error
    return refused("ValidationError", said)
