from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lint.conftest import Check

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def document(characters: int, value: Any = None) -> dict[str, Any]:
    """A policy document of so many characters without white space."""
    made = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": value or ""}],
    }
    missing = characters - len(json.dumps(made, separators=(",", ":")))
    if value is None:
        made["Statement"][0]["Resource"] = "a" * missing  # type: ignore[index]
    return made


def template(**resources: Any) -> str:
    return json.dumps(
        {"Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}}, "Resources": resources}
    )


def managed(body: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": body}}


def role(*policies: Any, trust: Any = TRUST) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": list(policies)},
    }


def inline(body: Any) -> dict[str, Any]:
    return {"PolicyName": "p", "PolicyDocument": body}


@pytest.mark.parametrize(
    ("resource", "counted"),
    [
        (managed(document(6_145)), "the policy R has at least 6,145 characters"),
        (role(trust=document(2_049)), "the trust policy of R has at least 2,049 characters"),
        (role(inline(document(5_120)), inline(document(5_121))), "together have at least 10,241 characters"),
        (managed({"Fn::Sub": json.dumps(document(6_145))}), "at least 6,145 characters"),
        (
            managed(document(0, {"Fn::Join": ["", ["b" * 6_200, {"Ref": "AWS::AccountId"}]]})),
            "IAM takes 6,144",
        ),
    ],
)
def test_reports_what_iam_refuses(check: Check, resource: dict[str, Any], counted: str) -> None:
    [finding] = check(template(R=resource), "E9517")
    assert counted in finding.message
    assert (finding.level, finding.logical_id) == ("error", "R")


def test_counts_policies_of_their_own(check: Check) -> None:
    own = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "Roles": [{"Ref": "R"}], "PolicyDocument": document(6_000)},
    }
    [finding] = check(template(R=role(inline(document(6_000))), Own=own), "E9517")
    assert finding.message.startswith("the inline policies of R together have at least 12,000 characters")
    assert check(template(R=role(inline(document(6_000))), Own={**own, "Condition": "C"}), "E9517") == []
    one_of_two = {"Fn::If": ["C", {"Ref": "R"}, {"Ref": "Other"}]}
    own["Properties"] = {"PolicyName": "p", "Roles": [one_of_two], "PolicyDocument": document(6_000)}
    assert check(template(R=role(inline(document(6_000))), Other=role(), Own=own), "E9517") == []


@pytest.mark.parametrize(
    "resource",
    [
        managed(document(6_144)),
        managed(json.loads(json.dumps(document(6_000)).replace("s3:GetObject", " " * 500))),
        role(inline(document(5_120)), inline(document(5_120)), trust=document(2_048)),
        # Whichever branch is chosen: what is not certain is not reported.
        managed({"Fn::If": ["C", document(7_000), document(100)]}),
        role({"Fn::If": ["C", inline(document(11_000)), {"Ref": "AWS::NoValue"}]}),
        managed(document(0, {"Fn::Sub": "${P}" * 10})),
        managed(document(0, "{{resolve:ssm:/a}}" * 400)),
        managed(document(0, [{"Ref": "AWS::NoValue"}] * 7_000)),
    ],
)
def test_accepts_what_iam_takes(check: Check, resource: dict[str, Any]) -> None:
    assert check(template(R=resource), "E9517") == []
