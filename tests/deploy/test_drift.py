"""Drift in pages, and of what could not be checked."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.aws.steps import Pace
from cfngen.deploy.drift import PropertyDifference, StackDrift, detect
from tests.support.stubbed import NOW, STACK_ID, Cloud, FakeClock, finish


def check(cloud: Cloud) -> StackDrift:
    clock = FakeClock()
    found = finish(detect(cloud.account, "one", "dev-one", Pace(clock)), clock)
    cloud.done()
    assert isinstance(found, StackDrift)
    return found


def detection(status: str, drift: str, **more: Any) -> dict[str, Any]:
    made = {"StackId": STACK_ID, "StackDriftDetectionId": "d", "Timestamp": NOW}
    return made | {"DetectionStatus": status, "StackDriftStatus": drift} | more


def drifted(name: str, *differences: dict[str, str], **more: Any) -> dict[str, Any]:
    about = {"StackId": STACK_ID, "LogicalResourceId": name, "ResourceType": "AWS::SNS::Topic"}
    status = {"StackResourceDriftStatus": "MODIFIED", "PropertyDifferences": list(differences)}
    return about | {"Timestamp": NOW} | status | more


def test_it_waits_for_the_check_and_reads_all_pages() -> None:
    cloud = Cloud().stack("CREATE_COMPLETE").answer("DetectStackDrift", {"StackDriftDetectionId": "d"})
    cloud.answer("DescribeStackDriftDetectionStatus", detection("DETECTION_IN_PROGRESS", "UNKNOWN"))
    cloud.answer("DescribeStackDriftDetectionStatus", detection("DETECTION_COMPLETE", "DRIFTED"))
    same = {"PropertyPath": "/Tags/0", "ExpectedValue": "x", "ActualValue": "y"}
    for name, token in (("A", {"NextToken": "more"}), ("B", {})):
        kinds = [same | {"DifferenceType": kind} for kind in ("ADD", "REMOVE", "NOT_EQUAL")]
        page = {"StackResourceDrifts": [drifted(name, *kinds)]} | token
        cloud.answer("DescribeStackResourceDrifts", page)
    found = check(cloud)
    assert (found.result, [each.logical_id for each in found.resources]) == ("drifted", ["A", "B"])
    assert found.resources[0].differences == (
        PropertyDifference("Tags.0", None, "y"),
        PropertyDifference("Tags.0", "x", None),
        PropertyDifference("Tags.0", "x", "y"),
    )


@pytest.mark.parametrize("status", ["UNKNOWN", "NOT_CHECKED"])
def test_a_check_that_failed_is_no_all_clear(status: str) -> None:
    cloud = Cloud().stack("CREATE_COMPLETE").answer("DetectStackDrift", {"StackDriftDetectionId": "d"})
    failed = detection("DETECTION_FAILED", status, DetectionStatusReason="cannot read Key")
    cloud.answer("DescribeStackDriftDetectionStatus", failed)
    cloud.answer("DescribeStackResourceDrifts", {"StackResourceDrifts": []})
    found = check(cloud)
    assert (found.result, found.reason) == ("unknown", "cannot read Key")


def test_denied_is_a_failure() -> None:
    found = check(Cloud().stack("CREATE_COMPLETE").refuse("DetectStackDrift", "AccessDenied"))
    assert found.result == "failed"
    assert "allow cloudformation:DetectStackDrift" in (found.reason or "")


def test_the_same_json_written_otherwise_is_no_drift() -> None:
    cloud = Cloud().stack("CREATE_COMPLETE").answer("DetectStackDrift", {"StackDriftDetectionId": "d"})
    cloud.answer("DescribeStackDriftDetectionStatus", detection("DETECTION_COMPLETE", "DRIFTED"))
    values = {"ExpectedValue": '{"a": 1,\n "b": [2]}', "ActualValue": '{"b":[2],"a":1}'}
    same = {"PropertyPath": "/Policy", "DifferenceType": "NOT_EQUAL"} | values
    cloud.answer("DescribeStackResourceDrifts", {"StackResourceDrifts": [drifted("A", same)]})
    found = check(cloud)
    assert (found.result, found.resources) == ("in-sync", ())
