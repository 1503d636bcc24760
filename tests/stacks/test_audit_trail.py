"""What the audit trail must guarantee, with the values of each environment."""

from __future__ import annotations

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

STACK = "audit-trail"
ENVIRONMENTS = ["dev", "prod"]
TRAIL_ARN = {
    "dev": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/mlops-retail-prediction-audit-trail",
    "prod": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/mlops-retail-prediction-prod-audit-trail",
}
EVIDENCE = ["TrailBucket", "AccessLogBucket", "LogGroup"]

pytestmark = pytest.mark.parametrize("where", ENVIRONMENTS)


def policy(logical_id: str, where: str, **changed: str) -> dict[str, dict[str, Any]]:
    return document(properties(STACK, logical_id, where, **changed)["PolicyDocument"])


# --- What is recorded ---------------------------------------------------------------------------------------


def test_every_region_is_recorded_and_every_file_can_be_validated(where: str) -> None:
    trail = properties(STACK, "Trail", where)
    for promise in (
        "IsLogging",
        "IsMultiRegionTrail",
        "IncludeGlobalServiceEvents",
        "EnableLogFileValidation",
    ):
        assert trail[promise] is True, promise


def test_management_events_are_recorded_whole(where: str) -> None:
    management, _ = properties(STACK, "Trail", where)["AdvancedEventSelectors"]
    assert management["FieldSelectors"] == [{"Field": "eventCategory", "Equals": ["Management"]}]
    assert "EventSelectors" not in properties(STACK, "Trail", where), "the two kinds do not mix"


def test_s3_objects_are_recorded_but_for_the_audit_buckets_that_would_feed_themselves(where: str) -> None:
    _, data = properties(STACK, "Trail", where)["AdvancedEventSelectors"]
    fields = {selector["Field"]: selector for selector in data["FieldSelectors"]}
    assert fields["eventCategory"]["Equals"] == ["Data"]
    assert fields["resources.type"]["Equals"] == ["AWS::S3::Object"]
    assert set(fields) == {"eventCategory", "resources.type", "resources.ARN"}
    buckets = [properties(STACK, name, where)["BucketName"] for name in ("TrailBucket", "AccessLogBucket")]
    assert fields["resources.ARN"]["NotStartsWith"] == [f"arn:aws:s3:::{bucket}/" for bucket in buckets]


def test_both_kinds_of_insights_are_on(where: str) -> None:
    selectors = properties(STACK, "Trail", where)["InsightSelectors"]
    assert {selector["InsightType"] for selector in selectors} == {
        "ApiCallRateInsight",
        "ApiErrorRateInsight",
    }


def test_the_features_that_cost_are_off_until_asked_for(where: str) -> None:
    trail = properties(STACK, "Trail", where)
    assert "AggregationConfigurations" not in trail
    assert all("EventCategories" not in selector for selector in trail["InsightSelectors"])
    asked = properties(
        STACK, "Trail", where, DataEventInsights="enabled", DataEventAggregation="USER_ACTIONS"
    )
    assert asked["AggregationConfigurations"] == [{"EventCategory": "Data", "Templates": ["USER_ACTIONS"]}]
    assert all(
        selector["EventCategories"] == ["Management", "Data"] for selector in asked["InsightSelectors"]
    )


def test_the_trail_waits_for_what_it_needs_to_write(where: str) -> None:
    assert set(resources(STACK, where)["Trail"]["DependsOn"]) == {"TrailBucketPolicy", "DeliveryPolicy"}


# --- Where it is kept ---------------------------------------------------------------------------------------


def test_logs_go_below_the_prefix_that_the_bucket_policy_allows(where: str) -> None:
    trail = properties(STACK, "Trail", where)
    bucket = properties(STACK, "TrailBucket", where)["BucketName"]
    assert trail["S3BucketName"] == bucket
    assert trail["S3KeyPrefix"] == "mlops-logs"
    delivers = policy("TrailBucketPolicy", where)["OurTrailDelivers"]
    assert delivers["Resource"] == [f"arn:aws:s3:::{bucket}/mlops-logs/AWSLogs/{ACCOUNT}/*"]


