"""S3, ECR and KMS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties, or_nothing, renamed


def bucket(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """Every get_bucket_… call whose property a stack of ours may give."""
    api = aws.client("s3")

    def get(operation: str, *codes: str) -> dict[str, Any]:
        answer = or_nothing(lambda: getattr(api, operation)(Bucket=name), *codes)
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    lock = get("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError")
    configuration = lock.get("ObjectLockConfiguration", {})
    encryption = get("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
    lifecycle = get("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
    return {
        "BucketName": name,
        "BucketNamespace": "account-regional" if name.endswith("-an") else "global",
        "Tags": get("get_bucket_tagging", "NoSuchTagSet").get("TagSet", []),
        "VersioningConfiguration": get("get_bucket_versioning"),
        "BucketEncryption": renamed(
            encryption.get("ServerSideEncryptionConfiguration", {}),
            {
                "Rules": "ServerSideEncryptionConfiguration",
                "ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault",
            },
        ),
        "LifecycleConfiguration": {
            **lifecycle,
            "Rules": [_rule(rule) for rule in lifecycle.get("Rules", [])],
        },
        "CorsConfiguration": renamed(
            get("get_bucket_cors", "NoSuchCORSConfiguration"), {"CORSRules": "CorsRules"}
        ),
        "LoggingConfiguration": renamed(
            get("get_bucket_logging").get("LoggingEnabled", {}),
            {"TargetBucket": "DestinationBucketName", "TargetPrefix": "LogFilePrefix"},
        ),
        "OwnershipControls": get("get_bucket_ownership_controls", "OwnershipControlsNotFoundError").get(
            "OwnershipControls", {}
        ),
        "PublicAccessBlockConfiguration": get(
            "get_public_access_block", "NoSuchPublicAccessBlockConfiguration"
        ).get("PublicAccessBlockConfiguration", {}),
        "ObjectLockEnabled": configuration.get("ObjectLockEnabled") == "Enabled",
        "ObjectLockConfiguration": configuration,
        "NotificationConfiguration": _notifications(get("get_bucket_notification_configuration")),
    }


def _notifications(answer: Mapping[str, Any]) -> dict[str, Any]:
    if "EventBridgeConfiguration" not in answer:
        return dict(answer)
    return {**answer, "EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A lifecycle rule of the S3 API with the names of the template."""
    found = dict(rule)
    expiration = found.pop("Expiration", {})
    conditions = found.pop("Filter", {})
    conditions = conditions.get("And", conditions)
    return {
        **renamed(found, {"ID": "Id", "Days": "TransitionInDays"}),
        **{
            key: conditions[key]
            for key in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
            if key in conditions
        },
        "TagFilters": [*conditions.get("Tags", []), *([conditions["Tag"]] if "Tag" in conditions else [])],
        "ExpirationInDays": expiration.get("Days"),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "NoncurrentVersionTransitions": [
            renamed(item, {"NoncurrentDays": "TransitionInDays"})
            for item in found.get("NoncurrentVersionTransitions", [])
        ],
    }


def bucket_policy(aws: EmulatedAccount, _: str, given: Properties) -> dict[str, Any]:
    """get_bucket_policy."""
    policy = aws.client("s3").get_bucket_policy(Bucket=given["Bucket"])["Policy"]
    return {"Bucket": given["Bucket"], "PolicyDocument": json.loads(policy)}


def repository(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_repositories, the two policies and list_tags_for_resource."""
    api = aws.client("ecr")
    (found,) = api.describe_repositories(repositoryNames=[name])["repositories"]
    policy = or_nothing(
        lambda: api.get_repository_policy(repositoryName=name), "RepositoryPolicyNotFoundException"
    )
    lifecycle = or_nothing(
        lambda: api.get_lifecycle_policy(repositoryName=name), "LifecyclePolicyNotFoundException"
    )
    return {
        **found,
        "RepositoryPolicyText": json.loads(policy.get("policyText", "null")),
        "LifecyclePolicy": lifecycle,
        "Tags": api.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }


def key(aws: EmulatedAccount, identifier: str, _: Properties) -> dict[str, Any]:
    """describe_key, get_key_policy, get_key_rotation_status and list_resource_tags."""
    api = aws.client("kms")
    found = api.describe_key(KeyId=identifier)["KeyMetadata"]
    rotation = api.get_key_rotation_status(KeyId=identifier)
    return {
        **found,
        "KeyPolicy": json.loads(api.get_key_policy(KeyId=identifier, PolicyName="default")["Policy"]),
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "Tags": [
            {"Key": tag["TagKey"], "Value": tag["TagValue"]}
            for tag in api.list_resource_tags(KeyId=identifier)["Tags"]
        ],
    }


def alias(aws: EmulatedAccount, name: str, given: Properties) -> dict[str, Any]:
    """list_aliases; the key is answered as id, the template may give its ARN."""
    found = next(item for item in aws.client("kms").list_aliases()["Aliases"] if item["AliasName"] == name)
    wanted = given.get("TargetKeyId", "")
    same = wanted.rpartition("/")[2] == found["TargetKeyId"]
    return {**found, "TargetKeyId": wanted if same else found["TargetKeyId"]}
