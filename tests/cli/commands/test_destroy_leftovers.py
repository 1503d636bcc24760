"""What `cfngen destroy` leaves in the account: listed with commands that work, and deleted on request."""

from __future__ import annotations

import json
import shlex
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.commands.test_destroy import SURE, bucket, push
from tests.support.account_world import World
from tests.support.schemas import valid

KEEPS = {"DeletionPolicy": "Retain"}
DENY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket"],
            "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
        }
    ],
}


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def kept_bucket(here: World, **properties: Any) -> None:
    """A deleted stack's bucket, versioned, with a policy that lets nobody delete what is in it."""
    template = bucket("logs", **KEEPS)
    template["Resources"]["Bucket"]["Properties"] |= properties
    template["Resources"]["Policy"] = {
        "Type": "AWS::S3::BucketPolicy",
        **KEEPS,
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": DENY},
    }
    here.stack("one", template)
    assert here.deploy().code == 0
    assert here.run("destroy", *SURE).code == 0


def leftovers(here: World) -> dict[str, Any]:
    ran = here.run("destroy", "--leftovers", "--format", "json")
    assert ran.code == 0, ran.err
    valid("destroy", ran.json)
    return {each["id"]: each for each in ran.json["leftovers"]}


def buckets(here: World) -> list[str]:
    return [each["Name"] for each in here.aws.client("s3").list_buckets()["Buckets"]]


# --- Buckets ------------------------------------------------------------------------------------------------


def test_a_bucket_is_emptied_of_every_version_and_deleted(here: World) -> None:
    kept_bucket(here)
    s3 = here.aws.client("s3")
    for number in range(1_010):  # more than one list, more than one batch
        s3.put_object(Bucket="logs", Key=f"{number % 400}", Body=b"12345")
    s3.delete_bucket_policy(Bucket="logs")
    s3.delete_object(Bucket="logs", Key="1")
    s3.create_multipart_upload(Bucket="logs", Key="unfinished")
    s3.put_bucket_policy(Bucket="logs", Policy=json.dumps(DENY))
    (left,) = leftovers(here).values()
    assert left["holds"] == "1,011 objects, versions and delete markers, 4.9 KiB"
    assert left["usd_a_month"] == 0.0
    declined = here.run("destroy", "--delete", "one/Bucket", answer="yes")
    assert (declined.code, buckets(here)) == (1, ["logs"])
    assert s3.get_bucket_policy(Bucket="logs")
    shown = here.run("destroy", "--delete", "one/Bucket", "--dry-run")
    assert (shown.code, buckets(here)) == (0, ["logs"])
    ran = here.run("destroy", *shlex.split(left["command"])[4:], answer="dev")
    assert ran.code == 0, ran.err
    assert "one/Bucket  AWS::S3::Bucket  logs, with 1,011 objects, versions and delete markers" in ran.out
    assert "one/Bucket  logs: deleted" in ran.out
    assert buckets(here) == []
    again = here.run("destroy", "--delete", "one/Bucket", *SURE, "--format", "json")
    valid("destroy", again.json)
    assert (again.code, again.json["erased"][0]["result"]) == (0, "gone")


def test_a_bucket_is_named_by_its_own_name_too(here: World) -> None:
    kept_bucket(here)
    assert here.run("destroy", "--delete", "logs", *SURE).code == 0
    assert buckets(here) == []


def test_under_object_lock_nothing_is_touched(here: World) -> None:
    kept_bucket(here, ObjectLockEnabled=True)
    s3 = here.aws.client("s3")
    until = datetime.now(UTC) + timedelta(days=3)
    s3.put_object(
        Bucket="logs", Key="a", Body=b"a", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until
    )
    s3.put_object(Bucket="logs", Key="b", Body=b"b")
    ran = here.run("destroy", "--delete", "one/Bucket", *SURE, "--format", "json")
    valid("destroy", ran.json)
    (erased,) = ran.json["erased"]
    assert (ran.code, erased["result"]) == (1, "failed")
    last = until.isoformat(" ", "minutes").removesuffix("+00:00")
    assert (
        erased["failure"]["reason"]
        == f"logs has Object Lock: 1 versions are locked, the last until {last} UTC"
    )
    assert json.loads(s3.get_bucket_policy(Bucket="logs")["Policy"]) == DENY
    assert len(s3.list_object_versions(Bucket="logs")["Versions"]) == 2
    s3.delete_bucket_policy(Bucket="logs")
    for version in s3.list_object_versions(Bucket="logs")["Versions"]:
        which = {"Key": version["Key"], "VersionId": version["VersionId"]}
        s3.delete_object(Bucket="logs", **which, BypassGovernanceRetention=True)


