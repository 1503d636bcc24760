"""Private buckets: their properties, and names that nobody else can have."""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, If, Ref, Sub
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
from cfngen.define.recipes.names import PREFIX

# Dots are allowed by S3, but not by its certificate, and two of them, or an IP address, not by S3 either.
# `-an` is for names in an account's own namespace.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
_NOT_RESERVED = "(?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)(?<!--table-s3)(?<!-an)"


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


class BucketName(NamedTuple):
    """A bucket's name, which a parameter may override, and the namespace that goes with it."""

    name: If
    namespace: If


def bucket(code: str) -> Sub:
    """The full name of a bucket in the account-regional namespace: nobody else can make it first.

    It has at most 63 characters, of which the namespace takes 31 in a Region such as ap-southeast-1
    (`-<account>-<region>-an`): a code of three letters leaves room for the names that `naming` allows.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
    """
    return Sub(f"{PREFIX}-{code}-${{AWS::AccountId}}-${{AWS::Region}}-an")


def bucket_name(
    group: ParameterGroup, parameter: str, code: str, *, label: str, default: str = ""
) -> BucketName:
    """Add the parameter for a bucket's name. Empty gives a name that only this account can have."""
    group.text(
        parameter,
        "Leave empty for a name in this account's own namespace; a name you give is global.",
        default=default,
        pattern=f"(?!xn--|sthree-|amzn-s3-demo-){_BUCKET}{_NOT_RESERVED}",
        max_length=63,
        allowed="3 to 63 lower-case letters, digits and hyphens, none of S3's",
        optional=True,
        label=label,
    )
    given = group.stack.given(parameter)
    return BucketName(
        name=If(given, Ref(parameter), bucket(code)),
        namespace=If(given, "global", "account-regional"),
    )


def existing_bucket(group: ParameterGroup, parameter: str, code: str | AWSHelperFn, *, label: str) -> If:
    """Add the parameter for the name of another stack's bucket. Empty gives the name it has by default.

    Arguments:
        code: of the default name, as `bucket` makes it; or the whole name that it has by default.
    """
    group.text(
        parameter,
        "Leave empty where that stack was given no name for it.",
        pattern=_BUCKET,
        max_length=63,
        allowed="3 to 63 lower-case letters, digits and hyphens",
        optional=True,
        label=label,
    )
    given = group.stack.given(parameter)
    return If(given, Ref(parameter), bucket(code) if isinstance(code, str) else code)


def bucket_arn(name: Any) -> Sub:
    """The ARN of a bucket, by its name."""
    return Sub("arn:${AWS::Partition}:s3:::${Bucket}", Bucket=name)


def objects(name: Any, path: str) -> Sub:
    """The ARN of a bucket's objects; `path` may hold a `${Parameter}`."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::${{Bucket}}/{path}", Bucket=name)
