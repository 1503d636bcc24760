"""What a trail shows.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfngen.report.controls.row import CheckRow, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on, items

TRAIL = "AWS::CloudTrail::Trail"


def _every_region(trail: ResolvedResource, _: Stacks) -> bool:
    return is_on(trail.at("IsMultiRegionTrail")) and is_on(trail.at("IsLogging"))


def _management(trail: ResolvedResource, _: Stacks) -> bool:
    """Every management event: an advanced selector that narrows nothing, or a basic one for all.

    prowler looks for the advanced selector's name, `Management events selector`, which the console gives;
    here what it selects counts.
    """
    if not is_on(trail.at("IsLogging")):
        return False
    advanced = [fields for fields in _selectors(trail) if fields.get("eventCategory") == ["Management"]]
    if items(trail.at("AdvancedEventSelectors")):
        return any(len(fields) == 1 for fields in advanced)
    basic = items(trail.at("EventSelectors"))
    return not basic or any(
        is_on(each.get("IncludeManagementEvents", True))
        and each.get("ReadWriteType", "All") == "All"
        and not each.get("ExcludeManagementEventSources")
        for each in basic
    )


def _objects(*ways: str) -> Any:
    """Whether S3's object events are recorded, of these kinds: `ReadOnly`, `WriteOnly`."""

    def holds(trail: ResolvedResource, _: Stacks) -> bool:
        for fields in _selectors(trail):
            if fields.get("eventCategory") == ["Data"] and fields.get("resources.type") == [
                "AWS::S3::Object"
            ]:
                only = fields.get("readOnly")
                if only in (None, ["true" if "ReadOnly" in ways else "false"]):
                    return True
        return any(
            each.get("ReadWriteType", "All") in ("All", *ways)
            and data.get("Type") == "AWS::S3::Object"
            and any(str(value).rstrip(":").endswith(":s3") for value in items(data.get("Values")))
            for each in items(trail.at("EventSelectors"))
            for data in items(each.get("DataResources"))
        )

    return holds


def _selectors(trail: ResolvedResource) -> Iterator[dict[str, Any]]:
    """The advanced selectors, each as the values of its fields; None for an operator that is not Equals."""
    for selector in items(trail.at("AdvancedEventSelectors")):
        yield {field["Field"]: field.get("Equals") for field in selector.get("FieldSelectors", ())}


def _bucket_logged(trail: ResolvedResource, stacks: Stacks) -> bool | None:
    bucket = stacks.bucket(trail.at("S3BucketName"))
    return None if bucket is None else bool(bucket.at("LoggingConfiguration"))


def _bucket_private(trail: ResolvedResource, stacks: Stacks) -> bool | None:
    bucket = stacks.bucket(trail.at("S3BucketName"))
    if bucket is None:
        return None
    block = "PublicAccessBlockConfiguration"
    return is_on(bucket.at(f"{block}.BlockPublicAcls")) and is_on(bucket.at(f"{block}.IgnorePublicAcls"))


_SELECTORS = ("data_event.event_selector", "data_event.is_advanced", "trail.data_events")
_DATA = (
    "event_selector.DataResources",
    "event_selector.FieldSelectors",
    "event_selector.ReadWriteType",
    "field_selector.Equals",
    "field_selector.Field",
    "resource.Type",
    "resource.Values",
)

ROWS = (
    CheckRow(
        "cloudtrail_multi_region_enabled",
        TRAIL,
        "IsMultiRegionTrail",
        "the trail records every Region and is logging",
        _every_region,
        looks_at=("trail.is_logging",),
        claims=(Shows("trail", "logging"), Shows("trail", "every region")),
        one_is_enough=True,
    ),
    CheckRow(
        "cloudtrail_multi_region_enabled_logging_management_events",
        TRAIL,
        "AdvancedEventSelectors",
        "the trail records every management event, reading and writing",
        _management,
        looks_at=(
            "event.event_selector",
            "event.is_advanced",
            "event_selector.FieldSelectors",
            "event_selector.IncludeManagementEvents",
            "event_selector.ReadWriteType",
            "field.Field",
            "trail.data_events",
            "trail.is_logging",
        ),
        claims=(Shows("trail", "management events"), Shows("trail", "logging")),
        one_is_enough=True,
    ),
    CheckRow(
        "cloudtrail_cloudwatch_logging_enabled",
        TRAIL,
        "CloudWatchLogsLogGroupArn",
        "the trail delivers to CloudWatch Logs",
        lambda trail, _: bool(trail.at("CloudWatchLogsLogGroupArn")),
        beyond=("trail.latest_cloudwatch_delivery_time",),
        claims=(Shows("trail", "log group delivery"),),
        one_is_enough=True,
    ),
    CheckRow(
        "cloudtrail_kms_encryption_enabled",
        TRAIL,
        "KMSKeyId",
        "the log files are encrypted with a customer-managed KMS key",
        lambda trail, _: bool(trail.at("KMSKeyId")),
        looks_at=("trail.kms_key",),
    ),
    CheckRow(
        "cloudtrail_log_file_validation_enabled",
        TRAIL,
        "EnableLogFileValidation",
        "log file validation is on",
        lambda trail, _: is_on(trail.at("EnableLogFileValidation")),
        looks_at=("trail.log_file_validation_enabled",),
        claims=(Shows("trail", "validation"), Shows("integrity")),
    ),
    CheckRow(
        "cloudtrail_logs_s3_bucket_access_logging_enabled",
        TRAIL,
        "S3BucketName",
        "the bucket of the log files has server access logging",
        _bucket_logged,
        looks_at=("bucket.logging", "trail.s3_bucket"),
    ),
    CheckRow(
        "cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
        TRAIL,
        "S3BucketName",
        "the bucket of the log files blocks public ACLs",
        _bucket_private,
        looks_at=("bucket.acl_grantees", "grant.URI", "trail.s3_bucket"),
    ),
    CheckRow(
        "cloudtrail_s3_dataevents_read_enabled",
        TRAIL,
        "AdvancedEventSelectors",
        "the trail records the reading of S3 objects",
        _objects("ReadOnly"),
        looks_at=(*_SELECTORS, *_DATA),
        claims=(Shows("trail", "data events"),),
        one_is_enough=True,
    ),
    CheckRow(
        "cloudtrail_s3_dataevents_write_enabled",
        TRAIL,
        "AdvancedEventSelectors",
        "the trail records the writing of S3 objects",
        _objects("WriteOnly"),
        looks_at=(*_SELECTORS, *_DATA),
        claims=(Shows("trail", "data events"),),
        one_is_enough=True,
    ),
)
