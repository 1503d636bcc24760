"""Security Hub: the hub of a Region, its standards and the aggregation of findings; nothing is checked.

A standard and an aggregator want the hub first:
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchEnableStandards.html
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, now_iso

from cfngen.sandbox.operations.serving import RefusedError

_HUBS = AccountRegionScopedDict()
_STANDARDS = AccountRegionScopedDict()
_AGGREGATORS = AccountRegionScopedDict()
_HUB = "default"


def _enable(given: dict[str, Any]) -> dict[str, Any]:
    if _HUB in _HUBS:
        raise RefusedError("ResourceConflictException", "Account is already subscribed to Security Hub", 409)
    _HUBS[_HUB] = {
        "HubArn": _arn(f"hub/{_HUB}"),
        "SubscribedAt": now_iso(),
        "AutoEnableControls": True,
        "ControlFindingGenerator": given.get("ControlFindingGenerator", "SECURITY_CONTROL"),
        "_tags": dict(given.get("Tags", {})),
    }
    return {}


def _describe(_given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _hub().items() if not name.startswith("_")}


def _configure(given: dict[str, Any]) -> dict[str, Any]:
    _hub().update(
        {name: given[name] for name in ("AutoEnableControls", "ControlFindingGenerator") if name in given}
    )
    return {}


def _disable(_given: dict[str, Any]) -> dict[str, Any]:
    _hub()
    for store in (_HUBS, _STANDARDS, _AGGREGATORS):
        for name in list(store):
            del store[name]
    return {}


def _enable_standards(given: dict[str, Any]) -> dict[str, Any]:
    _hub()
    made = []
    for request in given["StandardsSubscriptionRequests"]:
        arn = _arn(f"subscription/{request['StandardsArn'].partition('standards/')[2]}")
        _STANDARDS[arn] = {
            "StandardsSubscriptionArn": arn,
            "StandardsArn": request["StandardsArn"],
            "StandardsInput": request.get("StandardsInput", {}),
            "StandardsStatus": "READY",
        }
        made.append(_STANDARDS[arn])
    return {"StandardsSubscriptions": made}


def _enabled_standards(given: dict[str, Any]) -> dict[str, Any]:
    _hub()
    wanted = given.get("StandardsSubscriptionArns") or list(_STANDARDS)
    return {"StandardsSubscriptions": [_STANDARDS[arn] for arn in wanted if arn in _STANDARDS]}


def _disable_standards(given: dict[str, Any]) -> dict[str, Any]:
    _hub()
    gone = [arn for arn in given["StandardsSubscriptionArns"] if arn in _STANDARDS]
    return {
        "StandardsSubscriptions": [{**_STANDARDS.pop(arn), "StandardsStatus": "DELETING"} for arn in gone]
    }


def _aggregate(given: dict[str, Any]) -> dict[str, Any]:
    _hub()
    if list(_AGGREGATORS):
        raise RefusedError("ResourceConflictException", "There is a finding aggregator already", 409)
    arn = _arn(f"finding-aggregator/{uuid4()}")
    _AGGREGATORS[arn] = {"FindingAggregatorArn": arn, "FindingAggregationRegion": get_region()}
    return _update_aggregator({**given, "FindingAggregatorArn": arn})


def _aggregator(given: dict[str, Any]) -> dict[str, Any]:
    arn = given["FindingAggregatorArn"]
    if arn not in _AGGREGATORS:
        raise RefusedError("ResourceNotFoundException", f"{arn} does not exist", 404)
    found: dict[str, Any] = _AGGREGATORS[arn]
    return found


def _update_aggregator(given: dict[str, Any]) -> dict[str, Any]:
    found = _aggregator(given)
    found["RegionLinkingMode"] = given["RegionLinkingMode"]
    found["Regions"] = given.get("Regions", [])
    return found


def _delete_aggregator(given: dict[str, Any]) -> dict[str, Any]:
    del _AGGREGATORS[_aggregator(given)["FindingAggregatorArn"]]
    return {}


def _tag(given: dict[str, Any]) -> dict[str, Any]:
    _hub()["_tags"].update(given["Tags"])
    return {}


def _untag(given: dict[str, Any]) -> dict[str, Any]:
    for key in given.get("tagKeys", []):
        _hub()["_tags"].pop(key, None)
    return {}


def _list_tags(_given: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": _hub()["_tags"]}


def _hub() -> dict[str, Any]:
    if _HUB not in _HUBS:
        raise RefusedError(
            "InvalidAccessException", f"Account {get_account_id()} is not subscribed to AWS Security Hub", 401
        )
    found: dict[str, Any] = _HUBS[_HUB]
    return found


def _arn(resource: str) -> str:
    return f"arn:aws:securityhub:{get_region()}:{get_account_id()}:{resource}"


OPERATIONS = {
    "BatchDisableStandards": _disable_standards,
    "BatchEnableStandards": _enable_standards,
    "CreateFindingAggregator": _aggregate,
    "DeleteFindingAggregator": _delete_aggregator,
    "DescribeHub": _describe,
    "DisableSecurityHub": _disable,
    "EnableSecurityHub": _enable,
    "GetEnabledStandards": _enabled_standards,
    "GetFindingAggregator": _aggregator,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateFindingAggregator": _update_aggregator,
    "UpdateSecurityHubConfiguration": _configure,
}


def reset() -> None:
    """Empty every account and Region."""
    for store in (_HUBS, _STANDARDS, _AGGREGATORS):
        store.clear()
