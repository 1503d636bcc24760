"""The audit trail's own names, as parameters of every stack that must write the same ones."""

from __future__ import annotations

from cfngen.define.parameters import ParameterGroup
from templates import _naming


def add_trail_name(group: ParameterGroup) -> None:
    """The name of the trail."""
    group.text(
        "TrailName",
        "Name of the trail.",
        default=_naming.TRAIL,
        pattern="[A-Za-z0-9][A-Za-z0-9._-]{1,121}[A-Za-z0-9]",
        max_length=123,
        allowed="3 to 123 letters, digits, dots, hyphens and underscores",
    )


def add_log_group_name(group: ParameterGroup) -> None:
    """The log group that the trail is delivered to."""
    group.text(
        "LogGroupName",
        "CloudWatch Logs log group that the trail is delivered to.",
        default=_naming.TRAIL_LOG_GROUP,
        pattern="[A-Za-z0-9._/#-]+",
        max_length=512,
        allowed="1 to 512 letters, digits and ._/#-",
    )


def add_delivery_role_name(group: ParameterGroup, description: str) -> None:
    """The role that CloudTrail writes to the log group with."""
    group.text(
        "DeliveryRoleName",
        description,
        default=_naming.TRAIL_DELIVERY_ROLE,
        pattern=r"[A-Za-z0-9_+=,.@-]+",
        max_length=64,
        allowed="1 to 64 letters, digits and _+=,.@-",
    )


def add_data_events(group: ParameterGroup) -> None:
    """Whether the S3 data events have a trail of their own."""
    group.choice(
        "DataEvents",
        "same-trail: to CloudWatch Logs as well, which is paid by the gigabyte. own-trail: to S3 only.",
        ["same-trail", "own-trail"],
        label="S3 data events",
    )


def add_log_prefix(group: ParameterGroup) -> None:
    """The first folder of the logs in the trail's bucket."""
    group.text(
        "LogPrefix",
        "First folder of the logs in the bucket. No slash: CloudTrail adds it.",
        default=_naming.TRAIL_PREFIX,
        pattern="[A-Za-z0-9][A-Za-z0-9._-]*",
        max_length=200,
        allowed="1 to 200 letters, digits, dots, hyphens and underscores, without a slash",
    )


def add_organization_id(group: ParameterGroup) -> None:
    """The organization, where the trail records every account of it."""
    group.text(
        "OrganizationId",
        "Id of the organization, where the trail is the organization's.",
        pattern="o-[a-z0-9]{10,32}",
        allowed="o- and 10 to 32 lower-case letters and digits",
        optional=True,
    )
