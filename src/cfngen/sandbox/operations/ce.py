"""Cost Explorer: anomaly monitors and subscriptions."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountScopedDict, get_account_id, new_uuid, now_iso

from cfngen.sandbox.operations.serving import RefusedError

_MONITORS = AccountScopedDict()
_SUBSCRIPTIONS = AccountScopedDict()
_TAGS = AccountScopedDict()


def _create_monitor(given: dict[str, Any]) -> dict[str, Any]:
    dimension = given["AnomalyMonitor"].get("MonitorDimension")
    if dimension and any(item.get("MonitorDimension") == dimension for item in _MONITORS.values()):
        # One a dimension and account, so CloudFormation can never replace one.
        # https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
        raise RefusedError("ValidationException", "Limit exceeded on dimensional spend monitor creation")
    return _create(given, "AnomalyMonitor", "MonitorArn", _MONITORS, CreationDate=now_iso()[:10])


def _create_subscription(given: dict[str, Any]) -> dict[str, Any]:
    _need_monitors(given["AnomalySubscription"])
    return _create(
        given, "AnomalySubscription", "SubscriptionArn", _SUBSCRIPTIONS, AccountId=get_account_id()
    )


def _create(
    given: dict[str, Any], member: str, key: str, store: AccountScopedDict, **more: str
) -> dict[str, Any]:
    arn = f"arn:aws:ce::{get_account_id()}:{member.lower()}/{new_uuid()}"
    store[arn] = {**given[member], **more, key: arn}
    _TAGS[arn] = given.get("ResourceTags", [])
    return {key: arn}


def _get_monitors(given: dict[str, Any]) -> dict[str, Any]:
    return {"AnomalyMonitors": _listed(_MONITORS, given.get("MonitorArnList"))}


def _get_subscriptions(given: dict[str, Any]) -> dict[str, Any]:
    found = _listed(_SUBSCRIPTIONS, given.get("SubscriptionArnList"))
    monitor = given.get("MonitorArn")
    return {
        "AnomalySubscriptions": [item for item in found if not monitor or monitor in item["MonitorArnList"]]
    }


def _update_monitor(given: dict[str, Any]) -> dict[str, Any]:
    _found(_MONITORS, given["MonitorArn"], "UnknownMonitorException").update(given)
    return {"MonitorArn": given["MonitorArn"]}


def _update_subscription(given: dict[str, Any]) -> dict[str, Any]:
    found = _found(_SUBSCRIPTIONS, given["SubscriptionArn"], "UnknownSubscriptionException")
    _need_monitors(given)
    found.update(given)
    return {"SubscriptionArn": given["SubscriptionArn"]}


def _delete_monitor(given: dict[str, Any]) -> dict[str, Any]:
    _found(_MONITORS, given["MonitorArn"], "UnknownMonitorException")
    del _MONITORS[given["MonitorArn"]]
    return {}


def _delete_subscription(given: dict[str, Any]) -> dict[str, Any]:
    _found(_SUBSCRIPTIONS, given["SubscriptionArn"], "UnknownSubscriptionException")
    del _SUBSCRIPTIONS[given["SubscriptionArn"]]
    return {}


def _list_tags(given: dict[str, Any]) -> dict[str, Any]:
    return {"ResourceTags": _TAGS.get(given["ResourceArn"], [])}


def _need_monitors(subscription: dict[str, Any]) -> None:
    for arn in subscription.get("MonitorArnList", []):
        _found(_MONITORS, arn, "UnknownMonitorException")


def _found(store: AccountScopedDict, arn: str, code: str) -> dict[str, Any]:
    if arn not in store:
        raise RefusedError(code, f"{arn} does not exist")
    found: dict[str, Any] = store[arn]
    return found


def _listed(store: AccountScopedDict, arns: list[str] | None) -> list[dict[str, Any]]:
    return [item for arn, item in store.items() if not arns or arn in arns]


OPERATIONS = {
    "CreateAnomalyMonitor": _create_monitor,
    "CreateAnomalySubscription": _create_subscription,
    "DeleteAnomalyMonitor": _delete_monitor,
    "DeleteAnomalySubscription": _delete_subscription,
    "GetAnomalyMonitors": _get_monitors,
    "GetAnomalySubscriptions": _get_subscriptions,
    "ListTagsForResource": _list_tags,
    "UpdateAnomalyMonitor": _update_monitor,
    "UpdateAnomalySubscription": _update_subscription,
}


def reset() -> None:
    """Empty every account."""
    for store in (_MONITORS, _SUBSCRIPTIONS, _TAGS):
        store.clear()
