"""A template of everything that the estimate of costs has something to say about."""

from __future__ import annotations

from typing import Any, Final


def _data(category: str) -> dict[str, Any]:
    return {"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]}


_KINDS: Final = ("ApiCallRateInsight", "ApiErrorRateInsight")
_RULE: Final = {
    "Status": "Enabled",
    "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
    "ExpirationInDays": 60,
}

CHARGED: Final[dict[str, Any]] = {
    "Resources": {
        name: {"Type": f"AWS::{kind}", "Properties": properties}
        for name, kind, properties in (
            (
                "Trail",
                "CloudTrail::Trail",
                {
                    "S3BucketName": "logs",
                    "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
                    "AdvancedEventSelectors": [
                        _data(each) for each in ("Management", "Data", "NetworkActivity")
                    ],
                    "InsightSelectors": [
                        {"InsightType": kind, "EventCategories": ["Management", "Data"]} for kind in _KINDS
                    ],
                    "AggregationConfigurations": [{"EventCategory": "Data"}],
                },
            ),
            ("TrailLogs", "Logs::LogGroup", {"LogGroupName": "trail"}),
            ("OtherLogs", "Logs::LogGroup", {"LogGroupClass": "INFREQUENT_ACCESS", "RetentionInDays": 30}),
            ("DeliveryLogs", "Logs::LogGroup", {"LogGroupClass": "DELIVERY"}),
            ("Query", "Logs::QueryDefinition", {}),
            ("Filter", "Logs::MetricFilter", {"MetricTransformations": [{"Dimensions": [{"Key": "a"}]}]}),
            ("Alarm", "CloudWatch::Alarm", {"Period": 300}),
            ("Fast", "CloudWatch::Alarm", {"Period": 10}),
            ("Asking", "CloudWatch::Alarm", {"Metrics": [{"Expression": "SELECT MAX(x) FROM y"}]}),
            ("Both", "CloudWatch::CompositeAlarm", {}),
            ("Dashboard", "CloudWatch::Dashboard", {}),
            ("Topic", "SNS::Topic", {}),
            ("Mail", "SNS::Subscription", {"Protocol": "email"}),
            ("Text", "SNS::Subscription", {"Protocol": "sms"}),
            ("Logs", "S3::Bucket", {"BucketName": "logs", "LifecycleConfiguration": {"Rules": [_RULE]}}),
            (
                "Data",
                "S3::Bucket",
                {"ReplicationConfiguration": {"Role": "r"}, "LifecycleConfiguration": {"Rules": [_RULE]}},
            ),
            ("Images", "ECR::Repository", {}),
            ("Scans", "ECR::RegistryScanningConfiguration", {"ScanType": "ENHANCED"}),
            ("Bus", "Events::EventBus", {}),
            ("Key", "KMS::Key", {"EnableKeyRotation": True}),
            ("Signing", "KMS::Key", {"KeySpec": "RSA_4096"}),
            ("Secret", "SecretsManager::Secret", {"ReplicaRegions": [{"Region": "eu-west-1"}]}),
            (
                "Recorder",
                "Config::ConfigurationRecorder",
                {"RecordingMode": {"RecordingFrequency": "DAILY", "RecordingModeOverrides": [{}]}},
            ),
            ("Rule", "Config::ConfigRule", {}),
            ("Channel", "Config::DeliveryChannel", {"S3BucketName": "logs"}),
            ("Unused", "AccessAnalyzer::Analyzer", {"Type": "ACCOUNT_UNUSED_ACCESS"}),
            ("Inside", "AccessAnalyzer::Analyzer", {"Type": "ACCOUNT_INTERNAL_ACCESS"}),
            (
                "Detector",
                "GuardDuty::Detector",
                {
                    "Enable": True,
                    "Features": [
                        {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                        {"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED"},
                    ],
                },
            ),
            ("Hub", "SecurityHub::Hub", {}),
            ("Group", "Athena::WorkGroup", {}),
            ("Database", "Glue::Database", {}),
            (
                "Small",
                "CodeBuild::Project",
                {"Environment": {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL"}},
            ),
            (
                "Medium",
                "CodeBuild::Project",
                {"Environment": {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_MEDIUM"}},
            ),
            (
                "Large",
                "CodeBuild::Project",
                {"Environment": {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_LARGE"}},
            ),
            (
                "Arm",
                "CodeBuild::Project",
                {"Environment": {"Type": "ARM_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL"}},
            ),
            ("Cluster", "EKS::Cluster", {}),
            ("Role", "IAM::Role", {}),
            ("Alias", "KMS::Alias", {}),
        )
    }
}
