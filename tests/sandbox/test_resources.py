"""Every resource type that our stacks use can be created, updated in place, rolled back and deleted."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cfngen.sandbox.readers import READERS
from tests.support.deployments import delete, deploy
from tests.support.everything import template
from tests.support.readback import deployed, read_back
from tests.support.sandbox_account import Aws

STACK = "everything"


def test_the_whole_life_of_every_type(aws: Aws) -> None:
    assert deploy(aws, STACK, template()).status == "CREATE_COMPLETE"
    assert read_back(aws, STACK) == []

    # As is, nothing changes.
    assert "didn't contain changes" in deploy(aws, STACK, template()).status

    # An update that fails at its very end puts back what it had changed.
    broken = template(second=True)
    broken["Resources"]["Broken"] = _failing_last(broken)
    before = deployed(aws, STACK).physical_ids
    outcome = deploy(aws, STACK, broken)
    assert (outcome.status, outcome.failed[0][0]) == ("UPDATE_ROLLBACK_COMPLETE", "Broken")
    assert read_back(aws, STACK) == []
    assert deployed(aws, STACK).physical_ids == before

    # All that can be changed is changed in place; a named query cannot be changed at all.
    outcome = deploy(aws, STACK, template(second=True))
    assert outcome.status == "UPDATE_COMPLETE"
    assert read_back(aws, STACK) == []
    after = deployed(aws, STACK).physical_ids
    assert [name for name in before if before[name] != after[name]] == ["NamedQuery"]
    replaced = {
        change["LogicalResourceId"] for change in outcome.changes if change.get("Replacement") == "True"
    }
    assert replaced == {"NamedQuery"}

    last = deployed(aws, STACK)
    given = {name: last.properties(name) for name in last.physical_ids}
    assert delete(aws, STACK) == "DELETE_COMPLETE"
    left = [
        name for name in last.physical_ids if _is_there(aws, last.template, name, after[name], given[name])
    ]
    assert left == ["Bucket"]  # DeletionPolicy: Retain


def _failing_last(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::MetricFilter",
        "DependsOn": [name for name, resource in whole["Resources"].items() if "Condition" not in resource],
        "Properties": {"LogGroupName": "missing", "FilterPattern": "", "MetricTransformations": []},
    }


def _is_there(aws: Aws, whole: Any, name: str, physical_id: str, given: dict[str, Any]) -> bool:
    kind = whole["Resources"][name]["Type"]
    try:
        found = READERS[kind](aws, physical_id, given)
    except (ClientError, StopIteration, ValueError):
        return False
    # A key is not gone for its waiting period, and says so.
    return found.get("KeyState") != "PendingDeletion"


def test_the_readers_cover_every_type_of_the_template() -> None:
    assert {resource["Type"] for resource in template()["Resources"].values()} <= set(READERS)


@pytest.mark.parametrize("name", sorted(template()["Resources"]))
def test_the_second_variant_differs(name: str) -> None:
    same = {"Absent", "Alias", "Standard", "Subscription", "TrailRole"}
    first, second = (template(second)["Resources"][name] for second in (False, True))
    assert (first == second) == (name in same)


def _alone(*names: str) -> dict[str, Any]:
    whole = template()
    return {
        **{section: whole[section] for section in ("Parameters", "AWSTemplateFormatVersion")},
        "Resources": {name: deepcopy(whole["Resources"][name]) for name in names},
    }


def test_what_a_template_no_longer_gives_goes_away(aws: Aws) -> None:
    whole = _alone("LogBucket", "Bucket", "Key")
    assert deploy(aws, STACK, whole).status == "CREATE_COMPLETE"
    bucket = whole["Resources"]["Bucket"]["Properties"]
    for name in ("BucketEncryption", "LifecycleConfiguration", "LoggingConfiguration", "Tags"):
        del bucket[name]
    assert deploy(aws, STACK, whole).status == "UPDATE_COMPLETE"

    s3, name = aws.client("s3"), deployed(aws, STACK).physical_ids["Bucket"]
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=name)
    for get in (s3.get_bucket_lifecycle_configuration, s3.get_bucket_tagging):
        with pytest.raises(ClientError, match="NoSuch"):
            get(Bucket=name)


def test_a_second_recorder_in_the_region_is_refused(aws: Aws) -> None:
    aws.client("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "theirs", "roleARN": f"arn:aws:iam::{aws.account}:role/theirs"}
    )
    outcome = deploy(aws, STACK, _alone("TrailRole", "Recorder"))
    assert outcome.status == "ROLLBACK_COMPLETE"
    assert "maximum number of configuration recorders: 1" in outcome.failed[0][1]


def test_the_recorder_runs_once_there_is_a_channel(aws: Aws) -> None:
    assert deploy(aws, STACK, _alone("TrailRole", "Recorder")).status == "CREATE_COMPLETE"
    config = aws.client("config")
    status = config.describe_configuration_recorder_status
    assert [item["recording"] for item in status()["ConfigurationRecordersStatus"]] == [False]
    names = ("TrailRole", "Recorder", "DeliveryChannel", "LogBucket", "Topic", "Key")
    assert deploy(aws, STACK, _alone(*names)).status == "UPDATE_COMPLETE"
    assert [item["recording"] for item in status()["ConfigurationRecordersStatus"]] == [True]


def test_a_rule_without_a_recorder_is_refused(aws: Aws) -> None:
    rule = _alone("ConfigRule", "LogBucket")
    del rule["Resources"]["ConfigRule"]["DependsOn"]
    outcome = deploy(aws, STACK, rule)
    assert "NoAvailableConfigurationRecorderException" in outcome.failed[0][1]


def test_a_failed_creation_leaves_nothing_behind(aws: Aws) -> None:
    trail = _alone("LogBucket")
    trail["Resources"]["Trail"] = {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "TrailName": "half-made",
            "IsLogging": True,
            "S3BucketName": {"Ref": "LogBucket"},
            "AdvancedEventSelectors": [],
        },
    }
    outcome = deploy(aws, STACK, trail)
    assert outcome.failed[0][0] == "Trail"
    assert aws.client("cloudtrail").describe_trails()["trailList"] == []


def test_a_trail_wants_its_bucket(aws: Aws) -> None:
    trail = {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {"IsLogging": True, "S3BucketName": "nobody-has-this-bucket"},
    }
    outcome = deploy(aws, STACK, {"Resources": {"Trail": trail}})
    assert "404" in outcome.failed[0][1]


def test_stack_tags_reach_the_resources(aws: Aws) -> None:
    import json

    api = aws.client("cloudformation")
    api.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(_alone("LogBucket", "Analyzer")),
        Tags=[{"Key": "CostCenter", "Value": "retail"}],
    )
    api.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    stack = deployed(aws, STACK)
    for name in ("LogBucket", "Analyzer"):
        kind = stack.template["Resources"][name]["Type"]
        found = READERS[kind](aws, stack.physical_ids[name], stack.properties(name))["Tags"]
        assert {"Key": "CostCenter", "Value": "retail"} in found


def test_a_reference_in_metadata_is_a_dependency(aws: Aws) -> None:
    whole = _alone("TrailRole", "Recorder", "DeliveryChannel", "LogBucket", "Topic", "Key")
    whole["Resources"]["Ready"] = {
        "Type": "AWS::CloudFormation::WaitConditionHandle",
        "Metadata": {"Recorder": {"Ref": "Recorder"}},
    }
    # By name it would come before the recorder.
    whole["Resources"]["ARule"] = {
        "Type": "AWS::Config::ConfigRule",
        "DependsOn": "Ready",
        "Properties": {"Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"}},
    }
    assert deploy(aws, STACK, whole).status == "CREATE_COMPLETE"