def test_a_legal_hold_stands_against_it_and_an_ended_lock_does_not(here: World) -> None:
    kept_bucket(here, ObjectLockEnabled=True)
    s3 = here.aws.client("s3")
    version = s3.put_object(Bucket="logs", Key="a", Body=b"a")["VersionId"]
    held = {"Bucket": "logs", "Key": "a", "VersionId": version}
    s3.put_object_legal_hold(**held, LegalHold={"Status": "ON"})
    ran = here.run("destroy", "--delete", "logs", *SURE)
    assert ran.code == 1
    assert "1 versions are under a legal hold, such as a" in " ".join(ran.out.split())
    s3.put_object_legal_hold(**held, LegalHold={"Status": "OFF"})
    over = datetime.now(UTC) + timedelta(seconds=1)
    s3.put_object_retention(**held, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": over})
    time.sleep(2)
    assert here.run("destroy", "--delete", "logs", *SURE).code == 0
    assert buckets(here) == []


# --- Everything else ----------------------------------------------------------------------------------------


def test_the_printed_commands_delete_what_is_left(here: World) -> None:
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}, **KEEPS},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "events"}, **KEEPS},
        "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "images"}, **KEEPS},
        "Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": "limits",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
                },
            },
            **KEEPS,
        },
    }
    here.stack("one", {"Resources": resources})
    assert here.deploy().code == 0
    push(here, "images")
    iam = here.aws.client("iam")
    arn = f"arn:aws:iam::{here.aws.account}:policy/limits"
    iam.create_policy_version(
        PolicyArn=arn,
        PolicyDocument=json.dumps(resources["Policy"]["Properties"]["PolicyDocument"]),  # type: ignore[index]
        SetAsDefault=True,
    )
    ran = here.run("destroy", *SURE)
    assert "Left over: 4 resources are still in the account; together $1.00 a month." in ran.out
    left = leftovers(here)
    assert set(left) == {"one/Key", "one/Logs", "one/Images", "one/Policy"}
    assert list(left)[-1] == "one/Key"  # what it encrypts goes before
    assert left["one/Key"]["usd_a_month"] == 1.0
    assert left["one/Images"]["holds"].startswith("1 image, ")
    for each in left.values():
        words = shlex.split(each["command"])
        assert words[:2] == ["cfngen", "destroy"]
        done = here.run("destroy", *words[4:], answer="dev")
        assert done.code == 0, done.err
    assert here.aws.client("logs").describe_log_groups()["logGroups"] == []
    assert here.aws.client("ecr").describe_repositories()["repositories"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    (key,) = leftovers(here).values()
    assert (key["id"], key["usd_a_month"], key["leaves"] is not None) == ("one/Key", 0.0, True)
    assert (
        here.aws.client("kms").describe_key(KeyId=key["physical_id"])["KeyMetadata"]["KeyState"]
        == "PendingDeletion"
    )
    again = here.run("destroy", "--delete", "one/Key", *SURE)
    assert (again.code, "aws kms cancel-key-deletion --key-id" in " ".join(again.out.split())) == (0, True)


def test_one_command_deletes_all_of_it(here: World) -> None:
    names = ("a", "b", "c")
    group = {"Type": "AWS::Logs::LogGroup", **KEEPS}
    resources = {f"Logs{name}": group | {"Properties": {"LogGroupName": name}} for name in names}
    here.stack("one", {"Resources": resources})
    assert here.deploy().code == 0
    text = here.run("destroy", *SURE).out
    together = text.partition("all that --delete takes, at once:\n")[2]
    words = shlex.split(" ".join(together.split()))
    assert words.count("--delete") == 3
    assert here.run("destroy", *words[4:], *SURE).code == 0
    assert here.aws.client("logs").describe_log_groups()["logGroups"] == []


def test_a_policy_that_somebody_has_is_not_taken_away(here: World) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "limits", "PolicyDocument": document},
        **KEEPS,
    }
    here.stack("one", {"Resources": {"Policy": policy}})
    assert here.deploy().code == 0
    assert here.run("destroy", *SURE).code == 0
    iam, arn = here.aws.client("iam"), f"arn:aws:iam::{here.aws.account}:policy/limits"
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName="somebody", AssumeRolePolicyDocument=trust, PermissionsBoundary=arn)
    ran = here.run("destroy", "--delete", "one/Policy", *SURE)
    assert (ran.code, "somebody still have the policy" in " ".join(ran.out.split())) == (1, True)
    assert iam.get_policy(PolicyArn=arn)
    iam.delete_role_permissions_boundary(RoleName="somebody")
    assert here.run("destroy", "--delete", "one/Policy", *SURE).code == 0


def test_a_type_that_cfngen_does_not_delete_has_the_command_of_aws(here: World) -> None:
    here.stack(
        "one",
        {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}, **KEEPS}}},
    )
    assert here.deploy().code == 0
    assert here.run("destroy", *SURE).code == 0
    (left,) = leftovers(here).values()
    arn = f"arn:aws:sns:{here.aws.region}:{here.aws.account}:news"
    assert left["command"] == (
        f"aws cloudcontrol delete-resource --type-name AWS::SNS::Topic --identifier '{arn}' "
        f"--region {here.aws.region}"
    )
    refused = here.run("destroy", "--delete", "one/Topic", *SURE)
    assert (refused.code, left["command"] in refused.err) == (2, True)
    here.aws.client("sns").delete_topic(TopicArn=arn)
    assert leftovers(here) == {}


