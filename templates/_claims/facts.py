"""What a stack's roles and buckets promise, from what the stack itself says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from troposphere import If, Ref
from troposphere.iam import Role
from troposphere.s3 import Bucket

from cfngen.define.claims import DeclaredClaim, claim
from cfngen.define.stack import Stack

S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"


def of_roles(stack: Stack) -> Iterator[DeclaredClaim]:
    """Each role is there and lets in whom its template names, nobody else."""
    for logical_id, resource in stack.template.resources.items():
        if isinstance(resource, Role):
            says = f"{logical_id} may be taken by those alone whom its template trusts"
            yield claim("trust", logical_id, says, severity="critical")


def of_buckets(stack: Stack) -> Iterator[DeclaredClaim]:
    """Each bucket keeps every version, encrypts, shows nothing in public, and logs who reads it."""
    for logical_id, bucket in stack.template.resources.items():
        if not isinstance(bucket, Bucket):
            continue
        demands: list[tuple[str, str, dict[str, Any]]] = [
            ("versioning", "keeps every version", {}),
            ("encryption", "encrypts what it holds", {"algorithm": _algorithm(bucket.BucketEncryption)}),
            ("private", "shows nothing in public", {}),
        ]
        if logging := getattr(bucket, "LoggingConfiguration", None):
            demands.append(("access log", "logs who reads it", {"to": logging.DestinationBucketName}))
        for demand, words, given in demands:
            yield claim(
                "storage",
                logical_id,
                f"{logical_id} {words}",
                name=f"{logical_id}/{demand}",
                given={"bucket": Ref(logical_id), "demand": demand, **given},
                source=S3_GUIDE,
            )


def _algorithm(encryption: Any) -> Any:
    if isinstance(encryption, If):
        condition, yes, no = encryption.data["Fn::If"]
        return If(condition, _algorithm(yes), _algorithm(no))
    (rule,) = encryption.ServerSideEncryptionConfiguration
    return rule.ServerSideEncryptionByDefault.SSEAlgorithm
