"""What the roles of pods must guarantee."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources

STACK = "pod-roles"
P = "mlops-retail-prediction-dev"
ISSUER = f"oidc.eks.{REGION}.amazonaws.com/id/{'0123456789ABCDEF' * 2}"
CLUSTER = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{P}-cluster"
WHOSE = [
    ("ModelAccessRole", "retail-prediction", "model-server"),
    ("SecretsRole", "retail-prediction", "secrets-reader"),
    ("MonitoringRole", "amazon-cloudwatch", "cloudwatch-agent"),
    ("NetworkRole", "kube-system", "aws-node"),
]


def trust(logical_id: str, **changed: str) -> dict[str, Any]:
    found = properties(STACK, logical_id, VpcCniRole="enabled", **changed)
    (statement,) = document(found["AssumeRolePolicyDocument"]).values()
    return dict(statement)


def grants(logical_id: str, **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, logical_id, **changed)["PolicyDocument"])


@pytest.mark.parametrize(("logical_id", "namespace", "service_account"), WHOSE)
def test_before_a_cluster_pod_identity_is_trusted_for_one_service_account(
    logical_id: str, namespace: str, service_account: str
) -> None:
    statement = trust(logical_id)
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(statement["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": CLUSTER,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": service_account,
        }
    }


@pytest.mark.parametrize(("logical_id", "namespace", "service_account"), WHOSE)
def test_with_an_issuer_one_exact_service_account_is_trusted(
    logical_id: str, namespace: str, service_account: str
) -> None:
    statement = trust(logical_id, OidcIssuer=ISSUER)
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            f"{ISSUER}:aud": "sts.amazonaws.com",
            f"{ISSUER}:sub": f"system:serviceaccount:{namespace}:{service_account}",
        }
    }


def test_names_given_reach_both_kinds_of_trust() -> None:
    given = {"ClusterName": "shop", "Namespace": "shop", "ModelServiceAccount": "serve"}
    tags = trust("ModelAccessRole", **given)["Condition"]["StringEquals"]
    assert tags["aws:RequestTag/eks-cluster-arn"] == f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/shop"
    assert tags["aws:RequestTag/kubernetes-service-account"] == "serve"
    keys = trust("ModelAccessRole", OidcIssuer=ISSUER, **given)["Condition"]["StringEquals"]
    assert keys[f"{ISSUER}:sub"] == "system:serviceaccount:shop:serve"


def test_the_provider_is_made_once_an_issuer_is_given_unless_it_exists() -> None:
    assert "IdentityProvider" not in resources(STACK)
    made = properties(STACK, "IdentityProvider", OidcIssuer=ISSUER)
    assert made["Url"] == f"https://{ISSUER}"
    assert made["ClientIdList"] == ["sts.amazonaws.com"]
    assert "IdentityProvider" not in resources(STACK, OidcIssuer=ISSUER, OidcProvider="existing")
    assert "Federated" in trust("ModelAccessRole", OidcIssuer=ISSUER, OidcProvider="existing")["Principal"]


def test_models_are_read_and_nothing_else_of_the_bucket() -> None:
    bucket = f"arn:aws:s3:::{P}-mdl-{ACCOUNT}-{REGION}-an"
    found = grants("ModelAccessPolicy")
    assert found["ListModels"]["Action"] == ["s3:ListBucket"]
    assert found["ListModels"]["Resource"] == [bucket]
    assert found["ListModels"]["Condition"] == {"StringLike": {"s3:prefix": "models/*"}}
    assert found["ReadModels"]["Action"] == ["s3:GetObject"]
    assert found["ReadModels"]["Resource"] == [f"{bucket}/models/*"]
    assert grants("ModelAccessPolicy", ModelBucketName="ours")["ReadModels"]["Resource"] == [
        "arn:aws:s3:::ours/models/*"
    ]
    s3 = [each for each in found.values() if any(action.startswith("s3:") for action in each["Action"])]
    assert len(s3) == 2


def test_models_are_decrypted_with_the_artifacts_key_through_s3_only() -> None:
    decrypt = grants("ModelAccessPolicy")["DecryptModels"]
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert decrypt["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{P}-artifacts"},
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
    }


def test_monitoring_is_for_this_projects_metrics_and_this_clusters_logs() -> None:
    found = grants("MonitoringPolicy")
    assert found["PublishMetrics"]["Action"] == ["cloudwatch:PutMetricData"]
    assert found["PublishMetrics"]["Condition"] == {
        "StringLike": {
            "cloudwatch:namespace": [
                "ApplicationSignals",
                "ContainerInsights",
                "ContainerInsights/*",
                "CWAgent",
                f"{P}/*",
            ]
        }
    }
    assert found["WriteClusterLogs"]["Resource"] == [
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/containerinsights/{P}-cluster/*",
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/application-signals/*",
    ]
    assert "logs:PutRetentionPolicy" in found["WriteClusterLogs"]["Action"]
    assert "logs:PutLogEvents" in found["WriteClusterLogs"]["Action"]


def test_secrets_are_this_environments_and_read_only() -> None:
    statement = grants("SecretsPolicy")["ReadSecrets"]
    assert set(statement["Action"]) == {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}
    assert statement["Resource"] == [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{P}/*"]


def test_secrets_under_a_key_of_ones_own_are_decrypted_by_secrets_manager_only() -> None:
    decrypt = grants("SecretsPolicy")["DecryptSecrets"]
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"},
        "StringLike": {
            "kms:EncryptionContext:SecretARN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{P}/*"
        },
    }


@pytest.mark.parametrize(
    ("given", "bucket"),
    [
        ({}, f"{P}-mdl-{ACCOUNT}-{REGION}-an"),
        ({"Buckets": "one"}, f"{P}-dat-{ACCOUNT}-{REGION}-an"),
        ({"Buckets": "account"}, f"{P}-{ACCOUNT}"),
        ({"Buckets": "one", "ModelBucketName": "lake"}, "lake"),
    ],
)
def test_models_are_read_in_their_folder_of_whichever_bucket(given: dict[str, str], bucket: str) -> None:
    found = grants("ModelAccessPolicy", ModelPrefix="artifacts", **given)
    assert found["ListModels"]["Resource"] == [f"arn:aws:s3:::{bucket}"]
    assert found["ListModels"]["Condition"] == {"StringLike": {"s3:prefix": "artifacts/*"}}
    assert found["ReadModels"]["Resource"] == [f"arn:aws:s3:::{bucket}/artifacts/*"]


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_every_resource_is_named_where_aws_can(where: str) -> None:
    policies = [
        body["Properties"]["PolicyDocument"]
        for body in resources(STACK, where).values()
        if body["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert len(policies) == 3
    statements = [statement for policy in policies for statement in document(policy).values()]
    everywhere = [action for each in statements if "*" in each["Resource"] for action in each["Action"]]
    assert everywhere == [
        "cloudwatch:PutMetricData",
        "logs:DescribeLogGroups",
        "ec2:DescribeTags",
        "ec2:DescribeVolumes",
        "xray:GetSamplingRules",
        "xray:GetSamplingStatisticSummaries",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ]
    assert not [action for each in statements for action in each["Action"] if "*" in action]


def test_minimal_nodes_have_their_network_role_in_the_same_environment() -> None:
    for where in ("dev", "prod"):
        nodes = properties("platform-roles", "NodeRole", where)["ManagedPolicyArns"]
        on_nodes = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" in nodes
        assert on_nodes != ("NetworkRole" in resources(STACK, where))
    assert properties(STACK, "NetworkRole", "prod")["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    ]


def test_a_boundary_caps_every_role() -> None:
    for logical_id, _, _ in WHOSE:
        given = {"VpcCniRole": "enabled"}
        assert "PermissionsBoundary" not in properties(STACK, logical_id, **given, PermissionsBoundary="")
        capped = properties(STACK, logical_id, **given, PermissionsBoundary="P-boundary")
        assert capped["PermissionsBoundary"] == f"arn:aws:iam::{ACCOUNT}:policy/P-boundary"


def test_roles_can_be_imported_and_are_tagged() -> None:
    roles = [body for body in resources(STACK, "prod").values() if body["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 4
    for role in roles:
        assert role["DeletionPolicy"] == "Delete"
        assert role["Properties"]["RoleName"].startswith("mlops-retail-prediction-prod-pod-")
        assert {tag["Key"] for tag in role["Properties"]["Tags"]} >= {"Project", "Environment", "CostCenter"}


def test_the_model_access_role_is_the_one_that_the_model_bucket_lets_in() -> None:
    statement = document(properties("artifact-stores", "ModelBucketPolicy")["PolicyDocument"])
    let_in = statement["DenyOthersObjects"]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert f"arn:aws:iam::{ACCOUNT}:role/{properties(STACK, 'ModelAccessRole')['RoleName']}" in let_in


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"OidcProvider": "existing"}, "give it"),
        ({"SecretsServiceAccount": "model-server"}, "must differ"),
        ({"OidcIssuer": f"https://{ISSUER}"}, "oidc.eks.<region>"),
        ({"OidcIssuer": "oidc.eks.ap-southeast-1.amazonaws.com.evil.example/id/" + "A" * 32}, "oidc.eks."),
        ({"OidcIssuer": ISSUER.lower()}, "oidc.eks.<region>"),
        ({"OidcProvider": "none"}, "create or existing"),
        ({"ClusterName": "a/b"}, "hyphens and underscores"),
        ({"ClusterName": "*"}, "hyphens and underscores"),
        ({"VpcCniRole": "yes"}, "enabled or disabled"),
        ({"PermissionsBoundary": "/x"}, "without a leading slash"),
        ({"Namespace": "*"}, "1 to 63"),
        ({"Namespace": 'a","b'}, "1 to 63"),
        ({"ModelServiceAccount": "a:b"}, "1 to 63"),
        ({"SecretsServiceAccount": "Reader"}, "1 to 63"),
        ({"MonitoringNamespace": ""}, "1 to 63"),
        ({"MonitoringServiceAccount": "x" * 64}, "1 to 63"),
        ({"ModelBucketName": "M"}, "3 to 63"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
