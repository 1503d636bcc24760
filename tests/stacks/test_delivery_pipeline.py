"""What the delivery pipeline must guarantee of its builds, its bucket and their roles."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.stacks.deployed import (
    ACCOUNT,
    REGION,
    document,
    properties,
    refused,
    resources,
    template,
    values,
)

STACK = "delivery-pipeline"
P = "mlops-retail-prediction-prod"
EXECUTION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{P}-cfn-execution"
CONNECTION = "8a1b2c3d-1111-2222-3333-444455556666"
GITHUB = {"Source": "github", "GitHubRepository": "octo-org/octo-repo", "ConnectionId": CONNECTION}
OWN = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{P}-"


def statements(policy: str, **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, policy, "prod", **changed)["PolicyDocument"])


def of_role(role: str, **changed: str) -> list[dict[str, Any]]:
    """Every statement that hangs on a role."""
    found = resources(STACK, "prod", **changed)
    name = found[role]["Properties"]["RoleName"]
    return [
        statement
        for body in found.values()
        if body["Type"] == "AWS::IAM::ManagedPolicy" and name in body["Properties"].get("Roles", [])
        for statement in body["Properties"]["PolicyDocument"]["Statement"]
    ]


def may(role: str, action: str, resource: str, **changed: str) -> bool:
    """Whether a role is allowed and not denied, conditions left aside."""

    def hits(effect: str) -> bool:
        return any(
            statement["Effect"] == effect
            and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in statement["Action"])
            and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
            for statement in of_role(role, **changed)
        )

    return hits("Allow") and not hits("Deny")


BUILDS = ["PlanRole", "DeployRole"]


@pytest.mark.parametrize("role", BUILDS)
def test_a_build_makes_change_sets_of_our_stacks_for_the_execution_role_only(role: str) -> None:
    assert may(role, "cloudformation:CreateChangeSet", f"{OWN}audit-trail/x")
    assert not may(role, "cloudformation:CreateChangeSet", f"{OWN.replace('-prod-', '-dev-')}audit-trail/x")
    assert not may(role, "cloudformation:CreateChangeSet", OWN.replace(P, "someone") + "x/x")
    name = {"PlanRole": "cfngen-plan", "DeployRole": "cfngen-deploy"}[role]
    names = [f"{name}-*", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{name}-*/*"]
    named = {"StringLike": {"cloudformation:ChangeSetName": names}}
    own = {statement["Sid"]: statement for statement in of_role(role)}
    made = {**named, "ArnEquals": {"cloudformation:RoleArn": EXECUTION_ROLE}}
    assert own["MakeChangeSets"]["Condition"] == made
    assert own["DeleteChangeSets"]["Condition"] == named
    if role == "DeployRole":
        assert own["ExecuteChangeSets"]["Condition"] == named
    passed = statements("BuildPolicy")["PassExecutionRole"]
    assert passed["Resource"] == [EXECUTION_ROLE]
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    assert not may(role, "iam:PassRole", EXECUTION_ROLE.replace("cfn-execution", "pipeline-deploy"))


def test_only_the_deployment_executes() -> None:
    for action in ("ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"):
        assert may("DeployRole", f"cloudformation:{action}", f"{OWN}audit-trail/x")
        assert not may("PlanRole", f"cloudformation:{action}", f"{OWN}audit-trail/x")


@pytest.mark.parametrize("role", BUILDS)
def test_a_build_does_nothing_without_a_change_set(role: str) -> None:
    for action in ("CreateStack", "UpdateStack", "DeleteStack", "CancelUpdateStack", "CreateStackSet"):
        assert not may(role, f"cloudformation:{action}", f"{OWN}audit-trail/x")


@pytest.mark.parametrize("role", BUILDS)
def test_the_pipeline_is_not_deployed_by_itself(role: str) -> None:
    for action in ("CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy", "UpdateTerminationProtection"):
        for stack in ("delivery-pipeline", "delivery-roles"):
            assert not may(role, f"cloudformation:{action}", f"{OWN}{stack}/x")


def test_a_batch_is_started_by_a_role_of_its_own_that_can_do_nothing_else() -> None:
    project = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{P}-plan"
    for action in ("StartBuild", "StopBuild", "StartBuildBatch", "RetryBuild", "RetryBuildBatch"):
        assert not any(may(role, f"codebuild:{action}", project) for role in BUILDS)
    (run,) = of_role("BatchRole")
    assert run["Action"] == ["codebuild:StartBuild", "codebuild:StopBuild"]
    assert run["Resource"] == [project]
    assert run["Condition"] == {"BoolIfExists": {"codebuild:environment.privilegedMode": "false"}}
    batch = properties(STACK, "PlanProject", "prod")["BuildBatchConfig"]
    assert batch["ServiceRole"] == f"arn:aws:iam::{ACCOUNT}:role/{P}-pipeline-batch"
    assert batch["Restrictions"] == {
        "ComputeTypesAllowed": ["BUILD_GENERAL1_SMALL"],
        "MaximumBuildsAllowed": 10,
    }
    assert "BuildBatchConfig" not in properties(STACK, "DeployProject", "prod")


def test_plans_at_the_same_time_are_limited_on_request() -> None:
    assert "ConcurrentBuildLimit" not in properties(STACK, "PlanProject", "prod")
    assert properties(STACK, "PlanProject", "prod", ConcurrentPlans="3")["ConcurrentBuildLimit"] == "3"


def test_the_source_is_written_by_the_named_role_or_by_nobody() -> None:
    def source(**changed: str) -> dict[str, Any]:
        policy = properties(STACK, "TemplateBucketPolicy", "prod", **changed)["PolicyDocument"]
        return document(policy)["SourceIsForItsRole"]

    role = f"arn:aws:iam::{ACCOUNT}:role/PlatformAdministrator"
    assert source()["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": role}}
    assert source()["Resource"][0].endswith("/source/*")
    nobody = source(SourceRole="")
    assert "Condition" not in nobody
    assert (nobody["Effect"], nobody["Principal"]) == ("Deny", "*")


@pytest.mark.parametrize(
    ("role", "own", "other"), [("PlanRole", "plan", "deploy"), ("DeployRole", "deploy", "plan")]
)
def test_a_build_leaves_its_own_evidence_and_cannot_forge_the_others(role: str, own: str, other: str) -> None:
    bucket = f"arn:aws:s3:::{properties(STACK, 'TemplateBucket', 'prod')['BucketName']}"
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/codebuild/{P}-pipeline:log-stream:"
    reports = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:report-group/{P}-"
    for action, resource in (
        ("s3:PutObject", f"{bucket}/builds/{{}}/1/artifacts.zip"),
        ("logs:PutLogEvents", f"{logs}{{}}/1"),
        ("codebuild:BatchPutTestCases", f"{reports}{{}}-tests"),
    ):
        assert may(role, action, resource.format(own))
        assert not may(role, action, resource.format(other))
    assert may(role, "s3:GetObject", f"{bucket}/audit-trail/1.0.0.yaml")
    assert not may(role, "s3:PutObject", f"{bucket}/audit-trail/1.0.0.yaml")
    assert not may(role, "s3:PutObject", f"{bucket}/source/source.zip")


@pytest.mark.parametrize("role", BUILDS)
def test_a_build_touches_no_resource_of_the_account(role: str) -> None:
    for action, resource in (
        ("s3:GetObject", f"arn:aws:s3:::{P}-log-{ACCOUNT}-{REGION}-an/x"),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::{P}-log-{ACCOUNT}-{REGION}-an"),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/{P}-x"),
        ("sts:AssumeRole", EXECUTION_ROLE),
        ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/x"),
    ):
        assert not may(role, action, resource)


@pytest.mark.parametrize(
    ("role", "project"), [("PlanRole", "plan"), ("BatchRole", "plan"), ("DeployRole", "deploy")]
)
def test_codebuild_takes_a_role_for_its_own_project_only(role: str, project: str) -> None:
    trust = document(properties(STACK, role, "prod")["AssumeRolePolicyDocument"])["Trust"]
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    own = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{P}-{project}"
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": own}


@pytest.mark.parametrize("project", ["PlanProject", "DeployProject"])
def test_builds_are_unprivileged_logged_encrypted_and_hold_no_credentials(project: str) -> None:
    found = properties(STACK, project, "prod")
    assert found["Environment"]["PrivilegedMode"] is False
    assert found["LogsConfig"]["CloudWatchLogs"]["Status"] == "ENABLED"
    assert found["LogsConfig"]["CloudWatchLogs"]["GroupName"] == f"/aws/codebuild/{P}-pipeline"
    assert found["EncryptionKey"].endswith(":key/<Key>")
    assert found["Artifacts"]["EncryptionDisabled"] is False
    assert {
        variable["Name"]: variable["Value"] for variable in found["Environment"]["EnvironmentVariables"]
    } == {
        "CFNGEN_ENVIRONMENT": "prod",
        "CFNGEN_BRANCH": "main",
        "CFNGEN_GOAL": project.removesuffix("Project").lower(),
        "CFNGEN_ROLE_ARN": EXECUTION_ROLE,
    }
    # The file of the repository, by its default name, and nothing that could be changed here.
    assert "BuildSpec" not in found["Source"]
    # A cache would let a pull request prepare what a later plan installs, or, in a bucket, the deployment.
    assert found["Cache"]["Type"] == ("NO_CACHE" if project == "PlanProject" else "LOCAL")


def test_without_a_connection_the_source_is_an_archive_and_nothing_starts_by_itself() -> None:
    bucket = properties(STACK, "TemplateBucket", "dev")["BucketName"]
    for project in ("PlanProject", "DeployProject"):
        found = properties(STACK, project, "dev")
        assert found["Source"] == {"Type": "S3", "Location": f"{bucket}/source/source.zip"}
        assert "Triggers" not in found


def test_pull_requests_are_planned_and_the_branch_is_deployed() -> None:
    plan, deploy = (
        properties(STACK, project, "prod", **GITHUB, Branch="release/2026")
        for project in ("PlanProject", "DeployProject")
    )
    for project in (plan, deploy):
        assert project["Source"]["Location"] == "https://github.com/octo-org/octo-repo.git"
        assert project["Source"]["Auth"] == {
            "Type": "CODECONNECTIONS",
            "Resource": f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{CONNECTION}",
        }
    for project, events, reference in ((plan, "PULL_REQUEST_", "BASE_REF"), (deploy, "PUSH", "HEAD_REF")):
        (group,) = project["Triggers"]["FilterGroups"]
        event, branch = group
        assert all(name.strip().startswith(events) for name in event["Pattern"].split(","))
        assert branch == {"Type": reference, "Pattern": "^refs/heads/release/2026$"}
    assert plan["Triggers"]["PullRequestBuildPolicy"] == {
        "RequiresCommentApproval": "ALL_PULL_REQUESTS",
        "ApproverRoles": ["GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    }


def test_only_the_given_connection_is_used() -> None:
    used = statements("BuildPolicy", **GITHUB)["UseConnection"]
    assert used["Resource"] == [f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{CONNECTION}"]
    unused = statements("BuildPolicy")["UseConnection"]
    assert unused["Resource"] == [f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/"]


def test_a_published_template_is_written_once_and_never_deleted() -> None:
    policy = document(properties(STACK, "TemplateBucketPolicy", "prod")["PolicyDocument"])
    once, stays = policy["PublishedOnceOnly"], policy["NobodyDeletesTemplates"]
    assert once["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    assert set(stays["Action"]) == {"s3:DeleteObject", "s3:DeleteObjectVersion"}
    bucket = f"arn:aws:s3:::{properties(STACK, 'TemplateBucket', 'prod')['BucketName']}"
    for statement in (once, stays):
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        (pattern,) = statement["Resource"]
        assert fnmatchcase(f"{bucket}/audit-trail/1.12.0.yaml", pattern)
        for other in ("builds/plan/1/artifacts.zip", "source/source.zip", f"cfngen/{'a' * 64}.yaml"):
            assert not fnmatchcase(f"{bucket}/{other}", pattern)
    assert {"DenyInsecureTransport", "DenyOldTls"} <= set(policy)


def test_templates_are_kept_private_encrypted_logged_and_outlive_the_stack() -> None:
    body = resources(STACK, "prod")["TemplateBucket"]
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
    bucket = body["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    expired = {
        rule.get("Prefix") for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule
    }
    assert expired == {"builds/"}
    access_logs = properties("audit-trail", "AccessLogBucket", "prod")["BucketName"]
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == access_logs


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_the_audit_trail_goes_by_its_own_names(where: str) -> None:
    for name in ("TrailName", "LogGroupName", "DeliveryRoleName", "TrailBucketName", "AccessLogBucketName"):
        assert values("delivery-roles", where).get(name, "") == values("audit-trail", where).get(name, "")


WRONG = [
    ({"Project": "-x"}, "Lower-case"),
    ({"Environment": "stage"}, "at most 4"),
    ({"CostCenter": " "}, "Letters"),
    ({"Source": "codecommit"}, "bucket or github"),
    ({"Source": "github", "ConnectionId": CONNECTION}, "needs a GitHubRepository"),
    ({"Source": "github", "GitHubRepository": "octo-org/octo-repo"}, "needs a ConnectionId"),
    ({"GitHubRepository": "https://github.com/octo-org/octo-repo"}, "owner/repository"),
    ({"ConnectionId": f"arn:aws:codeconnections:x:{ACCOUNT}:connection/{CONNECTION}"}, "hexadecimal"),
    ({"Branch": "release.*"}, "stands in a pattern"),
    ({"Branch": ""}, "Letters"),
    ({"BuildImage": "docker.io/library/python:3.12"}, "AWS's own"),
    ({"LogRetentionDays": "30"}, "1, 2, 5 or 10 years"),
    ({"TemplateBucketName": "Templates"}, "lower-case"),
    ({"AccessLogBucketName": "a"}, "lower-case"),
    ({"ArtifactDays": "0"}, "1 to 3650"),
    ({"Encryption": "none"}, "aws-managed or customer-managed"),
    ({"KeyAdministratorRole": "a/"}, "without a leading slash"),
    ({"SourceRole": "/a"}, "without a leading slash"),
    ({"ConcurrentPlans": "-1"}, "0 to 20"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))


def test_every_parameter_was_given_a_wrong_value() -> None:
    assert {name for wrong, _ in WRONG for name in wrong} == set(template(STACK)["Parameters"])
    assert refused(STACK, "dev") == refused(STACK, "prod") == refused(STACK, "prod", **GITHUB) == []
