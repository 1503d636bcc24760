"""What the audit alarms must guarantee: the right people are told of the right events, and of no others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cfngen.sandbox.metric_filter import matches
from tests.support.stacks import cloudtrail
from tests.support.stacks.cloudtrail import event, insight, service, session, sign_in, user
from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, refused, resources, values

STACK = "audit-alarms"
ENVIRONMENTS = ["dev", "prod"]
UNDELIVERED = "InsightsUndelivered"
AUDIT = "the-trails-group"
OF_AUDIT = {"logGroupName": AUDIT}
GIVEN = {"LogGroupName": AUDIT, "BreakGlassRole": "Rescue"}
CIS = json.loads((Path(__file__).parent / "cis_metric_filters.json").read_text())


def of_type(kind: str, where: str = "dev", **changed: str) -> dict[str, Any]:
    found = resources(STACK, where, **changed)
    return {name: body["Properties"] for name, body in found.items() if body["Type"] == kind}


def fired(*events: dict[str, Any], where: str = "dev") -> set[str]:
    """The alarms that these events, within the same five minutes, set off."""
    counted: Counter[tuple[str, str]] = Counter()
    for found in of_type("AWS::Logs::MetricFilter", where, **GIVEN).values():
        for metric in found["MetricTransformations"]:
            key = (metric["MetricNamespace"], metric["MetricName"])
            counted[key] += int(metric["MetricValue"]) * sum(
                matches(found["FilterPattern"], each) for each in events
            )
    return {
        logical_id.removesuffix("Alarm")
        for logical_id, alarm in of_type("AWS::CloudWatch::Alarm", where, **GIVEN).items()
        if counted[alarm["Namespace"], alarm["MetricName"]] >= alarm["Threshold"]
    }


# (what happened, the alarms that it sets off): for each alert an event that it is about, and one beside it.
CASES: list[tuple[dict[str, Any], set[str]]] = [
    # RootUsage
    (event("s3", "ListBuckets", userIdentity=cloudtrail.ROOT, readOnly=True), {"RootUsage"}),
    (event("support", "DescribeCases", userIdentity={**cloudtrail.ROOT, "invokedBy": "support"}), set()),
    (event("kms", "RotateKey", userIdentity=cloudtrail.ROOT, eventType="AwsServiceEvent"), set()),
    (event("s3", "ListBuckets", userIdentity=user("Root"), readOnly=True), set()),
    # UnauthorizedApiCalls
    (event("ec2", "RunInstances", errorCode="Client.UnauthorizedOperation"), {"UnauthorizedApiCalls"}),
    (event("s3", "GetObject", errorCode="AccessDenied"), {"UnauthorizedApiCalls"}),
    (event("eks", "CreateCluster", errorCode="AccessDeniedException"), {"UnauthorizedApiCalls"}),
    (event("s3", "GetObject", errorCode="NoSuchKey"), set()),
    (event("ec2", "RunInstances", errorCode="Client.UnauthorizedOperation.Retry"), set()),
    # ConsoleSignInWithoutMfa
    (sign_in(mfa="No"), {"ConsoleSignInWithoutMfa"}),
    (sign_in(mfa="Yes"), set()),
    (sign_in(mfa="No", userIdentity=session("Admin", "alice")), set()),
    (sign_in(mfa="No", userIdentity=cloudtrail.ROOT), {"RootUsage"}),
    # ConsoleAuthFailures
    (sign_in(success=False), {"ConsoleAuthFailures"}),
    (sign_in(success=False, mfa="No"), {"ConsoleAuthFailures"}),
    (event("iam", "GetUser", errorMessage="Failed authentication"), set()),
    # IamPolicyChanges
    (event("iam", "AttachRolePolicy"), {"IamPolicyChanges"}),
    (event("iam", "GetRolePolicy", readOnly=True), set()),
    # CloudTrailConfigChanges, with what the benchmark does not know
    (event("cloudtrail", "StopLogging"), {"CloudTrailConfigChanges"}),
    (event("cloudtrail", "PutEventSelectors"), {"CloudTrailConfigChanges"}),
    (event("cloudtrail", "GetTrailStatus", readOnly=True), set()),
    # CmkDisableOrDelete
    (event("kms", "ScheduleKeyDeletion"), {"CmkDisableOrDelete"}),
    (event("iot", "DisableKey"), set()),
    (event("kms", "CancelKeyDeletion"), set()),
    # S3BucketPolicyChanges, with what the benchmark does not know
    (event("s3", "PutBucketPolicy"), {"S3BucketPolicyChanges"}),
    (event("s3", "DeleteBucketPublicAccessBlock"), {"S3BucketPolicyChanges"}),
    (event("s3-outposts", "PutBucketPolicy"), set()),
    (event("s3", "GetBucketPolicy", readOnly=True), set()),
    # ConfigChanges, with what the benchmark does not know
    (event("config", "StopConfigurationRecorder"), {"ConfigChanges"}),
    (event("config", "DeleteConfigurationRecorder"), {"ConfigChanges"}),
    (event("config", "PutConfigRule"), set()),
    # SecurityGroupChanges, with what the benchmark does not know
    (event("ec2", "AuthorizeSecurityGroupIngress"), {"SecurityGroupChanges"}),
    (event("ec2", "ModifySecurityGroupRules"), {"SecurityGroupChanges"}),
    (event("ec2", "DescribeSecurityGroups", readOnly=True), set()),
    # NaclChanges
    (event("ec2", "ReplaceNetworkAclEntry"), {"NaclChanges"}),
    (event("ec2", "DescribeNetworkAcls", readOnly=True), set()),
    # NetworkGatewayChanges
    (event("ec2", "AttachInternetGateway"), {"NetworkGatewayChanges"}),
    (event("ec2", "CreateNatGateway"), set()),
    # RouteTableChanges
    (event("ec2", "CreateRoute"), {"RouteTableChanges"}),
    (event("ec2", "AssociateRouteTable"), set()),
    # VpcChanges
    (event("ec2", "ModifyVpcAttribute"), {"VpcChanges"}),
    (event("ec2", "CreateVpcEndpoint"), set()),
    # OrganizationsChanges: CIS's IAM pattern names no service, so a policy of the organization counts twice
    (event("organizations", "LeaveOrganization"), {"OrganizationsChanges"}),
    (event("organizations", "CreatePolicy"), {"OrganizationsChanges", "IamPolicyChanges"}),
    (event("account", "LeaveOrganization"), set()),
    # Insights: the home Region's are EventBridge's to tell
    (insight("Start", "us-east-1"), {"InsightsInOtherRegions"}),
    (insight("End", "us-east-1"), set()),
    (insight("Start", REGION), set()),
    # RolePowerChanges: what the benchmark does not ask for
    (event("iam", "SetDefaultPolicyVersion"), {"RolePowerChanges"}),
    (event("iam", "UpdateAssumeRolePolicy"), {"RolePowerChanges"}),
    (event("iam", "DeleteRolePermissionsBoundary"), {"RolePowerChanges"}),
    (event("iam", "UpdateRole"), set()),
    # AlarmChanges
    (event("logs", "DeleteMetricFilter"), {"AlarmChanges"}),
    (event("monitoring", "DeleteAlarms"), {"AlarmChanges"}),
    (event("monitoring", "DisableAlarmActions"), {"AlarmChanges"}),
    (event("sns", "Unsubscribe"), {"AlarmChanges"}),
    (event("events", "RemoveTargets"), {"AlarmChanges"}),
    (event("monitoring", "PutMetricAlarm"), set()),
    # AuditLogGroupChanges: ours, by name or ARN
    (event("logs", "DeleteLogGroup", requestParameters=OF_AUDIT), {"AuditLogGroupChanges"}),
    (
        event("logs", "PutRetentionPolicy", requestParameters={"logGroupName": AUDIT}),
        {"AuditLogGroupChanges"},
    ),
    (
        event(
            "logs",
            "PutLogGroupDeletionProtection",
            requestParameters={"logGroupIdentifier": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{AUDIT}"},
        ),
        {"AuditLogGroupChanges"},
    ),
    (event("logs", "PutRetentionPolicy", requestParameters={"logGroupName": "/aws/eks/x"}), set()),
    (event("logs", "PutMetricFilter", requestParameters={"logGroupName": AUDIT}), set()),
    # BreakGlassUsage
    (
        event(
            "sts",
            "AssumeRole",
            readOnly=True,
            requestParameters={"roleArn": f"arn:aws:iam::{ACCOUNT}:role/Rescue"},
        ),
        {"BreakGlassUsage"},
    ),
    (
        event(
            "sts",
            "AssumeRole",
            readOnly=True,
            requestParameters={"roleArn": f"arn:aws:iam::{ACCOUNT}:role/NoRescue"},
        ),
        set(),
    ),
    # A quiet day
    (event("sts", "AssumeRole", userIdentity=service("eks"), readOnly=True), set()),
]


@pytest.mark.parametrize(("happened", "expected"), CASES)
@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_an_event_sets_off_its_alarms_and_no_others(
    happened: dict[str, Any], expected: set[str], where: str
) -> None:
    assert fired(happened, where=where) == expected


def test_every_alarm_is_set_off_by_some_case_and_every_filter_feeds_an_alarm() -> None:
    alarms = {name.removesuffix("Alarm") for name in of_type("AWS::CloudWatch::Alarm")} - {UNDELIVERED}
    assert set().union(*(expected for _, expected in CASES)) == alarms
    fed = {
        (metric["MetricNamespace"], metric["MetricName"])
        for found in of_type("AWS::Logs::MetricFilter").values()
        for metric in found["MetricTransformations"]
    }
    heard = {
        (alarm["Namespace"], alarm["MetricName"]) for alarm in of_type("AWS::CloudWatch::Alarm").values()
    }
    assert heard - fed == {("AWS/Events", "FailedInvocations")}
    assert fed <= heard


@pytest.mark.parametrize("name", CIS)
def test_security_hub_finds_the_pattern_to_the_letter(name: str) -> None:
    filters = of_type("AWS::Logs::MetricFilter")
    exact = [
        found["MetricTransformations"]
        for found in filters.values()
        if found["FilterPattern"] == CIS[name]
        and found["LogGroupName"] == values(STACK, "dev")["LogGroupName"]
    ]
    assert [transformation["MetricName"] for (transformation,) in exact] == [name]


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_alarms_look_at_five_minutes_and_tell_the_topic(where: str) -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:mlops-retail-prediction-{where}-audit-alerts"
    for alarm in of_type("AWS::CloudWatch::Alarm", where).values():
        assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Sum", 300, 1)
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanOrEqualToThreshold", 1)
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmActions"] == [topic]
        assert alarm.get("ActionsEnabled", True) is True


@pytest.mark.parametrize(
    ("publisher", "source"),
    [
        (
            "cloudwatch.amazonaws.com",
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:mlops-retail-prediction-dev-*",
        ),
        ("budgets.amazonaws.com", f"arn:aws:budgets::{ACCOUNT}:*"),
        ("costalerts.amazonaws.com", ""),  # AWS documents the account's condition for it, and no source
    ],
)
def test_a_service_publishes_for_this_account_only(publisher: str, source: str) -> None:
    statements = document(properties(STACK, "TopicPolicy")["PolicyDocument"]).values()
    (statement,) = [each for each in statements if each["Principal"] == {"Service": publisher}]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sns:Publish"])
    only_for = {"ArnLike": {"aws:SourceArn": source}} if source else {}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}, **only_for}


def test_nobody_publishes_without_tls() -> None:
    policy = document(properties(STACK, "TopicPolicy")["PolicyDocument"])
    deny = policy["DenyInsecureTransport"]
    assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", ["sns:Publish"])
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert [each["Effect"] for each in policy.values()].count("Deny") == 1


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_eventbridge_publishes_with_a_role_that_only_our_rule_gets(where: str) -> None:
    """And by the topic's policy: AWS's pages disagree on which of the two decides."""
    found = resources(STACK, where)
    by_policy = document(found["TopicPolicy"]["Properties"]["PolicyDocument"])["OurInsightsRulePublishes"]
    ours = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{found['InsightsRule']['Properties']['Name']}"
    assert by_policy["Principal"] == {"Service": "events.amazonaws.com"}
    assert by_policy["Condition"] == {"ArnEquals": {"aws:SourceArn": ours}}
    (trust,) = found["InsightsRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    rule = found["InsightsRule"]["Properties"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule['Name']}"},
    }
    (target,) = rule["Targets"]
    assert (
        target["RoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/{found['InsightsRole']['Properties']['RoleName']}"
    )
    (publish,) = found["InsightsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (publish["Action"], publish["Resource"]) == (["sns:Publish"], [target["Arn"]])


def test_insights_events_of_aws_itself_are_told() -> None:
    rule = properties(STACK, "InsightsRule")
    assert rule["EventPattern"]["detail-type"] == ["AWS Insight via CloudTrail"]
    assert rule["EventPattern"]["source"] == [{"prefix": "aws."}]
    transformer = rule["Targets"][0]["InputTransformer"]
    told = transformer["InputTemplate"]
    assert all(f"<{name}>" in told for name in transformer["InputPathsMap"])
    detail = insight("Start", REGION)
    for path in transformer["InputPathsMap"].values():
        if path.startswith("$.detail."):
            value: Any = detail
            for name in path.removeprefix("$.detail.").split("."):
                value = value[name]


def test_prod_encrypts_with_the_audit_key_and_the_role_may_use_it_through_sns_only() -> None:
    key = "alias/mlops-retail-prediction-prod-audit"
    assert properties(STACK, "Topic", "prod")["KmsMasterKeyId"] == key
    (statement,) = properties(STACK, "InsightsKeyPolicy", "prod")["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": f"sns.{REGION}.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": key},
    }


def test_dev_has_no_key_that_would_silence_the_alarms() -> None:
    """With alias/aws/sns CloudWatch and EventBridge could not publish."""
    assert "KmsMasterKeyId" not in properties(STACK, "Topic")
    assert "InsightsKeyPolicy" not in resources(STACK)


def test_every_publisher_may_use_the_audit_key() -> None:
    publishers = {
        each["Principal"]["Service"]
        for each in document(properties(STACK, "TopicPolicy", "prod")["PolicyDocument"]).values()
        if each["Effect"] == "Allow"
    }
    key = document(properties("audit-trail", "Key", "prod")["KeyPolicy"])
    of_account = set(key["AlarmsPublishEncrypted"]["Principal"]["Service"])
    assert publishers <= of_account | {key["EventBridgePublishesEncrypted"]["Principal"]["Service"]}


def test_an_event_that_cannot_be_published_is_told() -> None:
    alarm = properties(STACK, f"{UNDELIVERED}Alarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Events", "FailedInvocations")
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": properties(STACK, "InsightsRule")["Name"]}]


def test_nobody_named_for_emergencies_is_not_waited_for() -> None:
    found = resources(STACK, BreakGlassRole="")
    assert not {"BreakGlassUsageFilter", "BreakGlassUsageAlarm"} & set(found)


def test_who_is_told_is_said() -> None:
    def told(**changed: str) -> str:
        from cfngen.template.environment.resolve import resolve
        from tests.support.stacks.deployed import template

        given = {**values(STACK, "dev"), **changed}
        found = resolve(template(STACK), given, account=ACCOUNT, region=REGION)
        return str(found["Outputs"]["AlertRecipient"]["Value"])

    assert told().startswith("nobody")
    assert told(AlertEmail="team@example.com") == "team@example.com"


def test_the_benchmarks_numbers_have_a_version() -> None:
    """CIS 6 and 7 count the same controls 5.x."""
    numbered = [alarm["AlarmDescription"] for alarm in of_type("AWS::CloudWatch::Alarm").values()]
    assert sum(text.startswith("CIS v5 4.") for text in numbered) == 15


def test_an_address_subscribes_and_none_does_not() -> None:
    mail = properties(STACK, "EmailSubscription", AlertEmail="team@example.com")
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "team@example.com")
    assert "EmailSubscription" not in resources(STACK, AlertEmail="")


def test_the_filters_look_at_the_log_group_that_the_trail_writes() -> None:
    for where in ENVIRONMENTS:
        assert values(STACK, where)["LogGroupName"] == values("audit-trail", where)["LogGroupName"]


def test_the_dashboard_shows_every_alarm() -> None:
    body = json.loads(properties(STACK, "Dashboard")["DashboardBody"])
    shown, metrics, _ = (widget["properties"] for widget in body["widgets"])
    # What is not always there cannot be on it.
    found = of_type("AWS::CloudWatch::Alarm", BreakGlassRole="")
    alarms = [alarm for name, alarm in found.items() if name != f"{UNDELIVERED}Alarm"]
    prefix = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:"
    assert set(shown["alarms"]) == {prefix + alarm["AlarmName"] for alarm in alarms}
    assert {tuple(metric) for metric in metrics["metrics"]} == {
        (alarm["Namespace"], alarm["MetricName"]) for alarm in alarms
    }


@pytest.mark.parametrize(
    ("parameter", "wrong", "wanted"),
    [
        ("Project", "Retail", "Lower-case letters"),
        ("Environment", "production", "at most 4"),
        ("CostCenter", "a b", "Letters, digits"),
        ("LogGroupName", "", "1 to 512"),
        ("LogGroupName", "audit trail", "1 to 512"),
        ("LogGroupName", "x" * 513, "1 to 512"),
        ("AlertEmail", "nobody", "one e-mail address"),
        ("AlertEmail", "a@example.com,b@example.com", "one e-mail address"),
        ("AlertEmail", "a@localhost", "one e-mail address"),
        ("BreakGlassRole", "/Rescue", "without a leading slash"),
        ("Encryption", "none", "aws-managed or customer-managed"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wanted(parameter: str, wrong: str, wanted: str) -> None:
    assert any(wanted in remedy for remedy in refused(STACK, **{parameter: wrong}))
    assert refused(STACK) == []
