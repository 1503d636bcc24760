"""Deploys by plain change sets, apart from cfngen's own deployer."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.sandbox.readers import EmulatedAccount

_SECONDS = 300.0
ALL_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


@dataclass(frozen=True)
class Outcome:
    """How a deployment ended."""

    status: str
    changes: list[dict[str, Any]]
    failed: list[tuple[str, str]]
    """(logical id, reason) of each failed resource, the earliest first."""


def deploy(
    aws: EmulatedAccount,
    stack_name: str,
    template: Mapping[str, Any] | str,
    parameters: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Outcome:
    """Create and execute one change set, and wait for the end of it."""
    api = aws.client("cloudformation")
    fresh = not _exists(aws, stack_name)
    name = f"change-{time.monotonic_ns()}"
    api.create_change_set(
        StackName=stack_name,
        ChangeSetName=name,
        ChangeSetType="CREATE" if fresh else "UPDATE",
        TemplateBody=template if isinstance(template, str) else json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
        ],
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        Capabilities=ALL_CAPABILITIES,
    )
    change_set = _wait(
        lambda: api.describe_change_set(StackName=stack_name, ChangeSetName=name),
        lambda answer: not answer["Status"].endswith(("_PENDING", "_IN_PROGRESS")),
    )
    if change_set["Status"] == "FAILED":
        return Outcome(f"FAILED: {change_set['StatusReason']}", [], [])
    stack_id = change_set["StackId"]
    before = {event["EventId"] for event in _events(api, stack_id)}
    api.execute_change_set(StackName=stack_name, ChangeSetName=name)
    status = settled(aws, stack_id)
    failed = [
        (event["LogicalResourceId"], event.get("ResourceStatusReason", ""))
        for event in reversed(_events(api, stack_id))
        if event["EventId"] not in before and event["ResourceStatus"].endswith("_FAILED")
    ]
    return Outcome(status, [change["ResourceChange"] for change in change_set["Changes"]], failed)


def delete(aws: EmulatedAccount, stack_name: str) -> str:
    """Delete a stack; returns its last status."""
    api = aws.client("cloudformation")
    (stack,) = api.describe_stacks(StackName=stack_name)["Stacks"]
    api.delete_stack(StackName=stack_name)
    return settled(aws, stack["StackId"])


def settled(aws: EmulatedAccount, stack_id: str) -> str:
    """The status of a stack once nothing is in progress."""
    api = aws.client("cloudformation")
    answer = _wait(
        lambda: api.describe_stacks(StackName=stack_id)["Stacks"][0],
        lambda stack: not stack["StackStatus"].endswith("_IN_PROGRESS"),
    )
    return str(answer["StackStatus"])


def _exists(aws: EmulatedAccount, stack_name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        (stack,) = aws.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError:
        return False
    return bool(stack["StackStatus"] != "REVIEW_IN_PROGRESS")


def _events(api: Any, stack_id: str) -> list[dict[str, Any]]:
    pages = api.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return [event for page in pages for event in page["StackEvents"]]


def _wait(read: Any, done: Any) -> Any:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        answer = read()
        if done(answer):
            return answer
        time.sleep(0.05)
    raise TimeoutError(str(answer))
