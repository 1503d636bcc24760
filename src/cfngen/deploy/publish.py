"""Templates in a versioned bucket, `<stack>/<version>.yaml`: written once, never replaced.

With what the console and CodePipeline need to use them: links with values filled in, configuration files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from cfngen.aws.calls import CallError, Trouble, body, call
from cfngen.aws.session import Account, stacks_page
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
            remedy="generate it with cfngen generate, which writes one into its Metadata",
        )
    s3 = account.client("s3")
    key = f"{request.stack}/{version}.yaml"
    new = _put(s3, bucket, key, request.content)
    if not new and body(call(s3, "GetObject", Bucket=bucket, Key=key)) != request.content:
        raise OutError(
            f"{bucket} has another template under {key}, and what is published never changes",
            place=request.path.as_posix(),
            remedy="freeze releases before publishing (cfngen release): what differs then gets a new version",
        )
    return Published(request.stack, version, key, object_url(s3, bucket, key), new)


def quick_create_link(
    template_url: str,
    stack_name: str,
    parameters: Mapping[str, str],
    *,
    region: str,
    partition: str = "aws",
) -> str:
    """The link that creates a stack; it cannot update one, and knows no tags.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html

    Arguments:
        template_url: where S3 has the template.
        parameters: the values to fill in. What a person must not read does not belong into a link.

    >>> link = quick_create_link("https://s3/b/a.yaml", "dev-a", {"Word": "two words"}, region="eu-west-1")
    >>> link.partition("review?")[2]
    'templateURL=https%3A%2F%2Fs3%2Fb%2Fa.yaml&stackName=dev-a&param_Word=two%20words'
    """
    asked = {"templateURL": template_url, "stackName": stack_name}
    asked |= {f"param_{name}": value for name, value in parameters.items()}
    query = urlencode(asked, quote_via=quote, safe="")
    return f"{stacks_page(partition, region)}create/review?{query}"


def template_configuration(
    parameters: Mapping[str, str], tags: Mapping[str, str], stack_policy: Mapping[str, Any] | None
) -> str:
    """CodePipeline's template configuration file: the values, tags and stack policy of its own action.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html

    >>> print(template_configuration({"Word": "one"}, {}, None), end="")
    {
      "Parameters": {
        "Word": "one"
      },
      "Tags": {}
    }
    """
    document: dict[str, Any] = {"Parameters": dict(parameters), "Tags": dict(tags)}
    if stack_policy is not None:
        document["StackPolicy"] = stack_policy
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


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
