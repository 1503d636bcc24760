"""GuardDuty's detector, Security Hub, its standards and its aggregator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cfngen.sandbox.calls import call
from cfngen.sandbox.operations.guardduty import arn_of
from cfngen.sandbox.resources.kinds import Properties, ResourceType, tag_changes


def _create_detector(_: str, given: Properties) -> str:
    return str(call("guardduty", "CreateDetector", Enable=given["Enable"])["DetectorId"])


def _configure_detector(identifier: str, new: Properties, old: Properties) -> None:
    # What a template no longer names goes back to off, as on AWS where each plan was named.
    gone = {item["Name"] for item in old.get("Features", [])} - {
        item["Name"] for item in new.get("Features", [])
    }
    call(
        "guardduty",
        "UpdateDetector",
        DetectorId=identifier,
        Enable=new["Enable"],
        FindingPublishingFrequency=new.get("FindingPublishingFrequency"),
        Features=[*new.get("Features", []), *({"Name": name, "Status": "DISABLED"} for name in gone)],
    )
    _tag("guardduty", arn_of(identifier), *tag_changes(new, old))


def _tag(service: str, arn: str, wanted: Mapping[str, str], gone: Sequence[str]) -> None:
    if wanted:  # neither service takes an empty list
        call(service, "TagResource", ResourceArn=arn, Tags=wanted)
    if gone:
        call(service, "UntagResource", ResourceArn=arn, TagKeys=gone)


def _create_hub(_: str, given: Properties) -> str:
    call(
        "securityhub",
        "EnableSecurityHub",
        EnableDefaultStandards=given.get("EnableDefaultStandards"),
        ControlFindingGenerator=given.get("ControlFindingGenerator"),
    )
    return str(call("securityhub", "DescribeHub")["HubArn"])


def _configure_hub(arn: str, new: Properties, old: Properties) -> None:
    call(
        "securityhub",
        "UpdateSecurityHubConfiguration",
        AutoEnableControls=new.get("AutoEnableControls"),
        ControlFindingGenerator=new.get("ControlFindingGenerator"),
    )
    wanted = new.get("Tags", {})
    _tag("securityhub", arn, wanted, [key for key in old.get("Tags", {}) if key not in wanted])


def _create_standard(_: str, given: Properties) -> str:
    requests = [{"StandardsArn": given["StandardsArn"]}]
    (made,) = call("securityhub", "BatchEnableStandards", StandardsSubscriptionRequests=requests)[
        "StandardsSubscriptions"
    ]
    return str(made["StandardsSubscriptionArn"])


def _create_aggregator(_: str, given: Properties) -> str:
    made = call(
        "securityhub",
        "CreateFindingAggregator",
        RegionLinkingMode=given["RegionLinkingMode"],
        Regions=given.get("Regions"),
    )
    return str(made["FindingAggregatorArn"])


def _configure_aggregator(arn: str, new: Properties, _: Properties) -> None:
    call(
        "securityhub",
        "UpdateFindingAggregator",
        FindingAggregatorArn=arn,
        RegionLinkingMode=new["RegionLinkingMode"],
        Regions=new.get("Regions"),
    )


def _delete(operation: str, service: str, member: str | None = None, many: bool = False) -> Any:
    def delete(physical_id: str, _: Properties) -> None:
        value = [physical_id] if many else physical_id
        call(service, operation, **({member: value} if member else {}))

    return delete


TYPES = (
    ResourceType(
        "AWS::GuardDuty::Detector",
        create=_create_detector,
        configure=_configure_detector,
        delete=_delete("DeleteDetector", "guardduty", "DetectorId"),
        attributes=lambda identifier, _: {"Id": identifier},
        tags="Tags",
    ),
    ResourceType(
        "AWS::SecurityHub::Hub",
        create=_create_hub,
        configure=_configure_hub,
        delete=_delete("DisableSecurityHub", "securityhub"),
        attributes=lambda arn, _: {"ARN": arn},
    ),
    ResourceType(
        "AWS::SecurityHub::Standard",
        create=_create_standard,
        configure=lambda _arn, _new, _old: None,
        delete=_delete("BatchDisableStandards", "securityhub", "StandardsSubscriptionArns", many=True),
        attributes=lambda arn, _: {"StandardsSubscriptionArn": arn},
        create_only=("StandardsArn",),
    ),
    ResourceType(
        "AWS::SecurityHub::FindingAggregator",
        create=_create_aggregator,
        configure=_configure_aggregator,
        delete=_delete("DeleteFindingAggregator", "securityhub", "FindingAggregatorArn"),
        attributes=lambda arn, _: {"FindingAggregatorArn": arn},
    ),
)
