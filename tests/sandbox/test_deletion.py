"""What is deleted with a stack, what stays, and what CloudFormation tells of both afterwards."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.deployments import delete, deploy, settled
from tests.support.sandbox_account import Aws

LOGS = {
    "Kept": {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "Properties": {"LogGroupName": "kept"},
    },
    "Gone": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "gone"}},
}


def test_a_bucket_that_holds_anything_fails_the_deletion_until_it_is_empty(aws: Aws) -> None:
    api, s3 = aws.client("cloudformation"), aws.client("s3")
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "full", "VersioningConfiguration": {"Status": "Enabled"}},
    }
    deploy(aws, "one", {"Resources": {"Bucket": bucket}})
    version = s3.put_object(Bucket="full", Key="a", Body=b"a")["VersionId"]
    assert delete(aws, "one") == "DELETE_FAILED"
    (resource,) = api.describe_stack_resources(StackName="one")["StackResources"]
    assert resource["ResourceStatus"] == "DELETE_FAILED"
    assert "not empty" in resource["ResourceStatusReason"]
    s3.delete_object(Bucket="full", Key="a", VersionId=version)
    assert delete(aws, "one") == "DELETE_COMPLETE"
    assert s3.list_buckets()["Buckets"] == []


def test_a_failed_deletion_can_leave_a_resource_in_the_account(aws: Aws) -> None:
    api, s3 = aws.client("cloudformation"), aws.client("s3")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "left"}}
    deploy(aws, "one", {"Resources": {"Bucket": bucket}})
    (stack,) = api.describe_stacks(StackName="one")["Stacks"]
    s3.put_object(Bucket="left", Key="a", Body=b"a")
    with pytest.raises(ClientError, match="DELETE_FAILED"):
        api.delete_stack(StackName="one", RetainResources=["Bucket"])
    assert delete(aws, "one") == "DELETE_FAILED"
    api.delete_stack(StackName="one", RetainResources=["Bucket"])
    assert settled(aws, stack["StackId"]) == "DELETE_COMPLETE"
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["left"]


def test_a_deleted_stack_tells_by_its_id_what_became_of_its_resources(aws: Aws) -> None:
    api = aws.client("cloudformation")
    deploy(aws, "one", {"Resources": LOGS})
    (stack,) = api.describe_stacks(StackName="one")["Stacks"]
    assert delete(aws, "one") == "DELETE_COMPLETE"
    for answer in (
        api.list_stack_resources(StackName=stack["StackId"])["StackResourceSummaries"],
        api.describe_stack_resources(StackName=stack["StackId"])["StackResources"],
    ):
        told = {each["LogicalResourceId"]: each for each in answer}
        assert {name: each["ResourceStatus"] for name, each in told.items()} == {
            "Kept": "DELETE_SKIPPED",
            "Gone": "DELETE_COMPLETE",
        }
        assert (told["Kept"]["PhysicalResourceId"], told["Kept"]["ResourceType"]) == (
            "kept",
            "AWS::Logs::LogGroup",
        )
    with pytest.raises(ClientError, match="does not exist"):
        api.list_stack_resources(StackName="one")


def test_a_resource_tells_the_stack_that_it_is_in(aws: Aws) -> None:
    api = aws.client("cloudformation")
    deploy(aws, "one", {"Resources": LOGS})
    found = api.describe_stack_resources(PhysicalResourceId="kept")["StackResources"]
    assert {each["StackName"] for each in found} == {"one"}
    delete(aws, "one")
    with pytest.raises(ClientError, match="does not exist"):
        api.describe_stack_resources(PhysicalResourceId="kept")


def test_a_deleted_stack_is_told_of_when_another_one_has_its_name(aws: Aws) -> None:
    api = aws.client("cloudformation")
    ids = []
    for _ in range(3):
        deploy(aws, "one", {"Resources": {"Gone": LOGS["Gone"]}})
        ids.append(api.describe_stacks(StackName="one")["Stacks"][0]["StackId"])
        assert delete(aws, "one") == "DELETE_COMPLETE"
    deploy(aws, "one", {"Resources": {"Gone": LOGS["Gone"]}})
    listed = api.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert sorted(each["StackId"] for each in listed) == sorted(ids)
    assert {each["StackName"] for each in listed} == {"one"}
    for stack_id in ids:
        (resource,) = api.list_stack_resources(StackName=stack_id)["StackResourceSummaries"]
        assert resource["ResourceStatus"] == "DELETE_COMPLETE"
    assert [each["StackName"] for each in api.describe_stacks()["Stacks"]] == ["one"]
