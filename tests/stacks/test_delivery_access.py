"""What the access of the delivery must guarantee."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stacks import deployed
from tests.support.stacks.deployed import ACCOUNT, REGION, document, template

STACK = "delivery-access"
ISSUER = "token.actions.githubusercontent.com"
UNTOUCHED = {"GitHubRepository": "", "GitHubBranch": "", "GitHubEnvironment": ""}
# What a team writes into the shipped files, which name nobody.
GIVEN = {
    "dev": {"GitHubRepository": "octo-org/octo-repo", "GitHubBranch": "main"},
    "prod": {"GitHubRepository": "octo-org/octo-repo", "GitHubEnvironment": "production"},
}


def resources(stack: str, where: str = "dev", **changed: str) -> dict[str, Any]:
    return deployed.resources(stack, where, **{**GIVEN[where], **changed})


def properties(stack: str, logical_id: str, where: str = "dev", **changed: str) -> dict[str, Any]:
    return deployed.properties(stack, logical_id, where, **{**GIVEN[where], **changed})


def refused(stack: str, where: str = "dev", **changed: str) -> list[str]:
    return deployed.refused(stack, where, **{**GIVEN[where], **changed})


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_the_shipped_values_trust_nobody(where: str) -> None:
    assert list(deployed.resources(STACK, where)) == ["IdentityProvider"]


def trust(where: str = "dev", **changed: str) -> dict[str, Any]:
    found = properties(STACK, "PushRole", where, **changed)
    (statement,) = document(found["AssumeRolePolicyDocument"]).values()
    return dict(statement)


@pytest.mark.parametrize(
    ("where", "subject"),
    [
        ("dev", "repo:octo-org/octo-repo:ref:refs/heads/main"),
        ("prod", "repo:octo-org/octo-repo:environment:production"),
    ],
)
def test_one_exact_subject_is_trusted(where: str, subject: str) -> None:
    statement = trust(where)
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}
    }


def test_ids_that_cannot_be_taken_over_are_part_of_the_subject() -> None:
    """The subject of a repository that uses immutable subject claims, as GitHub documents it."""
    repository = {"GitHubRepository": "octocat@123456/my-repo@456789"}
    assert refused(STACK, **repository) == []
    assert trust(**repository)["Condition"]["StringEquals"][f"{ISSUER}:sub"] == (
        "repo:octocat@123456/my-repo@456789:ref:refs/heads/main"
    )


def test_the_role_may_push_to_the_projects_repositories_and_nothing_else() -> None:
    found = document(properties(STACK, "PushPolicy")["PolicyDocument"])
    assert found["SignInToRegistry"]["Action"] == ["ecr:GetAuthorizationToken"]
    assert found["SignInToRegistry"]["Resource"] == ["*"]
    repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/mlops-retail-prediction-dev"
    assert found["PushImages"]["Resource"] == [f"{repository}-training", f"{repository}-serving"]
    assert set(found["PushImages"]["Action"]) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    }
    assert len(found) == 2
    assert "ManagedPolicyArns" not in properties(STACK, "PushRole")


def test_the_role_is_the_one_that_the_repositories_let_push() -> None:
    policy = document(properties("artifact-stores", "TrainingRepository", "prod")["RepositoryPolicyText"])
    role = f"arn:aws:iam::{ACCOUNT}:role/{properties(STACK, 'PushRole', 'prod')['RoleName']}"
    assert policy["PushByDelivery"]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == role
    assert role in policy["DenyOthersPushes"]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]


def test_the_provider_is_made_unless_it_exists() -> None:
    made = properties(STACK, "IdentityProvider")
    assert made["Url"] == f"https://{ISSUER}"
    assert made["ClientIdList"] == ["sts.amazonaws.com"]
    assert "IdentityProvider" not in resources(STACK, GitHubProvider="existing")
    assert trust(GitHubProvider="existing") == trust()


def test_nobody_is_trusted_by_default() -> None:
    parameters = template(STACK)["Parameters"]
    assert {parameters[name]["Default"] for name in UNTOUCHED} == {""}
    assert list(resources(STACK, **UNTOUCHED)) == ["IdentityProvider"]
    assert refused(STACK, **UNTOUCHED) == []


def test_a_boundary_caps_the_role() -> None:
    assert "PermissionsBoundary" not in properties(STACK, "PushRole", PermissionsBoundary="")
    capped = properties(STACK, "PushRole", PermissionsBoundary="P-boundary")["PermissionsBoundary"]
    assert capped == f"arn:aws:iam::{ACCOUNT}:policy/P-boundary"


def test_the_role_can_be_imported_is_named_and_tagged() -> None:
    role = resources(STACK)["PushRole"]
    assert role["DeletionPolicy"] == "Delete"
    assert role["Properties"]["RoleName"] == "mlops-retail-prediction-dev-github-push"
    assert {tag["Key"] for tag in role["Properties"]["Tags"]} >= {"Project", "Environment", "CostCenter"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"GitHubBranch": ""}, "needs a GitHubBranch or a GitHubEnvironment"),
        ({"GitHubEnvironment": "production"}, "not both"),
        ({"GitHubRepository": ""}, "give it"),
        ({**UNTOUCHED, "GitHubProvider": "existing"}, "only a GitHubRepository's role"),
        ({"GitHubRepository": "octo-org/*"}, "no wildcards"),
        ({"GitHubRepository": "*/octo-repo"}, "no wildcards"),
        ({"GitHubRepository": "octo-org"}, "OWNER/NAME"),
        ({"GitHubRepository": "octo-org/octo-repo:ref:refs/heads/x"}, "OWNER/NAME"),
        ({"GitHubRepository": "-octo/octo-repo"}, "OWNER/NAME"),
        ({"GitHubRepository": "octo/repo/more"}, "OWNER/NAME"),
        ({"GitHubRepository": "octo@1/repo"}, "OWNER@ID/NAME@ID"),
        ({"GitHubRepository": "octo@*/repo@*"}, "OWNER@ID/NAME@ID"),
        ({"GitHubBranch": "release/*"}, "without refs/heads/ and wildcards"),
        ({"GitHubBranch": 'main","x":"y'}, "one branch"),
        ({"GitHubBranch": "ma?n"}, "wildcards"),
        ({"GitHubBranch": "${aws:username}"}, "one branch"),
        ({"GitHubBranch": "", "GitHubEnvironment": "*"}, "without wildcards"),
        ({"GitHubBranch": "", "GitHubEnvironment": "a:b"}, "one environment"),
        ({"GitHubProvider": "none"}, "create or existing"),
        ({"PermissionsBoundary": "/x"}, "without a leading slash"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
