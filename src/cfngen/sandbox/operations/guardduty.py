"""GuardDuty: the one detector of a Region and its protection plans; nothing is detected.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, now_iso

from cfngen.sandbox.operations.serving import RefusedError

_DETECTORS = AccountRegionScopedDict()


def _create(given: dict[str, Any]) -> dict[str, Any]:
    if list(_DETECTORS):
        raise RefusedError(
            "BadRequestException",
            "The request is rejected because a detector already exists for the current account.",
        )
    identifier, now = uuid4().hex, now_iso()
    _DETECTORS[identifier] = {
        "createdAt": now,
        "serviceRole": f"arn:aws:iam::{get_account_id()}:role/aws-service-role/guardduty.amazonaws.com/"
        "AWSServiceRoleForAmazonGuardDuty",
        "features": [],
        "tags": given.get("tags", {}),
        "findingPublishingFrequency": "SIX_HOURS",
    }
    _update({**given, "DetectorId": identifier})
    return {"detectorId": identifier}


def _get(given: dict[str, Any]) -> dict[str, Any]:
    return dict(_found(given["DetectorId"]))


def _list(_given: dict[str, Any]) -> dict[str, Any]:
    return {"detectorIds": list(_DETECTORS)}


def _update(given: dict[str, Any]) -> dict[str, Any]:
    detector = _found(given["DetectorId"])
    now = now_iso()
    features = {feature["name"]: feature for feature in detector["features"]}
    features |= {feature["name"]: {**feature, "updatedAt": now} for feature in given.get("features", [])}
    detector["features"] = list(features.values())
    detector["updatedAt"] = now
    if "enable" in given:
        detector["status"] = "ENABLED" if given["enable"] else "DISABLED"
    if "findingPublishingFrequency" in given:
        detector["findingPublishingFrequency"] = given["findingPublishingFrequency"]
    return {}


def _delete(given: dict[str, Any]) -> dict[str, Any]:
    _found(given["DetectorId"])
    del _DETECTORS[given["DetectorId"]]
    return {}


def _tag(given: dict[str, Any]) -> dict[str, Any]:
    _by_arn(given)["tags"].update(given["tags"])
    return {}


def _untag(given: dict[str, Any]) -> dict[str, Any]:
    for key in given.get("tagKeys", []):
        _by_arn(given)["tags"].pop(key, None)
    return {}


def _list_tags(given: dict[str, Any]) -> dict[str, Any]:
    return {"tags": _by_arn(given)["tags"]}


def arn_of(detector: str) -> str:
    """The ARN of a detector of the current account and Region."""
    return f"arn:aws:guardduty:{get_region()}:{get_account_id()}:detector/{detector}"


def _found(identifier: str) -> dict[str, Any]:
    if identifier not in _DETECTORS:
        raise RefusedError(
            "BadRequestException",
            "The request is rejected because the input detectorId is not owned by the current account.",
        )
    found: dict[str, Any] = _DETECTORS[identifier]
    return found


def _by_arn(given: dict[str, Any]) -> dict[str, Any]:
    return _found(given["ResourceArn"].rpartition("/")[2])


OPERATIONS = {
    "CreateDetector": _create,
    "DeleteDetector": _delete,
    "GetDetector": _get,
    "ListDetectors": _list,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateDetector": _update,
}

reset = _DETECTORS.clear
