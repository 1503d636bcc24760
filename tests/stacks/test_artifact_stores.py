"""What the stores of data, models and images must guarantee."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources, template

STACK = "artifact-stores"
ENVIRONMENTS = ["dev", "prod"]
BUCKETS = ["DataBucket", "ModelBucket"]
REPOSITORIES = ["TrainingRepository", "ServingRepository"]
OWN_KEY = {"Encryption": "customer-managed", "KeyAdministratorRole": "Admin"}
SSE = "s3:x-amz-server-side-encryption"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def bucket_policy(bucket: str, where: str = "dev", **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, f"{bucket}Policy", where, **changed)["PolicyDocument"])


def images_policy(repository: str, where: str = "dev", **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, repository, where, **changed)["RepositoryPolicyText"])


def allowed_roles(bucket: str, where: str = "dev", **changed: str) -> set[str]:
    statement = bucket_policy(bucket, where, **changed)["DenyOthersObjects"]
    assert statement["Condition"].keys() == {"ArnNotEquals"}
    return set(statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize(("bucket", "code"), [("DataBucket", "dat"), ("ModelBucket", "mdl")])
def test_names_are_of_this_account_or_given(where: str, bucket: str, code: str) -> None:
    computed = properties(STACK, bucket, where)
    assert computed["BucketName"] == f"mlops-retail-prediction-{where}-{code}-{ACCOUNT}-{REGION}-an"
    assert computed["BucketNamespace"] == "account-regional"
    given = properties(STACK, bucket, where, **{f"{bucket}Name": "our-own"})
    assert (given["BucketName"], given["BucketNamespace"]) == ("our-own", "global")


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_are_private_versioned_logged_and_tidy(where: str, bucket: str) -> None:
    found = properties(STACK, bucket, where)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(found["PublicAccessBlockConfiguration"]) == 4
    assert found["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    # The name that stack audit-trail gives its access-log bucket.
    assert found["LoggingConfiguration"]["DestinationBucketName"] == (
        f"mlops-retail-prediction-{where}-acc-{ACCOUNT}-{REGION}-an"
    )
    rules = {key for rule in found["LifecycleConfiguration"]["Rules"] for key in rule}
    assert rules >= {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"}
    assert {tag["Key"] for tag in found["Tags"]} >= {"Project", "Environment", "ManagedBy", "CostCenter"}


def test_another_environments_access_log_bucket_can_be_named() -> None:
    """Of the account's own namespace, too: it is not made here."""
    assert refused(STACK, AccessLogBucketName=f"ours-prod-acc-{ACCOUNT}-{REGION}-an") == []


def test_each_bucket_has_its_own_place_among_the_access_logs() -> None:
    prefixes = {properties(STACK, each)["LoggingConfiguration"]["LogFilePrefix"] for each in BUCKETS}
    assert len(prefixes) == 2
    logged = properties(STACK, "DataBucket", AccessLogBucketName="elsewhere")["LoggingConfiguration"]
    assert logged["DestinationBucketName"] == "elsewhere"


