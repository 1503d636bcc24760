"""What other resources of the stacks attach to one: it is meant, wherever it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.aws.calls import CallError
from cfngen.verify.world import World


def policies_of_role(world: World, role: str) -> list[str]:
    """The ARNs of the managed policies that a stack attaches to the role of this name."""
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::IAM::ManagedPolicy" and role in given.get("Roles", ())
    ]


def roles_with_policy(world: World, arn: str) -> list[str]:
    """The names of the roles that a stack gives the managed policy to."""
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::IAM::Role" and arn in given.get("ManagedPolicyArns", ())
    ]


def inline_policies_of_role(world: World, role: str) -> list[str]:
    """The names of the inline policies that resources of their own put on the role."""
    found = []
    for kind, _, given in _resources(world):
        if kind == "AWS::IAM::RolePolicy" and given.get("RoleName") == role:
            found.append(str(given["PolicyName"]))
        if kind == "AWS::IAM::Policy" and role in given.get("Roles", ()):
            found.append(str(given["PolicyName"]))
    return found


def subscriptions_of_topic(world: World, topic: str) -> list[tuple[str, str]]:
    """The protocol and endpoint of each subscription that a stack makes."""
    return [
        (given["Protocol"], given.get("Endpoint", ""))
        for kind, _, given in _resources(world)
        if kind == "AWS::SNS::Subscription" and given.get("TopicArn") == topic
    ]


def has_bucket_policy(world: World, bucket: str) -> bool:
    """Whether a stack gives the bucket its policy."""
    return any(
        kind == "AWS::S3::BucketPolicy" and given.get("Bucket") == bucket
        for kind, _, given in _resources(world)
    )


def _resources(world: World) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The type, physical id and properties of each resource that is deployed."""
    for name in world.targets:
        try:
            stack = world.deployed(name)
        except CallError:
            continue  # told by the claims of that stack
        if stack is None:
            continue
        for logical_id, kind in stack.types.items():
            if logical_id in stack.ids:
                yield kind, stack.ids[logical_id], stack.properties[logical_id]
