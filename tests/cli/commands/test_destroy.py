"""`cfngen destroy` on a real emulator, from outside."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.account_world import World, botocore_session, topic
from tests.support.failures import ALL
from tests.support.faults import Line
from tests.support.schemas import valid

POLICY = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
HALF = ALL["an SSM parameter that exists"]
SURE = ("--yes", "--confirm", "dev")


def bucket(name: str, **more: Any) -> dict[str, Any]:
    """A template with one versioned bucket."""
    properties = {"BucketName": name, "VersioningConfiguration": {"Status": "Enabled"}}
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties, **more}}}


def two(here: World) -> None:
    """A stack that another one depends on, both deployed."""
    here.stack("base", topic("base"), termination_protection=True, stack_policy=POLICY)
    here.stack("user", topic("user"), depends_on=("base",))
    assert here.deploy().code == 0


def protected(here: World, stack: str) -> bool:
    return bool(here.deployed()[f"dev-{stack}"]["EnableTerminationProtection"])


def policy(here: World, stack: str) -> Any:
    answer = here.aws.client("cloudformation").get_stack_policy(StackName=f"dev-{stack}")
    return json.loads(answer["StackPolicyBody"])


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


# --- Asked for ----------------------------------------------------------------------------------------------


def test_all_stacks_go_in_reverse_order_once_the_environments_name_is_typed(here: World) -> None:
    two(here)
    ran = here.run("destroy", answer="dev")
    assert ran.code == 0, ran.err
    assert here.deployed() == {}
    assert "its termination protection is turned off before the deletion" in ran.out
    assert "Destroy: 2 stacks, 2 resources to delete, 0 stay in the account." in ran.out
    assert "Type the environment's name to delete all of this:" in ran.err
    assert f"account {here.aws.account}, {here.aws.region}" in ran.err
    assert ran.out.index("user: deleted") < ran.out.index("base: deleted")
    assert re.search(r"user  +0/1 +\d+ s  deleting.*base  +0/1 +\d+ s  deleting", ran.err, re.DOTALL)
    assert "Nothing is left over in the account of 2 stacks." in ran.out


@pytest.mark.parametrize("typed", ["prod", "y", "yes", "DEV", "", "dev dev"])
def test_another_name_changes_nothing(here: World, typed: str) -> None:
    two(here)
    ran = here.run("destroy", "--format", "json", answer=typed)
    assert ran.code == 1
    valid("destroy", ran.json)
    assert {each["result"] for each in ran.json["stacks"]} == {"declined"}
    assert set(here.deployed()) == {"dev-base", "dev-user"}
    assert protected(here, "base")


@pytest.mark.parametrize(
    "options",
    [(), ("--yes",), ("--confirm", "dev"), ("--yes", "--confirm", "prod"), ("--delete", "base/Topic")],
)
def test_without_a_terminal_it_needs_the_name_twice(here: World, options: tuple[str, ...]) -> None:
    two(here)
    ran = here.run("destroy", *options)
    assert (ran.code, ran.out) == (2, "")
    assert set(here.deployed()) == {"dev-base", "dev-user"}


def test_with_the_name_twice_nobody_is_asked(here: World) -> None:
    two(here)
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.code == 0, ran.err
    valid("destroy", ran.json)
    assert [(each["stack"], each["result"]) for each in ran.json["stacks"]] == [
        ("user", "deleted"),
        ("base", "deleted"),
    ]
    assert [each["termination_protection"] for each in ran.json["stacks"]] == [False, True]
    again = here.run("destroy", *SURE, "--format", "json")
    assert (again.code, {each["result"] for each in again.json["stacks"]}) == (0, {"absent"})


def test_a_dry_run_only_shows(here: World) -> None:
    two(here)
    ran = here.run("destroy", "--dry-run", "--format", "json")
    valid("destroy", ran.json)
    assert (ran.code, {each["result"] for each in ran.json["stacks"]}) == (0, {"planned"})
    assert set(here.deployed()) == {"dev-base", "dev-user"}
    assert protected(here, "base")


def test_a_protected_environment_is_only_looked_at(here: World) -> None:
    two(here)
    here.environment(protected=True)
    for options in (SURE, ("--delete", "base/Topic", *SURE)):
        ran = here.run("destroy", *options)
        assert ran.code == 1
        assert "deployments/dev/environment.yaml: dev is protected" in ran.err
        assert "protected: true" in ran.err
    assert here.run("destroy", answer="dev").code == 1
    assert set(here.deployed()) == {"dev-base", "dev-user"}
    assert here.run("destroy", "--dry-run").code == 0
    assert here.run("destroy", "--leftovers").code == 0


def test_another_account_is_refused(here: World) -> None:
    two(here)
    here.environment(accounts=["999999999999"])
    ran = here.run("destroy", *SURE)
    assert (ran.code, "only for 999999999999" in ran.err) == (1, True)
    here.environment()
    assert set(here.deployed()) == {"dev-base", "dev-user"}


# --- What stays deployed ------------------------------------------------------------------------------------


def test_a_stack_that_another_one_depends_on_stays(here: World) -> None:
    two(here)
    ran = here.run("destroy", "base", *SURE, "--format", "json")
    assert ran.code == 1
    valid("destroy", ran.json)
    (stack,) = ran.json["stacks"]
    assert stack["obstacles"] == [
        {"stack": "user", "why": "user stays, and depends on this stack (depends_on)"}
    ]
    assert stack["failures"][0]["remedy"] == "delete it too: cfngen destroy base user --env dev"
    assert set(here.deployed()) == {"dev-base", "dev-user"}
    assert protected(here, "base")
    assert here.run("destroy", "base", "user", *SURE).code == 0
    assert here.deployed() == {}


def test_what_it_says_about_a_stack_that_is_left_out(here: World) -> None:
    two(here)
    ran = here.run("destroy", "--without", "user", *SURE)
    assert ran.code == 1
    assert "BLOCKED: user stays, and depends on this stack" in ran.out
    assert "leave out --without user, or add --without base" in ran.out
    assert here.run("destroy", "--without", "base", *SURE).code == 0
    assert set(here.deployed()) == {"dev-base"}


def test_a_stack_whose_export_is_imported_stays(here: World) -> None:
    exporting = topic("base")
    exporting["Outputs"]["Arn"]["Export"] = {"Name": "shared"}
    here.stack("base", exporting)
    here.stack("other", topic("other"))
    assert here.deploy().code == 0
    importing = {"Resources": topic("foreign")["Resources"]}
    importing["Resources"]["Topic"]["Properties"]["DisplayName"] = {"Fn::ImportValue": "shared"}
    cloudformation = here.aws.client("cloudformation")
    cloudformation.create_stack(StackName="foreign", TemplateBody=json.dumps(importing))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="foreign")
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.code == 1
    stacks = ran.stacks
    assert stacks["base"]["obstacles"] == [{"stack": "foreign", "why": "foreign stays, and imports shared"}]
    assert stacks["other"]["result"] == "skipped"
    assert set(here.deployed()) == {"dev-base", "dev-other", "foreign"}
    cloudformation.delete_stack(StackName="foreign")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="foreign")
    assert here.run("destroy", *SURE).code == 0


def test_an_importing_stack_goes_first_although_nothing_declares_it(here: World) -> None:
    exporting = topic("base")
    exporting["Outputs"]["Arn"]["Export"] = {"Name": "shared"}
    importing = topic("user")
    importing["Resources"]["Topic"]["Properties"]["DisplayName"] = {"Fn::ImportValue": "shared"}
    here.stack("base", exporting)
    assert here.deploy("base").code == 0
    here.stack("a-user", importing)
    assert here.deploy("a-user").code == 0
    ran = here.run("destroy", *SURE)
    assert ran.code == 0, ran.err
    assert ran.err.index("a-user: DELETE_COMPLETE") < ran.err.index("base: DELETE_IN_PROGRESS")


def test_a_stack_that_nothing_defines_any_more_goes_only_where_that_is_said(here: World) -> None:
    two(here)
    cloudformation = here.aws.client("cloudformation")
    old = {"Resources": {**topic("old")["Resources"], **bucket("old", DeletionPolicy="Retain")["Resources"]}}
    old["Resources"]["Topic"]["Properties"] = {"TopicName": "old"}
    cloudformation.create_stack(
        StackName="dev-old", TemplateBody=json.dumps(old), EnableTerminationProtection=True
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="dev-old")
    ran = here.run("destroy", *SURE)
    assert ran.code == 0
    assert "dev-old is deployed, and no environment defines it: it stays" in " ".join(ran.out.split())
    assert set(here.deployed()) == {"dev-old"}
    ran = here.run("destroy", *SURE, "--undefined", "--format", "json")
    assert ran.code == 0, ran.err
    valid("destroy", ran.json)
    assert ran.stacks["old"]["result"] == "deleted"
    assert [each["id"] for each in ran.json["leftovers"]] == ["old/Bucket"]
    assert here.deployed() == {}


# --- What is shown ------------------------------------------------------------------------------------------


def test_what_goes_what_stays_and_what_data_is_lost(here: World) -> None:
    keeps = {"DeletionPolicy": "Retain"}
    resources = {
        "Topic": topic("one")["Resources"]["Topic"] | {"Properties": {"TopicName": "one"}},
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": "logs", "RetentionInDays": 30},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"PendingWindowInDays": 7}},
        "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "images"}},
        "Full": bucket("full")["Resources"]["Bucket"],
        "Empty": bucket("empty")["Resources"]["Bucket"],
        "Kept": bucket("kept")["Resources"]["Bucket"] | keeps,
        "KeptLater": bucket("later")["Resources"]["Bucket"] | {"DeletionPolicy": "RetainExceptOnCreate"},
    }
    here.stack("one", {"Resources": resources})
    assert here.deploy().code == 0
    logs, s3 = here.aws.client("logs"), here.aws.client("s3")
    logs.create_log_stream(logGroupName="logs", logStreamName="s")
    events = [{"timestamp": 1, "message": "hello"}]
    logs.put_log_events(logGroupName="logs", logStreamName="s", logEvents=events)
    for _ in range(2):
        s3.put_object(Bucket="full", Key="a", Body=b"12345")
    s3.delete_object(Bucket="full", Key="a")
    (stack,) = here.run("destroy", "--dry-run", "--format", "json").json["stacks"]
    found = {each["logical_id"]: each for each in stack["resources"]}
    assert {name for name, each in found.items() if each["fate"] == "stays"} == {"Kept", "KeptLater"}
    assert found["KeptLater"]["policy"] == "RetainExceptOnCreate"
    assert found["Logs"]["lost"].startswith("log events of the last 30 days, ")
    assert found["Key"]["lost"].startswith("all that this key encrypted, 7 days later")
    assert "aws kms cancel-key-deletion" in found["Key"]["lost"]
    assert found["Full"]["blocks"] == (
        "it holds 3 objects, versions and delete markers, 10 bytes, and AWS deletes it only when it is empty"
    )
    assert [found[name]["blocks"] for name in ("Empty", "Images", "Topic")] == [None, None, None]
    assert [found[name]["lost"] for name in ("Empty", "Images", "Topic")] == [None, None, None]
    text = " ".join(here.run("destroy", "--dry-run").out.split())
    assert "Destroy: 1 stack, 6 resources to delete, 2 stay in the account. Data is lost with 2." in text
    assert "The deletion of 1 will fail." in text


def test_images_stand_against_the_deletion_of_their_repository(here: World) -> None:
    repository = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "images"}}
    here.stack("one", {"Resources": {"Images": repository}})
    assert here.deploy().code == 0
    push(here, "images")
    (stack,) = here.run("destroy", "--dry-run", "--format", "json").json["stacks"]
    assert stack["resources"][0]["blocks"].startswith("it holds 1 image, ")


def push(here: World, repository: str) -> None:
    manifest = {"schemaVersion": 2, "config": {"digest": "sha256:0", "size": 1}, "layers": []}
    here.aws.client("ecr").put_image(
        repositoryName=repository, imageTag="one", imageManifest=json.dumps(manifest)
    )


def test_what_cannot_be_known_is_not_promised_to_go(here: World) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Condition": "Wanted", "DeletionPolicy": "Retain"}
    template = {
        "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Secret"}, "yes"]}},
        "Resources": {
            "Logs": {**group, "Properties": {"LogGroupName": "logs"}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}},
        },
    }
    here.stack("one", template, {"Secret": "yes"})
    assert here.deploy().code == 0
    (stack,) = here.run("destroy", "--dry-run", "--format", "json").json["stacks"]
    fates = {each["logical_id"]: each["fate"] for each in stack["resources"]}
    assert fates == {"Logs": "unknown", "Topic": "deleted"}
    text = " ".join(here.run("destroy", "--dry-run").out.split())
    assert "whether it stays is not known: it depends on a value that AWS does not show" in text
    (left,) = here.run("destroy", *SURE, "--format", "json").json["leftovers"]
    assert left["id"] == "one/Logs"


def test_a_stack_that_was_never_created_goes_too(here: World) -> None:
    here.stack("one", topic("one"))
    here.plan()
    assert here.status("one") == "REVIEW_IN_PROGRESS"
    ran = here.run("destroy", *SURE)
    assert ran.code == 0, ran.err
    assert "it was never created" in ran.out
    assert here.deployed() == {}


def test_a_stack_whose_creation_failed_goes_too(here: World) -> None:
    HALF.prepare(here.aws)
    here.stack("half", HALF.template, HALF.failing)
    here.deploy()
    assert here.status("half") == "ROLLBACK_COMPLETE"
    assert here.run("destroy", *SURE).code == 0
    assert here.deployed() == {}


def test_the_role_that_cloudformation_deletes_with_is_passed_on(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.stack("one", topic("one"))
    assert here.deploy().code == 0
    session, asked = botocore_session(), []
    session.get_component("event_emitter").register(
        "before-parameter-build.cloudformation.DeleteStack", lambda params, **_: asked.append(dict(params))
    )
    monkeypatch.setattr(here, "session", lambda: session)
    role = f"arn:aws:iam::{here.aws.account}:role/deleter"
    assert here.run("destroy", *SURE, "--role-arn", role).code == 0
    assert [each["RoleARN"] for each in asked] == [role]


# --- A deletion that fails ----------------------------------------------------------------------------------


def full(here: World) -> None:
    """A protected stack whose deletion fails: its bucket holds an object."""
    here.stack("one", bucket("full"), termination_protection=True, stack_policy=POLICY)
    assert here.deploy().code == 0
    here.aws.client("s3").put_object(Bucket="full", Key="a", Body=b"a")


def test_a_failed_deletion_is_explained_and_protected_again(here: World) -> None:
    full(here)
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.code == 1
    valid("destroy", ran.json)
    (stack,) = ran.json["stacks"]
    assert (stack["result"], stack["status"]) == ("failed", "DELETE_FAILED")
    (failure,) = stack["failures"]
    assert failure["logical_id"] == "Bucket"
    assert "not empty" in failure["reason"]
    assert "empty it first" in failure["remedy"]
    assert "its termination protection is on again" in stack["state"]
    assert protected(here, "one")
    assert policy(here, "one") == POLICY
    text = here.run("destroy", *SURE).out
    assert "cfngen destroy one --env dev --retain Bucket --yes --confirm dev" in " ".join(text.split())


def test_what_stands_in_the_way_may_be_left_in_the_account(here: World) -> None:
    full(here)
    refused = here.run("destroy", "one", "--retain", "Bucket", *SURE)
    assert (refused.code, "whose deletion has failed, and one is in CREATE_COMPLETE" in refused.err) == (
        2,
        True,
    )
    assert here.status("one") == "CREATE_COMPLETE"
    assert here.run("destroy", *SURE).code == 1
    unknown = here.run("destroy", "one", "--retain", "Bukket", *SURE)
    assert (unknown.code, "did you mean Bucket?" in unknown.err) == (2, True)
    ran = here.run("destroy", "one", "--retain", "Bucket", *SURE, "--format", "json")
    assert ran.code == 0, ran.err
    (left,) = ran.json["leftovers"]
    assert (left["id"], left["physical_id"]) == ("one/Bucket", "full")
    assert here.deployed() == {}
    assert [each["Name"] for each in here.aws.client("s3").list_buckets()["Buckets"]] == ["full"]


def test_what_nothing_defines_can_be_left_in_the_account_too(here: World) -> None:
    two(here)
    cloudformation = here.aws.client("cloudformation")
    cloudformation.create_stack(StackName="dev-old", TemplateBody=json.dumps(bucket("full")))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="dev-old")
    here.aws.client("s3").put_object(Bucket="full", Key="a", Body=b"a")
    ran = here.run("destroy", *SURE, "--undefined")
    assert ran.code == 1
    command = "cfngen destroy --env dev --undefined --retain Bucket --yes --confirm dev"
    assert command in " ".join(ran.out.split())
    assert here.run("destroy", *command.split()[4:]).code == 0
    assert here.deployed() == {}


def test_what_to_retain_is_of_one_stack(here: World) -> None:
    two(here)
    ran = here.run("destroy", "--retain", "Topic", *SURE)
    assert (ran.code, "--retain is for one stack" in ran.err) == (2, True)


def test_the_next_run_goes_on_where_the_bucket_was_emptied(here: World) -> None:
    full(here)
    here.stack("user", topic("user"), depends_on=("one",))
    assert here.deploy("user").code == 0
    first = here.run("destroy", *SURE, "--format", "json")
    assert {name: each["result"] for name, each in first.stacks.items()} == {
        "user": "deleted",
        "one": "failed",
    }
    s3 = here.aws.client("s3")
    for version in s3.list_object_versions(Bucket="full")["Versions"]:
        s3.delete_object(Bucket="full", Key="a", VersionId=version["VersionId"])
    assert here.run("destroy", *SURE).code == 0
    assert here.deployed() == {}


def test_what_depended_on_a_stack_that_failed_is_not_begun(here: World) -> None:
    full(here)
    here.stack("base", topic("base"))
    here.stack("one", bucket("full"), depends_on=("base",), termination_protection=True)
    assert here.deploy("base").code == 0
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.stacks["base"]["result"] == "skipped"
    assert set(here.deployed()) == {"dev-base", "dev-one"}


# --- Cut short ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "begun"),
    [
        ("UpdateTerminationProtection", "nothing was deleted"),
        ("DeleteStack", "the deletion of dev-base may have begun"),
    ],
)
def test_ctrl_c_before_the_deletion_puts_the_protection_back(
    here: World, monkeypatch: pytest.MonkeyPatch, operation: str, begun: str
) -> None:
    here.stack("base", topic("base"), termination_protection=True, stack_policy=POLICY)
    assert here.deploy().code == 0
    interrupts = [KeyboardInterrupt]

    def tapped() -> Any:
        session = botocore_session()
        session.get_component("event_emitter").register(f"after-call.cloudformation.{operation}", interrupt)
        session.get_component("event_emitter").register("before-call.cloudformation.DeleteStack", stop)
        return session

    def interrupt(**_: Any) -> None:
        if operation != "DeleteStack" and interrupts:
            raise interrupts.pop()

    def stop(**_: Any) -> None:
        if operation == "DeleteStack":
            raise KeyboardInterrupt

    monkeypatch.setattr(here, "session", tapped)
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.code == 130
    valid("destroy", ran.json)
    (stack,) = ran.json["stacks"]
    assert (stack["result"], stack["state"]) == (
        "interrupted",
        f"{begun}; the termination protection of dev-base is on again",
    )
    assert protected(here, "base")
    assert policy(here, "base") == POLICY


def test_a_deletion_that_somebody_else_began_is_followed(here: World) -> None:
    here.stack("one", topic("one"))
    assert here.deploy().code == 0
    here.aws.client("cloudformation").delete_stack(StackName="dev-one")
    ran = here.run("destroy", *SURE, "--format", "json")
    assert (ran.code, ran.stacks["one"]["result"] in {"deleted", "absent"}) == (0, True)


@pytest.mark.parametrize(
    ("operation", "fault", "code"),
    [
        ("DeleteStack", "throttled once", 0),
        ("DeleteStack", "answer lost", 0),
        ("DeleteStack", "cut off", 0),
        ("DeleteStack", "lost, then denied", 0),
        ("DeleteStack", "denied", 1),
        ("DeleteStack", "500", 1),
        ("DeleteStack", "no connection", 1),
        ("UpdateTerminationProtection", "throttled once", 0),
        ("UpdateTerminationProtection", "denied", 1),
        ("ListStackResources", "throttled once", 0),
        ("ListStackResources", "denied", 1),
        ("GetTemplate", "denied", 1),
        ("DescribeStacks", "denied", 1),
    ],
)
def test_a_call_that_fails(
    here: World, monkeypatch: pytest.MonkeyPatch, operation: str, fault: str, code: int
) -> None:
    here.stack("base", topic("base"), termination_protection=True)
    assert here.deploy().code == 0
    tap = Line(operation, fault)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(here, "session", lambda: tap.tap(botocore_session()))
    ran = here.run("destroy", *SURE, "--format", "json")
    assert tap.hits
    assert (ran.code, "Traceback" in ran.out + ran.err) == (code, False), ran.err
    if code and here.deployed():
        assert protected(here, "base") or "termination protection" in ran.out + ran.err
    tap.operation = ""
    assert here.run("destroy", *SURE).code == 0
    assert here.deployed() == {}


@pytest.mark.parametrize("fault", ["denied", "500"])
def test_that_the_leftovers_cannot_be_known_takes_nothing_from_the_result(
    here: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    here.stack("base", topic("base"))
    assert here.deploy().code == 0
    tap = Line("ListStacks", fault)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(here, "session", lambda: tap.tap(botocore_session()))
    ran = here.run("destroy", *SURE)
    assert (ran.code, tap.hits > 0) == (0, True)
    assert "base: deleted" in ran.out
    assert "not known: " in ran.out
    assert "Nothing is left over" not in ran.out
