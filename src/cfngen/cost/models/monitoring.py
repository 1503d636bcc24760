"""Alarms, metrics, dashboards, notifications, events.

https://aws.amazon.com/cloudwatch/pricing/ · https://aws.amazon.com/sns/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import Quantity
from cfngen.cost.shape import mapping, mappings, number

ONE: Final = Quantity.of(1)
MINUTE: Final = Decimal(60)  # seconds


def alarm(resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """An alarm is charged for each metric that it watches; one on a band of what is normal, for three.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html: a period of
    10, 20 or 30 seconds makes a high-resolution alarm.
    """
    queries = mappings(resource.properties.get("Metrics"))
    metrics = [mapping(item["MetricStat"]) for item in queries if "MetricStat" in item]
    expressions = [str(item.get("Expression", "")).lstrip().upper() for item in queries]
    periods = [number(each.get("Period")) for each in (resource.properties, *metrics)]
    high = any(period is not None and period < MINUTE for period in periods)
    key = "cloudwatch.alarm.high-resolution" if high else "cloudwatch.alarm"
    band = any("ANOMALY_DETECTION_BAND" in each for each in expressions)
    many = any(each.startswith("SELECT") for each in expressions)
    note = (
        "an alarm on a query is charged for each metric that the query reads: counted as one" if many else ""
    )
    yield Charge(key, Quantity.of(max(len(metrics), 1) * (3 if band else 1)), note=note)


def composite(_resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """An alarm on other alarms."""
    yield Charge("cloudwatch.alarm.composite", ONE)


def metric_filter(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """A metric is charged for the hours in which it gets a value; with a default value, always."""
    for transformation in mappings(resource.properties.get("MetricTransformations")):
        always = "DefaultValue" in transformation
        quantity = ONE if always else account.usage.get("active_metrics")
        dimensions = bool(transformation.get("Dimensions"))
        note = (
            "a metric filter with dimensions makes a metric for each value: counted as one"
            if dimensions
            else ""
        )
        yield Charge("cloudwatch.metric", quantity, () if always else ("active_metrics",), note)


def dashboard(_resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """A dashboard."""
    yield Charge("cloudwatch.dashboard", ONE)


def topic(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Messages published."""
    yield Charge("sns.requests", account.usage.get("notifications"), ("notifications",))


def subscription(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Messages delivered by e-mail; deliveries to SQS and Lambda are free."""
    protocol = str(resource.properties.get("Protocol", ""))
    if protocol.startswith("email"):
        yield Charge("sns.email", account.usage.get("notifications"), ("notifications",))
    elif protocol not in {"sqs", "lambda"}:
        item = f"notifications by {protocol}"
        yield Charge("sns.unknown", account.usage.get("notifications"), ("notifications",), item=item)


def bus(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Events that a program sends to a bus of its own; those of AWS services are free.

    https://aws.amazon.com/eventbridge/pricing/
    """
    yield Charge("events.custom", account.usage.get("custom_events"), ("custom_events",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Events::EventBus": bus,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
}
