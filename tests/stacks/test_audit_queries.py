"""What the audit queries must guarantee: the right rows, from the right files, at a bounded price."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.stacks.athena import Athena
from tests.support.stacks.cloudtrail import ROOT, deliver, event, service, session, sign_in, user
from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources, values
from tests.support.stacks.logs_insights import fields_of, problems
from tests.support.trail_world import WORLD

STACK = "audit-queries"
ENVIRONMENTS = ["dev", "prod"]
TODAY = date(2026, 3, 4)
OTHER = "444455556666"

ADMIN = session("Admin", "bob@example.com")
HOME = [
    event(
        "s3",
        "PutBucketPolicy",
        eventTime="2026-03-04T08:00:00Z",
        requestParameters={"bucketName": "models", "bucketPolicy": {"Version": "2012-10-17"}},
        resources=[{"ARN": "arn:aws:s3:::models", "accountId": ACCOUNT, "type": "AWS::S3::Bucket"}],
    ),
    event("s3", "ListBuckets", eventTime="2026-03-04T08:01:00Z", readOnly=True),
    event("ec2", "RunInstances", eventTime="2026-03-03T23:59:00Z", userIdentity=ADMIN),
    event(
        "s3",
        "PutObject",
        eventTime="2026-03-04T07:00:00Z",
        userIdentity=session("mlops-sagemaker", "training-job"),
        eventCategory="Data",
        managementEvent=False,
    ),
    event(
        "sts",
        "AssumeRole",
        eventTime="2026-03-04T06:00:00Z",
        userIdentity=service("eks"),
        readOnly=True,
    ),
    event(
        "autoscaling",
        "CreateAutoScalingGroup",
        eventTime="2026-03-04T06:30:00Z",
        userIdentity=service("eks"),
    ),
    *(
        event(
            "eks",
            "CreateCluster",
            eventTime=f"2026-02-2{day}T10:00:00Z",
            errorCode="AccessDeniedException",
            errorMessage=f"not allowed, try {day}",
        )
        for day in (5, 6, 7, 8)
    ),
]
VIRGINIA = [
    sign_in(eventTime="2026-03-04T07:59:00Z"),
    sign_in(eventTime="2026-02-20T01:00:00Z", success=False, mfa="No", sourceIPAddress="198.51.100.9"),
    sign_in(eventTime="2026-02-10T05:00:00Z", userIdentity=ROOT, mfa="No"),
    sign_in(eventTime="2026-01-20T05:00:00Z", userIdentity=user("carol")),
    event(
        "iam",
        "AttachRolePolicy",
        eventTime="2026-03-01T12:00:00Z",
        userIdentity=ADMIN,
        requestParameters={"roleName": "app", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    event(
        "iam",
        "CreateAccessKey",
        eventTime="2026-02-28T12:00:00Z",
        userIdentity=ROOT,
        requestParameters={"userName": "alice"},
    ),
    event("iam", "ListRoles", eventTime="2026-03-01T12:00:00Z", readOnly=True),
    event("iam", "DeleteUser", eventTime="2026-01-15T12:00:00Z"),
]


@pytest.fixture(scope="module")
def athena(tmp_path_factory: pytest.TempPathFactory) -> Athena:
    folder = tmp_path_factory.mktemp("athena")
    trail = values("audit-trail", "dev")
    logs = folder / "s3" / trail["TrailBucketName"] / trail["LogPrefix"] / "AWSLogs"
    deliver(logs, ACCOUNT, REGION, *HOME)
    deliver(logs, ACCOUNT, "us-east-1", *VIRGINIA)
    # Beside what the table is about: another account's, and a digest of what was delivered.
    deliver(logs, OTHER, REGION, event("ec2", "StopInstances"))
    digest = logs / ACCOUNT / "CloudTrail-Digest" / REGION / "2026/03/04"
    digest.mkdir(parents=True)
    (digest / "digest.json.gz").write_bytes(b"")
    return Athena(properties(STACK, "Table"), folder / "s3", TODAY, folder)


def ask(athena: Athena, query: str, *columns: str) -> list[tuple[Any, ...]]:
    rows = athena.ask(properties(STACK, f"{query}Query")["QueryString"])
    return [tuple(row[column] for column in columns) for row in rows]


def test_who_did_what_is_everything_that_changed_something_since_yesterday(athena: Athena) -> None:
    rows = ask(athena, "WhoDidWhat", "eventtime", "person", "eventname", "eventsource", "awsregion")
    assert rows == [
        ("2026-03-04T08:00:00Z", "alice", "PutBucketPolicy", "s3.amazonaws.com", REGION),
        ("2026-03-04T07:59:00Z", "alice", "ConsoleLogin", "signin.amazonaws.com", REGION),
        (
            "2026-03-04T06:30:00Z",
            "eks.amazonaws.com",
            "CreateAutoScalingGroup",
            "autoscaling.amazonaws.com",
            REGION,
        ),
        ("2026-03-03T23:59:00Z", "bob@example.com", "RunInstances", "ec2.amazonaws.com", REGION),
    ]
    ((parameters,), *_) = ask(athena, "WhoDidWhat", "requestparameters")
    assert json.loads(parameters) == HOME[0]["requestParameters"]


def test_console_logins_tell_the_outcome_and_the_second_factor(athena: Athena) -> None:
    columns = ("eventtime", "person", "outcome", "second_factor", "sourceipaddress", "errormessage")
    assert ask(athena, "ConsoleLogins", *columns) == [
        ("2026-03-04T07:59:00Z", "alice", "Success", "Yes", "203.0.113.7", None),
        ("2026-02-20T01:00:00Z", "alice", "Failure", "No", "198.51.100.9", "Failed authentication"),
        ("2026-02-10T05:00:00Z", "root", "Success", "No", "203.0.113.7", None),
    ]


def test_failed_calls_are_counted_with_the_latest_message(athena: Athena) -> None:
    columns = ("person", "eventsource", "eventname", "errorcode", "calls", "latest", "latest_message")
    assert ask(athena, "FailedCalls", *columns) == [
        (
            "alice",
            "eks.amazonaws.com",
            "CreateCluster",
            "AccessDeniedException",
            4,
            "2026-02-28T10:00:00Z",
            "not allowed, try 8",
        )
    ]


def test_iam_changes_tell_who_and_with_what(athena: Athena) -> None:
    rows = ask(athena, "IamChanges", "eventtime", "person", "eventname", "requestparameters")
    assert [(when, who, what, json.loads(how)) for when, who, what, how in rows] == [
        (
            "2026-03-01T12:00:00Z",
            "bob@example.com",
            "AttachRolePolicy",
            {"roleName": "app", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        ),
        ("2026-02-28T12:00:00Z", "root", "CreateAccessKey", {"userName": "alice"}),
    ]


def test_activity_per_person_counts_people_and_their_sessions_not_services(athena: Athena) -> None:
    columns = ("person", "calls", "changes", "failures", "days", "earliest", "latest", "services")
    assert ask(athena, "ActivityPerPerson", *columns) == [
        ("alice", 9, 7, 4, 7, "2026-02-20T01:00:00Z", "2026-03-04T08:01:00Z", "eks, iam, s3, signin"),
        ("bob@example.com", 2, 2, 0, 2, "2026-03-01T12:00:00Z", "2026-03-03T23:59:00Z", "ec2, iam"),
        ("root", 2, 2, 0, 2, "2026-02-10T05:00:00Z", "2026-02-28T12:00:00Z", "iam, signin"),
        ("training-job", 1, 1, 0, 1, "2026-03-04T07:00:00Z", "2026-03-04T07:00:00Z", "s3"),
    ]


def test_every_query_is_asked_by_a_test_of_its_own() -> None:
    saved = [name for name, body in resources(STACK).items() if body["Type"] == "AWS::Athena::NamedQuery"]
    assert sorted(saved) == [
        "ActivityPerDayQuery",
        "ActivityPerPersonQuery",
        "ChangeSetsQuery",
        "ConsoleLoginsQuery",
        "ConsoleOrPipelineQuery",
        "DeniedCallsQuery",
        "FailedCallsQuery",
        "IamChangesQuery",
        "QuietHoursQuery",
        "SignInsWithoutMfaQuery",
        "StackOperationsQuery",
        "TrailChangesQuery",
        "WhoDidWhatQuery",
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Athena:
    folder = tmp_path_factory.mktemp("world")
    trail = values("audit-trail", "dev")
    deliver(
        folder / "s3" / trail["TrailBucketName"] / trail["LogPrefix"] / "AWSLogs", ACCOUNT, REGION, *WORLD
    )
    return Athena(properties(STACK, "Table"), folder / "s3", TODAY, folder)


def test_every_session_is_followed_to_whoever_began_it(world: Athena) -> None:
    begin = properties(STACK, "ActivityPerPersonQuery")["QueryString"].partition("SELECT person,")[0]
    rows = world.ask(f"{begin}TABLE events ORDER BY eventtime")
    rows = [row for row in rows if row["eventsource"] != "sts.amazonaws.com"][:13]
    assert [(row["eventname"], row["person"]) for row in rows] == [
        ("DeleteBucketPolicy", "alice"),
        ("StopInstances", "alice"),
        ("PutBucketTagging", "repo:example/retail:ref:refs/heads/main"),
        ("CreateModel", "system:serviceaccount:retail:trainer"),
        ("DisableKey", "carol"),
        ("CreateUser", "dora"),
        ("PutRolePolicy", "bob@example.com"),
        ("CreateBucket", "erin"),
        ("CreateAccessKey", "root"),
        ("SendMessage", "u-1"),
        ("CreateAutoScalingGroup", "eks.amazonaws.com"),
        ("CreateTags", "i-0123"),
        ("TerminateInstances", "AutoScaling"),
    ]


def test_activity_per_day_counts_each_day_of_each_person(world: Athena) -> None:
    columns = ("date", "person", "calls", "changes", "failures", "earliest", "latest", "services")
    assert ask(world, "ActivityPerDay", *columns)[0] == (
        "2026-03-02",
        "alice",
        6,
        2,
        0,
        "08:00",
        "09:05",
        "ec2, s3, sts",
    )


def test_change_sets_tell_who_created_approved_and_executed_them(world: Athena) -> None:
    columns = ("stack", "change_set", "created_by", "approved_by", "executed_by", "failure", "same_person")
    assert ask(world, "ChangeSets", *columns) == [
        ("dev-roles", "v1", "alice", "", None, None, None),
        ("dev-trail", "v2", "bob@example.com", "", "bob@example.com", None, True),
        ("dev-trail", "v2", "alice", "bob@example.com", "AWSCodeBuild-1", None, False),
        ("dev-old", "v7", None, "", "AWSCodeBuild-1", "AccessDenied", None),
    ]


def test_stack_operations_are_those_without_a_change_set(world: Athena) -> None:
    assert ask(world, "StackOperations", "eventname", "stack", "person", "errorcode") == [
        ("CancelUpdateStack", None, "alice", None),  # an object is not a name
        ("UpdateStack", None, "alice", "ValidationError"),  # a failed call may tell nothing
        ("DeleteStack", "dev-old", "alice", None),
    ]


def test_console_or_pipeline_tells_by_which_way_people_change_things(world: Athena) -> None:
    rows = ask(world, "ConsoleOrPipeline", "way", "person", "changes")
    assert ("console", "alice", 3) in rows
    assert ("CloudFormation", "alice", 1) in rows
    assert ("pipeline", "AWSCodeBuild-1", 2) in rows
    assert ("pipeline", "repo:example/retail:ref:refs/heads/main", 1) in rows
    assert ("service", "AutoScaling", 1) in rows
    assert ("service", "eks.amazonaws.com", 1) in rows
    assert ("tool", "alice", 12) in rows


def test_denied_calls_are_those_that_a_permission_was_missing_for(world: Athena) -> None:
    assert ask(world, "DeniedCalls", "person", "eventname", "calls", "latest_message") == [
        ("alice", "SendMessage", 2, None),  # what AWS said the last time, and not before
        ("bob@example.com", "GetObject", 2, "still no"),
        ("alice", "RunInstances", 1, None),
        ("AWSCodeBuild-1", "ExecuteChangeSet", 1, None),
    ]


def test_sign_ins_without_mfa_are_those_that_succeeded_without_single_sign_on(world: Athena) -> None:
    assert ask(world, "SignInsWithoutMfa", "eventtime", "person") == [("2026-03-04T05:00:00Z", "alice")]


def test_trail_changes_tell_who_stopped_recording(world: Athena) -> None:
    assert ask(world, "TrailChanges", "person", "eventname") == [("root", "StopLogging")]


def test_quiet_hours_are_those_without_any_event(world: Athena) -> None:
    assert ask(world, "QuietHours", "after", "until", "hours") == [
        ("2026-03-02T14:59:59Z", "2026-03-03T08:00:00Z", 17),
        ("2026-03-03T13:59:59Z", "2026-03-04T01:00:00Z", 11),
        ("2026-03-04T01:59:59Z", "2026-03-04T05:00:00Z", 3),
    ]


def test_what_an_old_event_does_not_say_is_told_from_its_name(world: Athena) -> None:
    rows = ask(world, "IamChanges", "eventtime", "eventname")
    assert ("2026-03-04T01:30:00Z", "DeleteRole") in rows
    assert "GetRole" not in {name for _, name in rows}


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_every_query_is_asked_of_the_table_in_the_limited_workgroup(where: str) -> None:
    found = resources(STACK, where)
    database = found["Database"]["Properties"]["DatabaseInput"]["Name"]
    assert database == f"mlops_retail_prediction_{where}_audit"
    assert found["Table"]["Properties"]["DatabaseName"] == database
    for body in found.values():
        if body["Type"] == "AWS::Athena::NamedQuery":
            assert body["Properties"]["Database"] == database
            assert body["Properties"]["WorkGroup"] == found["WorkGroup"]["Properties"]["Name"]
            assert "WHERE day >= date_format(current_date" in body["Properties"]["QueryString"]


def test_the_table_has_every_member_of_an_event_and_of_who_did_it(athena: Athena) -> None:
    columns = {
        column["Name"] for column in properties(STACK, "Table")["TableInput"]["StorageDescriptor"]["Columns"]
    }
    told = {name.lower() for each in [*HOME, *VIRGINIA] for name in each}
    assert told - columns == {"managementevent"}  # not among AWS's columns; eventcategory says it too
    (row,) = athena.ask(
        "SELECT resources, useridentity FROM cloudtrail_logs WHERE eventname = 'PutBucketPolicy'"
    )
    assert row["resources"] == [
        {"arn": "arn:aws:s3:::models", "accountid": ACCOUNT, "type": "AWS::S3::Bucket"}
    ]
    (row,) = athena.ask("SELECT useridentity FROM cloudtrail_logs WHERE eventname = 'RunInstances'")
    assert row["useridentity"]["sessioncontext"]["sessionissuer"]["username"] == "Admin"
    assert row["useridentity"]["sessioncontext"]["attributes"]["mfaauthenticated"] == "false"


def test_a_partition_is_an_account_a_region_and_a_day(athena: Athena) -> None:
    rows = athena.ask("SELECT DISTINCT account, region, day FROM cloudtrail_logs WHERE day >= '2026/03/03'")
    assert sorted(tuple(row.values()) for row in rows) == [
        (ACCOUNT, REGION, "2026/03/03"),
        (ACCOUNT, REGION, "2026/03/04"),
        (ACCOUNT, "us-east-1", "2026/03/04"),
    ]


def test_an_organizations_trail_is_read_below_its_id(tmp_path: Path) -> None:
    changed = {"OrganizationId": "o-abcdefghij", "Accounts": f"{ACCOUNT},{OTHER}"}
    assert refused(STACK, **changed) == []
    table = properties(STACK, "Table", **changed)
    logs = tmp_path / values(STACK, "dev")["TrailBucketName"] / "mlops-logs" / "AWSLogs"
    deliver(logs / "o-abcdefghij", OTHER, REGION, event("ec2", "StopInstances"))
    rows = Athena(table, tmp_path, TODAY, tmp_path).ask("SELECT account, eventname FROM cloudtrail_logs")
    assert rows == [{"account": OTHER, "eventname": "StopInstances"}]


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_the_table_is_over_the_trails_own_bucket_and_prefix(where: str) -> None:
    trail = properties("audit-trail", "Trail", where)
    begins = f"s3://{trail['S3BucketName']}/{trail['S3KeyPrefix']}/AWSLogs/"
    table = properties(STACK, "Table", where)["TableInput"]
    assert table["StorageDescriptor"]["Location"] == begins
    assert table["Parameters"]["storage.location.template"].startswith(begins)


@pytest.mark.parametrize(
    "name",
    [
        "WhoDidWhat",
        "ConsoleLogins",
        "SignInsWithoutMfa",
        "FailedCalls",
        "DeniedCalls",
        "IamChanges",
        "ActivityPerPerson",
        "StackOperations",
        "TrailChanges",
    ],
)
def test_logs_insights_queries_use_known_commands_functions_and_fields(name: str) -> None:
    definition = properties(STACK, f"{name}Insights")
    assert problems(definition["QueryString"], fields_of([*HOME, *VIRGINIA, *WORLD])) == []
    assert definition["LogGroupNames"] == [values("audit-trail", "dev")["LogGroupName"]]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("filters a", "filters is no command"),
        ("filter a = 1 | stats counts(*) by a", "counts is no function of stats"),
        ("stats count(*) as calls by a | sort b", "b is no field"),
        ("stats count(* by a", "stats has brackets that do not match"),
        ('filter a = "x', "a quote is not closed"),
    ],
)
def test_a_wrong_logs_insights_query_is_noticed(query: str, problem: str) -> None:
    assert problem in problems(query, {"a", "b"})


@pytest.mark.parametrize(("where", "limit"), [("dev", 10_000_000_000), ("prod", 100_000_000_000)])
def test_nobody_lifts_the_limit_or_sends_results_elsewhere(where: str, limit: int) -> None:
    found = resources(STACK, where)
    settings = found["WorkGroup"]["Properties"]["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert int(settings["BytesScannedCutoffPerQuery"]) == limit
    results = settings["ResultConfiguration"]
    bucket = found["ResultsBucket"]["Properties"]["BucketName"]
    assert results["OutputLocation"] == f"s3://{bucket}/results/"
    assert results["ExpectedBucketOwner"] == ACCOUNT


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_results_are_private_logged_and_expire(where: str) -> None:
    found = resources(STACK, where)
    bucket = found["ResultsBucket"]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketNamespace"] == "account-regional"
    assert bucket["BucketName"] == f"mlops-retail-prediction-{where}-qry-{ACCOUNT}-{REGION}-an"
    expired = [
        rule["ExpirationInDays"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    ]
    assert list(map(int, expired)) == [30]
    logs = properties("audit-trail", "AccessLogBucket", where)["BucketName"]
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == logs
    denied = document(found["ResultsBucketPolicy"]["Properties"]["PolicyDocument"])
    assert {name: (each["Effect"], each["Principal"]) for name, each in denied.items()} == {
        "DenyInsecureTransport": ("Deny", "*"),
        "DenyOldTls": ("Deny", "*"),
    }


def test_dev_encrypts_results_with_s3s_key_and_prod_with_the_audit_key() -> None:
    def encryption(where: str) -> tuple[Any, Any]:
        bucket = properties(STACK, "ResultsBucket", where)["BucketEncryption"]
        (rule,) = bucket["ServerSideEncryptionConfiguration"]
        group = properties(STACK, "WorkGroup", where)["WorkGroupConfiguration"]["ResultConfiguration"]
        return rule["ServerSideEncryptionByDefault"], group["EncryptionConfiguration"]

    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mlops-retail-prediction-prod-audit"
    assert encryption("dev") == ({"SSEAlgorithm": "AES256"}, {"EncryptionOption": "SSE_S3"})
    assert encryption("prod") == (
        {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        {"EncryptionOption": "SSE_KMS", "KmsKey": key},
    )
    assert properties("audit-trail", "KeyAlias", "prod")["AliasName"] in key


@pytest.mark.parametrize(
    ("parameter", "wrong", "wanted"),
    [
        ("Project", "Retail", "Lower-case letters"),
        ("Environment", "production", "at most 4"),
        ("CostCenter", "a b", "Letters, digits"),
        ("TrailBucketName", "Logs", "lower-case letters"),
        ("ResultsBucketName", "ab", "3 to 63"),
        ("AccessLogBucketName", "a_b", "lower-case letters"),
        ("LogPrefix", "mlops-logs/", "without a slash"),
        ("LogPrefix", "", "1 to 200"),
        ("LogGroupName", "audit trail", "1 to 512"),
        ("Regions", "ap-southeast", "Names of Regions"),
        ("Regions", "", "Names of Regions"),
        ("FirstDay", "2026-01-01", "yyyy/MM/dd"),
        ("FirstDay", "2026/13/01", "yyyy/MM/dd"),
        ("OrganizationId", "abcdefghij", "o- and"),
        ("Accounts", "1234", "12 digits"),
        ("Accounts", "111122223333, 444455556666", "without spaces"),
        ("ResultDays", "0", "1 to 365"),
        ("ResultDays", "366", "1 to 365"),
        ("ScanLimit", "2", "gigabytes"),
        ("Encryption", "none", "aws-managed or customer-managed"),
        ("OrganizationId", "o-abcdefghij", "Accounts"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wanted(parameter: str, wrong: str, wanted: str) -> None:
    assert any(wanted in remedy for remedy in refused(STACK, **{parameter: wrong}))
    assert refused(STACK) == []


def test_what_athena_skips_is_said_with_each_question_and_what_was_restored_is_read() -> None:
    """It leaves objects in GLACIER and DEEP_ARCHIVE out without an error: such an answer is partial."""
    found = resources(STACK, "prod")
    queries = [body for body in found.values() if body["Type"] == "AWS::Athena::NamedQuery"]
    assert queries
    assert all("skips GLACIER" in body["Properties"]["Description"] for body in queries)
    table = found["Table"]["Properties"]["TableInput"]["Parameters"]
    assert table["read_restored_glacier_objects"] == "true"
