"""`cfngen adopt` on a real emulator, from outside: what was clicked together comes under its stack."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from cfngen.deploy.request import requests
from cfngen.template.environment.deployment_file import environment
from tests.support.account_world import World, botocore_session
from tests.support.deployments import delete, deploy
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, limited
from tests.support.schemas import valid

BUCKET = "mlops-cloudtrail-logs-ap-southeast-1"
GROUP = "mlops-cloudtrail-log-group"
ROLE = "CloudTrail_CloudWatchLogs_Role"
TRAIL = "mlops-retail-prediction-audit-trail"
STACK = "mlops-retail-prediction-dev-audit-trail"


def _statement(service: str, action: str, resource: str | None = None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    statement |= {"Resource": resource} if resource else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def by_hand(aws: Aws) -> None:
    """What the pages of the workshop have somebody click together, with settings of their own."""
    s3, iam, logs = aws.client("s3"), aws.client("iam"), aws.client("logs")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws.region})
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=_statement("cloudtrail.amazonaws.com", "s3:*", f"arn:aws:s3:::{BUCKET}/*")
    )
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "Owner", "Value": "somebody"}]})
    s3.put_object(Bucket=BUCKET, Key="mlops-logs/old.json.gz", Body=b"an old log")
    logs.create_log_group(logGroupName=GROUP)
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="old")
    iam.create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=_statement("cloudtrail.amazonaws.com", "sts:AssumeRole")
    )
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    iam.put_role_policy(
        RoleName=ROLE,
        PolicyName="write",
        PolicyDocument=json.dumps(
            {"Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}
        ),
    )
    aws.client("cloudtrail").create_trail(Name=TRAIL, S3BucketName=BUCKET)


@pytest.fixture(params=["dev", "workshop"])
def team(here: World, request: pytest.FixtureRequest) -> World:
    """This repository's out/, with an environment's values as those of `dev`."""
    shutil.copytree(ROOT / "out", here.root / "out")
    shutil.rmtree(here.root / "deployments" / "dev")
    shutil.copytree(ROOT / "deployments" / request.param, here.root / "deployments" / "dev")
    return here


def _stack(here: World) -> str | None:
    found = here.deployed().get(STACK)
    return found and str(found["StackStatus"])


def test_what_the_pages_have_made_is_taken_in_updated_and_keeps_its_data(team: World) -> None:
    by_hand(team.aws)
    shown = team.run("adopt", "audit-trail", "--dry-run")
    assert (shown.code, team.deployed()) == (0, {})
    assert "3 to add, 5 to import" in shown.out
    for difference in ("RetentionInDays  30 -> 365", "IsMultiRegionTrail  false -> true", "Tags[Owner]  -"):
        assert difference in shown.out
    ran = team.run("adopt", "audit-trail", "--yes", "--format", "json")
    valid("adopt", ran.json)
    assert ran.code == 0, ran.err
    found = {each["logical_id"]: each for each in ran.json["found"]}
    assert found["DeliveryRole"]["identifier"] == {"RoleName": ROLE}
    retention = {"path": "RetentionInDays", "account": "30", "template": "365"}
    assert retention in found["LogGroup"]["differences"]
    assert (ran.json["import"]["result"], ran.json["update"]["result"]) == ("deployed", "deployed")
    assert _stack(team) == "UPDATE_COMPLETE"
    s3, logs, iam = (team.aws.client(name) for name in ("s3", "logs", "iam"))
    assert s3.get_object(Bucket=BUCKET, Key="mlops-logs/old.json.gz")["Body"].read() == b"an old log"
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    streams = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert "old" in {each["logStreamName"] for each in streams}
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["mlops-retail-prediction-dev-cloudtrail-delivery"]
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == []
    drift = team.run("drift", "audit-trail", "--exit-code")
    assert drift.code == 0, drift.out
    again = team.run("adopt", "audit-trail", "--yes", "--format", "json")
    assert (again.code, again.json["found"], again.json["import"]) == (0, [], None)
    assert again.json["update"]["result"] == "no-change"
    assert team.run("status", "audit-trail", "--exit-code").code == 0


def test_the_roles_of_the_page_with_what_hangs_on_them(team: World) -> None:
    iam = team.aws.client("iam")
    prefix = "mlops-retail-prediction-dev"
    for name, service, policies in (
        ("eks-cluster-role", "eks", ["AmazonEKSClusterPolicy"]),
        ("eks-nodegroup-role", "ec2", ["AmazonEKSWorkerNodePolicy", "CloudWatchAgentServerPolicy"]),
        ("sagemaker-execution", "sagemaker", ["AmazonSageMakerFullAccess", "AmazonS3FullAccess"]),
    ):
        trust = _statement(f"{service}.amazonaws.com", "sts:AssumeRole")
        iam.create_role(RoleName=f"{prefix}-{name}", AssumeRolePolicyDocument=trust)
        for policy in policies:
            arn = f"arn:aws:iam::aws:policy/{policy}"
            iam.attach_role_policy(RoleName=f"{prefix}-{name}", PolicyArn=arn)
    policy = json.dumps({"Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]})
    iam.create_policy(PolicyName=f"{prefix}-boundary", PolicyDocument=policy)
    ran = team.run("adopt", "platform-roles", "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    assert {each["type"] for each in ran.json["found"]} == {"AWS::IAM::Role"}
    assert len(ran.json["found"]) == 3
    assert team.run("drift", "platform-roles", "--exit-code").code == 0
    again = team.run("adopt", "platform-roles", "--yes", "--format", "json")
    assert (again.code, again.json["found"], again.json["update"]["result"]) == (0, [], "no-change")


@pytest.mark.parametrize("name", ["audit-trail", "delivery-roles"])
def test_what_a_deleted_stack_has_left_is_as_the_template_says(team: World, name: str) -> None:
    asked = requests(team.project, environment(team.project, "dev"))
    (wanted,) = [request for request in asked if request.stack == name]
    kept = {
        logical_id: {**body, "DeletionPolicy": "Retain"}
        for logical_id, body in wanted.template["Resources"].items()
    }
    template = {**wanted.template, "Resources": kept}
    made = deploy(team.aws, "gone", template, wanted.parameters, wanted.tags)
    assert made.status == "CREATE_COMPLETE"
    assert delete(team.aws, "gone") == "DELETE_COMPLETE"
    ran = team.run("adopt", name, "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    assert {each["logical_id"]: each["differences"] + each["stays"] for each in ran.json["found"]} == {
        each["logical_id"]: [] for each in ran.json["found"]
    }
    assert len(ran.json["found"]) >= 7
    assert ran.json["new"] == []
    assert team.run("drift", name, "--exit-code").code == 0


# --- A small stack, for everything else ---------------------------------------------------------------------


def small(**more: Any) -> dict[str, Any]:
    """A bucket, a role that a policy hangs on, a log group; one output, one parameter."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}
    return {
        "Parameters": {"Name": {"Type": "String", "Default": "small"}},
        "Resources": {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "Properties": {
                    "BucketName": {"Fn::Sub": "${Name}-${AWS::AccountId}"},
                    "VersioningConfiguration": {"Status": "Enabled"},
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "Name"},
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                },
            },
            "Policy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "ManagedPolicyName": {"Fn::Sub": "${Name}-write"},
                    "Roles": [{"Ref": "Role"}],
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [write]},
                },
            },
            "Group": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"LogGroupName": {"Ref": "Name"}, "RetentionInDays": 30},
            },
            **more,
        },
        "Outputs": {"Role": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def make_small(aws: Aws, *, role: bool = True, policy: bool = False) -> None:
    aws.client("s3").create_bucket(
        Bucket=f"small-{aws.account}", CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    aws.client("s3").put_object(Bucket=f"small-{aws.account}", Key="kept", Body=b"kept")
    if role:
        trust = _statement("lambda.amazonaws.com", "sts:AssumeRole")
        aws.client("iam").create_role(RoleName="small", AssumeRolePolicyDocument=trust)
    if policy:
        write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::small-{aws.account}"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [write]})
        made = aws.client("iam").create_policy(PolicyName="small-write", PolicyDocument=document)
        aws.client("iam").attach_role_policy(RoleName="small", PolicyArn=made["Policy"]["Arn"])


def check_small(here: World) -> None:
    """Everything is in the stack, as its template says, and nothing is lost."""
    inside = here.aws.client("cloudformation").describe_stack_resources(StackName="dev-one")
    names = {each["LogicalResourceId"] for each in inside["StackResources"]}
    assert names == {"Bucket", "Role", "Policy", "Group"}
    bucket = f"small-{here.aws.account}"
    assert here.aws.client("s3").get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
    attached = here.aws.client("iam").list_attached_role_policies(RoleName="small")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["small-write"]
    assert here.run("drift", "--exit-code").code == 0


def test_an_attachment_that_another_resource_makes_is_not_taken_away(here: World) -> None:
    here.stack("one", small())
    make_small(here.aws, policy=True)
    ran = here.run("adopt", "one", "--yes", "--format", "json")
    found = {each["logical_id"]: each["differences"] for each in ran.json["found"]}
    assert [each["path"] for each in found["Role"] if "ManagedPolicyArns" in each["path"]] == []
    assert found["Policy"] == []
    assert ran.code == 0, ran.err
    check_small(here)


class Killed(BaseException):
    """The end of the process, in a test."""


MOMENTS = [
    ("CreateChangeSet", 1, "before"),
    ("CreateChangeSet", 1, "after"),
    ("DescribeChangeSet", 1, "after"),
    ("ExecuteChangeSet", 1, "before"),
    ("ExecuteChangeSet", 1, "after"),
    ("DescribeStackEvents", 1, "after"),
    ("UpdateTerminationProtection", 1, "after"),
    ("CreateChangeSet", 2, "before"),
    ("CreateChangeSet", 2, "after"),
    ("ExecuteChangeSet", 2, "before"),
    ("ExecuteChangeSet", 2, "after"),
]


INTERRUPTED = [
    ("CreateChangeSet", 1, "after"),
    ("ExecuteChangeSet", 1, "after"),
    ("ExecuteChangeSet", 2, "after"),
]


@pytest.mark.parametrize(
    ("operation", "number", "when", "how"),
    [(*moment, Killed) for moment in MOMENTS] + [(*moment, KeyboardInterrupt) for moment in INTERRUPTED],
)
def test_killed_and_run_again_it_ends_well(
    here: World, operation: str, number: int, when: str, how: type[BaseException]
) -> None:
    here.stack("one", small(), termination_protection=True)
    make_small(here.aws)
    seen: list[str] = []

    def tap(event_name: str, **_: Any) -> None:
        if event_name.rpartition(".")[2] == operation:
            seen.append(event_name)
            if len(seen) == number:
                raise how

    def session() -> Any:
        made = botocore_session()
        event = "before-send" if when == "before" else "after-call"
        made.get_component("event_emitter").register(f"{event}.cloudformation", tap)
        return made

    here.session = session
    try:
        cut = here.run("adopt", "one", "--yes", "--allow-stale")
        assert cut.code in {1, 130}, cut.err
        assert "go on with: cfngen adopt one --env dev --allow-stale --yes" in cut.out + cut.err
    except Killed:
        assert how is Killed
    assert len(seen) >= number
    here.session = botocore_session
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 0, ran.out + ran.err
    check_small(here)
    assert here.deployed()["dev-one"]["EnableTerminationProtection"]
    assert here.change_sets("one") == []


def test_a_planted_import_is_not_executed(here: World) -> None:
    here.stack("one", small())
    make_small(here.aws)
    session = botocore_session()

    def stop(**_: Any) -> None:
        raise Killed

    session.get_component("event_emitter").register("before-send.cloudformation.ExecuteChangeSet", stop)
    here.session = lambda: session
    with pytest.raises(Killed):
        here.run("adopt", "one", "--yes")
    here.session = botocore_session
    api = here.aws.client("cloudformation")
    (ours,) = api.list_change_sets(StackName="dev-one")["Summaries"]
    assert ours["ChangeSetName"].startswith("cfngen-import-")
    wanted = api.get_template(StackName="dev-one", ChangeSetName=ours["ChangeSetName"])["TemplateBody"]
    api.delete_change_set(ChangeSetName=ours["ChangeSetId"])
    del wanted["Resources"]["Bucket"]
    api.create_change_set(
        StackName="dev-one",
        ChangeSetName=ours["ChangeSetName"],
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(wanted),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        ResourcesToImport=[
            {
                "LogicalResourceId": "Role",
                "ResourceType": "AWS::IAM::Role",
                "ResourceIdentifier": {"RoleName": "small"},
            }
        ],
    )
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 0, ran.err
    assert "it was deleted and made again" in ran.out
    assert "it imports Role, not Bucket, Role" in ran.out
    check_small(here)


def test_what_is_in_another_stack_is_refused_with_its_name(here: World) -> None:
    here.stack("one", small())
    group = {"Group": small()["Resources"]["Group"]}
    deploy(here.aws, "theirs", {"Parameters": small()["Parameters"], "Resources": group})
    make_small(here.aws)
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 1
    assert "Group: small is in the stack theirs: a resource can be in one stack only" in ran.err
    assert set(here.deployed()) == {"theirs"}


def test_a_type_that_cannot_be_imported_is_refused_where_it_exists(here: World) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Name": "small", "ScheduleExpression": "rate(1 day)"}}
    here.stack("one", small(Rule=rule))
    make_small(here.aws)
    here.aws.client("events").put_rule(Name="small", ScheduleExpression="rate(2 days)")
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 1
    assert "CloudFormation does not import AWS::Events::Rule" in " ".join(ran.err.split())
    assert here.deployed() == {}
    here.aws.client("events").delete_rule(Name="small")
    assert here.run("adopt", "one", "--yes").code == 0


def test_into_a_stack_that_is_there_already(here: World) -> None:
    template = small()
    rest = {name: body for name, body in template["Resources"].items() if name in {"Role", "Policy"}}
    rest["Policy"]["Properties"]["PolicyDocument"]["Statement"][0]["Resource"] = "*"
    here.stack("one", {**template, "Resources": rest})
    assert here.deploy().code == 0
    make_small(here.aws, role=False)
    here.stack("one", small())
    ran = here.run("adopt", "one", "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    assert [each["logical_id"] for each in ran.json["found"]] == ["Bucket"]
    assert ran.json["inside"] == ["Policy", "Role"]
    check_small(here)


def test_a_resource_without_a_fixed_name_is_taken_in_by_its_id(here: World) -> None:
    key = here.aws.client("kms").create_key(Description="old")["KeyMetadata"]["KeyId"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
    }
    body = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {"KeyPolicy": policy}}
    here.stack("one", {"Resources": {"Key": body}})
    assert "--id Key=NAME" in " ".join(here.run("adopt", "one", "--dry-run").out.split())
    ran = here.run("adopt", "one", "--yes", "--id", f"Key={key}", "--format", "json")
    assert ran.code == 0, ran.err
    inside = here.aws.client("cloudformation").describe_stack_resources(StackName="dev-one")
    assert [each["PhysicalResourceId"] for each in inside["StackResources"]] == [key]
    for wrong in ("Nothing=x", "Key", "Key="):
        assert here.run("adopt", "one", "--yes", "--id", wrong).code == 2


def test_an_id_that_does_not_exist_is_refused(here: World) -> None:
    body = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {"KeyPolicy": {}}}
    here.stack("one", {"Resources": {"Key": body}})
    identifier = "12345678-1234-1234-1234-123456789012"
    ran = here.run("adopt", "one", "--yes", "--id", f"Key={identifier}")
    assert (ran.code, here.deployed()) == (1, {})
    assert f"Key: there is no AWS::KMS::Key {identifier}" in ran.err


def test_an_import_that_is_too_large_needs_a_bucket(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cfngen.cli.commands.adopt.MAX_INLINE_BYTES", 100)
    here.stack("one", small())
    make_small(here.aws)
    ran = here.run("adopt", "one", "--yes")
    assert (ran.code, here.deployed()) == (1, {})
    assert "--template-bucket BUCKET" in ran.err
    bucket = f"templates-{here.aws.account}"
    place = {"LocationConstraint": here.aws.region}
    here.aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    monkeypatch.setattr("cfngen.deploy.changeset.make.MAX_INLINE_BYTES", 100)
    assert here.run("adopt", "one", "--yes", "--template-bucket", bucket).code == 0
    check_small(here)


def test_a_stack_of_loops_and_conditions(here: World) -> None:
    name = {"Fn::Sub": "small-${Word}"}
    loop = [
        "Word",
        ["a", "b"],
        {"${Word}Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}}},
    ]
    never = {"Type": "AWS::Logs::LogGroup", "Condition": "Never", "Properties": {"LogGroupName": "small-a"}}
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Fn::ForEach::Groups": loop, "Never": never},
    }
    here.stack("one", template)
    here.aws.client("logs").create_log_group(logGroupName="small-a")
    ran = here.run("adopt", "one", "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    assert [each["logical_id"] for each in ran.json["found"]] == ["aGroup"]
    assert here.run("adopt", "one", "--yes", "--format", "json").json["inside"] == ["aGroup", "bGroup"]


def test_what_only_a_new_resource_can_have_stays_and_is_told(here: World) -> None:
    template = small()
    template["Resources"]["Policy"]["Properties"]["Description"] = "as reviewed"
    here.stack("one", template)
    make_small(here.aws, policy=True)
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 0, ran.err
    assert "Description stays as it is, without a value" in " ".join(ran.out.split())
    assert "only a new resource can have another value" in " ".join(ran.out.split())
    assert here.run("adopt", "one", "--yes").code == 0


def test_a_secret_is_in_no_template_and_not_shown(here: World) -> None:
    template = small()
    template["Parameters"]["Secret"] = {"Type": "String", "NoEcho": True}
    template["Resources"]["Group"]["Properties"]["Tags"] = [{"Key": "s", "Value": {"Ref": "Secret"}}]
    here.stack("one", template, {"Secret": "hunter2hunter2"})
    make_small(here.aws)
    here.aws.client("logs").create_log_group(logGroupName="small", tags={"s": "hunter2hunter2"})
    ran = here.run("adopt", "one", answer="y\nn")
    assert here.status("one") == "IMPORT_COMPLETE"
    body = here.aws.client("cloudformation").get_template(StackName="dev-one")["TemplateBody"]
    assert "hunter2" not in json.dumps(body) + ran.out + ran.err
    assert ran.code == 1
    assert "what was imported stays in the stack, as it was" in ran.err
    assert "go on with: cfngen adopt one --env dev" in ran.err


def test_declined_it_leaves_nothing(here: World) -> None:
    here.stack("one", small())
    make_small(here.aws)
    ran = here.run("adopt", "one", answer="n")
    assert (ran.code, here.deployed()) == (1, {})
    assert f"Import 2 resources into dev-one (dev, account {here.aws.account}, " in ran.err
    assert "declined, nothing was changed" in ran.out


def test_nobody_to_ask(here: World) -> None:
    here.stack("one", small())
    assert here.run("adopt", "one").code == 2


def test_nothing_that_exists_is_a_plain_deployment(here: World) -> None:
    here.stack("one", small())
    ran = here.run("adopt", "one", "--yes", "--format", "json")
    assert (ran.code, ran.json["found"], ran.json["import"]) == (0, [], None)
    assert ran.json["update"]["result"] == "deployed"


def _gone_at_execution(here: World) -> None:
    """The role goes between the change set and its execution."""

    def tap(event_name: str, **_: Any) -> None:
        if event_name.endswith(".ExecuteChangeSet"):
            here.aws.client("iam").delete_role(RoleName="small")

    def session() -> Any:
        made = botocore_session()
        made.get_component("event_emitter").register("before-send.cloudformation", tap)
        return made

    here.session = session
    ran = here.run("adopt", "one", "--yes")
    here.session = botocore_session
    assert ran.code == 1
    assert "cannot be found" in ran.out


def test_a_failed_import_says_what_helps(here: World) -> None:
    here.stack("one", small())
    make_small(here.aws)
    _gone_at_execution(here)
    again = here.run("adopt", "one", "--yes")
    assert again.code == 1
    assert "cfngen recover one" in again.err
    assert here.run("recover", "one", "--yes").code == 0
    assert here.run("adopt", "one", "--yes").code == 0
    check_small(here)


def test_after_a_failed_import_into_a_stack_it_goes_on(here: World) -> None:
    template = small()
    group = {"Group": template["Resources"]["Group"]}
    here.stack("one", {"Parameters": template["Parameters"], "Resources": group})
    assert here.deploy().code == 0
    here.stack("one", template)
    make_small(here.aws)
    _gone_at_execution(here)
    assert here.status("one") == "IMPORT_ROLLBACK_COMPLETE"
    ran = here.run("adopt", "one", "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    assert [each["logical_id"] for each in ran.json["found"]] == ["Bucket"]
    check_small(here)


def test_an_empty_stack_whose_import_was_rolled_back_is_imported_into(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.stack("one", small())
    make_small(here.aws)
    _gone_at_execution(here)
    # The emulator says ROLLBACK_COMPLETE of such a stack, which has to be deleted first.
    ready = property(lambda status: status.name.endswith("_COMPLETE"))
    monkeypatch.setattr("cfngen.deploy.status.StackStatus.updatable", ready)
    ran = here.run("adopt", "one", "--yes")
    assert ran.code == 0, ran.err
    check_small(here)


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_nothing_is_wider_than_the_terminal(
    here: World, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    template = small()
    template["Resources"]["Group"]["Properties"]["Tags"] = [{"Key": "long", "Value": "x y" * 80}]
    here.stack("one", template)
    make_small(here.aws)
    here.aws.client("logs").create_log_group(logGroupName="small", tags={"long": "z" * 250})
    shown = here.run("adopt", "one", "--dry-run").out
    assert max(map(len, shown.splitlines())) <= columns


def test_what_may_not_be_read_stops_it_with_its_permission(here: World) -> None:
    here.stack("one", small())
    make_small(here.aws)
    with limited(here.aws, "cloudformation:Describe*", "cloudformation:List*", "sts:GetCallerIdentity"):
        ran = here.run("adopt", "one", "--yes")
    assert (ran.code, here.deployed()) == (1, {})
    assert "Role: cannot be read" in ran.err
    assert "needs cloudformation:GetResource" in ran.err
    assert "iam:GetRole" in ran.err
