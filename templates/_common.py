"""What every stack of ours has: the two names it goes by, the tags, the names of buckets."""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, If, NoValue, Ref, Sub, Tags

from cfngen.define.parameters import ParameterGroup
from cfngen.define.stack import Stack
from templates import _naming

# Dots are allowed by S3, but not by its certificate, and two of them, or an IP address, not by S3 either.
# `-an` is for names in an account's own namespace.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
_NOT_RESERVED = "(?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)(?<!--table-s3)(?<!-an)"


def add_common(stack: Stack) -> None:
    """The parameters that every stack has, and no other way to be named or tagged."""
    naming = stack.group("Naming and tags")
    naming.text(
        "Project",
        "Project that everything is named and tagged after.",
        default="mlops-retail-prediction",
        pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*",
        max_length=23,
        allowed="lower-case letters, digits and single hyphens, at most 23 characters",
    )
    naming.text(
        "Environment",
        "Environment that everything is named and tagged after.",
        default="dev",
        pattern="[a-z][a-z0-9]*",
        max_length=4,
        allowed="lower-case letters and digits, at most 4 characters",
    )
    naming.text(
        "CostCenter",
        "Who pays: the value of the CostCenter tag, for cost allocation.",
        default="mlops",
        pattern="[A-Za-z0-9][A-Za-z0-9_.:/=+@-]*",
        max_length=64,
        allowed="letters, digits and _.:/=+@-, at most 64 characters",
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


class BucketName(NamedTuple):
    """A bucket's name, which a parameter may override, and the namespace that goes with it."""

    name: If
    namespace: If


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
        name=If(given, Ref(parameter), _naming.bucket(code)),
        namespace=If(given, "global", "account-regional"),
    )


def existing_bucket(group: ParameterGroup, parameter: str, code: str | AWSHelperFn, *, label: str) -> If:
    """Add the parameter for the name of another stack's bucket. Empty gives the name it has by default.

    Arguments:
        code: of our own buckets' names; or the whole name that it has by default.
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
    return If(given, Ref(parameter), _naming.bucket(code) if isinstance(code, str) else code)


def permissions_boundary(stack: Stack) -> If:
    """Add the parameter for the ceiling over every role of a stack; returns the roles' PermissionsBoundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    stack.group("Permissions").text(
        "PermissionsBoundary",
        "Existing policy that caps every role here; the pipeline demands its own. Or none.",
        pattern=r"([A-Za-z0-9_.-]+/)*[A-Za-z0-9_+=,.@-]{1,128}",
        max_length=512,
        allowed="a policy's path and name without a leading slash",
        optional=True,
    )
    given = stack.given("PermissionsBoundary")
    policy = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}")
    return If(given, policy, NoValue)
