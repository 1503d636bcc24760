"""Whether a deployed stack is really there: each resource found through its own service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from tests.support.readers import READERS, Account
from tests.support.resolve import Deployed

# Given in a template and answered by no API, on AWS itself neither (writeOnlyProperties of the schemas).
UNREADABLE = {
    "AWS::Athena::WorkGroup": {"RecursiveDeleteOption"},
    "AWS::ECR::Repository": {"EmptyOnDelete"},
    "AWS::KMS::Key": {"PendingWindowInDays", "BypassPolicyLockoutSafetyCheck"},
    "AWS::SNS::Subscription": {"Region"},
}


def deployed(aws: Account, stack_name: str) -> Deployed:
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


def read_back(aws: Account, stack_name: str) -> list[str]:
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
    """Where `actual` is not what was `given`; what it has beside that does not count.

    >>> differences({"Tags": [{"Key": "a", "Value": "1"}]}, {"tags": [{"Key": "b", "Value": "2"}]}, "Bucket")
    ["Bucket.Tags[a]: '1' -> nothing"]
    """
    if isinstance(given, str) and isinstance(actual, Mapping | list):
        try:
            given = json.loads(given)
        except ValueError:
            return [f"{path}: {given!r} -> {actual!r}"]
    if isinstance(actual, str) and isinstance(given, Mapping | list):
        try:
            actual = json.loads(actual)
        except ValueError:
            return [f"{path}: {given!r} -> {actual!r}"]
    if isinstance(given, Mapping):
        return _in_mapping(given, actual, path)
    if isinstance(given, list):
        return _in_list(given, actual, path)
    return [] if _text(given) == _text(actual) else [f"{path}: {given!r} -> {_shown(actual)}"]


def _in_mapping(given: Mapping[str, Any], actual: Any, path: str) -> list[str]:
    if not isinstance(actual, Mapping):
        # "Principal": {"AWS": [...]} and the like stay mappings; anything else is a loss.
        return [f"{path}: {dict(given)!r} -> {_shown(actual)}"]
    names = {name.lower(): value for name, value in actual.items()}
    found = []
    for name, value in given.items():
        found += differences(value, actual.get(name, names.get(name.lower())), f"{path}.{name}")
    return found


def _in_list(given: list[Any], actual: Any, path: str) -> list[str]:
    if actual is None:
        return [f"{path}: {given!r} -> nothing"] if given else []
    if not isinstance(actual, list):
        actual = [actual]
    if all(isinstance(item, Mapping) and set(item) == {"Key", "Value"} for item in given):
        tags = {item.get("Key", item.get("key")): item.get("Value", item.get("value")) for item in actual}
        return [
            f"{path}[{item['Key']}]: {item['Value']!r} -> {_shown(tags.get(item['Key']))}"
            for item in given
            if _text(tags.get(item["Key"])) != _text(item["Value"])
        ]
    if len(given) != len(actual):
        return [f"{path}: {given!r} -> {actual!r}"]
    found, left = [], list(actual)
    for number, item in enumerate(given):
        match = next((other for other in left if not differences(item, other)), None)
        if match is None:
            found += differences(item, actual[number], f"{path}[{number}]")
        else:
            left.remove(match)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return str(int(number)) if number.is_integer() else str(number)


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)
