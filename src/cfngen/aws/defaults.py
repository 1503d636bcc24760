"""What AWS sets where a template sets nothing: a property that has another value was changed by somebody.

From each type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
and the API reference of its service. A property that is not listed has no known default. One within
another is named by both, `MetricTransformations.Unit`, whether or not a list is between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

UNKNOWN: Final = object()

_SSE_S3 = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    ]
}
_OF_A_LIFECYCLE_RULE = (
    "AbortIncompleteMultipartUpload",
    "ExpirationDate",
    "ExpirationInDays",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "Prefix",
    "TagFilters",
    "Transitions",
)
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, False)
_SAID_NOTHING: Final[tuple[Any, ...]] = ("None", "none", "DISABLED", "Disabled", "{}")

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "AWS::CloudTrail::Trail": {
        "IncludeGlobalServiceEvents": None,
        "EventSelectors": None,
        "InsightSelectors": [],
        "AggregationConfigurations": [],
        "SnsTopicName": "",
        "KMSKeyId": "",
        "IsOrganizationTrail": False,
        "IsMultiRegionTrail": False,
        "EnableLogFileValidation": False,
        "CloudWatchLogsLogGroupArn": "",
        "CloudWatchLogsRoleArn": "",
        "S3KeyPrefix": "",
    },
    "AWS::CloudWatch::Alarm": {
        "ActionsEnabled": True,
        "AlarmActions": [],
        "OKActions": [],
        "InsufficientDataActions": [],
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
        "AlarmDescription": "",
        "DatapointsToAlarm": UNKNOWN,  # as many as there are evaluation periods
        "Unit": "",
    },
    "AWS::Config::ConfigRule": {
        "Description": "",
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
        "InputParameters": None,
        "Scope": None,
    },
    "AWS::ECR::Repository": {
        "ImageTagMutability": "MUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": False},
        "EncryptionConfiguration": {"EncryptionType": "AES256"},
        "RepositoryPolicyText": None,
        "LifecyclePolicy": None,
    },
    "AWS::Events::Rule": {
        "State": "ENABLED",
        "EventBusName": "default",
        "Description": "",
        "RoleArn": "",
        "ScheduleExpression": "",
    },
    "AWS::IAM::ManagedPolicy": {"Path": "/", "Users": [], "Groups": [], "Description": "", "Roles": []},
    "AWS::IAM::Role": {
        "MaxSessionDuration": 3600,
        "Path": "/",
        "PermissionsBoundary": "",
        "Description": "",
        "ManagedPolicyArns": [],
        "Policies": [],
    },
    "AWS::KMS::Key": {
        "Enabled": True,
        "EnableKeyRotation": False,
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
        "Description": "",
    },
    "AWS::Logs::LogGroup": {
        "LogGroupClass": "STANDARD",
        "RetentionInDays": None,
        "KmsKeyId": "",
        "DeletionProtectionEnabled": False,
    },
    "AWS::Logs::MetricFilter": {
        "ApplyOnTransformedLogs": False,
        "MetricTransformations.DefaultValue": None,
        "MetricTransformations.Dimensions": None,
        "MetricTransformations.Unit": None,
    },
    "AWS::Logs::SubscriptionFilter": {
        "ApplyOnTransformedLogs": False,
        "Distribution": "ByLogStream",
        "EmitSystemFields": [],
        "FieldSelectionCriteria": "",
        "RoleArn": "",
    },
    "AWS::Logs::QueryDefinition": {"Parameters": None, "QueryLanguage": "CWLI"},
    "AWS::S3::Bucket": {
        "AccelerateConfiguration": None,
        "BucketEncryption": _SSE_S3,
        "BucketNamespace": "global",
        "CorsConfiguration": None,
        "LifecycleConfiguration": None,
        "LifecycleConfiguration.TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        **{f"LifecycleConfiguration.Rules.{name}": None for name in _OF_A_LIFECYCLE_RULE},
        "LoggingConfiguration": None,
        "NotificationConfiguration": None,
        "ObjectLockEnabled": False,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "ReplicationConfiguration": None,
        "VersioningConfiguration": None,
        "WebsiteConfiguration": None,
    },
    "AWS::SNS::Subscription": {
        "FilterPolicy": None,
        "RawMessageDelivery": False,
        "RedrivePolicy": None,
        "DeliveryPolicy": None,
    },
    "AWS::SNS::Topic": {
        "DisplayName": "",
        "FifoTopic": False,
        "KmsMasterKeyId": "",
        "TracingConfig": "PassThrough",
        "SignatureVersion": "1",
        "DataProtectionPolicy": None,
        "ArchivePolicy": None,
    },
}


def is_default(resource_type: str, name: str, value: Any) -> bool | None:
    """Whether AWS would have set the value by itself; None where that is not known.

    >>> is_default("AWS::IAM::Role", "MaxSessionDuration", 3600)
    True
    >>> is_default("AWS::IAM::Role", "MaxSessionDuration", 43200)
    False
    >>> is_default("AWS::IAM::Role", "Unheard", 1) is None
    True
    """
    if any(value == nothing and type(value) is type(nothing) for nothing in _NOTHING):
        known = DEFAULTS.get(resource_type, {}).get(name)
        return known is not True
    known = DEFAULTS.get(resource_type, {}).get(name, UNKNOWN)
    if known is UNKNOWN:
        return True if value in _SAID_NOTHING else None
    if _plain(value) == _plain(known):
        return True
    return not known and (_empty(value) or value in _SAID_NOTHING)


def _plain(value: Any) -> Any:
    """The same without members that say nothing."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item not in (None, "", [], {}, False)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _empty(value: Any) -> bool:
    """Whether a mapping or a list has nothing in it, however deep it is."""
    if isinstance(value, Mapping):
        return all(_empty(item) for item in value.values())
    if isinstance(value, list):
        return all(_empty(item) for item in value)
    return value in (None, "", False)
