"""What most stacks need and troposphere spells out at length: names, tags, private buckets, roles."""

from cfngen.define.recipes.buckets import (
    BucketName,
    bucket,
    bucket_arn,
    bucket_name,
    cleanup_rules,
    encrypted,
    existing_bucket,
    objects,
    private_bucket,
)
from cfngen.define.recipes.names import PREFIX, arn, export, named, naming, role_arn, tags
from cfngen.define.recipes.roles import existing_role, permissions_boundary

__all__ = [
    "PREFIX",
    "BucketName",
    "arn",
    "bucket",
    "bucket_arn",
    "bucket_name",
    "cleanup_rules",
    "encrypted",
    "existing_bucket",
    "existing_role",
    "export",
    "named",
    "naming",
    "objects",
    "permissions_boundary",
    "private_bucket",
    "role_arn",
    "tags",
]
