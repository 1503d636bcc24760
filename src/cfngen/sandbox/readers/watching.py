"""CloudWatch, CloudWatch Logs, EventBridge and SNS."""

from __future__ import annotations

import json
from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties, tags


def log_group(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_log_groups and list_tags_for_resource."""
    api = aws.client("logs")
    groups = api.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (found,) = [group for group in groups if group["logGroupName"] == name]
    arn = found["arn"].removesuffix(":*")
    return {**found, "Tags": tags(api.list_tags_for_resource(resourceArn=arn)["tags"])}


def metric_filter(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """describe_metric_filters."""
    found = aws.client("logs").describe_metric_filters(
        logGroupName=given["LogGroupName"], filterNamePrefix=name
    )
    (match,) = [item for item in found["metricFilters"] if item["filterName"] == name]
    return dict(match)


def subscription_filter(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """describe_subscription_filters."""
    name = given.get("FilterName", name)  # of its identifier, the log group's name is the end
    found = aws.client("logs").describe_subscription_filters(
        logGroupName=given["LogGroupName"], filterNamePrefix=name
    )
    (match,) = [item for item in found["subscriptionFilters"] if item["filterName"] == name]
    return dict(match)


def alarm(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_alarms and list_tags_for_resource."""
    api = aws.client("cloudwatch")
    (found,) = api.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {**found, "Tags": api.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]}


def dashboard(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """get_dashboard and list_tags_for_resource."""
    api = aws.client("cloudwatch")
    found = api.get_dashboard(DashboardName=name)
    return {**found, "Tags": api.list_tags_for_resource(ResourceARN=found["DashboardArn"])["Tags"]}


def rule(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """describe_rule, list_targets_by_rule and list_tags_for_resource."""
    api = aws.client("events")
    bus = {"EventBusName": given["EventBusName"]} if "EventBusName" in given else {}
    found = api.describe_rule(Name=name.rpartition("|")[2], **bus)
    return {
        **found,
        "Targets": api.list_targets_by_rule(Rule=found["Name"], **bus)["Targets"],
        "Tags": api.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"],
    }


def topic(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_topic_attributes, list_tags_for_resource and list_subscriptions_by_topic."""
    api = aws.client("sns")
    return {
        **api.get_topic_attributes(TopicArn=arn)["Attributes"],
        "TopicName": arn.rpartition(":")[2],
        "Tags": api.list_tags_for_resource(ResourceArn=arn)["Tags"],
        "Subscription": api.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"],
    }


def topic_policy(aws: EmulatedAccount, _: str, given: Properties) -> dict[str, Any]:
    """The Policy attribute of each topic."""
    api = aws.client("sns")
    documents = [
        json.loads(api.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]) for arn in given["Topics"]
    ]
    if any(document != documents[0] for document in documents):
        return {"Topics": given["Topics"], "PolicyDocument": documents}
    return {"Topics": given["Topics"], "PolicyDocument": documents[0]}


def subscription(aws: EmulatedAccount, arn: str, given: Properties) -> dict[str, Any]:
    """list_subscriptions_by_topic: an e-mail subscription has no ARN before it is confirmed."""
    api = aws.client("sns")
    if "TopicArn" not in given:
        found = api.list_subscriptions()["Subscriptions"]
        return dict(next(item for item in found if item["SubscriptionArn"] == arn))
    found = api.list_subscriptions_by_topic(TopicArn=given["TopicArn"])["Subscriptions"]
    wanted = given["Protocol"], given["Endpoint"]
    return dict(next(item for item in found if (item["Protocol"], item["Endpoint"]) == wanted))
