"""What the evidence of compliance must guarantee."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources, template

STACK = "compliance"
P = "mlops-retail-prediction"
FOR_US = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:config:{REGION}:{ACCOUNT}:*"},
}

# AWS's managed rules that are used, and the parameters that each takes. From their pages in
# https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
MANAGED_RULES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "config_managed_rules.json").read_text(encoding="utf-8")
)


def rules(where: str = "prod", **changed: str) -> dict[str, dict[str, Any]]:
    """The rules by AWS's identifier."""
    return {
        body["Properties"]["Source"]["SourceIdentifier"]: body
        for body in resources(STACK, where, **changed).values()
        if body["Type"] == "AWS::Config::ConfigRule"
    }


def given(identifier: str, where: str = "prod", **changed: str) -> dict[str, Any]:
    found: dict[str, Any] = rules(where, **changed)[identifier]["Properties"].get("InputParameters", {})
    return found


def test_rules_and_parameters_are_those_that_aws_has() -> None:
    found = rules()
    assert set(found) == set(MANAGED_RULES)
    for identifier, rule in found.items():
        assert rule["Properties"]["Source"]["Owner"] == "AWS"
        assert set(rule["Properties"].get("InputParameters", {})) <= set(MANAGED_RULES[identifier]), (
            identifier
        )


def test_rules_are_evidence_and_never_say_compliant() -> None:
    for rule in rules().values():
        assert rule["Properties"]["Description"].startswith("Evidence for: ")
        assert len(rule["Properties"]["Description"]) <= 256
    assert "compliant" not in str(template(STACK)).lower()


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_the_trail_that_is_looked_for_is_ours(where: str) -> None:
    bucket = properties("audit-trail", "TrailBucket", where)["BucketName"]
    for identifier in ("CLOUD_TRAIL_ENABLED", "MULTI_REGION_CLOUD_TRAIL_ENABLED"):
        assert given(identifier, where)["s3BucketName"] == bucket
    logs = properties("audit-trail", "LogGroup", where)
    retention = given("CW_LOGGROUP_RETENTION_PERIOD_CHECK", where)
    assert retention["LogGroupNames"] == logs["LogGroupName"]
    assert int(retention["MinRetentionTime"]) <= int(logs["RetentionInDays"])
    assert given("MULTI_REGION_CLOUD_TRAIL_ENABLED", where)["readWriteType"] == "ALL"


def test_the_two_full_access_policies_of_the_page_would_be_told() -> None:
    named = given("IAM_POLICY_BLACKLISTED_CHECK")["policyArns"].split(",")
    assert {arn.rpartition("/")[2] for arn in named} == {
        "AdministratorAccess",
        "AmazonS3FullAccess",
        "AmazonSageMakerFullAccess",
    }


def test_people_are_held_to_the_numbers_of_the_benchmark() -> None:
    assert given("ACCESS_KEYS_ROTATED") == {"maxAccessKeyAge": "90"}
    assert given("IAM_USER_UNUSED_CREDENTIALS_CHECK") == {"maxCredentialUsageAge": "45"}
    password = given("IAM_PASSWORD_POLICY")
    assert (password["MinimumPasswordLength"], password["PasswordReusePrevention"]) == ("14", "24")


def test_customer_managed_keys_and_object_lock_are_claimed_where_they_are_asked_for() -> None:
    keys = {"CLOUD_TRAIL_ENCRYPTION_ENABLED", "CLOUDWATCH_LOG_GROUP_ENCRYPTED", "SNS_ENCRYPTED_KMS"}
    assert keys <= set(rules("prod"))
    assert not keys & set(rules("dev"))
    lock = rules("prod")["S3_BUCKET_DEFAULT_LOCK_ENABLED"]["Properties"]["Scope"]
    assert lock["ComplianceResourceId"] == properties("audit-trail", "TrailBucket", "prod")["BucketName"]
    assert "S3_BUCKET_DEFAULT_LOCK_ENABLED" not in rules("dev")


