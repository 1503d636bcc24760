"""A template that is too large to send goes through S3, under its content's hash."""

from __future__ import annotations

import hashlib
from typing import Any

from cfngen.aws.calls import CallError, Trouble, call


def template_url(s3: Any, bucket: str, content: bytes) -> str:
    """The URL that CloudFormation can read `content` at; what is there already is not sent again.

    Raises:
        CallError: the bucket cannot be written to.
    """
    name = f"cfngen/{hashlib.sha256(content).hexdigest()}.yaml"
    if not _present(s3, bucket, name):
        call(s3, "PutObject", Bucket=bucket, Key=name, Body=content, ContentType="application/yaml")
    return object_url(s3, bucket, name)


def object_url(s3: Any, bucket: str, name: str) -> str:
    """Where CloudFormation finds an object of a bucket in the client's Region."""
    return f"{s3.meta.endpoint_url.rstrip('/')}/{bucket}/{name}"


def _present(s3: Any, bucket: str, name: str) -> bool:
    try:
        call(s3, "HeadObject", Bucket=bucket, Key=name)
    except CallError as error:
        # Without s3:ListBucket, S3 answers 403 for an object that is not there.
        if error.trouble in {Trouble.REFUSED, Trouble.MISSING, Trouble.DENIED}:
            return False
        raise
    return True
