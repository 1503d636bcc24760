"""The IAM action that an API call needs, where it is not named after it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and the same of the
other services.
"""

from __future__ import annotations

from collections.abc import Mapping

from cfngen.aws.calls import CallError, Trouble

_S3: Mapping[str, str] = {
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
}
_PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "cloudcontrol": "cloudformation",
    "cloudcontrolapi": "cloudformation",
    "monitoring": "cloudwatch",
}


def action(service: str, operation: str) -> str:
    """The action as a policy names it.

    Arguments:
        service: botocore's name, or the name that requests are signed with.

    >>> action("s3", "GetBucketEncryption"), action("cloudcontrol", "GetResource")
    ('s3:GetEncryptionConfiguration', 'cloudformation:GetResource')
    """
    name = _S3.get(operation, operation) if service == "s3" else operation
    return f"{_PREFIXES.get(service, service)}:{name}"


def denied(error: CallError) -> list[str]:
    """The action that a denied call needs; empty where the call failed for another reason."""
    return [action(error.service, error.operation)] if error.trouble is Trouble.DENIED else []
