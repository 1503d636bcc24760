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
