"""CloudTrail, and what it writes to CloudWatch Logs.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-costs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource, selects
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import NOTHING, Quantity, total
from cfngen.cost.shape import mappings, number
from cfngen.cost.usage import Assumed

RATE: Final = "ApiCallRateInsight"
ERROR: Final = "ApiErrorRateInsight"
DELIVERY: Final = (
    "sources differ on 0.25 US dollars a GB for CloudTrail's delivery to CloudWatch Logs: not counted"
)
"""https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-costs.html names no such charge."""


def analysed(read: Quantity, write: Quantity, types: set[str]) -> Quantity:
    """The management events that Insights analyses: the call rate looks at writes, the error rate at all.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/insights-events-costs.html

    >>> analysed(Quantity.of(270_000), Quantity.of(30_000), {RATE, ERROR}).expected
    Decimal('330000')
    """
    rate = write if RATE in types else NOTHING
    error = read + write if ERROR in types else NOTHING
    return rate + error


def trail(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The copies of management events after the first, data and network events, Insights, aggregation."""
    categories = selects(resource)
    management, data = "Management" in categories, "Data" in categories
    events, objects = account.usage.get("management_events"), account.usage.get("data_events")
    if management:
        others = account.usage.get("other_trails")
        ahead = [other for other in account.typed(resource.type) if "Management" in selects(other)]
        first = ahead[0] == resource
        copies = events if not first else events * others.map(lambda count: min(count, Decimal(1)))
        note = "" if copies else "the first copy of management events is free"
        yield Charge("cloudtrail.management.copy", copies, ("management_events", "other_trails"), note)
    if data:
        yield Charge("cloudtrail.data", objects, ("data_events",))
    if "NetworkActivity" in categories:
        yield Charge("cloudtrail.network", account.usage.get("network_events"), ("network_events",))
    for category, price in (("Management", "management"), ("Data", "data")):
        types = _insights(resource, category)
        if types and management and category == "Management":
            write = events * account.usage.get("write_share")
            quantity = analysed(events - write, write, types)
            yield Charge(f"cloudtrail.insights.{price}", quantity, ("management_events", "write_share"))
        elif types and data and category == "Data":
            yield Charge(f"cloudtrail.insights.{price}", objects * Quantity.of(len(types)), ("data_events",))
    if data and resource.properties.get("AggregationConfigurations"):
        yield Charge("cloudtrail.aggregation", objects, ("data_events",))


def log_group(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What comes in, and what is kept for the retention."""
    trails = account.log_trails(resource)
    own = account.usage.own(resource.stack, resource.logical_id, "log_gb")
    note = ""
    if trails and own is None:
        events = total([account.recorded(source) for source in trails])
        names = dict.fromkeys(name for source in trails for name in account.events(source))
        # CloudTrail's documentation counts with gigabytes of 10^9 bytes here.
        incoming = events * account.usage.get("event_bytes").map(lambda size: size / 10**9)
        assumptions: tuple[str, ...] = (*names, "event_bytes")
        note = DELIVERY
    else:
        incoming, name = own or Assumed(account.usage.get("log_gb"), "log_gb")
        assumptions = (name,)
    kind = str(resource.properties.get("LogGroupClass", "STANDARD"))
    key = {"STANDARD": "logs.ingestion", "INFREQUENT_ACCESS": "logs.ingestion.infrequent-access"}.get(kind)
    yield Charge(key or "logs.ingestion.unknown", incoming, assumptions, note, f"log ingestion, class {kind}")
    age = account.usage.get("months")
    days = number(resource.properties.get("RetentionInDays"))
    if days is not None:
        age = age.map(lambda months: min(months, days / 30))
    stored = incoming * age * account.usage.get("log_compression")
    yield Charge("logs.storage", stored, (*assumptions, "months", "log_compression"))


def _insights(resource: ChargedResource, category: str) -> set[str]:
    return {
        str(selector.get("InsightType"))
        for selector in mappings(resource.properties.get("InsightSelectors"))
        if category in (selector.get("EventCategories") or ["Management"])
    }


def query(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What the stored queries scan together, with the first of them."""
    if next(account.typed(resource.type)) == resource:
        yield Charge("logs.scan", account.usage.get("log_queries_gb"), ("log_queries_gb",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::CloudTrail::Trail": trail,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::QueryDefinition": query,
}
