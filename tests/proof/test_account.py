"""The judge itself: what it must see in policies of which the answer is known."""

from __future__ import annotations

import pytest

from tests.support.proof.account import ADMINISTRATOR, FOREIGN, Account, Decision, Request, account
from tests.support.proof.tools import ACCOUNT, evaluate

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"


def judge(
    action: str,
    resource: str,
    policies: list[object],
    context: dict[str, object] | None = None,
    **more: object,
) -> str:
    """The evaluator's bare answer about a role that holds `policies`."""
    statements = [
        {"name": str(n), "policy": {"Version": "2012-10-17", "Statement": p}} for n, p in enumerate(policies)
    ]
    request = {
        "principal": ROLE,
        "action": action,
        "resource": {"resource": resource, "accountId": ACCOUNT},
        "contextVariables": context or {},
    }
    (answer,) = evaluate([{"request": request, "identityPolicies": statements, **more}])
    return str(answer.get("decision") or answer["error"])


def test_an_aws_managed_policy_is_seen_as_what_it_is() -> None:
    full = account("dev").managed("arn:aws:iam::aws:policy/AmazonS3FullAccess")
    assert judge("s3:DeleteBucket", "arn:aws:s3:::audit-logs", [full["Statement"]]) == "Allowed"
    read = account("dev").managed("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    assert judge("s3:DeleteBucket", "arn:aws:s3:::audit-logs", [read["Statement"]]) == "ImplicitlyDenied"


def test_a_policy_that_nobody_knows_cannot_be_judged() -> None:
    with pytest.raises(AssertionError, match="nobody could judge"):
        account("dev").managed("arn:aws:iam::aws:policy/NoSuchPolicy")


def test_a_deny_and_a_boundary_and_a_condition_count() -> None:
    everything = ADMINISTRATOR["Statement"]
    object_ = "arn:aws:s3:::b/x"
    deny = [
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    assert (
        judge("s3:GetObject", object_, [everything, deny], {"aws:SecureTransport": "false"})
        == "ExplicitlyDenied"
    )
    assert judge("s3:GetObject", object_, [everything, deny], {"aws:SecureTransport": "true"}) == "Allowed"
    boundary = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}],
    }
    bounded = [{"name": "b", "policy": boundary}]
    assert (
        judge("s3:GetObject", object_, [everything], permissionBoundaryPolicies=bounded) == "ImplicitlyDenied"
    )


def test_a_request_that_aws_does_not_know_is_an_error() -> None:
    assert "invalid.action" in judge("s3:GetObjekt", "arn:aws:s3:::b/x", [])
    (decision,) = account("dev").decide([Request("anonymous", "s3:GetObjekt", "arn:aws:s3:::b/x")])
    assert decision.allowed is None
    assert "no request that AWS knows" in decision.because[0]


def test_a_role_that_no_stack_makes_is_not_taken_for_one() -> None:
    with pytest.raises(AssertionError, match="no stack makes"):
        account("dev").decide(
            [Request(f"arn:aws:iam::{ACCOUNT}:role/typo", "s3:GetObject", "arn:aws:s3:::b/x")]
        )


def test_a_service_in_a_policy_that_leans_on_its_account_is_an_error() -> None:
    """Whether it lets the service in could not be told, so it is neither."""
    here = Account("dev")
    bucket = next(arn for arn in here.guarded if arn.startswith("arn:aws:s3:::"))
    here.guarded[bucket] = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "s3:GetBucketAcl",
                "Resource": bucket,
            },
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": bucket}
            | {"Condition": {"Null": {"aws:PrincipalAccount": "false"}}},
        ],
    }
    (decision,) = here.decide([Request("cloudtrail.amazonaws.com", "s3:GetBucketAcl", bucket)])
    assert decision == Decision(None, because=("depends on the account that an AWS service calls from",))


def test_another_account_needs_both_sides() -> None:
    here = Account("dev")
    bucket = next(arn for arn in here.guarded if arn.startswith("arn:aws:s3:::"))
    stranger = f"arn:aws:iam::{FOREIGN}:role/Stranger"
    ask = Request(stranger, "s3:ListBucket", bucket, holds="everything")
    allow = {"Effect": "Allow", "Principal": {"AWS": stranger}, "Action": "s3:ListBucket", "Resource": bucket}
    here.guarded[bucket] = {"Version": "2012-10-17", "Statement": [allow]}
    without = Request(stranger, "s3:ListBucket", bucket, holds="nothing")
    assert [decision.allowed for decision in here.decide([ask, without])] == [True, False]
