"""The capabilities that CloudFormation must be told to accept for a template, derived from its content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Types that need an acknowledgement, and the property that names each of them. From
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (Capabilities).
_IAM_TYPES: Mapping[str, str | None] = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}


def capabilities(template: Mapping[str, Any]) -> tuple[str, ...]:
    """`CAPABILITY_NAMED_IAM` (which includes `CAPABILITY_IAM`), `CAPABILITY_AUTO_EXPAND`, in that order.

    >>> capabilities({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}}})
    ('CAPABILITY_NAMED_IAM',)
    >>> capabilities({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    ()
    >>> capabilities({"Resources": {"Fn::ForEach::U": ["N", ["A"], {"${N}": {"Type": "AWS::IAM::User"}}]}})
    ('CAPABILITY_IAM',)
    """
    needed: list[str] = []
    iam = [body for body in _bodies(template["Resources"]) if body.get("Type") in _IAM_TYPES]
    if iam:
        named = any(_IAM_TYPES[body["Type"]] in body.get("Properties", {}) for body in iam)
        needed.append("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM")
    if "Transform" in template:
        needed.append("CAPABILITY_AUTO_EXPAND")
    return tuple(needed)


def _bodies(resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every resource, also those that a Fn::ForEach makes."""
    for name, body in resources.items():
        if isinstance(body, Mapping):
            yield body
        elif name.startswith("Fn::ForEach::") and isinstance(body, list) and isinstance(body[-1], Mapping):
            yield from _bodies(body[-1])