# --- How they are known -------------------------------------------------------------------------------------


def test_what_a_deployed_stack_has_is_not_left_over(here: World) -> None:
    here.stack("one", bucket("logs", **KEEPS))
    assert here.deploy().code == 0
    assert leftovers(here) == {}
    ran = here.run("destroy", "--delete", "one/Bucket", *SURE)
    assert (ran.code, "one is deployed and has it" in ran.err) == (2, True)
    assert buckets(here) == ["logs"]


def test_what_was_taken_in_by_another_stack_is_not_left_over(here: World) -> None:
    kept_bucket(here)
    assert set(leftovers(here)) == {"one/Bucket"}
    here.aws.client("s3").delete_bucket_policy(Bucket="logs")
    api = here.aws.client("cloudformation")
    made = api.create_change_set(
        StackName="other",
        ChangeSetName="take",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": {"Mine": bucket("logs", **KEEPS)["Resources"]["Bucket"]}}),
        ResourcesToImport=[
            {
                "LogicalResourceId": "Mine",
                "ResourceType": "AWS::S3::Bucket",
                "ResourceIdentifier": {"BucketName": "logs"},
            }
        ],
    )
    api.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"])
    api.execute_change_set(ChangeSetName=made["Id"])
    api.get_waiter("stack_import_complete").wait(StackName="other")
    assert leftovers(here) == {}
    assert here.run("destroy", "--delete", "one/Bucket", *SURE).code == 2
    assert buckets(here) == ["logs"]


def test_the_leftovers_of_several_stacks_of_a_name_have_commands_of_their_own(here: World) -> None:
    here.stack("one", {"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {}, **KEEPS}}})
    for _ in range(2):
        assert here.deploy().code == 0
        assert here.run("destroy", *SURE).code == 0
    ran = here.run("destroy", "--leftovers", "--format", "json")
    commands = [each["command"] for each in ran.json["leftovers"]]
    assert len(set(commands)) == 2
    ambiguous = here.run("destroy", "--delete", "one/Key", *SURE)
    assert (ambiguous.code, "one/Key is more than one resource" in ambiguous.err) == (2, True)
    for command in commands:
        assert here.run("destroy", *shlex.split(command)[4:], *SURE).code == 0
    ran = here.run("destroy", "--leftovers", "--format", "json")
    assert all(each["leaves"] for each in ran.json["leftovers"])


def test_what_no_deleted_stack_tells_of_is_known_by_its_name(here: World) -> None:
    s3 = here.aws.client("s3")
    s3.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": here.aws.region})
    template = bucket("logs", **KEEPS)
    template["Resources"]["Key"] = {"Type": "AWS::KMS::Key", "Properties": {}, **KEEPS}
    here.stack("one", template)
    ran = here.run("destroy", "--leftovers", "--format", "json")
    (left,) = ran.json["leftovers"]
    assert (left["id"], left["source"], left["left"]) == ("one/Bucket", "template", None)
    (note,) = ran.json["notes"]
    assert note.startswith("one/Key (AWS::KMS::Key): whether an older stack left one cannot be known")
    assert "it may have been made by hand" in " ".join(here.run("destroy", "--leftovers").out.split())
    shown = here.run("destroy", "--delete", "one/Bucket", answer="dev")
    assert (shown.code, "it may have been made by hand" in shown.out) == (0, True)
    assert buckets(here) == []


def test_a_bucket_of_another_account_is_not_looked_at_nor_deleted(here: World) -> None:
    from tests.support.sandbox_account import fresh_account

    here.stack("one", bucket("logs", **KEEPS))
    with fresh_account(here.aws.sandbox) as other:
        s3 = other.client("s3")
        s3.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": here.aws.region})
        s3.put_object(Bucket="logs", Key="a", Body=b"a")
        ran = here.run("destroy", "--delete", "one/Bucket", *SURE)
        assert ran.code != 0
        assert s3.list_objects_v2(Bucket="logs")["KeyCount"] == 1


def test_what_is_asked_for_must_be_there(here: World) -> None:
    kept_bucket(here)
    ran = here.run("destroy", "--delete", "one/Bukket", *SURE)
    assert (ran.code, "did you mean one/Bucket?" in ran.err) == (2, True)
    both = here.run("destroy", "one", "--delete", "one/Bucket", *SURE)
    assert (both.code, "--delete deletes no stacks" in both.err) == (2, True)
    mixed = here.run("destroy", "--leftovers", "--delete", "one/Bucket")
    assert (mixed.code, "--leftovers only lists" in mixed.err) == (2, True)
