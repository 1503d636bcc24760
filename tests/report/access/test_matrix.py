"""The access matrix of a few small templates: what is decided, what cannot be, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cfngen.report.access.matrix import matrix
from cfngen.report.access.model import Matrix
from cfngen.report.access.situations import BOUNDARY, NOTHING
from cfngen.report.view import of_templates

ACCOUNT = "111122223333"
READ = {"Sid": "Reads", "Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::it-data/*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
DATA: Mapping[str, Any] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "it-data"}}


def of(
    resources: Mapping[str, Any], claims: Mapping[str, Any] | None = None, **others: Mapping[str, Any]
) -> Matrix:
    stacks: dict[str, Mapping[str, Any]] = {"s": resources, **others}
    declared: dict[str, Mapping[str, Any]] = {"s": claims or {}}
    values: Mapping[str, str] = {}
    templates = [
        (name, {"Resources": body}, values, None, declared.get(name, {})) for name, body in stacks.items()
    ]
    return matrix(of_templates(templates, region="eu-west-1", account=ACCOUNT))


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    trust = {"Statement": [TRUST]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies, **properties},
    }


def guard(*statements: Any) -> dict[str, Any]:
    properties = {"Bucket": {"Ref": "Data"}, "PolicyDocument": {"Statement": list(statements)}}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}


def test_a_cell_says_which_statement_allows() -> None:
    cell = of({"Data": DATA, "Reader": role(READ)}).cell("s/Reader", "s/Data", "read")
    assert cell.verdict == "allowed"
    (proof,) = cell.uses[0].proofs
    assert (proof.stack, proof.logical_id, proof.statement, proof.part) == (
        "s",
        "Reader",
        "Reads",
        "identity",
    )


def test_a_cell_says_which_statement_denies() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    found = of({"Data": DATA, "Reader": role(READ), "Guard": guard(deny)})
    cell = found.cell("s/Reader", "s/Data", "read")
    assert cell.verdict == "denied"
    (proof,) = cell.uses[0].proofs
    assert (proof.effect, proof.logical_id, proof.statement) == ("Deny", "Guard", "statement 1")
    assert found.cell("administrator", "s/Data", "remove").verdict == "denied"


def test_what_no_statement_allows_says_so() -> None:
    cell = of({"Data": DATA, "Reader": role(READ)}).cell("s/Reader", "s/Data", "write")
    assert (cell.verdict, cell.uses[0].because, cell.uses[0].proofs) == ("denied", NOTHING, ())


def test_a_condition_and_a_part_of_the_names_are_what_it_depends_on() -> None:
    limited = {
        **READ,
        "Resource": "arn:aws:s3:::it-data/models/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "ml"}},
    }
    cell = of({"Data": DATA, "Reader": role(limited)}).cell("s/Reader", "s/Data", "read")
    assert cell.verdict == "conditional"
    assert cell.uses[0].proofs[0].limits == (
        "the resource is arn:aws:s3:::it-data/models/*",
        "StringEquals aws:PrincipalTag/team ml",
    )


def test_a_condition_that_is_denied_at_once_is_denied() -> None:
    """Two statements that exclude each other leave nothing."""
    when = {"StringEquals": {"aws:PrincipalTag/team": "ml"}}
    allow, deny = {**READ, "Condition": when}, {**READ, "Effect": "Deny", "Condition": when}
    cell = of({"Data": DATA, "Reader": role(allow, deny)}).cell("s/Reader", "s/Data", "read")
    assert cell.verdict == "denied"


@pytest.mark.parametrize(
    ("properties", "verdict", "because"),
    [
        ({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}, "allowed", ""),
        (
            {"ManagedPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/Theirs"]},
            "depends",
            "managed policy Theirs",
        ),
        ({"PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/Theirs"}, "depends", "boundary Theirs"),
        ({"PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}, "allowed", ""),
        ({"PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"}, "denied", BOUNDARY),
    ],
)
def test_policies_that_stand_elsewhere(properties: Any, verdict: str, because: str) -> None:
    statements = [READ] if "PermissionsBoundary" in properties else []
    use = (
        of({"Data": DATA, "Reader": role(*statements, **properties)})
        .cell("s/Reader", "s/Data", "read")
        .uses[0]
    )
    assert use.verdict == verdict
    assert because in use.because
    assert bool(use.because) == bool(because)


def test_a_boundary_of_another_stack_counts() -> None:
    boundary = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "edge", "PolicyDocument": {"Statement": [READ]}},
    }
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    bound = role(everything, PermissionsBoundary={"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/edge"})
    found = of({"Data": DATA, "Reader": bound}, edges={"Boundary": boundary})
    verdicts = {kind: found.cell("s/Reader", "s/Data", kind).verdict for kind in ("read", "write", "remove")}
    assert verdicts == {"read": "allowed", "write": "denied", "remove": "denied"}


def test_a_user_has_what_its_group_has() -> None:
    group = {
        "Type": "AWS::IAM::Group",
        "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": READ}}]},
    }
    user = {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Readers"}]}}
    found = of({"Data": DATA, "Readers": group, "Someone": user})
    assert found.cell("s/Someone", "s/Data", "read").verdict == "allowed"
    assert found.cell("s/Someone", "s/Data", "write").verdict == "denied"


def test_what_is_public_is_seen_unless_the_bucket_is_closed() -> None:
    public = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::it-data/*",
    }
    closed = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "it-data",
            "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True},
        },
    }
    for bucket, verdict in ((DATA, "allowed"), (closed, "denied")):
        found = of({"Data": bucket, "Guard": guard(public)})
        assert found.cell("anyone", "s/Data", "read").uses[0].verdict == verdict


def test_operators_that_are_not_known_are_not_guessed() -> None:
    limited = {**READ, "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}}
    use = of({"Data": DATA, "Reader": role(limited)}).cell("s/Reader", "s/Data", "read").uses[0]
    assert (use.verdict, use.because) == ("depends", "the condition operator DateLessThan is not judged here")


def test_more_conditions_than_are_tried_are_not_guessed() -> None:
    limited = {
        **READ,
        "Condition": {"StringEquals": {f"aws:PrincipalTag/t{number}": ["a", "b"] for number in range(12)}},
    }
    use = of({"Data": DATA, "Reader": role(limited)}).cell("s/Reader", "s/Data", "read").uses[0]
    assert (use.verdict, use.because) == ("depends", "there are more conditions than are tried")


def test_a_claim_stands_in_its_cell() -> None:
    claims = {
        "Reader/reads": {
            "says": "Reader reads",
            "kind": "permission",
            "about": "Reader",
            "given": {
                "principal": {"Fn::GetAtt": ["Reader", "Arn"]},
                "action": "s3:GetObject",
                "resource": {"Fn::Sub": "${Data.Arn}/a"},
                "allowed": True,
            },
        }
    }
    found = of({"Data": DATA, "Reader": role(READ, RoleName="reader")}, claims)
    (claim,) = found.cell("s/Reader", "s/Data", "read").claims
    assert (claim.stack, claim.name, claim.allowed) == ("s", "Reader/reads", True)
    assert found.cell("s/Reader", "s/Data", "write").claims == ()


def test_every_kind_of_use_is_asked_of_who_can_ask() -> None:
    found = of({"Data": DATA, "Reader": role(READ)})
    assert [use.action for use in found.cell("ec2.amazonaws.com", "s/Reader", "become").uses] == [
        "sts:AssumeRole"
    ]
    assert found.cell("ec2.amazonaws.com", "s/Reader", "become").verdict == "allowed"
    assert all(cell.uses for cell in found.cells.values())


def test_two_of_the_same_statements_are_told_apart_by_what_names_one() -> None:
    """What the same statements say is found once; a name in them, or in a condition, says it of one alone."""
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    mine = f"arn:aws:iam::{ACCOUNT}:role/mine"
    only = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject*",
        "Resource": "arn:aws:s3:::it-data/*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": mine}},
    }
    named = {
        "Effect": "Allow",
        "Principal": {"AWS": mine},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::it-data/*",
    }
    home = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::${aws:PrincipalTag/home}"}
    managed = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "PolicyDocument": {"Statement": [{**everything, "Action": "s3:GetObject*"}, home]},
            "Roles": [{"Ref": "Mine"}, {"Ref": "Yours"}],
        },
    }
    found = of(
        {
            "Data": DATA,
            "Mine": role(RoleName="mine"),
            "Yours": role(RoleName="yours"),
            "Both": managed,
            "Guard": guard(only, named),
        }
    )
    told = {
        (name, kind): found.cell(f"s/{name}", "s/Data", kind).verdict
        for name in ("Mine", "Yours")
        for kind in ("read", "write", "list")
    }
    assert told == {
        ("Mine", "read"): "allowed",
        ("Yours", "read"): "denied",
        ("Mine", "write"): "allowed",
        ("Yours", "write"): "denied",
        ("Mine", "list"): "conditional",
        ("Yours", "list"): "conditional",
    }
    assert found.cell("administrator", "s/Data", "read").verdict == "denied"
