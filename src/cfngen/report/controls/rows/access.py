"""What roles and policies show.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfngen.report.controls.policy import allows, allows_all_of, allows_everything
from cfngen.report.controls.row import CheckRow
from cfngen.report.controls.stacks import ResolvedResource, Stacks, items
from cfngen.template.access import managed_policies

POLICY, ROLE = "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"
_MARKETPLACE = "aws-marketplace:Subscribe"


def _inline(role: ResolvedResource, stacks: Stacks) -> list[Any]:
    """The documents that are in the role itself, or that other resources put into it."""
    name = role.properties.get("RoleName", f"<{role.logical_id}>")
    own = [policy.get("PolicyDocument") for policy in items(role.at("Policies"))]
    return own + [
        policy.at("PolicyDocument")
        for policy in stacks.typed("AWS::IAM::RolePolicy", "AWS::IAM::Policy")
        if name == policy.at("RoleName") or name in items(policy.at("Roles"))
    ]


def _inline_without(test: Any) -> Any:
    def holds(role: ResolvedResource, stacks: Stacks) -> bool:
        return not any(test(document) for document in _inline(role, stacks))

    return holds


def _aws_documents(role: ResolvedResource) -> Iterator[Any]:
    for arn in items(role.at("ManagedPolicyArns")):
        if ":aws:policy/" in str(arn):
            yield {"Statement": managed_policies.statements(str(arn)) or ()}


def _aws_policies(role: ResolvedResource, _: Stacks) -> bool:
    return not any(allows_everything(document) for document in _aws_documents(role))


def _no_cloudshell(role: ResolvedResource, _: Stacks) -> bool:
    arns = items(role.at("ManagedPolicyArns"))
    return not any(str(arn).endswith("/AWSCloudShellFullAccess") for arn in arns)


_DOCUMENT = ("policy.document", "policy.type")
_ATTACHED = ("policy.attached",)

ROWS = (
    CheckRow(
        "iam_customer_attached_policy_no_administrative_privileges",
        POLICY,
        "PolicyDocument",
        "the policy does not allow everything",
        lambda policy, _: not allows_everything(policy.at("PolicyDocument")),
        looks_at=_DOCUMENT,
        beyond=_ATTACHED,
    ),
    CheckRow(
        "iam_policy_no_full_access_to_cloudtrail",
        POLICY,
        "PolicyDocument",
        "the policy does not allow all of CloudTrail",
        lambda policy, _: not allows_all_of("cloudtrail", policy.at("PolicyDocument")),
        looks_at=_DOCUMENT,
        beyond=_ATTACHED,
    ),
    CheckRow(
        "iam_policy_no_wildcard_marketplace_subscribe",
        POLICY,
        "PolicyDocument",
        "the policy does not allow subscribing to everything in AWS Marketplace",
        lambda policy, _: not allows(_MARKETPLACE, policy.at("PolicyDocument")),
        looks_at=_DOCUMENT,
        beyond=_ATTACHED,
    ),
    CheckRow(
        "iam_aws_attached_policy_no_administrative_privileges",
        ROLE,
        "ManagedPolicyArns",
        "no AWS managed policy of the role allows everything",
        _aws_policies,
        looks_at=(*_DOCUMENT, *_ATTACHED),
    ),
    CheckRow(
        "iam_inline_policy_no_administrative_privileges",
        ROLE,
        "Policies",
        "no inline policy of the role allows everything",
        _inline_without(allows_everything),
        looks_at=_DOCUMENT,
    ),
    CheckRow(
        "iam_inline_policy_no_wildcard_marketplace_subscribe",
        ROLE,
        "Policies",
        "no inline policy of the role allows subscribing to everything in AWS Marketplace",
        _inline_without(lambda document: allows(_MARKETPLACE, document)),
        looks_at=_DOCUMENT,
    ),
    CheckRow(
        "iam_policy_cloudshell_admin_not_attached",
        ROLE,
        "ManagedPolicyArns",
        "the role does not have AWSCloudShellFullAccess",
        _no_cloudshell,
        looks_at=("entities.Roles",),
        beyond=("entities.Groups", "entities.Users"),
    ),
)
