"""What was changed by hand: the difference between a stack's resources and its template."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from cfngen.aws.calls import call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Interrupted, Pace, Steps, backoff
from cfngen.deploy.stack import look
from cfngen.errors import CfngenError

DriftResult = Literal["in-sync", "drifted", "unknown", "not-deployed", "failed", "interrupted"]

_RESULTS: Mapping[str, DriftResult] = {"IN_SYNC": "in-sync", "DRIFTED": "drifted"}
_TOLD = ("MODIFIED", "DELETED", "UNKNOWN")


class PropertyDifference(NamedTuple):
    """One property that is not as the template says; None where one side has no value."""

    path: str
    expected: str | None
    actual: str | None


class DriftedResource(NamedTuple):
    """One resource that is not as the template says.

    Attributes:
        status: `MODIFIED`, `DELETED`, or `UNKNOWN` where it could not be checked.
    """

    logical_id: str
    physical_id: str
    type: str
    status: str
    differences: tuple[PropertyDifference, ...] = ()
    reason: str = ""


class StackDrift(NamedTuple):
    """What one stack's check found."""

    stack: str
    stack_name: str
    result: DriftResult
    resources: tuple[DriftedResource, ...] = ()
    reason: str | None = None


def detect(account: Account, stack: str, stack_name: str, pace: Pace) -> Steps[StackDrift]:
    """Check one stack. Reads only; an interruption leaves a check that ends by itself."""
    try:
        return (yield from _detect(account, stack, stack_name, pace))
    except KeyboardInterrupt as error:
        raise Interrupted(StackDrift(stack, stack_name, "interrupted")) from error
    except CfngenError as error:
        return StackDrift(stack, stack_name, "failed", reason=str(error))


def _detect(account: Account, stack: str, stack_name: str, pace: Pace) -> Steps[StackDrift]:
    client = account.cloudformation
    deployed = yield from look(pace, client, stack_name)
    if deployed.status.creatable:
        return StackDrift(stack, stack_name, "not-deployed")
    begun = call(client, "DetectStackDrift", StackName=deployed.id)
    waits = backoff()
    while True:
        detection = yield from patiently(
            pace,
            client,
            "DescribeStackDriftDetectionStatus",
            StackDriftDetectionId=begun["StackDriftDetectionId"],
        )
        if detection["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        yield next(waits)
    resources = yield from _resources(account, deployed.id, pace)
    result = _RESULTS.get(detection.get("StackDriftStatus", ""), "unknown")
    if result == "drifted" and not resources:
        result = "in-sync"
    return StackDrift(stack, stack_name, result, resources, detection.get("DetectionStatusReason"))


def _resources(account: Account, stack_id: str, pace: Pace) -> Steps[tuple[DriftedResource, ...]]:
    asked: dict[str, Any] = {"StackName": stack_id, "StackResourceDriftStatusFilters": list(_TOLD)}
    drifted: list[DriftedResource] = []
    while True:
        page = yield from patiently(pace, account.cloudformation, "DescribeStackResourceDrifts", **asked)
        drifted += parse(page["StackResourceDrifts"])
        if not page.get("NextToken"):
            return tuple(drifted)
        asked["NextToken"] = page["NextToken"]


def parse(drifts: Iterable[Mapping[str, Any]]) -> Iterable[DriftedResource]:
    """The resources that entries of DescribeStackResourceDrifts show.

    A policy that only is written in another way is none of them: the same JSON is no difference.
    """
    for data in drifts:
        told = data.get("PropertyDifferences", ())
        differences = tuple(_difference(each) for each in told if not _same(each))
        if told and not differences:
            continue
        yield DriftedResource(
            logical_id=data["LogicalResourceId"],
            physical_id=data.get("PhysicalResourceId", ""),
            type=data["ResourceType"],
            status=data["StackResourceDriftStatus"],
            differences=differences,
            reason=data.get("DriftStatusReason", ""),
        )


def _same(difference: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(difference["ExpectedValue"]) == json.loads(difference["ActualValue"]))
    except ValueError:
        return False


def _difference(data: Mapping[str, Any]) -> PropertyDifference:
    kind = data["DifferenceType"]
    return PropertyDifference(
        path=data["PropertyPath"].strip("/").replace("/", "."),
        expected=None if kind == "ADD" else data["ExpectedValue"],
        actual=None if kind == "REMOVE" else data["ActualValue"],
    )
