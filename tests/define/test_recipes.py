"""The recipes give what S3 and IAM ask for, told by their own property names."""

from __future__ import annotations

import re

import pytest
from troposphere import GetAtt
from troposphere.s3 import Bucket, LifecycleConfiguration

from cfngen.define import recipes
from cfngen.define.stack import Stack


def test_a_private_bucket_lets_nothing_out_and_keeps_every_version() -> None:
    properties = Bucket("Bucket", **recipes.private_bucket()).to_dict()["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}


def test_encryption_is_by_s3_unless_a_key_is_given() -> None:
    (rule,) = recipes.encrypted().to_dict()["ServerSideEncryptionConfiguration"]
    assert rule == {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    (rule,) = recipes.encrypted(GetAtt("Key", "Arn")).to_dict()["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
    }


def test_old_versions_and_unfinished_uploads_go() -> None:
    rules = LifecycleConfiguration(Rules=recipes.cleanup_rules(30)).to_dict()["Rules"]
    assert [rule["Status"] for rule in rules] == ["Enabled", "Enabled"]
    assert rules[0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


@pytest.mark.parametrize(
    ("role", "accepted"),
    [("", True), ("admin", True), ("team/admin", True), ("/admin", False), ("ad*", False), ("a" * 65, False)],
)
def test_an_existing_role_is_a_path_and_a_name(role: str, accepted: bool) -> None:
    parameter = recipes.existing_role(Stack("S").group("Access"), "Role", "Who.").to_dict()
    assert bool(re.fullmatch(parameter["AllowedPattern"], role)) is accepted


def test_names_and_tags_follow_two_parameters() -> None:
    stack = Stack("S")
    recipes.naming(stack, project="shop").text("Team", "Who.", pattern="[a-z]+", allowed="letters")
    data = stack.template.to_dict()
    assert [*data["Parameters"]] == ["Project", "Environment", "Team"]
    assert data["Parameters"]["Project"]["Default"] == "shop"
    assert "Default" not in data["Parameters"]["Environment"]
    assert data["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"] == [
        {"Label": {"default": "Naming and tags"}, "Parameters": ["Project", "Environment", "Team"]}
    ]
    keys = {tag["Key"]: tag["Value"] for tag in recipes.tags(Team="a").to_dict()}
    assert keys == {
        "Project": {"Ref": "Project"},
        "Environment": {"Ref": "Environment"},
        "ManagedBy": "cfngen",
        "Team": "a",
    }


def test_the_longest_names_make_the_longest_bucket_name_that_s3_takes() -> None:
    naming = Stack("S")
    recipes.naming(naming)
    parameters = naming.template.to_dict()["Parameters"]
    longest = recipes.bucket("abc").to_dict()["Fn::Sub"]
    for name, value in {
        "${Project}": "p" * parameters["Project"]["MaxLength"],
        "${Environment}": "e" * parameters["Environment"]["MaxLength"],
        "${AWS::AccountId}": "1" * 12,
        "${AWS::Region}": "ap-southeast-1",
    }.items():
        longest = longest.replace(name, value)
    assert len(longest) == 63


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("", True), ("data", True), ("xn--data", False), ("a.b", False), ("data-an", False), ("Data", False)],
)
def test_a_bucket_gets_the_name_that_is_given_or_one_of_the_account(name: str, accepted: bool) -> None:
    stack = Stack("S")
    made = recipes.bucket_name(stack.group("Storage"), "DataBucketName", "dat", label="Data bucket")
    parameter = stack.template.to_dict()["Parameters"]["DataBucketName"]
    assert bool(re.fullmatch(parameter["AllowedPattern"], name)) is accepted
    assert made.name.to_dict()["Fn::If"][:2] == ["HasDataBucketName", {"Ref": "DataBucketName"}]
    assert made.namespace.to_dict() == {"Fn::If": ["HasDataBucketName", "global", "account-regional"]}


def test_an_export_is_named_after_project_and_environment() -> None:
    stack = Stack("S")
    recipes.export(stack, "TopicArn", "The topic.", "arn")
    output = stack.template.to_dict()["Outputs"]["TopicArn"]
    assert output["Export"] == {"Name": {"Fn::Sub": "${Project}-${Environment}-TopicArn"}}
