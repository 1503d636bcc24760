"""What the roles of EKS and SageMaker must guarantee."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources

STACK = "platform-roles"
P = "mlops-retail-prediction-dev"
ENVIRONMENTS = ["dev", "prod"]


def attached(logical_id: str, where: str = "dev", **changed: str) -> set[str]:
    arns = properties(STACK, logical_id, where, **changed).get("ManagedPolicyArns", [])
    return {arn.removeprefix("arn:aws:iam::aws:policy/") for arn in arns}


def trust(logical_id: str, **changed: str) -> dict[str, Any]:
    return document(properties(STACK, logical_id, **changed)["AssumeRolePolicyDocument"])["Trust"]


def sagemaker(where: str = "dev", **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, "SageMakerPolicy", where, **changed)["PolicyDocument"])


def allowed(action: str, resource: str, **changed: str) -> list[str]:
    """The Sids that allow an action on a resource, whatever their conditions."""
    return [
        sid
        for sid, statement in sagemaker(**changed).items()
        if action in statement["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
    ]


@pytest.mark.parametrize(
    ("logical_id", "name", "description", "service"),
    [
        (
            "ClusterRole",
            "eks-cluster-role",
            "EKS cluster service role for retail prediction MLOps platform",
            "eks.amazonaws.com",
        ),
        (
            "NodeRole",
            "eks-nodegroup-role",
            "EKS node group role with ECR, S3, and CloudWatch access for retail prediction",
            "ec2.amazonaws.com",
        ),
        (
            "SageMakerRole",
            "sagemaker-execution",
            "SageMaker execution role for retail prediction training jobs and model deployment",
            "sagemaker.amazonaws.com",
        ),
    ],
)
def test_names_descriptions_and_principals_that_later_tasks_rely_on(
    logical_id: str, name: str, description: str, service: str
) -> None:
    role = properties(STACK, logical_id)
    assert role["RoleName"] == f"{P}-{name}"
    assert role["Description"] == description
    assert trust(logical_id)["Principal"] == {"Service": service}
    assert {tag["Key"] for tag in role["Tags"]} >= {"Project", "Environment", "ManagedBy", "CostCenter"}


def test_roles_made_in_the_console_can_be_imported() -> None:
    roles = [body for body in resources(STACK).values() if body["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 3
    assert all(role.get("DeletionPolicy") == "Delete" for role in roles)


def test_cluster_has_its_policy_only_and_no_logs_permission() -> None:
    assert attached("ClusterRole") == {"AmazonEKSClusterPolicy"}
    policies = [body for body in resources(STACK).values() if body["Type"] == "AWS::IAM::ManagedPolicy"]
    assert not any(f"{P}-eks-cluster-role" in policy["Properties"]["Roles"] for policy in policies)


def test_auto_mode_brings_its_policies_and_session_tags_and_nothing_else_does() -> None:
    assert trust("ClusterRole")["Action"] == ["sts:AssumeRole"]
    assert set(trust("ClusterRole", AutoMode="enabled")["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    assert attached("ClusterRole", AutoMode="enabled") == {
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    }


def test_no_source_condition_where_the_service_sends_none() -> None:
    assert "Condition" not in trust("NodeRole")


@pytest.mark.parametrize("mode", ["enabled", "disabled"])
def test_eks_takes_the_role_for_clusters_of_this_account_and_region_only(mode: str) -> None:
    assert trust("ClusterRole", AutoMode=mode)["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/*"},
    }


def test_pods_on_the_pages_nodes_cannot_forge_or_shorten_the_audit_log() -> None:
    guard = document(properties(STACK, "NodeGuard", LogGroupName="audit")["PolicyDocument"])["AuditLogsStay"]
    assert guard["Effect"] == "Deny"
    assert "Condition" not in guard
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:audit"
    assert guard["Resource"] == [group, f"{group}:*"]
    assert {"logs:PutLogEvents", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"} <= set(guard["Action"])
    assert properties(STACK, "NodeGuard")["Roles"] == [f"{P}-eks-nodegroup-role"]
    # Nodes with minimal policies have no right that it would take away.
    assert "NodeGuard" not in resources(STACK, "prod")


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_the_log_group_that_nodes_are_denied_is_the_audit_trails(where: str) -> None:
    trail = properties("audit-trail", "LogGroup", where)["LogGroupName"]
    guard = document(properties(STACK, "NodeGuard", where, NodePolicies="page")["PolicyDocument"])
    assert guard["AuditLogsStay"]["Resource"][0].endswith(f":log-group:{trail}")


def test_nodes_have_the_pages_four_in_dev_and_only_join_and_pull_in_prod() -> None:
    assert attached("NodeRole", "dev") == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryReadOnly",
        "CloudWatchAgentServerPolicy",
    }
    assert attached("NodeRole", "prod") == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
    }


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_nodes_have_no_s3(where: str) -> None:
    assert not any("S3" in name for name in attached("NodeRole", where))


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_sagemaker_is_scoped_in_every_environment(where: str) -> None:
    assert attached("SageMakerRole", where) == set()
    assert sagemaker(where)


def test_aws_managed_means_the_pages_two_and_no_policy_of_ours() -> None:
    chosen = {"SageMakerPolicies": "aws-managed", "VpcJobs": "enabled", "AwsImages": REGION}
    assert attached("SageMakerRole", **chosen) == {"AmazonSageMakerFullAccess", "AmazonS3FullAccess"}
    ours = {name for name in resources(STACK, **chosen) if name.startswith("SageMaker")}
    assert ours == {"SageMakerRole", "SageMakerGuard"}


@pytest.mark.parametrize("policies", ["scoped", "aws-managed"])
def test_training_code_never_approves_a_model(policies: str) -> None:
    guard = document(properties(STACK, "SageMakerGuard", SageMakerPolicies=policies)["PolicyDocument"])
    assert guard["ApproveNothing"] == {
        "Sid": "ApproveNothing",
        "Effect": "Deny",
        "Action": ["sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"}},
    }


@pytest.mark.parametrize(
    "action", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint"]
)
def test_training_code_deploys_nothing(action: str) -> None:
    given = {"Pipelines": "enabled", "VpcJobs": "enabled", "AwsImages": REGION}
    assert not [sid for sid, each in sagemaker(**given).items() if f"sagemaker:{action}" in each["Action"]]


def test_jobs_of_pipelines_are_a_parameter_away() -> None:
    job = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/pipelines-abc"
    assert not allowed("sagemaker:CreateTrainingJob", job)
    assert allowed("sagemaker:CreateTrainingJob", job, Pipelines="enabled")
    assert not allowed("sagemaker:CreateModelPackage", job, Pipelines="enabled")


def test_network_interfaces_are_a_parameter_away() -> None:
    assert "SageMakerVpcPolicy" not in resources(STACK)
    found = document(properties(STACK, "SageMakerVpcPolicy", VpcJobs="enabled")["PolicyDocument"])
    assert found["NetworkInterfaces"]["Resource"] == [
        f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/*"
        for kind in ("network-interface", "security-group", "subnet")
    ]
    assert all(action.startswith("ec2:Describe") for action in found["SeeNetworks"]["Action"])


def test_aws_images_open_exactly_aws_own_registries_of_that_region_and_only_for_pulling() -> None:
    assert "SageMakerImagesPolicy" not in resources(STACK)
    found = properties(STACK, "SageMakerImagesPolicy", AwsImages=REGION)["PolicyDocument"]
    (statement,) = document(found).values()
    assert {arn.split(":")[4] for arn in statement["Resource"]} == {
        "022667117163",
        "121021644041",
        "245545462676",
        "475088953585",
        "759080221371",
        "763104351884",
        "834264404009",
        "972752614525",
    }
    assert {arn.split(":")[3] for arn in statement["Resource"]} == {REGION}
    assert set(statement["Action"]) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
    }


@pytest.mark.parametrize(
    ("given", "data", "models"),
    [
        ({}, f"{P}-dat-{ACCOUNT}-{REGION}-an", f"{P}-mdl-{ACCOUNT}-{REGION}-an/models"),
        ({"ModelPrefix": "artifacts"}, f"{P}-dat-{ACCOUNT}-{REGION}-an",
         f"{P}-mdl-{ACCOUNT}-{REGION}-an/artifacts"),
        ({"Buckets": "one"}, f"{P}-dat-{ACCOUNT}-{REGION}-an", f"{P}-dat-{ACCOUNT}-{REGION}-an/models"),
        ({"Buckets": "one", "DataBucketName": "lake"}, "lake", "lake/models"),
        ({"Buckets": "account", "ModelPrefix": "artifacts"}, f"{P}-{ACCOUNT}", f"{P}-{ACCOUNT}/artifacts"),
    ],
)  # fmt: skip
def test_one_bucket_or_two_and_any_folder_of_models(given: dict[str, str], data: str, models: str) -> None:
    assert refused(STACK, **given) == []
    assert sagemaker(**given)["ReadData"]["Resource"] == [f"arn:aws:s3:::{data}/*"]
    assert sagemaker(**given)["ReadAndWriteModels"]["Resource"] == [f"arn:aws:s3:::{models}/*"]
    made = resources(
        "artifact-stores", **{name: text for name, text in given.items() if name != "ModelPrefix"}
    )
    assert made["DataBucket"]["Properties"]["BucketName"] == data
    assert ("ModelBucket" in made) == ("Buckets" not in given)


def test_volumes_are_encrypted_with_the_artifacts_key_by_a_grant_for_services() -> None:
    found = sagemaker("prod")["LetVolumesUseKey"]
    assert found["Action"] == ["kms:CreateGrant"]
    assert found["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_sagemaker_acts_for_this_account_only() -> None:
    assert trust("SageMakerRole")["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:*"},
    }


def test_sagemaker_reads_data_and_writes_output_and_models() -> None:
    data = f"arn:aws:s3:::{P}-dat-{ACCOUNT}-{REGION}-an"
    models = f"arn:aws:s3:::{P}-mdl-{ACCOUNT}-{REGION}-an"
    for action, resource in [
        ("s3:ListBucket", data),
        ("s3:GetBucketLocation", models),
        ("s3:GetObject", f"{data}/raw/sales.csv"),
        ("s3:PutObject", f"{data}/output/features.csv"),
        ("s3:AbortMultipartUpload", f"{data}/output/features.csv"),
        ("s3:GetObject", f"{models}/models/1/model.tar.gz"),
        ("s3:PutObject", f"{models}/models/1/model.tar.gz"),
        ("s3:AbortMultipartUpload", f"{models}/models/1/model.tar.gz"),
    ]:
        assert allowed(action, resource), (action, resource)
    for action, resource in [
        ("s3:PutObject", f"{data}/raw/sales.csv"),
        ("s3:GetObject", f"arn:aws:s3:::{P}-log-{ACCOUNT}-{REGION}-an/mlops-logs/AWSLogs/x.json.gz"),
        ("s3:ListBucket", f"arn:aws:s3:::{P}-log-{ACCOUNT}-{REGION}-an"),
        ("s3:DeleteObject", f"{models}/models/1/model.tar.gz"),
        ("s3:DeleteObject", f"{data}/output/features.csv"),
    ]:
        assert not allowed(action, resource), (action, resource)


def test_sagemaker_follows_the_buckets_names() -> None:
    named = {"DataBucketName": "our-data", "ModelBucketName": "our-models"}
    assert allowed("s3:GetObject", "arn:aws:s3:::our-data/x", **named)
    assert allowed("s3:PutObject", "arn:aws:s3:::our-models/models/x", **named)
    assert not allowed("s3:GetObject", f"arn:aws:s3:::{P}-dat-{ACCOUNT}-{REGION}-an/x", **named)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("CreateTrainingJob", "training-job"),
        ("CreateProcessingJob", "processing-job"),
        ("CreateModelPackage", "model-package"),
        ("CreateModelPackage", "model-package-group"),
        ("CreateModelPackageGroup", "model-package-group"),
    ],
)
def test_sagemaker_works_on_the_projects_names_only(action: str, kind: str) -> None:
    where = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}"
    assert allowed(f"sagemaker:{action}", f"{where}/{P}-churn")
    assert allowed("sagemaker:AddTags", f"{where}/{P}-churn")
    assert not allowed(f"sagemaker:{action}", f"{where}/other-project-dev-churn")
    assert not allowed(f"sagemaker:{action}", f"{where}/mlops-retail-prediction-prod-churn")


def test_sagemaker_passes_itself_and_to_sagemaker_only() -> None:
    (statement,) = [each for each in sagemaker().values() if "iam:PassRole" in each["Action"]]
    assert statement["Action"] == ["iam:PassRole"]
    assert statement["Resource"] == [f"arn:aws:iam::{ACCOUNT}:role/{P}-sagemaker-execution"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_sagemaker_pulls_the_projects_images_only() -> None:
    repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository"
    for action in ["BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage"]:
        assert allowed(f"ecr:{action}", f"{repository}/{P}-training")
        assert allowed(f"ecr:{action}", f"{repository}/{P}-serving")
        assert not allowed(f"ecr:{action}", f"{repository}/another")
    assert not allowed("ecr:PutImage", f"{repository}/{P}-training")


def test_sagemaker_writes_its_own_log_groups_only() -> None:
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"
    stream = f"{logs}:/aws/sagemaker/TrainingJobs:log-stream:{P}-churn/algo-1"
    for action in ["CreateLogStream", "PutLogEvents"]:
        assert allowed(f"logs:{action}", stream)
        assert not allowed(f"logs:{action}", f"{logs}:mlops-cloudtrail-log-group:log-stream:x")


def test_sagemaker_uses_the_artifacts_key_through_s3_only() -> None:
    (statement,) = [each for each in sagemaker("prod").values() if "kms:Decrypt" in each["Action"]]
    assert statement["Resource"] == [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"]
    assert statement["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/mlops-retail-prediction-prod-artifacts"},
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
    }


def test_every_resource_is_named_where_aws_can() -> None:
    everywhere = {
        action: statement.get("Condition")
        for statement in sagemaker().values()
        if "*" in statement["Resource"]
        for action in statement["Action"]
    }
    assert everywhere == {
        "ecr:GetAuthorizationToken": None,
        "cloudwatch:PutMetricData": {"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", f"{P}/*"]}},
    }


def test_no_action_has_a_wildcard() -> None:
    assert not [action for each in sagemaker().values() for action in each["Action"] if "*" in action]


def test_a_boundary_caps_every_role() -> None:
    for logical_id in ("ClusterRole", "NodeRole", "SageMakerRole"):
        assert "PermissionsBoundary" not in properties(STACK, logical_id, PermissionsBoundary="")
        capped = properties(STACK, logical_id, PermissionsBoundary="P-boundary")["PermissionsBoundary"]
        assert capped == f"arn:aws:iam::{ACCOUNT}:policy/P-boundary"


def test_the_policy_fits_into_a_managed_policy_with_the_longest_names() -> None:
    longest = {
        "Project": "p" * 23,
        "Environment": "prod",
        "DataBucketName": "d" * 63,
        "ModelBucketName": "m" * 63,
    }
    policy = properties(STACK, "SageMakerPolicy", **longest)["PolicyDocument"]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
    assert len(re.sub(r"\s", "", json.dumps(policy))) <= 6144


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"Project": "Retail"}, "Lower-case letters"),
        ({"Project": "p" * 24}, "at most 23"),
        ({"Environment": "stage"}, "at most 4"),
        ({"CostCenter": "a b"}, "Letters, digits"),
        ({"AutoMode": "true"}, "enabled or disabled"),
        ({"NodePolicies": "all"}, "page or minimal"),
        ({"SageMakerPolicies": "full"}, "scoped or aws-managed"),
        ({"Pipelines": "on"}, "enabled or disabled"),
        ({"VpcJobs": "vpc-1"}, "enabled or disabled"),
        ({"AwsImages": "us-east-1"}, "none or ap-southeast-1"),
        ({"Buckets": "three"}, "two, one or account"),
        ({"Buckets": "one", "ModelBucketName": "models"}, "has no ModelBucketName"),
        ({"ModelPrefix": "/models"}, "inner slashes"),
        ({"ModelPrefix": "models/"}, "inner slashes"),
        ({"ModelPrefix": "*"}, "inner slashes"),
        ({"LogGroupName": "a b"}, "letters, digits"),
        ({"PermissionsBoundary": "/x"}, "without a leading slash"),
        ({"DataBucketName": "same", "ModelBucketName": "same"}, "must differ"),
        ({"DataBucketName": "Data"}, "3 to 63"),
        ({"ModelBucketName": "a"}, "3 to 63"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
