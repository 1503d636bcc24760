"""Make docs/grants.md: the resource types that grant access, and how `cfngen diff` reads each.

python tools/granting_types.py
"""

from __future__ import annotations

from pathlib import Path

from cfngen.template.access.granting_types import GRANTING_TYPES
from cfngen.template.access.readings import (
    Attached,
    BucketAcl,
    Holder,
    IdentityPolicy,
    Membership,
    Network,
    NotGranting,
    Permission,
    PermissionSet,
    Reading,
    ResourcePolicy,
    RunsAs,
    SearchPolicy,
    Serverless,
    SessionPolicy,
    Several,
    Switch,
)

TARGET = Path(__file__).parents[1] / "docs" / "grants.md"

HEAD = """# What grants access, and how it is shown

`cfngen diff`, `cfngen plan` and the comment on a pull request tell every permission that a change gives or
takes, as a sentence: who, what, on what, under which condition. `wider` means that more is possible than
before. These are the resource types that grant something, and how each is read. A policy document in any
other type is read as one about the resource that has it, wherever in its properties the document stands.

The page is made from the table in the code by `tools/granting_types.py`. A test holds the two
together, and finds types in CloudFormation's resource schemas that look like a grant and are not here.

| type | how it is read |
| --- | --- |
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(
        f"| {kind} | {described(reading)} |\n" for kind, reading in sorted(GRANTING_TYPES.items())
    )


def described(reading: Reading) -> str:  # noqa: PLR0911, PLR0912 one sentence for each way of reading
    """How a type is read, in words."""
    match reading:
        case Holder(word):
            return f"what the {word} is allowed, by which policies and boundary; who may assume a role"
        case Attached():
            return "a policy of the roles, users and groups that it names or that name it"
        case IdentityPolicy(holder):
            return f"a policy of {holder.format('it')}: its document has no principal"
        case SessionPolicy(holder, role):
            return f"a policy of {holder.format('it')}; without it, whatever `{role}` is allowed"
        case ResourcePolicy("", _):
            return "a policy document about the resource itself"
        case ResourcePolicy(about, _):
            return f"a policy document about what `{about}` names"
        case Permission(principal, action, resource, each):
            place = f", on `{resource}`" if resource else ""
            items = f", for each of `{each}`" if each else ""
            return f"`{principal}` is allowed `{action}`{place}{items}"
        case Membership(member, of):
            return f"`{member}` is allowed whatever `{of}` is allowed"
        case RunsAs(role):
            return (
                f"it is allowed whatever `{role}` is allowed; told of another role for what is there already"
            )
        case Network():
            return "which addresses reach which ports"
        case PermissionSet():
            return "what those who are assigned the permission set are allowed"
        case BucketAcl():
            return "what its canned ACL lets others do"
        case Switch(name, values, action, effect):
            given = " or ".join(f"`{value}`" if value else "not given" for value in values)
            verb = "allowed" if effect == "Allow" else "denied"
            return f"everyone is {verb} `{action}` while `{name}` is {given}"
        case SearchPolicy():
            return "who reads what in collections, and from where these are reached"
        case Several(readings):
            return "; ".join(map(described, readings))
        case Serverless():
            return "what the role that AWS SAM makes is allowed; an address without login"
        case NotGranting(reason):
            return f"not told as a permission: {reason}"
    raise AssertionError(reading)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
