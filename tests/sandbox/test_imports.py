"""Resources that a deleted stack retained, or that were made by hand, can be adopted by a new stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "adopted"}}
TAKEN_IN = {**GROUP, "DeletionPolicy": "Retain"}


def _import(aws: Aws, stack: str, template: dict[str, Any], **more: Any) -> Any:
    api = aws.client("cloudformation")
    entry = {
        "LogicalResourceId": "Group",
        "ResourceType": GROUP["Type"],
        "ResourceIdentifier": {"LogGroupName": "adopted"},
    }
    api.create_change_set(
        StackName=stack,
        ChangeSetName="adopt",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        ResourcesToImport=[entry],
        **more,
    )
    return api.describe_change_set(StackName=stack, ChangeSetName="adopt")


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
@pytest.mark.parametrize(
    ("template", "more", "refused"),
    [
        ({"Resources": {"Group": GROUP}}, {}, "must have DeletionPolicy attribute"),
        (
            {"Resources": {"Group": TAKEN_IN}, "Outputs": {"A": {"Value": "a"}}},
            {},
            "you cannot modify or add [Outputs]",
        ),
        (
            {"Resources": {"Group": TAKEN_IN, "Topic": {"Type": "AWS::SNS::Topic"}}},
            {},
            "missing from ResourceToImport list",
        ),
        ({"Resources": {"Group": TAKEN_IN}}, {"Tags": [{"Key": "a", "Value": "b"}]}, "modify or add [Tags]"),
    ],
)
def test_an_import_changes_nothing_else(
    aws: Aws, template: dict[str, Any], more: dict[str, Any], refused: str
) -> None:
    aws.client("logs").create_log_group(logGroupName="adopted")
    with pytest.raises(ClientError) as error:
        _import(aws, "second", template, **more)
    assert refused in str(error.value)
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_what_another_stack_has_is_not_imported(aws: Aws) -> None:
    assert deploy(aws, "first", {"Resources": {"Group": GROUP}}).status == "CREATE_COMPLETE"
    made = _import(aws, "second", {"Resources": {"Group": TAKEN_IN}})
    assert made["Status"] == "FAILED"
    assert "already exists in stack" in made["StatusReason"]
    assert ":stack/first/" in made["StatusReason"]


def test_the_summary_of_a_template_tells_what_can_be_imported_and_by_what(aws: Aws) -> None:
    template = {
        "Resources": {
            "Group": GROUP,
            "Policy": {"Type": "AWS::S3::BucketPolicy"},
            "Rule": {"Type": "AWS::Events::Rule"},
        }
    }
    answer = aws.client("cloudformation").get_template_summary(TemplateBody=json.dumps(template))
    told = {
        each["ResourceType"]: (each["LogicalResourceIds"], each["ResourceIdentifiers"])
        for each in answer["ResourceIdentifierSummaries"]
    }
    assert told == {
        "AWS::Logs::LogGroup": (["Group"], ["LogGroupName"]),
        "AWS::S3::BucketPolicy": (["Policy"], ["Bucket"]),
    }
    assert "AWS::Events::Rule" in answer["ResourceTypes"]
