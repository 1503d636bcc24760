"""Templates in a versioned bucket, `<stack>/<version>.yaml`: written once, never replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cfngen.aws.calls import CallError, Trouble, call
from cfngen.aws.session import Account
from cfngen.deploy.bucket import object_url
from cfngen.deploy.request import Request
from cfngen.errors import AccountError, OutError, UsageError
from cfngen.template.change.version import stamped

BUCKET_OUTPUT = "TemplateBucketName"
"""The output by which a stack says that it holds the bucket of templates."""

_CONFLICTS = 3


@dataclass(frozen=True)
class Published:
    """A template that is in the bucket.

    Attributes:
        key: its object's.
        url: where CloudFormation finds it.
        new: whether it was put there now.
    """

    stack: str
    version: str
    key: str
    url: str
    new: bool


def template_bucket(account: Account, asked: Sequence[Request]) -> str:
    """The bucket that one of the stacks gives out as `TemplateBucketName`.

    Raises:
        UsageError: no stack has such an output.
        AccountError: the stack that has it is not deployed.
    """
    holder = next((each for each in asked if BUCKET_OUTPUT in each.template.get("Outputs", {})), None)
    if holder is None:
        raise UsageError(
            f"no stack of the environment has an output {BUCKET_OUTPUT}",
            remedy="name the bucket: --bucket BUCKET",
        )
    try:
        (stack,) = call(account.cloudformation, "DescribeStacks", StackName=holder.stack_name)["Stacks"]
    except CallError as error:
        if error.trouble is not Trouble.MISSING:
            raise
        stack = {}
    for output in stack.get("Outputs", ()):
        if output["OutputKey"] == BUCKET_OUTPUT:
            return str(output["OutputValue"])
    raise AccountError(
        f"{holder.stack_name}, which holds the bucket, is not deployed",
        remedy=f"deploy {holder.stack} first, or name another bucket: --bucket BUCKET",
    )


def publish(account: Account, bucket: str, request: Request) -> Published:
    """Put one template where its version belongs, unless it is there already.

    S3 itself refuses to replace it: the upload is conditional on nothing being there
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).

    Raises:
        OutError: another template is there under the same version, or this one has no version.
        CallError: the bucket cannot be read or written.
    """
    version = stamped(request.template)
    if version is None:
        raise OutError(
            "has no version to publish it under",
            place=request.path.as_posix(),
            remedy="generate it with python generate.py, which writes one into its Metadata",
        )
    s3 = account.client("s3")
    key = f"{request.stack}/{version}.yaml"
    new = _put(s3, bucket, key, request.content)
    if not new and call(s3, "GetObject", Bucket=bucket, Key=key)["Body"].read() != request.content:
        raise OutError(
            f"{bucket} has another template under {key}, and what is published never changes",
            place=request.path.as_posix(),
            remedy="freeze releases before publishing (cfngen release): what differs then gets a new version",
        )
    return Published(request.stack, version, key, object_url(s3, bucket, key), new)


def _put(s3: Any, bucket: str, key: str, content: bytes) -> bool:
    """Whether the object was written: not where one is there."""
    for attempt in range(_CONFLICTS):
        try:
            call(
                s3,
                "PutObject",
                Bucket=bucket,
                Key=key,
                Body=content,
                ContentType="application/yaml",
                IfNoneMatch="*",
            )
        except CallError as error:
            if error.trouble is Trouble.EXISTS:
                return False
            # Somebody else is writing it: whether they did is known at the next try.
            if error.trouble is not Trouble.CONFLICT or attempt == _CONFLICTS - 1:
                raise
        else:
            break
    return True
