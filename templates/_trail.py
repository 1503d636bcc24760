"""The audit trail's own names, as parameters of every stack that must write the same ones."""

from __future__ import annotations

from troposphere import Parameter

from cfngen.define.stack import Stack
from templates import _naming


def add_trail_name(stack: Stack, group: str) -> None:
    """The name of the trail."""
    stack.parameter(
        Parameter(
            "TrailName",
            Type="String",
            Description="Name of the trail.",
            Default=_naming.TRAIL,
            AllowedPattern="[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]",
            MaxLength=128,
            ConstraintDescription="3 to 128 letters, digits, dots, hyphens and underscores.",
        ),
        group=group,
        label="Trail name",
    )


def add_log_group_name(stack: Stack, group: str) -> None:
    """The log group that the trail is delivered to."""
    stack.parameter(
        Parameter(
            "LogGroupName",
            Type="String",
            Description="CloudWatch Logs log group that the trail is delivered to.",
            Default=_naming.TRAIL_LOG_GROUP,
            AllowedPattern="[A-Za-z0-9._/#-]+",
            MaxLength=512,
            ConstraintDescription="1 to 512 letters, digits and ._/#-",
        ),
        group=group,
        label="Log group name",
    )


def add_log_prefix(stack: Stack, group: str) -> None:
    """The first folder of the logs in the trail's bucket."""
    stack.parameter(
        Parameter(
            "LogPrefix",
            Type="String",
            Description="First folder of the logs in the bucket. No slash: CloudTrail adds it.",
            Default=_naming.TRAIL_PREFIX,
            AllowedPattern="[A-Za-z0-9][A-Za-z0-9._-]*",
            MaxLength=200,
            ConstraintDescription="1 to 200 letters, digits, dots, hyphens and underscores, without a slash.",
        ),
        group=group,
        label="Log prefix",
    )


def add_organization_id(stack: Stack, group: str) -> None:
    """The organization, where the trail records every account of it."""
    stack.parameter(
        Parameter(
            "OrganizationId",
            Type="String",
            Description="Id of the organization, where the trail is the organization's.",
            Default="",
            AllowedPattern="|o-[a-z0-9]{10,32}",
            ConstraintDescription="Empty, or o- and 10 to 32 lower-case letters and digits.",
        ),
        group=group,
        label="Organization id",
    )
