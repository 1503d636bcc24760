"""What every stack has: the two names it goes by, the tags, and buckets that are private by default."""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Sub, Tags
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
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

from cfngen.define.stack import Stack
from templates import _naming

NAMING = "Naming and tags"

# Dots are allowed by S3, but not by its certificate, and two of them, or an IP address, not by S3 either.
# `-an` is for names in an account's own namespace.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
_NOT_RESERVED = "(?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)(?<!--table-s3)(?<!-an)"


def add_common(stack: Stack) -> None:
    """The parameters that every stack has, and no other way to be named or tagged."""
    stack.parameter(
        Parameter(
            "Project",
            Type="String",
            Description="Project that everything is named and tagged after.",
            Default="mlops-retail-prediction",
            AllowedPattern="[a-z][a-z0-9]*(-[a-z0-9]+)*",
            MaxLength=23,
            ConstraintDescription="Lower-case letters, digits and single hyphens, at most 23 characters.",
        ),
        group=NAMING,
        label="Project",
    )
    stack.parameter(
        Parameter(
            "Environment",
            Type="String",
            Description="Environment that everything is named and tagged after.",
            Default="dev",
            AllowedPattern="[a-z][a-z0-9]*",
            MaxLength=4,
            ConstraintDescription="Lower-case letters and digits, at most 4 characters.",
        ),
        group=NAMING,
        label="Environment",
    )
    stack.parameter(
        Parameter(
            "CostCenter",
            Type="String",
            Description="Who pays: the value of the CostCenter tag, for cost allocation.",
            Default="mlops",
            AllowedPattern="[A-Za-z0-9][A-Za-z0-9_.:/=+@-]*",
            MaxLength=64,
            ConstraintDescription="Letters, digits and _.:/=+@-, at most 64 characters.",
        ),
        group=NAMING,
        label="Cost center",
    )


def tags(**more: Any) -> Tags:
    """The four tags that everything carries, and more where a resource needs them."""
    return Tags(
        Project=Ref("Project"),
        Environment=Ref("Environment"),
        ManagedBy="cfngen",
        CostCenter=Ref("CostCenter"),
        **more,
    )


def output(stack: Stack, name: str, description: str, value: Any, *, condition: str | None = None) -> None:
    """An output that is exported as `P-<name>`."""
    stack.output(name, description, value, export=Sub(f"{_naming.P}-{name}"), condition=condition)


def days(stack: Stack, parameter: str, description: str, *, default: int, group: str, label: str) -> None:
    """Add a parameter for how long something is kept: 1 to 3650 days."""
    stack.parameter(
        Parameter(
            parameter,
            Type="Number",
            Description=description,
            Default=default,
            MinValue=1,
            MaxValue=3650,
            ConstraintDescription="1 to 3650 days.",
        ),
        group=group,
        label=label,
    )


class BucketName(NamedTuple):
    """A bucket's name, which a parameter may override, and the namespace that goes with it."""

    name: If
    namespace: If


def bucket_name(
    stack: Stack, parameter: str, code: str, *, group: str, label: str, default: str = ""
) -> BucketName:
    """Add the parameter for a bucket's name. Empty gives a name that only this account can have."""
    stack.parameter(
        Parameter(
            parameter,
            Type="String",
            Description="Leave empty for a name in this account's own namespace; a name you give is global.",
            Default=default,
            AllowedPattern=f"|(?!xn--|sthree-|amzn-s3-demo-){_BUCKET}{_NOT_RESERVED}",
            MaxLength=63,
            ConstraintDescription="Empty, or 3 to 63 lower-case letters, digits and hyphens, none of S3's.",
        ),
        group=group,
        label=label,
    )
    given = stack.condition(f"Has{parameter}", Not(Equals(Ref(parameter), "")))
    return BucketName(
        name=If(given, Ref(parameter), _naming.bucket(code)),
        namespace=If(given, "global", "account-regional"),
    )


def existing_bucket(stack: Stack, parameter: str, code: str, *, group: str, label: str) -> If:
    """Add the parameter for the name of another stack's bucket. Empty gives the name it has by default."""
    stack.parameter(
        Parameter(
            parameter,
            Type="String",
            Description="Leave empty where that stack was given no name for it.",
            Default="",
            AllowedPattern=f"|{_BUCKET}",
            MaxLength=63,
            ConstraintDescription="Empty, or 3 to 63 lower-case letters, digits and hyphens.",
        ),
        group=group,
        label=label,
    )
    given = stack.condition(f"Has{parameter}", Not(Equals(Ref(parameter), "")))
    return If(given, Ref(parameter), _naming.bucket(code))


def permissions_boundary(stack: Stack) -> If:
    """Add the parameter for the ceiling over every role of a stack; returns the roles' PermissionsBoundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    stack.parameter(
        Parameter(
            "PermissionsBoundary",
            Type="String",
            Description="Existing policy that caps every role here; the pipeline demands its own. Or none.",
            Default="",
            AllowedPattern=r"|([A-Za-z0-9_.-]+/)*[A-Za-z0-9_+=,.@-]{1,128}",
            MaxLength=512,
            ConstraintDescription="Empty, or a policy's path and name without a leading slash.",
        ),
        group="Permissions",
        label="Permissions boundary",
    )
    given = stack.condition("HasPermissionsBoundary", Not(Equals(Ref("PermissionsBoundary"), "")))
    policy = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}")
    return If(given, policy, NoValue)


def private() -> dict[str, Any]:
    """The properties that every bucket has: nothing public, no ACLs, every version kept."""
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
    """SSE-S3, or SSE-KMS with `key` and S3 Bucket Keys, which make one call to KMS serve many objects."""
    if key is None:
        default = ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        return BucketEncryption(
            ServerSideEncryptionConfiguration=[
                ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
            ]
        )
    default = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    return BucketEncryption(
        ServerSideEncryptionConfiguration=[
            ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=True)
        ]
    )


def tidy(noncurrent_days: Any) -> list[LifecycleRule]:
    """Old versions and half-done uploads do not stay for ever."""
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
