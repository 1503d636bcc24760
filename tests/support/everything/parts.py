"""What the parts of the template have in common."""

from __future__ import annotations

from typing import Any

ACCOUNT_ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}


def tags(value: str) -> list[dict[str, str]]:
    """One tag that changes and one that comes or goes."""
    return [{"Key": "Project", "Value": value}, {"Key": f"Only-{value}", "Value": "yes"}]


def policy(principal: Any, action: str, resource: Any) -> dict[str, Any]:
    """A resource policy of one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(service: str) -> dict[str, Any]:
    """A role's trust in a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}
