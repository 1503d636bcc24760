"""What plan tells of an account before a new stack meets it: each look with something there, and without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from tests.support.account_world import World
from tests.support.faults import Line

KEY_ADMINISTRATION = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    ],
}
BOUNDARY = "arn:aws:iam::aws:policy/A"


class _Nothing:
    """A response without a body, as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        return iter(())


def _notes(here: World, kind: str, properties: Mapping[str, Any], **more: Any) -> list[str]:
    """What plan tells of a new stack with one resource, and that it goes on."""
    here.stack("one", {"Resources": {"It": {"Type": kind, "Properties": dict(properties)}, **more}})
    planned = here.plan()
    assert planned.code == 0, planned.err
    assert planned.stacks["one"]["result"] == "planned"
    assert all(note in planned.err for note in planned.json["notes"])
    return list(planned.json["notes"])


def _role(here: World, name: str, path: str = "/") -> str:
    made = here.aws.client("iam").create_role(
        RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    return str(made["Role"]["Arn"])


def _policy(arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": {"AWS": [arn]}}
    return {"Version": "2012-10-17", "Statement": [statement]}


HOLDERS = [
    ("AWS::KMS::Key", "KeyPolicy", {}),
    ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "some-bucket"}),
    ("AWS::ECR::Repository", "RepositoryPolicyText", {}),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", {"Topics": ["arn:aws:sns:eu-west-1:1:t"]}),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
]


@pytest.mark.parametrize(("kind", "place", "others"), HOLDERS)
def test_a_principal_that_does_not_exist(here: World, kind: str, place: str, others: dict[str, Any]) -> None:
    arn = f"arn:aws:iam::{here.aws.account}:role/Keeper"
    (note,) = _notes(here, kind, {place: _policy(arn), **others})
    assert note.startswith(f"one: It: its policy names the role {arn}, which does not exist")
    assert "make the role first" in note
    _role(here, "Keeper")
    assert _notes(here, kind, {place: _policy(arn), **others}) == []


def test_a_user_and_a_path_that_are_wrong(here: World) -> None:
    user = f"arn:aws:iam::{here.aws.account}:user/Keeper"
    (note,) = _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(user)})
    assert f"the user {user}, which does not exist" in note
    here.aws.client("iam").create_user(UserName="Keeper")
    assert _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(user)}) == []
    right = _role(here, "Keeper", "/team/")
    (note,) = _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(right.replace("/team/", "/"))})
    assert f"its ARN is {right}: write its path" in note
    assert _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(right)}) == []


def test_principals_that_nobody_has_to_look_at(here: World) -> None:
    account = here.aws.account
    for arn in (f"arn:aws:iam::{account}:root", "arn:aws:iam::999999999999:role/Keeper", "*"):
        assert _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(arn)}) == []
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "Keeper", "Path": "/team/", "AssumeRolePolicyDocument": TRUST},
    }
    planned = f"arn:aws:iam::{account}:role/team/Keeper"
    assert _notes(here, "AWS::KMS::Key", {"KeyPolicy": _policy(planned)}, Role=role) == []


