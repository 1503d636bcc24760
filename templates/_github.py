"""Which workflow of GitHub is trusted: one repository, one branch or one environment of it, as parameters.

The subject of GitHub's token is compared as a whole, so nothing here may hold a wildcard:
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

from typing import Any

from awacs.aws import Action, Principal, Statement
from troposphere import Sub

from cfngen.define import iam
from cfngen.define.parameters import ParameterGroup

_ISSUER = "token.actions.githubusercontent.com"

# https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
_OWNER = "[A-Za-z0-9][A-Za-z0-9_-]*"
_NAME = "[A-Za-z0-9._-]+"


def add_repository(group: ParameterGroup, does: str) -> None:
    """The repository; `does` is what its workflows may do."""
    group.text(
        "GitHubRepository",
        f"Repository that {does}: OWNER@ID/NAME@ID, or OWNER/NAME where its tokens say so.",
        pattern=f"{_OWNER}/{_NAME}|{_OWNER}@[0-9]+/{_NAME}@[0-9]+",
        max_length=180,
        allowed="one repository as OWNER/NAME or OWNER@ID/NAME@ID, no wildcards",
        optional=True,
        label="Repository",
    )


def add_branch(group: ParameterGroup, description: str) -> str:
    """The branch; returns the condition that one is given."""
    group.text(
        "GitHubBranch",
        description,
        pattern="[A-Za-z0-9][A-Za-z0-9._/-]*",
        max_length=200,
        allowed="one branch, without refs/heads/ and wildcards",
        optional=True,
        label="Branch",
    )
    return group.stack.given("GitHubBranch")


def add_environment(group: ParameterGroup, description: str) -> str:
    """The environment of the repository; returns the condition that one is given."""
    group.text(
        "GitHubEnvironment",
        description,
        pattern="[A-Za-z0-9][A-Za-z0-9._-]*",
        max_length=200,
        allowed="one environment: letters, digits and ._- without wildcards",
        optional=True,
        label="Environment of the repository",
    )
    return group.stack.given("GitHubEnvironment")


def trust(sid: str, place: str) -> Statement:
    """Let the workflows of one `place` of the repository in: `ref:refs/heads/${GitHubBranch}`.

    The provider is there already: one an account, which stack delivery-access makes.
    """
    equals: dict[str, Any] = {
        f"{_ISSUER}:aud": "sts.amazonaws.com",
        f"{_ISSUER}:sub": Sub(f"repo:${{GitHubRepository}}:{place}"),
    }
    provider = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{_ISSUER}")
    return iam.allow(
        sid,
        [Action("sts", "AssumeRoleWithWebIdentity")],
        to=Principal("Federated", provider),
        when={"StringEquals": equals},
    )