def test_what_a_rule_looks_at_is_recorded() -> None:
    group = properties(STACK, "ConfigRecorder", "dev")["RecordingGroup"]
    recorded = set(group["ResourceTypes"])
    looked_at = {
        kind
        for rule in rules("dev").values()
        for kind in rule["Properties"].get("Scope", {}).get("ComplianceResourceTypes", [])
    }
    assert looked_at <= recorded
    assert {f"AWS::IAM::{kind}" for kind in ("User", "Group", "Role", "Policy")} <= recorded
    everything = properties(STACK, "ConfigRecorder", "prod", RecordedTypes="all")["RecordingGroup"]
    assert everything == {"AllSupported": True, "IncludeGlobalResourceTypes": True}
    most = properties(STACK, "ConfigRecorder", "prod")["RecordingGroup"]
    assert most == {
        "AllSupported": False,
        "IncludeGlobalResourceTypes": False,
        "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::EC2::NetworkInterface"]},
    }


def test_a_rule_that_runs_at_a_frequency_has_no_scope() -> None:
    from cfngen.lint.rules.config_rule_scope import PERIODIC

    found = {body["Properties"]["Source"]["SourceIdentifier"]: body for body in rules("prod").values()}
    assert {"CMK_BACKING_KEY_ROTATION_ENABLED", "ECR_PRIVATE_IMAGE_SCANNING_ENABLED"} <= found.keys()
    assert [name for name, body in found.items() if name in PERIODIC and "Scope" in body["Properties"]] == []


def test_a_second_trail_that_goes_to_s3_only_fails_no_rule() -> None:
    found = resources(STACK, "prod", DataEvents="own-trail")
    assert "TrailToLogs" in resources(STACK, "prod")
    assert "TrailToLogs" not in found
    group = "mlops-retail-prediction-prod-cloudtrail"
    assert found["TrailEnabled"]["Properties"]["InputParameters"]["cloudWatchLogsLogGroupArn"] == (
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"
    )


def test_the_one_recorder_of_a_region_may_be_there_already() -> None:
    found = resources(STACK, "prod", Recorder="existing")
    gone = set(resources(STACK, "prod")) - set(found)
    assert gone == {
        "ConfigRecorder",
        "DeliveryChannel",
        "ConfigBucket",
        "ConfigBucketPolicy",
        "Key",
        "KeyAlias",
    }
    assert set(rules("prod", Recorder="existing")) == set(MANAGED_RULES)


