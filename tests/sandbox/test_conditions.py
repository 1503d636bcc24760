"""A change set lists what will exist: a resource under a false condition is no change."""

from __future__ import annotations

import json

import pytest

from tests.support.sandbox_account import Aws

TOPIC = {"Type": "AWS::SNS::Topic"}
BODY = {
    "Parameters": {"Wanted": {"Type": "String", "Default": "no"}},
    "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "yes"]}},
    "Resources": {"Always": TOPIC, "Wanted": TOPIC | {"Condition": "IsWanted"}},
}


def _changes(aws: Aws, kind: str, wanted: str) -> dict[str, str]:
    """The action for each logical id of a change set, which is executed then."""
    stacks = aws.client("cloudformation")
    made = stacks.create_change_set(
        StackName="topics",
        ChangeSetName=f"wanted-{wanted}",
        ChangeSetType=kind,
        TemplateBody=json.dumps(BODY),
        Parameters=[{"ParameterKey": "Wanted", "ParameterValue": wanted}],
    )["Id"]
    stacks.get_waiter("change_set_create_complete").wait(ChangeSetName=made, WaiterConfig={"Delay": 0})
    listed = stacks.describe_change_set(ChangeSetName=made)["Changes"]
    stacks.execute_change_set(ChangeSetName=made)
    done = "stack_create_complete" if kind == "CREATE" else "stack_update_complete"
    stacks.get_waiter(done).wait(StackName="topics", WaiterConfig={"Delay": 0})
    return {each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"]["Action"] for each in listed}


def _there(aws: Aws) -> set[str]:
    listed = aws.client("cloudformation").list_stack_resources(StackName="topics")["StackResourceSummaries"]
    return {each["LogicalResourceId"] for each in listed if each["ResourceStatus"] != "DELETE_COMPLETE"}


@pytest.mark.parametrize("first", ["no", "yes"])
def test_a_resource_comes_and_goes_with_its_condition(aws: Aws, first: str) -> None:
    with_it = {"Always", "Wanted"}
    assert _changes(aws, "CREATE", first).keys() == (with_it if first == "yes" else {"Always"})
    if first == "no":
        assert _changes(aws, "UPDATE", "yes") == {"Wanted": "Add"}
        assert _there(aws) == with_it
    else:
        assert _changes(aws, "UPDATE", "no") == {"Wanted": "Remove"}
        assert _there(aws) == {"Always"}