def test_the_service_linked_role_of_config(here: World) -> None:
    path = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    recorder = {"RoleARN": {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:role/{path}"}}
    (note,) = _notes(here, "AWS::Config::ConfigurationRecorder", recorder)
    assert "create-service-linked-role --aws-service-name config.amazonaws.com" in note
    own = {"RoleARN": f"arn:aws:iam::{here.aws.account}:role/own"}
    assert _notes(here, "AWS::Config::ConfigurationRecorder", own) == []
    here.aws.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    assert _notes(here, "AWS::Config::ConfigurationRecorder", recorder) == []


def test_a_bucket_that_is_ours(here: World) -> None:
    name = f"mine-{here.aws.account}"
    assert _notes(here, "AWS::S3::Bucket", {"BucketName": name}) == []
    assert _notes(here, "AWS::S3::Bucket", {}) == []
    here.aws.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": here.aws.region}
    )
    (note,) = _notes(here, "AWS::S3::Bucket", {"BucketName": name})
    assert "exists in this account" in note
    assert "import it with cfngen adopt one --env dev" in note


def test_a_bucket_of_another_account(here: World) -> None:
    """As S3 answers a HEAD request: a status, no body."""
    tapped = here.session
    owners: list[str] = []

    def session() -> Any:
        made = tapped()

        def forbid(request: Any, **_: Any) -> AWSResponse:
            owners.append(request.headers["x-amz-expected-bucket-owner"].decode())
            return AWSResponse(request.url, 403, {}, _Nothing())

        made.get_component("event_emitter").register("before-send.s3.HeadBucket", forbid)
        return made

    here.session = session
    (note,) = _notes(here, "AWS::S3::Bucket", {"BucketName": f"theirs-{here.aws.account}"})
    assert "belongs to another account, or you are not allowed s3:ListBucket on it: choose" in note
    assert owners == [here.aws.account]


def _recorder(here: World) -> None:
    here.aws.client("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "old", "roleARN": f"arn:aws:iam::{here.aws.account}:role/own"}
    )


def _channel(here: World) -> None:
    _recorder(here)
    here.aws.client("config").put_delivery_channel(DeliveryChannel={"name": "old", "s3BucketName": "b"})


def _analyzer(here: World) -> None:
    here.aws.client("accessanalyzer").create_analyzer(analyzerName="old", type="ACCOUNT")


def _provider(here: World) -> None:
    here.aws.client("iam").create_open_id_connect_provider(Url="https://issuer.example")


def _monitor(here: World) -> None:
    monitor = {"MonitorName": "old", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    here.aws.client("ce").create_anomaly_monitor(AnomalyMonitor=monitor)


def _detector(here: World) -> None:
    here.aws.client("guardduty").create_detector(Enable=True)


def _hub(here: World) -> None:
    here.aws.client("securityhub").enable_security_hub()


ONE: Mapping[str, tuple[Callable[[World], None], dict[str, Any]]] = {
    "AWS::Config::ConfigurationRecorder": (_recorder, {"RoleARN": "arn:aws:iam::123456789012:role/own"}),
    "AWS::Config::DeliveryChannel": (_channel, {"S3BucketName": "b"}),
    "AWS::AccessAnalyzer::Analyzer": (_analyzer, {"Type": "ACCOUNT"}),
    "AWS::IAM::OIDCProvider": (_provider, {"Url": "https://issuer.example"}),
    "AWS::CE::AnomalyMonitor": (
        _monitor,
        {"MonitorName": "new", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"},
    ),
    "AWS::GuardDuty::Detector": (_detector, {"Enable": True}),
    "AWS::SecurityHub::Hub": (_hub, {}),
}


@pytest.mark.parametrize("kind", ONE)
def test_what_there_is_one_of(here: World, kind: str) -> None:
    make, properties = ONE[kind]
    assert _notes(here, kind, properties) == []
    make(here)
    (note,) = _notes(here, kind, properties)
    assert "has one" in note
    assert "exists: leave this resource out" in note


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::AccessAnalyzer::Analyzer", {"Type": "ORGANIZATION"}),
        ("AWS::AccessAnalyzer::Analyzer", {"Type": "ACCOUNT_UNUSED_ACCESS"}),
        ("AWS::IAM::OIDCProvider", {"Url": "https://other.example"}),
        ("AWS::CE::AnomalyMonitor", {"MonitorName": "new", "MonitorType": "CUSTOM"}),
    ],
)
def test_another_kind_does_not_count(here: World, kind: str, properties: dict[str, Any]) -> None:
    ONE[kind][0](here)
    assert _notes(here, kind, properties) == []


def test_a_boundary_that_does_not_exist(here: World) -> None:
    arn = f"arn:aws:iam::{here.aws.account}:policy/limit"
    role = {"AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": arn}
    (note,) = _notes(here, "AWS::IAM::Role", role)
    assert f"its permissions boundary {arn} does not exist" in note
    document = {"Version": "2012-10-17", "Statement": [KEY_ADMINISTRATION]}
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "limit", "PolicyDocument": document},
    }
    assert _notes(here, "AWS::IAM::Role", role, Limit=policy) == []
    here.aws.client("iam").create_policy(PolicyName="limit", PolicyDocument=json.dumps(document))
    assert _notes(here, "AWS::IAM::Role", role) == []


