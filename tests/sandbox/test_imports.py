"""Resources that a deleted stack retained, or that were made by hand, can be adopted by a new stack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.deployments import delete, deploy, settled
from tests.support.everything import template
from tests.support.readback import deployed, read_back
from tests.support.sandbox_account import Aws

NAMES = ("Trail", "Repository")


def _retained() -> dict[str, Any]:
    """The two without what they refer to: an import changes nothing else."""
    resources = {name: dict(template()["Resources"][name]) for name in NAMES}
    trail = {"TrailName": "adopted", "IsLogging": True, "S3BucketName": "adopted-logs"}
    resources["Trail"]["Properties"] = trail
    del resources["Trail"]["DependsOn"], resources["Repository"]["Properties"]["EncryptionConfiguration"]
    return {"Resources": {name: {**body, "DeletionPolicy": "Retain"} for name, body in resources.items()}}


def _left_behind(aws: Aws) -> None:
    aws.client("s3").create_bucket(
        Bucket="adopted-logs", CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    assert deploy(aws, "first", _retained()).status == "CREATE_COMPLETE"
    assert delete(aws, "first") == "DELETE_COMPLETE"


def test_an_import_change_set_adopts_them(aws: Aws) -> None:
    _left_behind(aws)
    identifiers = {"Trail": {"TrailName": "adopted"}, "Repository": {"RepositoryName": "everything/training"}}
    kinds = {name: body["Type"] for name, body in _retained()["Resources"].items()}
    api = aws.client("cloudformation")
    made = api.create_change_set(
        StackName="second",
        ChangeSetName="adopt",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(_retained()),
        ResourcesToImport=[
            {"LogicalResourceId": name, "ResourceType": kinds[name], "ResourceIdentifier": identifiers[name]}
            for name in NAMES
        ],
    )
    api.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"])
    api.execute_change_set(ChangeSetName=made["Id"])
    assert settled(aws, made["StackId"]) == "IMPORT_COMPLETE"
    assert set(deployed(aws, "second").physical_ids.values()) == {"adopted", "everything/training"}
    assert read_back(aws, "second") == []


@pytest.mark.parametrize("literal", [True, False])
def test_existing_ones_are_found_by_a_literal_name_only(aws: Aws, literal: bool) -> None:
    # AWS says the same: dynamic names are not supported.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    _left_behind(aws)
    wanted = _retained()
    if not literal:
        wanted["Parameters"] = {"Name": {"Type": "String", "Default": "adopted"}}
        wanted["Resources"]["Trail"]["Properties"]["TrailName"] = {"Ref": "Name"}
    api = aws.client("cloudformation")
    api.create_change_set(
        StackName="second",
        ChangeSetName="adopt",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(wanted),
        ImportExistingResources=True,
    )
    api.get_waiter("change_set_create_complete").wait(StackName="second", ChangeSetName="adopt")
    changes = api.describe_change_set(StackName="second", ChangeSetName="adopt")["Changes"]
    actions = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["Action"]
        for change in changes
    }
    assert actions == {"Trail": "Import" if literal else "Add", "Repository": "Import"}
