"""What the roles of those who start jobs, approve models and run Glue jobs must guarantee."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources

STACK = "job-roles"
P = "mlops-retail-prediction-dev"
NOBODY = {"RunnerRole": "", "ApproverRole": ""}
GITHUB = {"GitHubRepository": "octo-org/octo-repo"}
EVERYTHING = {
    **GITHUB,
    "GitHubBranch": "main",
    "GitHubEnvironment": "production",
    "Pipelines": "enabled",
    "Studio": "enabled",
}


def trust(logical_id: str, **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, logical_id, **changed)["AssumeRolePolicyDocument"])


def grants(logical_id: str, **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, logical_id, **changed)["PolicyDocument"])


def test_where_nobody_is_named_there_is_no_role_to_take() -> None:
    assert set(resources(STACK, **NOBODY)) == {"GlueRole", "GluePolicy"}
    assert {"Runner", "RunnerPolicy"} <= set(resources(STACK, **{**NOBODY, "Studio": "enabled"}))
    assert "Approver" not in resources(STACK, **{**NOBODY, **GITHUB, "GitHubBranch": "main"})
    assert "Runner" not in resources(STACK, **{**NOBODY, **GITHUB, "GitHubEnvironment": "production"})


@pytest.mark.parametrize(
    ("logical_id", "parameter"), [("Runner", "RunnerRole"), ("Approver", "ApproverRole")]
)
def test_people_are_one_existing_role_of_this_account(logical_id: str, parameter: str) -> None:
    path = "aws-reserved/sso.amazonaws.com/ap-southeast-1/AWSReservedSSO_Science_0123456789abcdef"
    (statement,) = trust(logical_id, **{parameter: path}).values()
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{path}"}
    }


@pytest.mark.parametrize(
    ("logical_id", "sid", "place"),
    [("Runner", "Branch", "ref:refs/heads/main"), ("Approver", "Environment", "environment:production")],
)
def test_a_workflow_is_one_place_of_one_repository(logical_id: str, sid: str, place: str) -> None:
    statement = trust(logical_id, **EVERYTHING)[sid]
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:octo-org/octo-repo:{place}",
        }
    }


def test_studio_takes_the_runner_only_where_it_is_asked_for() -> None:
    assert set(trust("Runner")) == {"People"}
    assert trust("Runner", Studio="enabled")["Studio"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:*"},
    }
    assert "StudioPolicy" not in resources(STACK)


def test_nobody_trains_approves_and_deploys_alone() -> None:
    runner, approver = (grants(name, **EVERYTHING) for name in ("RunnerPolicy", "ApproverPolicy"))
    start = {"sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"}
    deploy = {"sagemaker:CreateModel", "sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint"}

    def allowed(policy: dict[str, dict[str, Any]]) -> set[str]:
        return {action for each in policy.values() if each["Effect"] == "Allow" for action in each["Action"]}

    assert allowed(runner) >= start
    assert not allowed(runner) & deploy
    assert allowed(approver) >= deploy
    assert not allowed(approver) & start
    assert runner["ApproveNothing"]["Effect"] == "Deny"
    assert not [action for action in allowed(approver) if action.startswith("s3:")]


def test_each_passes_one_role_to_one_service() -> None:
    passed = [
        (statement["Resource"], statement["Condition"]["StringEquals"]["iam:PassedToService"])
        for policy in ("RunnerPolicy", "StudioPolicy", "ApproverPolicy", "GluePolicy")
        for statement in grants(policy, **EVERYTHING).values()
        if "iam:PassRole" in statement["Action"]
    ]
    training, glue = (
        f"arn:aws:iam::{ACCOUNT}:role/{P}-{name}" for name in ("sagemaker-execution", "glue-job")
    )
    assert passed == [
        ([training], "sagemaker.amazonaws.com"),
        ([glue], "glue.amazonaws.com"),
        ([training], "sagemaker.amazonaws.com"),
    ]


def test_the_roles_that_are_passed_are_those_that_the_stacks_make() -> None:
    assert properties("platform-roles", "SageMakerRole")["RoleName"] == f"{P}-sagemaker-execution"
    assert properties(STACK, "GlueRole")["RoleName"] == f"{P}-glue-job"


def test_without_glue_jobs_nobody_runs_or_passes_anything_of_glue() -> None:
    without = {"GlueJobs": "disabled"}
    assert not {"GlueRole", "GluePolicy"} & resources(STACK, **without).keys()
    named = {action for each in grants("RunnerPolicy", **without).values() for action in each["Action"]}
    assert not [action for action in named if action.startswith("glue:")]
    assert "PassRoleOfGlue" not in grants("RunnerPolicy", **without)


def test_the_data_bucket_lets_the_runner_and_glue_in() -> None:
    policy = document(properties("artifact-stores", "DataBucketPolicy")["PolicyDocument"])
    let_in = policy["DenyOthersObjects"]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    for logical_id in ("Runner", "GlueRole"):
        assert f"arn:aws:iam::{ACCOUNT}:role/{properties(STACK, logical_id)['RoleName']}" in let_in
    assert f"arn:aws:iam::{ACCOUNT}:role/{P}-model-deployment" not in let_in


def test_glue_leaves_raw_data_and_the_catalog_alone() -> None:
    found = grants("GluePolicy")
    data = f"arn:aws:s3:::{P}-dat-{ACCOUNT}-{REGION}-an"
    assert found["WriteRefinedData"]["Resource"] == [
        f"{data}/{each}/*" for each in ("silver", "gold", "output")
    ]
    assert not [action for each in found.values() for action in each["Action"] if action.startswith("glue:")]
    assert trust("GlueRole")["Trust"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:glue:{REGION}:{ACCOUNT}:*"},
    }


def test_spaces_and_apps_are_those_of_the_own_user_profile() -> None:
    own = grants("StudioPolicy", **EVERYTHING)["OwnSpacesAndApps"]
    here = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
    assert own["Resource"] == [f"{here}:{kind}/${{sagemaker:DomainId}}/*" for kind in ("space", "app")]
    assert own["Condition"] == {
        "ArnLike": {
            "sagemaker:OwnerUserProfileArn": (
                f"{here}:user-profile/${{sagemaker:DomainId}}/${{sagemaker:UserProfileName}}"
            )
        }
    }


def test_every_resource_is_named_where_aws_can() -> None:
    everywhere = {
        action
        for policy in ("RunnerPolicy", "StudioPolicy", "ApproverPolicy", "GluePolicy")
        for statement in grants(policy, **EVERYTHING).values()
        if "*" in statement["Resource"] and statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert everywhere == {
        "cloudwatch:PutMetricData",
        *(
            f"ec2:Describe{what}"
            for what in ("NetworkInterfaces", "RouteTables", "SecurityGroups", "Subnets")
        ),
        *(f"ec2:Describe{what}" for what in ("VpcEndpoints", "Vpcs")),
        *(f"sagemaker:List{what}" for what in ("Apps", "Domains", "Spaces", "UserProfiles")),
    }


def test_the_policies_fit_with_the_longest_names() -> None:
    longest = {**EVERYTHING, "Project": "p" * 23, "Environment": "prod", "ModelPrefix": "m" * 100}
    longest |= {"DataBucketName": "d" * 63, "ModelBucketName": "m" * 63}
    for logical_id in ("RunnerPolicy", "StudioPolicy", "ApproverPolicy", "GluePolicy"):
        policy = properties(STACK, logical_id, **longest)["PolicyDocument"]
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
        assert len(re.sub(r"\s", "", json.dumps(policy))) <= 6144
    for logical_id in ("Runner", "Approver", "GlueRole"):
        assert len(properties(STACK, logical_id, **longest)["RoleName"]) <= 64


def test_a_boundary_caps_every_role() -> None:
    for logical_id in ("Runner", "Approver", "GlueRole"):
        capped = properties(STACK, logical_id, PermissionsBoundary="P-boundary")["PermissionsBoundary"]
        assert capped == f"arn:aws:iam::{ACCOUNT}:policy/P-boundary"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"GitHubBranch": "main"}, "give it"),
        ({"GitHubEnvironment": "production"}, "give it"),
        ({**GITHUB, "GitHubBranch": "release/*"}, "wildcards"),
        ({"GitHubRepository": "octo-org/*"}, "no wildcards"),
        ({"RunnerRole": "*"}, "without a leading slash"),
        ({"ApproverRole": f"arn:aws:iam::{ACCOUNT}:role/X"}, "without a leading slash"),
        ({"Pipelines": "on"}, "enabled or disabled"),
        ({"Studio": "on"}, "enabled or disabled"),
        ({"GlueJobs": "no"}, "enabled or disabled"),
        ({**NOBODY, "GlueJobs": "disabled"}, "no role to make"),
        ({"DataBucketName": "same", "ModelBucketName": "same"}, "must differ"),
        ({"Buckets": "account", "ModelBucketName": "models"}, "has no ModelBucketName"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
