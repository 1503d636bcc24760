"""GuardDuty and Security Hub."""

from __future__ import annotations

from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties, tags


def detector(aws: EmulatedAccount, identifier: str, _: Properties) -> dict[str, Any]:
    """The GuardDuty API's get_detector and list_tags_for_resource."""
    api = aws.client("guardduty")
    found = api.get_detector(DetectorId=identifier)
    arn = f"arn:aws:guardduty:{api.meta.region_name}:{aws.account}:detector/{identifier}"
    return {
        **found,
        "Enable": found["Status"] == "ENABLED",
        "Tags": tags(api.list_tags_for_resource(ResourceArn=arn)["Tags"]),
    }


def hub(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """describe_hub, list_tags_for_resource; the default standards are those that are enabled."""
    api = aws.client("securityhub")
    return {
        **api.describe_hub(HubArn=arn),
        "Tags": api.list_tags_for_resource(ResourceArn=arn)["Tags"],
    }


def standard(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_enabled_standards."""
    found = aws.client("securityhub").get_enabled_standards(StandardsSubscriptionArns=[arn])
    return dict(next(iter(found["StandardsSubscriptions"])))


def aggregator(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_finding_aggregator."""
    return dict(aws.client("securityhub").get_finding_aggregator(FindingAggregatorArn=arn))