@pytest.mark.parametrize(
    "logical_id",
    [*BUCKETS, "DataBucketPolicy", "ModelBucketPolicy", *REPOSITORIES, "Key"],
)
def test_what_cannot_be_made_again_outlives_the_stack(logical_id: str) -> None:
    found = resources(STACK, "prod")[logical_id]
    assert found["DeletionPolicy"] == "Retain"
    assert found["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("bucket", BUCKETS)
def test_encryption_is_the_environments(bucket: str) -> None:
    def default(where: str) -> dict[str, Any]:
        (rule,) = properties(STACK, bucket, where)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        return dict(rule)

    assert default("dev")["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert default("prod")["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "Key" in default("prod")["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert default("prod")["BucketKeyEnabled"] is True
    assert "Key" not in resources(STACK, "dev")


def test_the_key_rotates_and_has_the_alias_that_roles_know_it_by() -> None:
    assert properties(STACK, "Key", "prod")["EnableKeyRotation"] is True
    assert (
        properties(STACK, "KeyAlias", "prod")["AliasName"] == "alias/mlops-retail-prediction-prod-artifacts"
    )


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_transport_is_tls_1_2(where: str, bucket: str) -> None:
    policy = bucket_policy(bucket, where)
    conditions = [policy[sid]["Condition"] for sid in ("DenyInsecureTransport", "DenyOldTls")]
    assert conditions == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    ]
    for sid in ("DenyInsecureTransport", "DenyOldTls", "DenyForeignAccounts"):
        assert policy[sid]["Principal"] == "*"
        assert policy[sid]["Action"] == ["s3:*"]
        assert len(policy[sid]["Resource"]) == 2


@pytest.mark.parametrize("bucket", BUCKETS)
def test_foreign_accounts_are_denied_and_aws_services_are_not(bucket: str) -> None:
    assert bucket_policy(bucket)["DenyForeignAccounts"]["Condition"] == {
        "StringNotEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_bucket_policies_only_deny(where: str, bucket: str) -> None:
    assert {statement["Effect"] for statement in bucket_policy(bucket, where).values()} == {"Deny"}


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_person_of_this_account_can_always_repair_a_bucket(where: str, bucket: str) -> None:
    """What is denied on a bucket itself is denied to plain text, to old TLS and to strangers only."""
    on_bucket = {
        sid
        for sid, statement in bucket_policy(bucket, where).items()
        if not all(resource.endswith("/*") for resource in statement["Resource"])
    }
    assert on_bucket == {"DenyInsecureTransport", "DenyOldTls", "DenyForeignAccounts"}


def test_objects_are_for_those_who_work_on_them_and_for_break_glass() -> None:
    p = "mlops-retail-prediction-prod"
    assert allowed_roles("DataBucket", "prod") == {
        role(f"{p}-sagemaker-execution"),
        role(f"{p}-job-runner"),
        role(f"{p}-glue-job"),
        role("DataEngineer"),
        role("BreakGlass"),
    }
    assert allowed_roles("ModelBucket", "prod") == {
        role(f"{p}-sagemaker-execution"),
        role(f"{p}-job-runner"),
        role(f"{p}-pod-model-access"),
        role("BreakGlass"),
    }


def test_one_bucket_lets_in_who_works_on_either() -> None:
    one = allowed_roles("DataBucket", "prod", Buckets="one")
    assert one == allowed_roles("DataBucket", "prod") | allowed_roles("ModelBucket", "prod")
    made = resources(STACK, "prod", Buckets="one")
    assert "ModelBucket" not in made
    assert "ModelBucketPolicy" not in made


@pytest.mark.parametrize(
    ("given", "name", "namespace"),
    [
        ({"Buckets": "account"}, f"mlops-retail-prediction-dev-{ACCOUNT}", "global"),
        ({"Buckets": "account", "DataBucketName": "lake"}, "lake", "global"),
        (
            {"Buckets": "one"},
            f"mlops-retail-prediction-dev-dat-{ACCOUNT}-{REGION}-an",
            "account-regional",
        ),
    ],
)
def test_the_one_bucket_is_named_as_asked(given: dict[str, str], name: str, namespace: str) -> None:
    made = properties(STACK, "DataBucket", **given)
    assert (made["BucketName"], made["BucketNamespace"]) == (name, namespace)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_without_people_named_only_the_roles_of_the_platform_are_left(bucket: str) -> None:
    left = allowed_roles(bucket, DataRole="", BreakGlassRole="")
    assert left
    assert all(arn.startswith(role("mlops-retail-prediction-dev-")) for arn in left)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_uploads_without_a_header_pass_and_wrong_headers_do_not(bucket: str) -> None:
    """The header must be there for the denial to apply, and then name what is wanted."""
    aws_managed = bucket_policy(bucket)["DenyOtherEncryption"]
    assert aws_managed["Action"] == ["s3:PutObject"]
    # aws:kms is what SageMaker asks for when a job gives no key.
    assert aws_managed["Condition"] == {
        "Null": {SSE: "false"},
        "StringNotEquals": {SSE: ["AES256", "aws:kms"]},
    }
    own_key = bucket_policy(bucket, **OWN_KEY)["DenyOtherEncryption"]["Condition"]
    assert own_key["Null"] == {SSE: "false"}
    assert list(own_key["ArnNotEquals"]) == [f"{SSE}-aws-kms-key-id"]
    assert "Key" in own_key["ArnNotEquals"][f"{SSE}-aws-kms-key-id"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_nobody_encrypts_with_a_key_of_their_own(bucket: str) -> None:
    assert bucket_policy(bucket)["DenyKeysOfUploaders"]["Condition"] == {
        "Null": {f"{SSE}-customer-algorithm": "false"}
    }


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("repository", REPOSITORIES)
def test_images_are_immutable_scanned_and_not_kept_for_ever(where: str, repository: str) -> None:
    found = properties(STACK, repository, where)
    assert found["RepositoryName"].startswith(f"mlops-retail-prediction-{where}-")
    assert found["ImageTagMutability"] == "IMMUTABLE"
    assert found["ImageScanningConfiguration"] == {"ScanOnPush": True}
    rules = json.loads(found["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    assert {rule["selection"]["tagStatus"] for rule in rules} == {"untagged", "any"}
    # The rule for any tag must come last: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    assert max(rules, key=lambda rule: rule["rulePriority"])["selection"]["tagStatus"] == "any"
    assert found["EncryptionConfiguration"]["EncryptionType"] == {"dev": "AES256", "prod": "KMS"}[where]


@pytest.mark.parametrize("where", ENVIRONMENTS)
@pytest.mark.parametrize("repository", REPOSITORIES)
def test_nodes_and_sagemaker_pull_and_the_delivery_pushes(where: str, repository: str) -> None:
    p = f"mlops-retail-prediction-{where}"
    policy = images_policy(repository, where)
    pull, push = policy["PullByNodesAndSageMaker"], policy["PushByDelivery"]
    for statement in (pull, push):
        # Role principals would have to exist already, and be pinned to an id.
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert pull["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": [role(f"{p}-eks-nodegroup-role"), role(f"{p}-sagemaker-execution")]}
    }
    assert push["Condition"] == {"ArnEquals": {"aws:PrincipalArn": role(f"{p}-github-push")}}
    assert "ecr:PutImage" in push["Action"]
    assert not {"ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:BatchDeleteImage"} & set(pull["Action"])


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_in_prod_nobody_else_pushes(repository: str) -> None:
    denied = images_policy(repository, "prod")["DenyOthersPushes"]
    assert denied["Effect"] == "Deny"
    assert denied["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert set(denied["Action"]) == {
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
    }
    assert denied["Condition"] == {
        "ArnNotEquals": {
            "aws:PrincipalArn": [role("mlops-retail-prediction-prod-github-push"), role("BreakGlass")]
        }
    }
    assert "DenyOthersPushes" not in images_policy(repository, "dev")


def test_the_longest_bucket_names_fit() -> None:
    longest = {"Project": "p" * 23, "Environment": "prod"}
    for bucket in BUCKETS:
        assert len(properties(STACK, bucket, **longest)["BucketName"]) <= 63


def test_every_output_says_what_it_is_and_is_exported_under_the_projects_name() -> None:
    for name, output in template(STACK)["Outputs"].items():
        assert output["Description"]
        assert output["Export"]["Name"] == {"Fn::Sub": f"${{Project}}-${{Environment}}-{name}"}


def test_a_key_of_ones_own_needs_nobody_but_iam() -> None:
    assert refused(STACK, "prod", KeyAdministratorRole="") == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"DataBucketName": "same", "ModelBucketName": "same"}, "must differ"),
        ({"Buckets": "one", "ModelBucketName": "models"}, "has no ModelBucketName"),
        ({"DataBucketName": "logs", "AccessLogBucketName": "logs"}, "must differ"),
        ({"ModelBucketName": "logs", "AccessLogBucketName": "logs"}, "must differ"),
        ({"DataBucketName": "Our_Data"}, "3 to 63"),
        ({"DataBucketName": "our..data"}, "3 to 63"),
        ({"DataBucketName": "192.168.5.4"}, "3 to 63"),
        ({"DataBucketName": "xn--data"}, "none of S3's"),
        ({"DataBucketName": "our-data-s3alias"}, "none of S3's"),
        ({"DataBucketName": f"data-{ACCOUNT}-{REGION}-an"}, "none of S3's"),
        ({"ModelBucketName": "x"}, "3 to 63"),
        ({"AccessLogBucketName": "-logs"}, "3 to 63"),
        ({"NoncurrentVersionDays": "0"}, "1 to 3650"),
        ({"ImagePush": "everyone"}, "account or delivery-only"),
        ({"UntaggedImageDays": "366"}, "1 to 365"),
        ({"KeptImages": "1"}, "10 to 10000"),
        ({"DataRole": "/Leading"}, "without a leading slash"),
        ({"DataRole": "*"}, "without a leading slash"),
        ({"BreakGlassRole": f"arn:aws:iam::{ACCOUNT}:role/X"}, "without a leading slash"),
        ({"BreakGlassRole": "Break?lass"}, "without a leading slash"),
        ({"Encryption": "none"}, "aws-managed or customer-managed"),
        ({"KeyAdministratorRole": "a b"}, "without a leading slash"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
