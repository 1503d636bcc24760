"""CloudTrail: Insights selectors, event aggregation, what was delivered, and the key that signs digests."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from cfngen.sandbox import delivery, private
from cfngen.sandbox.operations.serving import RefusedError

# Kept with the trail, so that they go when it goes.
_INSIGHTS = "_InsightSelectors"
_CONFIGURATION = "_EventConfiguration"
private.cloudtrail.TRAIL_STATE_KEYS |= {_INSIGHTS, _CONFIGURATION}


def _trail(given: dict[str, Any]) -> dict[str, Any]:
    _name, _region, trail = private.cloudtrail.find_visible_trail(given.get("TrailName", ""))
    if trail is None:
        raise RefusedError("TrailNotFoundException", f"Unknown trail: {given.get('TrailName')}")
    found: dict[str, Any] = trail
    return found


def _put_insights(given: dict[str, Any]) -> dict[str, Any]:
    trail = _trail(given)
    trail[_INSIGHTS] = given["InsightSelectors"]
    trail["HasInsightSelectors"] = bool(given["InsightSelectors"])
    return {"TrailARN": trail["TrailARN"], "InsightSelectors": trail[_INSIGHTS]}


def _get_insights(given: dict[str, Any]) -> dict[str, Any]:
    trail = _trail(given)
    if not trail.get(_INSIGHTS):
        raise RefusedError("InsightNotEnabledException", f"{trail['Name']} has no Insights selectors")
    return {"TrailARN": trail["TrailARN"], "InsightSelectors": trail[_INSIGHTS]}


def _put_configuration(given: dict[str, Any]) -> dict[str, Any]:
    trail = _trail(given)
    trail[_CONFIGURATION] = {key: value for key, value in given.items() if key != "TrailName"}
    return _get_configuration(given)


def _get_configuration(given: dict[str, Any]) -> dict[str, Any]:
    trail = _trail(given)
    return {"TrailARN": trail["TrailARN"], **trail.get(_CONFIGURATION, {"AggregationConfigurations": []})}


def _status(given: dict[str, Any]) -> dict[str, Any]:
    code, _, body = private.cloudtrail.get_trail_status(given)
    answer: dict[str, Any] = json.loads(body)
    if code != HTTPStatus.OK:
        raise RefusedError(answer["__type"], answer["message"], code)
    _name, _region, trail = private.cloudtrail.find_visible_trail(given["Name"].strip())
    times = {
        name: value
        for name, value in trail.get(delivery.STATUS, {}).items()
        if not name.endswith("AttemptTime")
    }
    return {**answer, **times}


def _keys(_given: dict[str, Any]) -> dict[str, Any]:
    return {"PublicKeyList": [delivery.public_key()]}


OPERATIONS = {
    "GetTrailStatus": _status,
    "ListPublicKeys": _keys,
    "PutInsightSelectors": _put_insights,
    "GetInsightSelectors": _get_insights,
    "PutEventConfiguration": _put_configuration,
    "GetEventConfiguration": _get_configuration,
}
