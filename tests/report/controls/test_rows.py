"""Each row: it looks at what prowler's check looks at, and breaking the property takes the evidence away."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from cfngen.report.controls.evidence import evidence
from cfngen.report.controls.mapping import mapping
from cfngen.report.controls.row import CheckRow
from cfngen.report.controls.rows import ROWS
from tests.support.evidence import made

REMOVE = object()
EVERYBODY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}}
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
BUCKET, ROLE = "AWS::S3::Bucket", "AWS::IAM::Role"
FEATURES = "Features"

# How a property is broken, where taking it away leaves AWS's default, which is good: type, path, value.
BREAKS: Mapping[str, tuple[str, str, Any]] = {
    "athena_workgroup_logging_enabled": (
        "AWS::Athena::WorkGroup",
        "WorkGroupConfiguration.PublishCloudWatchMetricsEnabled",
        False,
    ),
    "cloudtrail_logs_s3_bucket_access_logging_enabled": (BUCKET, "LoggingConfiguration", REMOVE),
    "cloudtrail_logs_s3_bucket_is_not_publicly_accessible": (
        BUCKET,
        "PublicAccessBlockConfiguration.IgnorePublicAcls",
        False,
    ),
    "cloudtrail_multi_region_enabled_logging_management_events": (
        "AWS::CloudTrail::Trail",
        "AdvancedEventSelectors",
        [
            {
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Management"]},
                    {"Field": "readOnly", "Equals": ["false"]},
                ]
            }
        ],
    ),
    "cloudwatch_log_group_retention_policy_specific_days_enabled": (
        "AWS::Logs::LogGroup",
        "RetentionInDays",
        30,
    ),
    "codebuild_project_logging_enabled": (
        "AWS::CodeBuild::Project",
        "LogsConfig",
        {"CloudWatchLogs": {"Status": "DISABLED"}},
    ),
    "codebuild_project_s3_logs_encrypted": (
        "AWS::CodeBuild::Project",
        "LogsConfig.S3Logs.EncryptionDisabled",
        True,
    ),
    "codebuild_project_source_repo_url_no_sensitive_credentials": (
        "AWS::CodeBuild::Project",
        "Source.Location",
        "https://somebody:secret@bitbucket.org/team/shop.git",
    ),
    "config_recorder_all_regions_enabled": ("AWS::Config::ConfigurationRecorder", "RecordingGroup", {}),
    "ecr_repositories_not_publicly_accessible": ("AWS::ECR::Repository", "RepositoryPolicyText", EVERYBODY),
    "iam_aws_attached_policy_no_administrative_privileges": (
        ROLE,
        "ManagedPolicyArns",
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    "iam_customer_attached_policy_no_administrative_privileges": (
        "AWS::IAM::ManagedPolicy",
        "PolicyDocument",
        EVERYTHING,
    ),
    "iam_inline_policy_no_administrative_privileges": (ROLE, "Policies", [{"PolicyDocument": EVERYTHING}]),
    "iam_inline_policy_no_wildcard_marketplace_subscribe": (
        ROLE,
        "Policies",
        [{"PolicyDocument": EVERYTHING}],
    ),
    "iam_policy_cloudshell_admin_not_attached": (
        ROLE,
        "ManagedPolicyArns",
        ["arn:aws:iam::aws:policy/AWSCloudShellFullAccess"],
    ),
    "iam_policy_no_full_access_to_cloudtrail": (
        "AWS::IAM::ManagedPolicy",
        "PolicyDocument",
        {"Statement": [{"Effect": "Allow", "Action": ["cloudtrail:*"], "Resource": "*"}]},
    ),
    "iam_policy_no_wildcard_marketplace_subscribe": (
        "AWS::IAM::ManagedPolicy",
        "PolicyDocument",
        {"Statement": [{"Effect": "Allow", "Action": ["aws-marketplace:*"], "Resource": "*"}]},
    ),
    "kms_cmk_not_multi_region": ("AWS::KMS::Key", "MultiRegion", True),
    "kms_key_not_publicly_accessible": ("AWS::KMS::Key", "KeyPolicy", EVERYBODY),
    "s3_bucket_policy_public_write_access": ("AWS::S3::BucketPolicy", "PolicyDocument", EVERYBODY),
    "s3_bucket_secure_transport_policy": ("AWS::S3::BucketPolicy", "PolicyDocument", EVERYBODY),
    "securityhub_enabled": ("AWS::SecurityHub::Standard", "", REMOVE),
    "sns_topics_not_publicly_accessible": ("AWS::SNS::TopicPolicy", "PolicyDocument", EVERYBODY),
}
# What this repository's environments leave off, so that it can be broken all the same.
OFF: Mapping[str, Mapping[str, Any]] = {
    "GuardDuty": {
        "Type": "AWS::GuardDuty::Detector",
        "Properties": {
            "Enable": True,
            FEATURES: [
                {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                {"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED"},
            ],
        },
    },
    "Hub": {"Type": "AWS::SecurityHub::Hub", "Properties": {"EnableDefaultStandards": False}},
    "Standard": {"Type": "AWS::SecurityHub::Standard", "Properties": {"StandardsArn": "arn"}},
    "Build": {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Source": {"Location": "https://bitbucket.org/team/shop.git"},
            "LogsConfig": {
                "CloudWatchLogs": {"Status": "ENABLED"},
                "S3Logs": {"Status": "ENABLED", "EncryptionDisabled": False},
            },
        },
    },
    "RootKey": {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {"Source": {"SourceIdentifier": "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"}},
    },
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.check)
def test_a_row_looks_at_what_the_check_reads(row: CheckRow) -> None:
    check = mapping().checks[row.check]
    if row.by == "watch":  # AWS Config reads it, with a rule of its own
        return
    assert set(row.looks_at) | set(row.beyond) == check.reads
    assert not set(row.looks_at) & set(row.beyond)
    assert bool(check.pattern) == (row.type == "AWS::Logs::MetricFilter")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.check)
def test_breaking_the_property_takes_the_evidence_away(row: CheckRow) -> None:
    stacks: dict[str, Any] = {**made("prod").stacks, "off": {"Resources": OFF}}
    assert _showing(row, stacks)
    kind, path, value = BREAKS.get(row.check, (row.type, row.property, REMOVE))
    broken = copy.deepcopy(stacks)
    for template in broken.values():
        for logical_id, body in list(template["Resources"].items()):
            if body["Type"] != kind:
                continue
            if not path:
                del template["Resources"][logical_id]
                continue
            _put(body["Properties"], path, value)
    if row.check == "s3_bucket_policy_public_write_access":
        # A policy for everybody is harmless as long as the block is on: both are needed.
        assert _showing(row, broken)
        for template in broken.values():
            for body in template["Resources"].values():
                if body["Type"] == BUCKET:
                    _put(body["Properties"], "PublicAccessBlockConfiguration", REMOVE)
    assert not _showing(row, broken)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.type == "AWS::Logs::MetricFilter"], ids=lambda row: row.check
)
@pytest.mark.parametrize("lost", ["alarm", "action", "disabled", "log group", "one call"])
def test_an_alarm_shows_nothing_without_all_of_its_parts(row: CheckRow, lost: str) -> None:
    stacks = copy.deepcopy(made("prod").stacks)
    for template in stacks.values():
        for logical_id, body in list(template["Resources"].items()):
            properties = body.get("Properties", {})
            if body["Type"] == "AWS::CloudWatch::Alarm" and lost == "alarm":
                del template["Resources"][logical_id]
            if body["Type"] == "AWS::CloudWatch::Alarm" and lost == "action":
                properties["AlarmActions"] = []
            if body["Type"] == "AWS::CloudWatch::Alarm" and lost == "disabled":
                properties["ActionsEnabled"] = "false"
            if body["Type"] == "AWS::Logs::MetricFilter" and lost == "log group":
                properties["LogGroupName"] = "another"
            if body["Type"] == "AWS::Logs::MetricFilter" and lost == "one call":
                parts = properties["FilterPattern"].split("$.")
                # A filter may name no source of the events: it takes more then.
                del parts[2 if parts[1].startswith("eventSource") else 1]
                properties["FilterPattern"] = "$.".join(parts)
    assert not _showing(row, stacks)


def _showing(row: CheckRow, stacks: Mapping[str, Any]) -> set[str]:
    """The resources that show it."""
    return {
        f"{item.stack}/{item.logical_id}"
        for control in evidence(stacks)
        for check in control.checks
        for item in check.items
        if item.row == row and item.state in {"shown", "watched"}
    }


def _put(properties: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        properties = properties.setdefault(name, {})
    if value is REMOVE:
        properties.pop(last, None)
    else:
        properties[last] = value
