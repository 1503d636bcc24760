"""Every role of a name has a permissions boundary: no policy gives it more than that.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from cfngen.aws.calls import CallError, Trouble
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds
from cfngen.verify.world import World

NEEDS = ("iam:GetRole", "iam:ListRoles")


def check(claim: Claim, world: World) -> Verdict:
    """Look at the roles whose names match `given["roles"]`, but for those that match one of `given["but"]`.

    `ListRoles` does not return the boundary
    (https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html): each role is read, those of the
    stacks as their other claims read them.
    """
    pattern, boundary = claim.given["roles"], claim.given["boundary"]
    exempt = claim.given.get("but", ())
    listed = world.calls.pages("iam", "ListRoles", "Roles", after="Marker")
    names = sorted(
        role["RoleName"]
        for role in listed
        if fnmatchcase(role["RoleName"], pattern)
        and not any(fnmatchcase(role["RoleName"], each) for each in exempt)
    )
    looked_at = {name: _boundary(world, name, boundary) for name in names}
    actual = {name: arn for name, arn in looked_at.items() if arn != _GONE}
    other = [f"{name}: {arn or 'no boundary'}" for name, arn in actual.items() if arn != boundary]
    if other:
        return fails(
            f"{len(other)} of {len(actual)} roles {pattern} do not have the boundary {boundary}", other
        )
    return holds(f"all {len(actual)} roles {pattern} have the boundary {boundary}")


_GONE = "deleted since it was listed"


def _boundary(world: World, name: str, wanted: str) -> str | None:
    if (world.known("AWS::IAM::Role", name) or {}).get("PermissionsBoundary") == wanted:
        return wanted
    try:
        role = world.calls("iam", "GetRole", RoleName=name)["Role"]
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return _GONE
        raise
    arn: str | None = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return arn
