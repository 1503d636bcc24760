"""What a bucket and its policy show.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from typing import Any

from cfngen.report.controls.policy import is_open, statements
from cfngen.report.controls.row import CheckRow, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on, items

BUCKET = "AWS::S3::Bucket"
BLOCK = "PublicAccessBlockConfiguration"


def _algorithms(bucket: ResolvedResource) -> list[Any]:
    rules = items(bucket.at("BucketEncryption.ServerSideEncryptionConfiguration"))
    return [rule.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules]


def _blocked(*names: str) -> Any:
    return lambda bucket, _: all(is_on(bucket.at(f"{BLOCK}.{name}")) for name in names)


def _ownership(bucket: ResolvedResource, _: Stacks) -> bool:
    rules = items(bucket.at("OwnershipControls.Rules"))
    return any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules)


def _lifecycle(bucket: ResolvedResource, _: Stacks) -> bool:
    return any(rule.get("Status") == "Enabled" for rule in items(bucket.at("LifecycleConfiguration.Rules")))


def _tls_only(bucket: ResolvedResource, stacks: Stacks) -> bool:
    """A statement that denies every request without TLS."""
    return any(
        statement.get("Effect") == "Deny"
        and {"s3:*", "*", "s3:PutObject"} & set(items(statement.get("Action")))
        and str(statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")).lower() == "false"
        for policy in stacks.policies_of_bucket(bucket)
        for statement in statements(policy.at("PolicyDocument"))
    )


def _policy_closed(bucket: ResolvedResource, stacks: Stacks) -> bool:
    if is_on(bucket.at(f"{BLOCK}.RestrictPublicBuckets")):
        return True
    return not any(is_open(policy.at("PolicyDocument")) for policy in stacks.policies_of_bucket(bucket))


_ACCOUNT_BLOCK = (
    "account_public_access_block.ignore_public_acls",
    "account_public_access_block.restrict_public_buckets",
)
_OWN_BLOCK = (
    "bucket.public_access_block",
    "public_access_block.ignore_public_acls",
    "public_access_block.restrict_public_buckets",
)
_ACL = ("bucket.acl_grantees", "grantee.URI", "grantee.type")
_PRIVATE = (Shows("storage", "private"),)

ROWS = (
    CheckRow(
        "s3_bucket_default_encryption",
        BUCKET,
        "BucketEncryption",
        "the bucket encrypts what it holds",
        lambda bucket, _: any(_algorithms(bucket)),
        looks_at=("bucket.encryption",),
        claims=(Shows("storage", "encryption"),),
    ),
    CheckRow(
        "s3_bucket_kms_encryption",
        BUCKET,
        "BucketEncryption",
        "the bucket encrypts with a KMS key",
        lambda bucket, _: bool({"aws:kms", "aws:kms:dsse"} & set(_algorithms(bucket))),
        looks_at=("bucket.encryption",),
        claims=(Shows("storage", "encryption"),),
    ),
    CheckRow(
        "s3_bucket_level_public_access_block",
        BUCKET,
        BLOCK,
        "the bucket's public access block is on",
        _blocked("IgnorePublicAcls", "RestrictPublicBuckets"),
        looks_at=_OWN_BLOCK,
        beyond=_ACCOUNT_BLOCK,
        claims=_PRIVATE,
    ),
    CheckRow(
        "s3_bucket_public_access",
        BUCKET,
        BLOCK,
        "nobody outside reads the bucket: its public access block is on",
        _blocked("IgnorePublicAcls", "RestrictPublicBuckets"),
        looks_at=(*_OWN_BLOCK, *_ACL, "bucket.policy"),
        beyond=_ACCOUNT_BLOCK,
        claims=_PRIVATE,
    ),
    CheckRow(
        "s3_bucket_public_write_acl",
        BUCKET,
        BLOCK,
        "no ACL lets everybody write to the bucket",
        _blocked("IgnorePublicAcls", "RestrictPublicBuckets"),
        looks_at=(*_OWN_BLOCK, *_ACL, "grantee.permission"),
        beyond=_ACCOUNT_BLOCK,
        claims=_PRIVATE,
    ),
    CheckRow(
        "s3_bucket_policy_public_write_access",
        BUCKET,
        f"{BLOCK}.RestrictPublicBuckets",
        "no policy lets everybody write to the bucket",
        _policy_closed,
        looks_at=(
            "bucket.policy",
            "bucket.public_access_block",
            "public_access_block.restrict_public_buckets",
        ),
        beyond=("account_public_access_block.restrict_public_buckets",),
        claims=_PRIVATE,
    ),
    CheckRow(
        "s3_bucket_acl_prohibited",
        BUCKET,
        "OwnershipControls",
        "the bucket has no ACLs: its owner owns every object",
        _ownership,
        looks_at=("bucket.ownership",),
    ),
    CheckRow(
        "s3_bucket_lifecycle_enabled",
        BUCKET,
        "LifecycleConfiguration",
        "the bucket has a lifecycle rule that is enabled",
        _lifecycle,
        looks_at=("bucket.lifecycle", "configuration.status"),
        claims=(Shows("storage", "lifecycle"),),
    ),
    CheckRow(
        "s3_bucket_object_lock",
        BUCKET,
        "ObjectLockEnabled",
        "the bucket has Object Lock",
        lambda bucket, _: is_on(bucket.at("ObjectLockEnabled")),
        looks_at=("bucket.object_lock",),
        claims=(Shows("storage", "object lock"),),
    ),
    CheckRow(
        "s3_bucket_object_versioning",
        BUCKET,
        "VersioningConfiguration",
        "the bucket keeps every version",
        lambda bucket, _: bucket.at("VersioningConfiguration.Status") == "Enabled",
        looks_at=("bucket.versioning",),
        claims=(Shows("storage", "versioning"),),
    ),
    CheckRow(
        "s3_bucket_secure_transport_policy",
        BUCKET,
        "PolicyDocument",
        "the bucket's policy denies requests without TLS",
        _tls_only,
        looks_at=(
            "bucket.policy",
            "policy.Statement",
            "statement.Action",
            "statement.Condition",
            "statement.Effect",
        ),
    ),
    CheckRow(
        "s3_bucket_server_access_logging_enabled",
        BUCKET,
        "LoggingConfiguration",
        "access to the bucket is logged",
        lambda bucket, _: bool(bucket.at("LoggingConfiguration.DestinationBucketName")),
        looks_at=("bucket.logging",),
        claims=(Shows("storage", "access log"),),
    ),
)