def test_only_our_trail_delivers(where: str) -> None:
    statements = policy("TrailBucketPolicy", where)
    for sid in ("OurTrailChecksBucket", "OurTrailDelivers"):
        assert statements[sid]["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statements[sid]["Condition"]["StringEquals"]["aws:SourceArn"] == [TRAIL_ARN[where]]
    equals = statements["OurTrailDelivers"]["Condition"]["StringEquals"]
    assert equals["s3:x-amz-acl"] == "bucket-owner-full-control"
    assert [sid for sid, statement in statements.items() if statement["Effect"] == "Allow"] == [
        "OurTrailChecksBucket",
        "OurTrailDelivers",
    ]


def test_nobody_overwrites_deletes_or_unlocks_a_log(where: str) -> None:
    statements = policy("TrailBucketPolicy", where)
    denied = statements["NobodyDeletesOrUnlocks"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert "Condition" not in denied
    assert {
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObjectRetention",
        "s3:BypassGovernanceRetention",
    } <= {*denied["Action"]}
    writes = statements["OnlyCloudTrailWrites"]
    assert (writes["Effect"], writes["Principal"], writes["Action"]) == ("Deny", "*", ["s3:PutObject"])
    assert writes["Condition"] == {
        "StringNotEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}
    }


def test_no_statement_demands_an_encryption_that_the_delivery_test_does_not_use(where: str) -> None:
    for statement in policy("TrailBucketPolicy", where).values():
        keys = [key for operator in statement.get("Condition", {}).values() for key in operator]
        assert not any("encryption" in key.lower() for key in keys)


@pytest.mark.parametrize("bucket", ["TrailBucket", "AccessLogBucket"])
def test_buckets_are_private_versioned_encrypted_and_tls_only(where: str, bucket: str) -> None:
    found = properties(STACK, bucket, where)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert found["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    statements = policy(f"{bucket}Policy", where)
    arn = f"arn:aws:s3:::{found['BucketName']}"
    for sid, condition in (
        ("DenyInsecureTransport", {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ):
        statement = statements[sid]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", ["s3:*"])
        assert statement["Resource"] == [arn, f"{arn}/*"]
        assert statement["Condition"] == condition


@pytest.mark.parametrize("logical_id", [*EVIDENCE, "TrailBucketPolicy", "AccessLogBucketPolicy"])
def test_evidence_and_what_protects_it_outlives_the_stack(where: str, logical_id: str) -> None:
    resource = resources(STACK, where)[logical_id]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_what_may_exist_from_the_console_can_be_imported(where: str) -> None:
    for logical_id in ("Trail", "DeliveryRole", *EVIDENCE):
        assert "DeletionPolicy" in resources(STACK, where)[logical_id], logical_id


def test_logs_grow_colder_and_old_versions_end(where: str) -> None:
    rules = {
        rule["Id"]: rule
        for rule in properties(STACK, "TrailBucket", where)["LifecycleConfiguration"]["Rules"]
    }
    transitions = rules["CloudTrailLogLifecycle"]["Transitions"]
    assert [(step["TransitionInDays"], step["StorageClass"]) for step in transitions] == [
        (30, "STANDARD_IA"),
        (90, "GLACIER"),
        (365, "DEEP_ARCHIVE"),
    ]
    assert "ExpirationInDays" not in rules["CloudTrailLogLifecycle"]
    assert int(rules["ExpireNoncurrentVersions"]["NoncurrentVersionExpiration"]["NoncurrentDays"]) >= 365
    upload = rules["AbortIncompleteUploads"]["AbortIncompleteMultipartUpload"]
    assert upload == {"DaysAfterInitiation": 7}


def test_access_to_the_logs_is_logged_elsewhere(where: str) -> None:
    target = properties(STACK, "TrailBucket", where)["LoggingConfiguration"]["DestinationBucketName"]
    access_logs = properties(STACK, "AccessLogBucket", where)
    assert target == access_logs["BucketName"]
    assert "LoggingConfiguration" not in access_logs
    assert "ObjectLockConfiguration" not in access_logs
    delivers = policy("AccessLogBucketPolicy", where)["OurBucketsDeliverAccessLogs"]
    assert delivers["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivers["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    trail_bucket = properties(STACK, "TrailBucket", where)["BucketName"]
    assert f"arn:aws:s3:::{trail_bucket}" in delivers["Condition"]["ArnLike"]["aws:SourceArn"]


def test_access_to_buckets_of_other_names_is_logged_where_that_is_asked_for(where: str) -> None:
    def sources(**changed: str) -> set[str]:
        policy = document(properties(STACK, "AccessLogBucketPolicy", where, **changed)["PolicyDocument"])
        return set(policy["OurBucketsDeliverAccessLogs"]["Condition"]["ArnLike"]["aws:SourceArn"])

    assert sources(LoggedBuckets="lake-*") - sources() == {"arn:aws:s3:::lake-*"}


def test_our_own_names_cannot_be_taken_by_strangers(where: str) -> None:
    bucket = properties(STACK, "TrailBucket", where, TrailBucketName="")
    project, environment = values(STACK, where)["Project"], values(STACK, where)["Environment"]
    assert bucket["BucketName"] == f"{project}-{environment}-log-{ACCOUNT}-{REGION}-an"
    assert len(bucket["BucketName"]) <= 63
    assert bucket["BucketNamespace"] == "account-regional"
    given = properties(STACK, "TrailBucket", where, TrailBucketName="literal-name")
    assert (given["BucketName"], given["BucketNamespace"]) == ("literal-name", "global")


# --- Where the alarms look ----------------------------------------------------------------------------------


def test_events_reach_cloudwatch_logs_for_a_year_or_more(where: str) -> None:
    trail, group = properties(STACK, "Trail", where), properties(STACK, "LogGroup", where)
    assert int(group["RetentionInDays"]) >= 365
    assert trail["CloudWatchLogsLogGroupArn"].endswith(f":log-group:{group['LogGroupName']}:*")
    role = properties(STACK, "DeliveryRole", where)["RoleName"]
    assert trail["CloudWatchLogsRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/{role}"


def test_the_delivery_role_trusts_cloudtrail_plainly(where: str) -> None:
    trust = document(properties(STACK, "DeliveryRole", where)["AssumeRolePolicyDocument"])["Trust"]
    assert trust["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert "Condition" not in trust, "CloudTrail sends no SourceArn here: the delivery would stop"


def test_the_delivery_role_writes_its_own_streams_only(where: str) -> None:
    (statement,) = policy("DeliveryPolicy", where).values()
    group = properties(STACK, "LogGroup", where)["LogGroupName"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == [
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
    ]
    assert properties(STACK, "DeliveryPolicy", where)["Roles"] == [
        properties(STACK, "DeliveryRole", where)["RoleName"]
    ]


# --- Who pays, who is told ----------------------------------------------------------------------------------


def test_everything_that_takes_tags_is_tagged(where: str) -> None:
    for logical_id in ("TrailBucket", "AccessLogBucket", "LogGroup", "DeliveryRole", "Trail"):
        tags = {tag["Key"]: tag["Value"] for tag in properties(STACK, logical_id, where)["Tags"]}
        assert tags == {
            "Project": "mlops-retail-prediction",
            "Environment": where,
            "ManagedBy": "cfngen",
            "CostCenter": "mlops",
        }


def test_no_account_or_partition_is_written_into_the_template(where: str) -> None:  # noqa: ARG001
    text = str(template(STACK))
    assert "arn:aws:" not in text
    assert ACCOUNT not in text


# --- What must be refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("Project", "Upper"),
        ("Project", "a" * 24),
        ("Project", "two--hyphens"),
        ("Environment", "staging"),
        ("Environment", "d-1"),
        ("CostCenter", ""),
        ("TrailName", "ab"),
        ("TrailName", "with space"),
        ("LogGroupName", "with space"),
        ("DeliveryRoleName", "a" * 65),
        ("DeliveryRoleName", "slash/name"),
        ("LogRetentionDays", "30"),
        ("TrailBucketName", "Upper"),
        ("TrailBucketName", "ab"),
        ("AccessLogBucketName", "under_score"),
        ("LogPrefix", "mlops-logs/"),
        ("LogPrefix", ""),
        ("NoncurrentVersionDays", "0"),
        ("LoggedBuckets", "*"),
        ("LoggedBuckets", "a*b"),
        ("AccessLogDays", "zero"),
        ("ObjectLockMode", "governance"),
        ("ObjectLockDays", "0"),
        ("Encryption", "kms"),
        ("KeyAdministratorRole", "arn:aws:iam::111122223333:role/x"),
        ("OrganizationTrail", "yes"),
        ("OrganizationId", "o-SHORT"),
        ("DataEventInsights", "on"),
        ("DataEventAggregation", "ALL"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wanted(where: str, parameter: str, value: str) -> None:
    wanted = template(STACK)["Parameters"][parameter]["ConstraintDescription"]
    assert any(wanted in remedy for remedy in refused(STACK, where, **{parameter: value}))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"OrganizationTrail": "true", "OrganizationId": ""},
            "An organization trail needs an OrganizationId.",
        ),
    ],
)
def test_values_that_do_not_go_together_are_refused(
    where: str, changed: dict[str, str], sentence: str
) -> None:
    assert sentence in " ".join(refused(STACK, where, **changed))


def test_the_environments_own_values_are_accepted(where: str) -> None:
    assert refused(STACK, where) == []


def test_an_organization_trail_may_write_for_every_account(where: str) -> None:
    changed = {"OrganizationTrail": "true", "OrganizationId": "o-abcdefghij"}
    delivers = policy("TrailBucketPolicy", where, **changed)["OurTrailDelivers"]
    assert any("/AWSLogs/o-abcdefghij/*" in resource for resource in delivers["Resource"])


def test_data_events_may_have_a_trail_of_their_own_that_goes_to_s3_only(where: str) -> None:
    assert "DataTrail" not in resources(STACK, where)
    own = {"DataEvents": "own-trail", "DataEventInsights": "enabled", "DataEventAggregation": "USER_ACTIONS"}
    both = resources(STACK, where, **own)
    trail, data = both["Trail"]["Properties"], both["DataTrail"]["Properties"]

    def recorded(selectors: list[dict[str, Any]]) -> list[str]:
        return [selector["FieldSelectors"][0]["Equals"][0] for selector in selectors]

    assert recorded(trail["AdvancedEventSelectors"]) == ["Management"]
    assert recorded(data["AdvancedEventSelectors"]) == ["Data"]
    assert data["AdvancedEventSelectors"] == properties(STACK, "Trail", where)["AdvancedEventSelectors"][1:]
    assert "CloudWatchLogsLogGroupArn" not in data
    assert "CloudWatchLogsLogGroupArn" in trail
    same = ("S3BucketName", "S3KeyPrefix", "KMSKeyId", "EnableLogFileValidation", "IsMultiRegionTrail")
    assert {name: trail.get(name) for name in same} == {name: data.get(name) for name in same}
    # What is extra about data events goes with them.
    assert "AggregationConfigurations" not in trail
    assert data["AggregationConfigurations"][0]["Templates"] == ["USER_ACTIONS"]
    assert [each.get("EventCategories") for each in trail["InsightSelectors"]] == [None, None]
    assert [each["EventCategories"] for each in data["InsightSelectors"]] == [["Data"], ["Data"]]
    delivers = document(properties(STACK, "TrailBucketPolicy", where, **own)["PolicyDocument"])
    assert delivers["OurTrailDelivers"]["Condition"]["StringEquals"]["aws:SourceArn"] == [
        TRAIL_ARN[where],
        f"{TRAIL_ARN[where]}-data",
    ]


def test_the_settings_of_the_bucket_can_be_one_roles_alone(where: str) -> None:
    """Not until somebody is named: the person who deploys would be locked out."""
    assert "OnlyItsAdministratorConfigures" not in policy("TrailBucketPolicy", where)
    named = properties(STACK, "TrailBucketPolicy", where, AuditAdministratorRole="sso/Auditor")
    denied = document(named["PolicyDocument"])["OnlyItsAdministratorConfigures"]
    assert {"s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:DeleteBucketPolicy"} <= set(
        denied["Action"]
    )
    assert denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{ACCOUNT}:role/mlops-retail-prediction-{where}-cfn-execution",
        f"arn:aws:iam::{ACCOUNT}:role/sso/Auditor",
    ]


def test_the_log_group_can_be_protected_from_deletion(where: str) -> None:
    assert "DeletionProtectionEnabled" not in properties(STACK, "LogGroup", where)
    protected = properties(STACK, "LogGroup", where, LogGroupDeletion="protected")
    assert protected["DeletionProtectionEnabled"] is True


def test_logs_can_stay_where_athena_reads_them(where: str) -> None:
    def classes(**changed: str) -> list[str]:
        bucket = properties(STACK, "TrailBucket", where, **changed)
        rule = bucket["LifecycleConfiguration"]["Rules"][0]
        return [transition["StorageClass"] for transition in rule["Transitions"]]

    assert classes() == ["STANDARD_IA", "GLACIER", "DEEP_ARCHIVE"]
    assert classes(ArchiveClass="GLACIER_IR") == ["STANDARD_IA", "GLACIER_IR", "DEEP_ARCHIVE"]


def test_an_organization_has_streams_of_its_own(where: str) -> None:
    organization = {"OrganizationTrail": "true", "OrganizationId": "o-abcdefghij"}
    found = document(properties(STACK, "DeliveryPolicy", where, **organization)["PolicyDocument"])
    streams = [arn.rpartition("log-stream:")[2] for arn in found["WriteOwnLogStreams"]["Resource"]]
    assert streams == [f"{ACCOUNT}_CloudTrail_{REGION}*", "o-abcdefghij_*"]


def test_the_delivery_role_has_no_boundary_that_could_stop_it(where: str) -> None:
    assert "PermissionsBoundary" not in template(STACK)["Parameters"]
    assert "PermissionsBoundary" not in properties(STACK, "DeliveryRole", where)


def test_small_objects_move_only_where_that_is_asked_for(where: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""
    name = "TransitionDefaultMinimumObjectSize"
    assert name not in properties(STACK, "TrailBucket", where)["LifecycleConfiguration"]
    moved = properties(STACK, "TrailBucket", where, SmallObjects="move")["LifecycleConfiguration"]
    assert moved[name] == "varies_by_storage_class"


def test_management_events_have_the_name_that_scanners_look_for(where: str) -> None:
    """prowler takes a trail for blind whose selector has another name than the console's."""
    names = [selector["Name"] for selector in properties(STACK, "Trail", where)["AdvancedEventSelectors"]]
    assert names[0] == "Management events selector"
