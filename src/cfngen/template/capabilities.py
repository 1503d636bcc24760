"""The capabilities that CloudFormation must be told to accept for a template, derived from its content."""

from __future__ import annotations

from collections.abc import Mapping
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
    """
    needed: list[str] = []
    iam = [resource for resource in template["Resources"].values() if resource.get("Type") in _IAM_TYPES]
    if iam:
        named = any(_IAM_TYPES[resource["Type"]] in resource.get("Properties", {}) for resource in iam)
        needed.append("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM")
    if "Transform" in template:
        needed.append("CAPABILITY_AUTO_EXPAND")
    return tuple(needed)
