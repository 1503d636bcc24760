"""What a metric filter with its alarm shows, on the log group of a trail.

The patterns that a filter must match are prowler's own, but for two things. prowler takes any alarm of the
metric; here an alarm that acts on nothing shows nothing. prowler asks for `$.eventSource` in one filter where
Security Hub asks for a pattern without it (CloudWatch.13); a filter that names no source takes more events,
not fewer, and shows the same.
"""

from __future__ import annotations

import re

from cfngen.report.controls.mapping import mapping
from cfngen.report.controls.row import CheckRow, Holds, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on, items

FILTER = "AWS::Logs::MetricFilter"

_TELLS = {
    "cloudwatch_log_metric_filter_unauthorized_api_calls": "calls that were denied",
    "cloudwatch_log_metric_filter_sign_in_without_mfa": "a sign-in to the console without MFA",
    "cloudwatch_log_metric_filter_root_usage": "any use of the root user",
    "cloudwatch_log_metric_filter_policy_changes": "changes to IAM policies",
    "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled": (
        "changes to CloudTrail"
    ),
    "cloudwatch_log_metric_filter_authentication_failures": "failed sign-ins to the console",
    "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk": (
        "a KMS key that was disabled or will be deleted"
    ),
    "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes": "changes to bucket policies",
    "cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled": (
        "changes to AWS Config"
    ),
    "cloudwatch_log_metric_filter_security_group_changes": "changes to security groups",
    "cloudwatch_changes_to_network_acls_alarm_configured": "changes to network ACLs",
    "cloudwatch_changes_to_network_gateways_alarm_configured": "changes to network gateways",
    "cloudwatch_changes_to_network_route_tables_alarm_configured": "changes to route tables",
    "cloudwatch_changes_to_vpcs_alarm_configured": "changes to VPCs",
    "cloudwatch_log_metric_filter_aws_organizations_changes": "changes to AWS Organizations",
}


def alarms_of(metric_filter: ResolvedResource, stacks: Stacks) -> list[ResolvedResource]:
    """The alarms that look at the metric of a filter and act."""
    metrics = {
        (each.get("MetricNamespace"), each.get("MetricName"))
        for each in items(metric_filter.at("MetricTransformations"))
    }
    return [
        alarm
        for alarm in stacks.typed("AWS::CloudWatch::Alarm")
        if (alarm.at("Namespace"), alarm.at("MetricName")) in metrics
        and alarm.at("AlarmActions")
        and is_on(alarm.properties.get("ActionsEnabled", True))
    ]


_SOURCE = re.compile(r"\(\?=\.\*\\\$\\\.eventSource[^)]*\)")
"""The clause of prowler's pattern that asks for a source."""


def _told(pattern: str) -> Holds:
    def holds(metric_filter: ResolvedResource, stacks: Stacks) -> bool | None:
        written = str(metric_filter.at("FilterPattern"))
        asked = pattern if "$.eventSource" in written else _SOURCE.sub("", pattern)
        if not re.search(asked, written, flags=re.DOTALL):
            return None
        group = metric_filter.at("LogGroupName")
        trails = stacks.typed("AWS::CloudTrail::Trail")
        delivered = any(
            f":log-group:{group}:" in f"{trail.at('CloudWatchLogsLogGroupArn')}:" for trail in trails
        )
        return delivered and bool(alarms_of(metric_filter, stacks))

    return holds


ROWS = tuple(
    CheckRow(
        check,
        FILTER,
        "FilterPattern",
        f"an alarm tells of {what}",
        _told(mapping().checks[check].pattern or ""),
        claims=(Shows("alarm"),),
        one_is_enough=True,
        wanted=True,
    )
    for check, what in _TELLS.items()
)
