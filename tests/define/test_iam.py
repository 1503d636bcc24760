"""The builders make the safe policy, and refuse what would lose a condition."""

from __future__ import annotations

import json

import pytest
from awacs.aws import Action
from troposphere.iam import Role

from cfngen.define import iam
from cfngen.define.stack import Stack
from cfngen.generate.render import render


def _rendered(trust: object) -> object:
    stack = Stack("d")
    stack.add(Role("Role", AssumeRolePolicyDocument=trust))
    return render(stack, lambda _: None)["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]


def test_a_condition_keeps_every_key_of_an_operator() -> None:
    when = iam.conditions(iam.only_for("arn:a"), {"StringEquals": {"k": "v"}})
    assert _rendered(iam.service_trust("sagemaker.amazonaws.com", when=when)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Trust",
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}, "k": "v"},
                    "ArnLike": {"aws:SourceArn": "arn:a"},
                },
            }
        ],
    }


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="StringEquals on aws:SourceAccount is given twice"):
        iam.conditions(iam.only_for("a"), {"StringEquals": {"aws:SourceAccount": "1"}})


def test_set_operators_are_known() -> None:
    statement = iam.deny("D", [Action("s3", "*")], ["*"], when={"ForAnyValue:StringLike": {"k": ["v"]}})
    stack = Stack("d")
    stack.add(Role("Role", AssumeRolePolicyDocument=iam.policy(statement)))
    document = render(stack, lambda _: None)["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
    assert document["Statement"][0]["Condition"] == {"ForAnyValue:StringLike": {"k": ["v"]}}


def test_an_irsa_trust_is_one_readable_json_string_with_the_issuer_as_key() -> None:
    rendered = _rendered(iam.irsa_trust("${Issuer}", "${Namespace}", "${Account}"))
    assert isinstance(rendered, dict)
    document = json.loads(rendered["Fn::Sub"])
    statement = document["Statement"][0]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "${Issuer}:aud": "sts.amazonaws.com",
            "${Issuer}:sub": "system:serviceaccount:${Namespace}:${Account}",
        }
    }
    assert "\n" in rendered["Fn::Sub"]


@pytest.mark.parametrize(
    "subject", ["repo:org/*:ref:refs/heads/main", "repo:org/r:ref:refs/heads/ma?n", "org/repo"]
)
def test_a_github_trust_refuses_what_strangers_could_match(subject: str) -> None:
    with pytest.raises(ValueError, match="names one repository and one ref exactly"):
        iam.github_trust(subject)


def test_a_github_trust_names_audience_and_subject() -> None:
    rendered = _rendered(iam.github_trust("repo:${Org}/${Repo}:ref:refs/heads/${Branch}"))
    assert isinstance(rendered, dict)
    condition = json.loads(rendered["Fn::Sub"])["Statement"][0]["Condition"]
    assert condition == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:${Org}/${Repo}:ref:refs/heads/${Branch}",
        }
    }


def test_pod_identity_may_tag_its_session_and_must_say_whose_pod_it_is() -> None:
    rendered = _rendered(iam.pod_identity_trust("arn:cluster", "shop", "reader"))
    assert isinstance(rendered, dict)
    (statement,) = rendered["Statement"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": "arn:cluster",
            "aws:RequestTag/kubernetes-namespace": "shop",
            "aws:RequestTag/kubernetes-service-account": "reader",
        }
    }


def test_tls_only_refuses_http_and_old_tls() -> None:
    statements = iam.tls_only("arn:b", "arn:b/*")
    assert [statement.Effect for statement in statements] == ["Deny", "Deny"]