def test_rules_wait_for_the_recorder_and_nothing_makes_it_wait_for_its_channel() -> None:
    declared = template(STACK)["Resources"]
    assert "ConfigRecorder" in str(declared["RecorderReady"]["Metadata"])
    assert all(rule["DependsOn"] == ["RecorderReady"] for rule in rules().values())
    assert "DependsOn" not in declared["ConfigRecorder"]
    assert declared["DeliveryChannel"]["DependsOn"] == "ConfigBucketPolicy"


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_the_service_linked_role_records_and_a_role_of_ours_where_there_may_be_none(where: str) -> None:
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    assert properties(STACK, "ConfigRecorder", where)["RoleARN"] == linked
    assert "RecorderServiceRole" not in resources(STACK, where)
    role = properties(STACK, "RecorderServiceRole", where, RecorderRole="own")
    trust = document(role["AssumeRolePolicyDocument"])["Trust"]
    assert trust["Principal"] == {"Service": "config.amazonaws.com"}
    assert trust["Condition"] == FOR_US
    delivery = document(properties(STACK, "DeliveryPolicy", where, RecorderRole="own")["PolicyDocument"])
    bucket = properties(STACK, "ConfigBucket", where)["BucketName"]
    assert delivery["Deliver"]["Resource"] == [f"arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/Config/*"]


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_aws_config_writes_for_this_account_only_and_below_its_own_folder(where: str) -> None:
    policy = document(properties(STACK, "ConfigBucketPolicy", where)["PolicyDocument"])
    delivers = policy["ConfigDelivers"]
    assert delivers["Condition"]["ArnLike"] == FOR_US["ArnLike"]
    assert delivers["Condition"]["StringEquals"] == {
        **FOR_US["StringEquals"],
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    assert all(f"/AWSLogs/{ACCOUNT}/Config/" in resource for resource in delivers["Resource"])
    assert policy["ConfigChecksBucket"]["Condition"] == FOR_US
    assert {"DenyInsecureTransport", "DenyOldTls"} <= set(policy)


def test_evidence_is_kept_private_encrypted_logged_and_outlives_the_stack() -> None:
    body = resources(STACK, "prod")["ConfigBucket"]
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")
    bucket = body["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketNamespace"] == "account-regional"
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    access_logs = properties("audit-trail", "AccessLogBucket", "prod")["BucketName"]
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == access_logs


def test_the_key_lets_aws_config_in_for_this_account_only() -> None:
    statements = document(properties(STACK, "Key", "prod")["KeyPolicy"])
    assert statements["ConfigEncrypts"]["Condition"] == FOR_US
    assert "Key" not in resources(STACK, "dev")


def test_access_from_outside_is_analyzed_and_unused_access_where_it_is_paid_for() -> None:
    assert properties(STACK, "ExternalAccessAnalyzer", "prod")["Type"] == "ACCOUNT"
    unused = properties(STACK, "UnusedAccessAnalyzer", "prod")
    assert unused["Type"] == "ACCOUNT_UNUSED_ACCESS"
    assert "UnusedAccessAnalyzer" not in resources(STACK, "dev")
    organization = {"AccessAnalyzer": "organization"}
    assert properties(STACK, "ExternalAccessAnalyzer", "prod", **organization)["Type"] == "ORGANIZATION"
    assert "ExternalAccessAnalyzer" not in resources(STACK, "dev", AccessAnalyzer="none")


def test_what_exists_once_can_be_imported() -> None:
    once = {
        "AWS::Config::ConfigurationRecorder",
        "AWS::Config::DeliveryChannel",
        "AWS::AccessAnalyzer::Analyzer",
    }
    found = [body for body in template(STACK)["Resources"].values() if body["Type"] in once]
    assert len(found) == 4
    assert all("DeletionPolicy" in body for body in found)


WRONG = [
    ({"Project": "x" * 24}, "at most 23"),
    ({"Environment": "Prod"}, "Lower-case"),
    ({"CostCenter": "a b"}, "Letters"),
    ({"Recorder": "none"}, "create or existing"),
    ({"RecorderRole": "AWSServiceRoleForConfig"}, "own or service-linked"),
    ({"RecordedTypes": "some"}, "all, most or evidence"),
    ({"ConfigBucketName": "Evidence"}, "lower-case"),
    ({"ConfigBucketName": "sthree-evidence"}, "none of S3's"),
    ({"AccessLogBucketName": "a_b"}, "lower-case"),
    ({"KeepDays": "30"}, "365 to 3650"),
    ({"Encryption": "SSE-S3"}, "aws-managed or customer-managed"),
    ({"DataEvents": "none"}, "same-trail or own-trail"),
    ({"KeyAdministratorRole": "/Admin"}, "without a leading slash"),
    ({"TrailBucketName": "UPPER"}, "lower-case"),
    ({"LogGroupName": "logs of the trail"}, "letters, digits"),
    ({"LogRetentionDays": "30"}, "a year or more"),
    ({"ObjectLock": "GOVERNANCE"}, "required or optional"),
    ({"AccessKeyDays": "0"}, "1 to 365"),
    ({"UnusedCredentialDays": "366"}, "1 to 365"),
    ({"AccessAnalyzer": "ACCOUNT"}, "account, organization or none"),
    ({"UnusedAccess": "true"}, "enabled or disabled"),
    ({"UnusedAccess": "enabled", "AccessAnalyzer": "none"}, "beside an analyzer"),
    ({"UnusedAccessDays": "0"}, "1 to 365"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))


def test_every_parameter_was_given_a_wrong_value() -> None:
    assert {name for wrong, _ in WRONG for name in wrong} == set(template(STACK)["Parameters"])
    assert refused(STACK, "dev") == refused(STACK, "prod") == []
