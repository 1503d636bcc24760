"""What most stacks need and troposphere spells out at length: private buckets, roles of the account."""

from __future__ import annotations

from typing import Any

from troposphere import Parameter
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    BlockedEncryptionTypes,
    BucketEncryption,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from cfngen.define.parameters import ParameterGroup


def private_bucket() -> dict[str, Any]:
    """The properties of a bucket in which nothing is public, ACLs are off and every version is kept.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    return {
        "PublicAccessBlockConfiguration": PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        "OwnershipControls": OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        "VersioningConfiguration": VersioningConfiguration(Status="Enabled"),
    }


def encrypted(key: Any = None) -> BucketEncryption:
    """SSE-S3, or SSE-KMS with `key` and S3 Bucket Keys, which make one call to KMS serve many objects.

    Keys that an uploader brings (SSE-C) are blocked: S3 does so by default since April 2026, and scanners and
    older accounts see it stated.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
    """
    blocked = BlockedEncryptionTypes(EncryptionType=["SSE-C"])
    if key is None:
        default = ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        rule = ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BlockedEncryptionTypes=blocked)
    else:
        default = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
        rule = ServerSideEncryptionRule(
            ServerSideEncryptionByDefault=default, BucketKeyEnabled=True, BlockedEncryptionTypes=blocked
        )
    return BucketEncryption(ServerSideEncryptionConfiguration=[rule])


def cleanup_rules(noncurrent_days: Any) -> list[LifecycleRule]:
    """Lifecycle rules: old versions go after `noncurrent_days`, uploads that nobody finished after 7 days."""
    return [
        LifecycleRule(
            Id="ExpireNoncurrentVersions",
            Status="Enabled",
            NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=noncurrent_days),
        ),
        LifecycleRule(
            Id="AbortIncompleteUploads",
            Status="Enabled",
            AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
        ),
    ]


def existing_role(
    group: ParameterGroup, name: str, description: str, *, label: str | None = None
) -> Parameter:
    """Add an optional parameter for a role that the account has already: its path and name.

    They stand in the role's ARN after `role/`:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return group.text(
        name,
        description,
        pattern=r"([A-Za-z0-9_.-]+/)*[A-Za-z0-9_+=,.@-]{1,64}",
        max_length=512,
        allowed="a role's path and name without a leading slash",
        optional=True,
        label=label,
    )
