"""A template that is too large to send goes through S3, under its content's hash."""

from __future__ import annotations

import hashlib
from typing import Any

from cfngen.aws.calls import CallError, Trouble, body, call
from cfngen.deploy.trail import Trail


def template_url(s3: Any, bucket: str, content: bytes, trail: Trail) -> str:
    """The URL that CloudFormation can read `content` at; what is there already is not sent again.

    The name is the content's hash, which says nothing about what somebody else put there: it is read first.

    Raises:
        CallError: the bucket cannot be written to.
    """
    name = f"cfngen/{hashlib.sha256(content).hexdigest()}.yaml"
    present = _object(s3, bucket, name)
    if present != content:
        if present is not None:
            told = "held another template than its name says, and is replaced: find out who wrote it"
            trail.warnings.append(f"s3://{bucket}/{name} {told}")
        call(s3, "PutObject", Bucket=bucket, Key=name, Body=content, ContentType="application/yaml")
    return object_url(s3, bucket, name)


def object_url(s3: Any, bucket: str, name: str) -> str:
    """Where CloudFormation finds an object of a bucket in the client's Region."""
    return f"{s3.meta.endpoint_url.rstrip('/')}/{bucket}/{name}"


def _object(s3: Any, bucket: str, name: str) -> bytes | None:
    """What is there; None where nothing is, or where it may not be read."""
    try:
        return body(call(s3, "GetObject", Bucket=bucket, Key=name))
    except CallError as error:
        # Without s3:ListBucket, S3 answers 403 for an object that is not there.
        if error.trouble in {Trouble.REFUSED, Trouble.MISSING, Trouble.DENIED}:
            return None
        raise
