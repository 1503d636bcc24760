"""S3 buckets: the properties that MiniStack's own provisioning leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

from cfngen.sandbox.calls import call
from cfngen.sandbox.resources.kinds import Completion, Properties, as_tags, tag_changes

# Names that differ between the template and the S3 API.
_ENCRYPTION = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
_LIFECYCLE = {"Id": "ID", "TransitionInDays": "Days", "TransitionDate": "Date"}


def _configure_bucket(name: str, new: Properties, old: Properties) -> None:
    def put(operation: str, **parameters: Any) -> None:
        call("s3", operation, Bucket=name, **parameters)

    wanted, gone = tag_changes(new, old)
    if wanted:
        put("PutBucketTagging", Tagging={"TagSet": as_tags(wanted)})
    elif gone:
        put("DeleteBucketTagging")
    if versioning := new.get("VersioningConfiguration"):
        put("PutBucketVersioning", VersioningConfiguration=versioning)
    if encryption := new.get("BucketEncryption"):
        rules = _renamed(encryption["ServerSideEncryptionConfiguration"], _ENCRYPTION)
        put("PutBucketEncryption", ServerSideEncryptionConfiguration={"Rules": rules})
    elif "BucketEncryption" in old:
        put("DeleteBucketEncryption")
    if lifecycle := new.get("LifecycleConfiguration"):
        rules = [_rule(rule) for rule in lifecycle["Rules"]]
        put("PutBucketLifecycleConfiguration", LifecycleConfiguration={"Rules": rules})
    elif "LifecycleConfiguration" in old:
        put("DeleteBucketLifecycle")
    _configure_logging(name, new, old)
    if controls := new.get("OwnershipControls"):
        put("PutBucketOwnershipControls", OwnershipControls=controls)
    elif "OwnershipControls" in old:
        put("DeleteBucketOwnershipControls")
    if str(new.get("ObjectLockEnabled", False)).lower() == "true":
        lock = {"ObjectLockEnabled": "Enabled", **new.get("ObjectLockConfiguration", {})}
        put("PutObjectLockConfiguration", ObjectLockConfiguration=lock)


def _delete_bucket(name: str, _properties: Properties) -> None:
    """Through S3 itself, which keeps a bucket that holds anything; MiniStack's own handler drops it."""
    try:
        call("s3", "DeleteBucket", Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def _configure_logging(name: str, new: Properties, old: Properties) -> None:
    status: dict[str, Any] = {}
    if logging := new.get("LoggingConfiguration"):
        status["LoggingEnabled"] = {
            # Without a destination a bucket logs to itself.
            "TargetBucket": logging.get("DestinationBucketName", name),
            "TargetPrefix": logging.get("LogFilePrefix", ""),
            "TargetObjectKeyFormat": logging.get("TargetObjectKeyFormat"),
        }
        status["LoggingEnabled"] = {
            key: value for key, value in status["LoggingEnabled"].items() if value is not None
        }
    if status or "LoggingConfiguration" in old:
        call("s3", "PutBucketLogging", Bucket=name, BucketLoggingStatus=status)


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A lifecycle rule of a template as the S3 API writes it."""
    found = deepcopy(dict(rule))
    conditions: dict[str, Any] = {
        key: found.pop(key)
        for key in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        if key in found
    }
    tags = found.pop("TagFilters", [])
    expiration = {
        name: found.pop(key)
        for key, name in (
            ("ExpirationInDays", "Days"),
            ("ExpirationDate", "Date"),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"),
        )
        if key in found
    }
    for item in found.get("NoncurrentVersionTransitions", []):
        item["NoncurrentDays"] = item.pop("TransitionInDays")
    if expiration:
        found["Expiration"] = expiration
    several = len(conditions) + len(tags) > 1
    if tags:
        conditions |= {"Tags": tags} if several else {"Tag": tags[0]}
    found["Filter"] = {"And": conditions} if several else conditions or {"Prefix": ""}
    return dict(_renamed(found, _LIFECYCLE))


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        return {names.get(key, key): _renamed(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    return node


TYPES = (
    Completion(
        "AWS::S3::Bucket",
        _configure_bucket,
        delete=_delete_bucket,
        create_only=("BucketName", "BucketNamePrefix", "BucketNamespace"),
        tags="Tags",
    ),
    Completion("AWS::S3::BucketPolicy", create_only=("Bucket",)),
)
