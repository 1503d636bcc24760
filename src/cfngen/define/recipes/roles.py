"""Roles: those that the account has already, and the ceiling over those that a stack makes."""

from __future__ import annotations

from troposphere import If, NoValue, Parameter, Sub

from cfngen.define.parameters import ParameterGroup


def existing_role(
    group: ParameterGroup, name: str, description: str, *, label: str | None = None
) -> Parameter:
    """Add an optional parameter for a role that the account has already: its path and name.

    They stand in the role's ARN after `role/`:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return group.text(
        name,
        description,
        pattern=r"([A-Za-z0-9_.-]+/)*[A-Za-z0-9_+=,.@-]{1,64}",
        max_length=512,
        allowed="a role's path and name without a leading slash",
        optional=True,
        label=label,
    )


def permissions_boundary(
    group: ParameterGroup, description: str = "Existing policy that caps every role here. Or none."
) -> If:
    """Add the parameter for the ceiling over every role of a stack; returns the roles' PermissionsBoundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    group.text(
        "PermissionsBoundary",
        description,
        pattern=r"([A-Za-z0-9_.-]+/)*[A-Za-z0-9_+=,.@-]{1,128}",
        max_length=512,
        allowed="a policy's path and name without a leading slash",
        optional=True,
    )
    given = group.stack.given("PermissionsBoundary")
    policy = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundary}")
    return If(given, policy, NoValue)
