"""What every stack of ours has: the two names it goes by, the tags, who pays."""

from __future__ import annotations

from typing import Any

from troposphere import If, Ref, Tags

from cfngen.define import recipes
from cfngen.define.stack import Stack


def add_common(stack: Stack) -> None:
    """The parameters that every stack has, and no other way to be named or tagged."""
    recipes.naming(stack, project="mlops-retail-prediction", environment="dev").text(
        "CostCenter",
        "Who pays: the value of the CostCenter tag, for cost allocation.",
        default="mlops",
        pattern="[A-Za-z0-9][A-Za-z0-9_.:/=+@-]*",
        max_length=64,
        allowed="letters, digits and _.:/=+@-, at most 64 characters",
    )


def tags(**more: Any) -> Tags:
    """The four tags that everything carries, and more where a resource needs them."""
    return recipes.tags(CostCenter=Ref("CostCenter"), **more)


def permissions_boundary(stack: Stack) -> If:
    """Add the parameter for the ceiling over every role; returns the roles' PermissionsBoundary."""
    return recipes.permissions_boundary(
        stack.group("Permissions"),
        "Existing policy that caps every role here; the pipeline demands its own. Or none.",
    )
