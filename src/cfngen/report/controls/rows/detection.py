"""What the services that look for trouble show; each is for one Region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-guardduty-detector.html
"""

from __future__ import annotations

from typing import Any

from cfngen.report.controls.row import CheckRow, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on, items

DETECTOR = "AWS::GuardDuty::Detector"


def _feature(name: str, source: str) -> Any:
    def holds(detector: ResolvedResource, _: Stacks) -> bool:
        features = items(detector.at("Features"))
        if any(each.get("Name") == name and each.get("Status") == "ENABLED" for each in features):
            return is_on(detector.at("Enable"))
        return is_on(detector.at("Enable")) and is_on(detector.at(source))

    return holds


def _recorded(recorder: ResolvedResource, stacks: Stacks) -> bool:
    """A recorder that a delivery channel belongs to: CloudFormation starts it then."""
    return any(True for _ in stacks.typed("AWS::Config::DeliveryChannel")) and bool(
        recorder.at("RecordingGroup") is None or recorder.at("RecordingGroup")
    )


def _with_standard(_: ResolvedResource, stacks: Stacks) -> bool:
    return any(True for _ in stacks.typed("AWS::SecurityHub::Standard"))


ROWS = (
    CheckRow(
        "config_recorder_all_regions_enabled",
        "AWS::Config::ConfigurationRecorder",
        "RecordingGroup",
        "AWS Config records the resources of this Region",
        _recorded,
        looks_at=("recorder.recording",),
        beyond=("recorder.last_status",),
        claims=(Shows("recorder"),),
        one_is_enough=True,
        here_only=True,
    ),
    CheckRow(
        "accessanalyzer_enabled",
        "AWS::AccessAnalyzer::Analyzer",
        "Type",
        "IAM Access Analyzer looks for access from outside in this Region",
        lambda analyzer, _: analyzer.at("Type") in ("ACCOUNT", "ORGANIZATION") or None,
        beyond=("analyzer.status",),
        one_is_enough=True,
        here_only=True,
    ),
    CheckRow(
        "guardduty_is_enabled",
        DETECTOR,
        "Enable",
        "GuardDuty is on in this Region",
        lambda detector, _: is_on(detector.at("Enable")),
        looks_at=("detector.enabled_in_account", "detector.status"),
        one_is_enough=True,
        here_only=True,
    ),
    CheckRow(
        "guardduty_s3_protection_enabled",
        DETECTOR,
        "Features",
        "GuardDuty watches S3 in this Region",
        _feature("S3_DATA_EVENTS", "DataSources.S3Logs.Enable"),
        looks_at=("detector.s3_protection", "detector.status"),
        one_is_enough=True,
        here_only=True,
    ),
    CheckRow(
        "guardduty_eks_audit_log_enabled",
        DETECTOR,
        "Features",
        "GuardDuty watches EKS audit logs in this Region",
        _feature("EKS_AUDIT_LOGS", "DataSources.Kubernetes.AuditLogs.Enable"),
        looks_at=("detector.eks_audit_log_protection", "detector.status"),
        one_is_enough=True,
        here_only=True,
    ),
    CheckRow(
        "securityhub_enabled",
        "AWS::SecurityHub::Hub",
        "EnableDefaultStandards",
        "Security Hub is on in this Region, with a standard",
        _with_standard,
        looks_at=("securityhub.standards", "securityhub.status"),
        beyond=("securityhub.integrations",),
        one_is_enough=True,
        here_only=True,
    ),
)
