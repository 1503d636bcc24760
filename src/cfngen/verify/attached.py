"""What other resources of the stacks attach to one: it is meant, wherever it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.verify.deployed import Deployed
from cfngen.verify.world import World


def policies_of_role(world: World, role: str) -> list[str]:
    """The ARNs of the managed policies that a stack attaches to the role of this name."""
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::IAM::ManagedPolicy" and role in given.get("Roles", ())
    ]


def roles_with_policy(world: World, arn: str) -> list[str]:
    """The names of the roles that a stack gives the managed policy to, or caps by it."""
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::IAM::Role"
        and (arn in given.get("ManagedPolicyArns", ()) or arn == given.get("PermissionsBoundary"))
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


def aliases_of_key(world: World, key: str) -> list[str]:
    """The aliases that the stacks give the key with this ARN."""
    name = key.rpartition("/")[2]
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::KMS::Alias" and str(given.get("TargetKeyId", "")).rpartition("/")[2] == name
    ]


def subscriptions_of_topic(world: World, topic: str) -> list[tuple[str, str]]:
    """The protocol and endpoint of each subscription that a stack makes."""
    return [
        (given["Protocol"], given.get("Endpoint", ""))
        for kind, _, given in _resources(world)
        if kind == "AWS::SNS::Subscription" and given.get("TopicArn") == topic
    ]


def subscription_filters(world: World, group: str) -> list[str]:
    """The names of the filters by which the stacks have the log group's events copied."""
    return [
        identifier
        for kind, identifier, given in _resources(world)
        if kind == "AWS::Logs::SubscriptionFilter" and given.get("LogGroupName") == group
    ]


def account_policies(world: World) -> list[str]:
    """The names of the policies that the stacks give all log groups of the account."""
    return [
        str(given["PolicyName"]) for kind, _, given in _resources(world) if kind == "AWS::Logs::AccountPolicy"
    ]


def has_bucket_policy(world: World, bucket: str) -> bool:
    """Whether a stack gives the bucket its policy."""
    return any(
        kind == "AWS::S3::BucketPolicy" and given.get("Bucket") == bucket
        for kind, _, given in _resources(world)
    )


def _resources(world: World) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The type, physical id and properties of each resource that is deployed."""
    for stack in world.stacks:
        for logical_id, kind in stack.types.items():
            if logical_id in stack.ids:
                yield kind, stack.ids[logical_id], stack.properties[logical_id]


_GUARDS: Mapping[str, tuple[str, str]] = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::ECR::Repository": ("", "RepositoryPolicyText"),
    "AWS::KMS::Key": ("", "KeyPolicy"),
    "AWS::IAM::Role": ("", "AssumeRolePolicyDocument"),
}


def guards(world: World, resource: str) -> Iterator[tuple[Deployed, str, str]]:
    """The stack, logical id and property of each policy that a resource itself has."""
    bucket = resource.partition(":s3:::")[2].partition("/")[0] or None
    for stack in world.stacks:
        for logical_id, kind in stack.types.items():
            if kind not in _GUARDS or logical_id not in stack.ids:
                continue
            naming, document = _GUARDS[kind]
            given = stack.properties[logical_id]
            named = {
                "AWS::S3::BucketPolicy": given.get(naming) == bucket,
                "AWS::SNS::TopicPolicy": resource in given.get("Topics", ()),
                "AWS::ECR::Repository": resource.endswith(f":repository/{stack.ids[logical_id]}"),
                "AWS::KMS::Key": resource.endswith(f":key/{stack.ids[logical_id]}"),
                "AWS::IAM::Role": ":role/" in resource
                and stack.ids[logical_id] == resource.rpartition("/")[2],
            }[kind]
            if named and document in given:
                yield stack, logical_id, document
