"""AWS Budgets and Cost Anomaly Detection."""

from __future__ import annotations

from ministack.core.responses import get_account_id

from cfngen.sandbox.calls import call
from cfngen.sandbox.resources.kinds import Properties, ResourceType, as_tags, tag_changes


def _create_budget(name: str, given: Properties) -> str:
    budget = {"BudgetName": name, **given["Budget"]}
    call(
        "budgets",
        "CreateBudget",
        AccountId=get_account_id(),
        Budget=budget,
        NotificationsWithSubscribers=given.get("NotificationsWithSubscribers"),
    )
    return str(budget["BudgetName"])


def _configure_budget(name: str, new: Properties, old: Properties) -> None:
    account = get_account_id()
    call("budgets", "UpdateBudget", AccountId=account, NewBudget={"BudgetName": name, **new["Budget"]})
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    wanted, gone = tag_changes(new, old, "ResourceTags")
    call("budgets", "TagResource", ResourceARN=arn, ResourceTags=as_tags(wanted))
    call("budgets", "UntagResource", ResourceARN=arn, ResourceTagKeys=gone)


def _delete_budget(name: str, _: Properties) -> None:
    call("budgets", "DeleteBudget", AccountId=get_account_id(), BudgetName=name)


def _create_monitor(_: str, given: Properties) -> str:
    monitor = {key: value for key, value in given.items() if key != "ResourceTags"}
    answer = call(
        "ce", "CreateAnomalyMonitor", AnomalyMonitor=monitor, ResourceTags=given.get("ResourceTags")
    )
    return str(answer["MonitorArn"])


def _configure_monitor(arn: str, new: Properties, _: Properties) -> None:
    call("ce", "UpdateAnomalyMonitor", MonitorArn=arn, MonitorName=new["MonitorName"])


def _create_subscription(_: str, given: Properties) -> str:
    subscription = {key: value for key, value in given.items() if key != "ResourceTags"}
    answer = call(
        "ce",
        "CreateAnomalySubscription",
        AnomalySubscription=subscription,
        ResourceTags=given.get("ResourceTags"),
    )
    return str(answer["SubscriptionArn"])


def _configure_subscription(arn: str, new: Properties, _: Properties) -> None:
    changes = {key: value for key, value in new.items() if key != "ResourceTags"}
    call("ce", "UpdateAnomalySubscription", SubscriptionArn=arn, **changes)


def _delete_subscription(arn: str, _: Properties) -> None:
    call("ce", "DeleteAnomalySubscription", SubscriptionArn=arn)


def _delete_monitor(arn: str, _: Properties) -> None:
    call("ce", "DeleteAnomalyMonitor", MonitorArn=arn)


TYPES = (
    ResourceType(
        "AWS::Budgets::Budget",
        create=_create_budget,
        configure=_configure_budget,
        delete=_delete_budget,
        create_only=("NotificationsWithSubscribers",),
        tags="ResourceTags",
    ),
    ResourceType(
        "AWS::CE::AnomalyMonitor",
        create=_create_monitor,
        configure=_configure_monitor,
        delete=_delete_monitor,
        attributes=lambda arn, _: {"MonitorArn": arn},
        create_only=("MonitorType", "MonitorDimension", "MonitorSpecification", "ResourceTags"),
    ),
    ResourceType(
        "AWS::CE::AnomalySubscription",
        create=_create_subscription,
        configure=_configure_subscription,
        delete=_delete_subscription,
        attributes=lambda arn, _: {"SubscriptionArn": arn},
        create_only=("ResourceTags",),
    ),
)
