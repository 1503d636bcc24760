"""Alarms, metrics, dashboards, notifications.

https://aws.amazon.com/cloudwatch/pricing/ · https://aws.amazon.com/sns/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import Quantity

ONE: Final = Quantity.of(1)


def alarm(resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """An alarm is charged for each metric that it watches."""
    metrics = [item for item in resource.properties.get("Metrics", ()) if "MetricStat" in item]
    yield Charge("cloudwatch.alarm", Quantity.of(max(len(metrics), 1)))


def metric_filter(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """A metric is charged for the hours in which it gets a value; with a default value, always."""
    for transformation in resource.properties.get("MetricTransformations", ()):
        always = "DefaultValue" in transformation
        quantity = ONE if always else account.usage.get("active_metrics")
        yield Charge("cloudwatch.metric", quantity, () if always else ("active_metrics",))


def dashboard(_resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """A dashboard."""
    yield Charge("cloudwatch.dashboard", ONE)


def topic(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Messages published."""
    yield Charge("sns.requests", account.usage.get("notifications"), ("notifications",))


def subscription(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Messages delivered by e-mail; deliveries to AWS services are free."""
    if str(resource.properties.get("Protocol", "")).startswith("email"):
        yield Charge("sns.email", account.usage.get("notifications"), ("notifications",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
}
