"""The policy of a role that verifies: the actions that the claims and the readers of the resources need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cfngen.template.change.resource_types import Schemas
from cfngen.verify.checks import needs_of
from cfngen.verify.claims import Claim

# To describe all stacks by one call, AWS wants ListStacks, too:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
ALWAYS = (
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
    "cloudformation:ListStacks",
    "sts:GetCallerIdentity",
)

# What is asked of a type's own service, beside the generic reader or in its place.
_OF_ITS_SERVICE = {
    "AWS::CodeBuild::Project": ("codebuild:BatchGetProjects",),
    "AWS::Logs::LogGroup": ("logs:DescribeAccountPolicies", "logs:DescribeSubscriptionFilters"),
    "AWS::S3::Bucket": ("s3:GetBucketPolicy",),
    "AWS::SNS::Subscription": ("sns:ListSubscriptionsByTopic",),
    "AWS::SNS::TopicPolicy": ("sns:GetTopicAttributes",),
}
# In the schemas' permissions of the read handlers, and more than a look at how things are set up.
_NOT_READING = {
    "iam:PassRole",
    "glue:CreateTable",
    "glue:GetConnection",  # shows passwords
    "lakeformation:CreateTable",
    "lakeformation:GetDataAccess",
}
# What opens content: only a trail's log files, below AWSLogs/.
_CONTENT: Mapping[str, Mapping[str, Any]] = {
    "s3:GetObject": {"Resource": "arn:*:s3:::*/AWSLogs/*"},
    "kms:Decrypt": {
        "Resource": "*",
        "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
    },
}


def actions(claims: Iterable[Claim], types: Iterable[str], schemas: Schemas) -> list[str]:
    """The actions, sorted: what each kind of claim needs, and what reads each type of resource."""
    found = set(ALWAYS)
    for kind in {claim.kind for claim in claims}:
        found |= set(needs_of(kind))
    for kind in set(types):
        schema = schemas.get(kind)
        found |= {_cased(action) for action in (schema.permissions("read") if schema else ())}
        found |= set(_OF_ITS_SERVICE.get(kind, ()))
    return sorted(found - _NOT_READING)


def policy(claims: Iterable[Claim], types: Iterable[str], schemas: Schemas) -> dict[str, Any]:
    """A policy document that allows them, and nothing that changes anything."""
    needed = actions(claims, types, schemas)
    settings = [action for action in needed if action not in _CONTENT]
    statements: list[dict[str, Any]] = [
        {"Sid": "SeeSettings", "Effect": "Allow", "Action": settings, "Resource": "*"}
    ]
    statements += [
        {"Sid": f"ReadLogs{number}", "Effect": "Allow", "Action": action, **limits}
        for number, (action, limits) in enumerate(_CONTENT.items(), start=1)
        if action in needed
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _cased(action: str) -> str:
    """The service in lower case, as IAM writes it: one schema says CloudTrail."""
    service, _, name = action.partition(":")
    return f"{service.lower()}:{name}"
