"""Whether a deployed stack is really there: each resource found through its own service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from cfngen.sandbox.readers import READERS, EmulatedAccount
from cfngen.template import likeness
from tests.support.resolve import Deployed

# Given in a template and answered by no API, on AWS itself neither (writeOnlyProperties of the schemas).
UNREADABLE = {
    "AWS::Athena::WorkGroup": {"RecursiveDeleteOption"},
    "AWS::ECR::Repository": {"EmptyOnDelete"},
    "AWS::KMS::Key": {"PendingWindowInDays", "BypassPolicyLockoutSafetyCheck"},
    "AWS::SecurityHub::Hub": {"EnableDefaultStandards"},
    "AWS::SNS::Subscription": {"Region"},
}


def deployed(aws: EmulatedAccount, stack_name: str) -> Deployed:
    """The facts of a stack, from CloudFormation's own API."""
    api = aws.client("cloudformation")
    (stack,) = api.describe_stacks(StackName=stack_name)["Stacks"]
    resources = [
        item
        for page in api.get_paginator("list_stack_resources").paginate(StackName=stack_name)
        for item in page["StackResourceSummaries"]
    ]
    return Deployed(
        template=as_template(api.get_template(StackName=stack_name)["TemplateBody"]),
        stack_id=stack["StackId"],
        stack_name=stack["StackName"],
        parameters={item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])},
        physical_ids={item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources},
        account=aws.account,
        region=api.meta.region_name,
    )


def as_template(body: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A template's text as data, by cfn-lint's own loader."""
    return _loaded(body) if isinstance(body, str) else body


@lru_cache(maxsize=16)
def _loaded(body: str) -> Mapping[str, Any]:
    from cfnlint.decode import cfn_yaml

    return dict(cfn_yaml.loads(body))  # type: ignore[no-untyped-call]


def read_back(aws: EmulatedAccount, stack_name: str) -> list[str]:
    """Every way in which the account differs from what the stack's template gave; [] when it is all there."""
    stack = deployed(aws, stack_name)
    found: list[str] = []
    for logical_id, resource in stack.template["Resources"].items():
        kind = resource["Type"]
        if not stack.exists(logical_id):
            if logical_id in stack.physical_ids:
                found.append(f"{logical_id}: exists although its condition is false")
            continue
        if logical_id not in stack.physical_ids:
            found.append(f"{logical_id}: {kind} was skipped")
            continue
        given = stack.properties(logical_id)
        if kind == "AWS::IAM::Role":
            given["ManagedPolicyArns"] = [*given.get("ManagedPolicyArns", []), *_attached(stack, logical_id)]
        try:
            actual = READERS[kind](aws, stack.physical_ids[logical_id], given)
        except KeyError as error:
            found.append(f"{logical_id}: no reader for {kind}: {error!r}")
        except (ClientError, StopIteration, ValueError) as error:
            found.append(f"{logical_id}: {kind} not found: {error!r}")
        else:
            readable = {name: value for name, value in given.items() if name not in UNREADABLE.get(kind, ())}
            if kind == "AWS::IAM::ManagedPolicy":  # roles of other stacks may have it, too
                actual["Roles"] = [role for role in actual["Roles"] if role in given.get("Roles", [])]
            found += differences(readable, actual, logical_id)
    return found


def _attached(stack: Deployed, role: str) -> list[str]:
    """The managed policies of the stack that name this role, and so are found on it."""
    return [
        stack.physical_ids[logical_id]
        for logical_id, resource in stack.template["Resources"].items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and logical_id in stack.physical_ids
        if stack.physical_ids[role] in stack.properties(logical_id).get("Roles", [])
    ]


def differences(given: Any, actual: Any, path: str = "") -> list[str]:
    """Where `actual` is not what was `given`, a line each."""
    return [
        f"{unlike.path}: {unlike.given!r} -> {'nothing' if unlike.actual is None else repr(unlike.actual)}"
        for unlike in likeness.differences(given, actual, path)
    ]