def test_alarms_that_reach_nobody(here: World) -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "AlarmActions": [{"Ref": "It"}],
        },
    }
    email = {"Protocol": "email", "Endpoint": "on-call@example.com"}
    subscription = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "It"}, **email}}
    (note,) = _notes(here, "AWS::SNS::Topic", {}, Alarm=alarm)
    assert "they reach nobody until somebody subscribes" in note
    assert _notes(here, "AWS::SNS::Topic", {}, Alarm=alarm, Mail=subscription) == []
    assert _notes(here, "AWS::SNS::Topic", {"Subscription": [email]}, Alarm=alarm) == []
    assert _notes(here, "AWS::SNS::Topic", {}) == []


@pytest.mark.parametrize(
    ("operation", "needs", "kind", "properties"),
    [
        ("GetRole", "iam:GetRole", "AWS::KMS::Key", {"KeyPolicy": "role"}),
        ("ListBuckets", "s3:ListAllMyBuckets", "AWS::S3::Bucket", {"BucketName": "a-free-bucket-name"}),
        ("DescribeHub", "securityhub:DescribeHub", "AWS::SecurityHub::Hub", {}),
        (
            "GetPolicy",
            "iam:GetPolicy",
            "AWS::IAM::Role",
            {"PermissionsBoundary": BOUNDARY},
        ),
    ],
)
def test_a_denied_look_is_told_and_stops_nothing(
    here: World, operation: str, needs: str, kind: str, properties: dict[str, Any]
) -> None:
    if "KeyPolicy" in properties:
        properties = {"KeyPolicy": _policy(f"arn:aws:iam::{here.aws.account}:role/Keeper")}
    if kind == "AWS::IAM::Role":
        properties = {"AssumeRolePolicyDocument": TRUST, **properties}
    line = Line(operation=operation, fault="denied")
    tapped = here.session
    here.session = lambda: line.tap(tapped())
    assert _notes(here, kind, properties) == [f"{operation}: not looked at: needs {needs}"]
    assert line.hits == 1


@pytest.mark.parametrize("fault", ["not XML", "an error with 200", "cut off"])
@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("GetRole", "AWS::KMS::Key"),
        ("ListOpenIDConnectProviders", "AWS::IAM::OIDCProvider"),
        ("ListBuckets", "AWS::S3::Bucket"),
        ("ListDetectors", "AWS::GuardDuty::Detector"),
    ],
)
def test_an_answer_that_is_none_is_told(here: World, fault: str, operation: str, kind: str) -> None:
    properties: dict[str, dict[str, Any]] = {
        "AWS::KMS::Key": {"KeyPolicy": _policy(f"arn:aws:iam::{here.aws.account}:role/Keeper")},
        "AWS::S3::Bucket": {"BucketName": "a-free-bucket-name"},
    }
    _role(here, "Keeper")
    line = Line(operation=operation, fault=fault)
    tapped = here.session
    here.session = lambda: line.tap(tapped())
    given = properties[kind] if kind in properties else ONE[kind][1]
    (note,) = _notes(here, kind, given)
    assert note.startswith(f"{operation}: not looked at: ")
    assert "needs" not in note


def test_only_new_stacks_are_looked_at(here: World) -> None:
    detector = {"Resources": {"It": {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}}}
    here.stack("one", detector)
    assert here.deploy().json["notes"] == []
    assert here.plan().json["notes"] == []
    here.stack("two", detector)
    (note,) = here.plan().json["notes"]
    assert note.startswith("two: It: a Region has one detector")
