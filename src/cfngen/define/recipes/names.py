"""Names and tags: every stack of a project is named and tagged after `Project` and `Environment`."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Sub, Tags

from cfngen.define.parameters import ParameterGroup
from cfngen.define.stack import Stack
from cfngen.project import NAME, NAME_LENGTH

PREFIX = "${Project}-${Environment}"
"""What names begin with, as `Fn::Sub` reads it."""


def naming(stack: Stack, *, project: str | None = None, environment: str | None = None) -> ParameterGroup:
    """Add the parameters `Project` and `Environment`; returns their group, for more of its kind.

    Both are short enough for the name of a bucket in the account-regional namespace (see `bucket`).

    Arguments:
        project, environment: their defaults; without them, each deployment gives the values.
    """
    group = stack.group("Naming and tags")
    group.text(
        "Project",
        "Project that everything is named and tagged after.",
        default=project,
        pattern=NAME,
        max_length=NAME_LENGTH,
        allowed=f"lower-case letters, digits and single hyphens, at most {NAME_LENGTH} characters",
    )
    group.text(
        "Environment",
        "Environment that everything is named and tagged after.",
        default=environment,
        pattern="[a-z][a-z0-9]*",
        max_length=4,
        allowed="lower-case letters and digits, at most 4 characters",
    )
    return group


def tags(**more: Any) -> Tags:
    """The tags Project, Environment and ManagedBy, and more: `tags(CostCenter="research")`."""
    return Tags(Project=Ref("Project"), Environment=Ref("Environment"), ManagedBy="cfngen", **more)


def named(suffix: str) -> Sub:
    """`<Project>-<Environment>-<suffix>`.

    >>> named("news").to_dict()
    {'Fn::Sub': '${Project}-${Environment}-news'}
    """
    return Sub(f"{PREFIX}-{suffix}")


def arn(service: str, resource: str, **variables: Any) -> Sub:
    """The ARN of a resource in this account and Region.

    Arguments:
        resource: may hold `${Variables}`.
        variables: values for those of them that are not parameters or resources.
    """
    whole = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
    return Sub(whole, **variables)


def role_arn(role: str) -> Sub:
    """The ARN of a role in this account."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role}")


def export(stack: Stack, name: str, description: str, value: Any, *, condition: str | None = None) -> None:
    """Add an output that is exported as `<Project>-<Environment>-<name>`."""
    stack.output(name, description, value, export=named(name), condition=condition)
