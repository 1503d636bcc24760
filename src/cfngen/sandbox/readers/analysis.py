"""Glue, Athena, Logs Insights; budgets and cost anomalies."""

from __future__ import annotations

from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties


def database(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """The Glue API's get_database."""
    return {
        "DatabaseInput": aws.client("glue").get_database(Name=name)["Database"],
        "CatalogId": given.get("CatalogId", aws.account),
        "DatabaseName": name,
    }


def table(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """The Glue API's get_table."""
    found = aws.client("glue").get_table(DatabaseName=given["DatabaseName"], Name=name.rpartition("|")[2])[
        "Table"
    ]
    return {
        "TableInput": found,
        "DatabaseName": found["DatabaseName"],
        "CatalogId": found.get("CatalogId", given.get("CatalogId", aws.account)),
    }


def workgroup(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """get_work_group and list_tags_for_resource."""
    api = aws.client("athena")
    found = api.get_work_group(WorkGroup=name)["WorkGroup"]
    region = api.meta.region_name
    arn = f"arn:aws:athena:{region}:{aws.account}:workgroup/{name}"
    return {
        **found,
        "WorkGroupConfiguration": found["Configuration"],
        "Tags": api.list_tags_for_resource(ResourceARN=arn)["Tags"],
    }


def named_query(aws: EmulatedAccount, identifier: str, _: Properties) -> dict[str, Any]:
    """get_named_query."""
    return dict(aws.client("athena").get_named_query(NamedQueryId=identifier)["NamedQuery"])


def query_definition(aws: EmulatedAccount, identifier: str, _: Properties) -> dict[str, Any]:
    """describe_query_definitions."""
    found = aws.client("logs").describe_query_definitions()["queryDefinitions"]
    return dict(next(item for item in found if item["queryDefinitionId"] == identifier))


def budget(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_budget, its notifications, their subscribers and list_tags_for_resource."""
    api = aws.client("budgets")
    found = api.describe_budget(AccountId=aws.account, BudgetName=name)["Budget"]
    notifications = api.describe_notifications_for_budget(AccountId=aws.account, BudgetName=name)[
        "Notifications"
    ]
    return {
        "Budget": found,
        "NotificationsWithSubscribers": [
            {
                "Notification": item,
                "Subscribers": api.describe_subscribers_for_notification(
                    AccountId=aws.account, BudgetName=name, Notification=item
                )["Subscribers"],
            }
            for item in notifications
        ],
        "ResourceTags": api.list_tags_for_resource(
            ResourceARN=f"arn:aws:budgets::{aws.account}:budget/{name}"
        )["ResourceTags"],
    }


def anomaly_monitor(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_anomaly_monitors and list_tags_for_resource."""
    api = aws.client("ce")
    (found,) = api.get_anomaly_monitors(MonitorArnList=[arn])["AnomalyMonitors"]
    return {**found, "ResourceTags": api.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]}


def anomaly_subscription(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_anomaly_subscriptions and list_tags_for_resource."""
    api = aws.client("ce")
    (found,) = api.get_anomaly_subscriptions(SubscriptionArnList=[arn])["AnomalySubscriptions"]
    return {**found, "ResourceTags": api.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]}
