"""A plan tells the same as a difference, in the same order, where CloudFormation says the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfngen.deploy.changeset.effect import effect
from cfngen.deploy.changeset.model import ChangeSet, parse
from cfngen.present.differences import markdown
from cfngen.present.differences.difference import Difference
from cfngen.template.change.compare import compare, compare_in
from tests.template.access.test_widenings import WIDENINGS


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


OLD = {
    "Resources": {
        "Gone": resource("AWS::SNS::Topic"),
        "Kept": {**resource("AWS::S3::Bucket"), "DeletionPolicy": "Retain"},
        "Table": resource("AWS::DynamoDB::Table", KeySchema=["a"]),
        "Queue": resource("AWS::SQS::Queue", DelaySeconds=1),
    }
}
NEW = {
    "Resources": {
        "Fresh": resource("AWS::SNS::Topic", TopicName="fresh"),
        "Queue": resource("AWS::SQS::Queue", DelaySeconds=2),
        "Table": resource("AWS::DynamoDB::Table", KeySchema=["b"], TableName="named"),
    }
}


def change(name: str, action: str, replacement: str = "", policy: str = "", path: str = "") -> dict[str, Any]:
    kind = {**NEW["Resources"], **OLD["Resources"]}[name]["Type"]
    detail = {
        "Target": {
            "Attribute": "Properties",
            "Path": path,
            "RequiresRecreation": "Always" if replacement == "True" else "Never",
            "BeforeValue": "a",
            "AfterValue": "b",
        },
        "Evaluation": "Static",
    }
    return {
        "ResourceChange": {
            "LogicalResourceId": name,
            "ResourceType": kind,
            "Action": action,
            "Replacement": replacement,
            "PolicyAction": policy,
            "Details": [detail] if path else [],
        }
    }


def change_set(*changes: dict[str, Any]) -> ChangeSet:
    head = {"ChangeSetId": "id", "ChangeSetName": "n", "StackId": "s", "StackName": "s", "Status": "X"}
    return parse([{**head, "Changes": list(changes)}])


OTHER = {"Other": resource("AWS::SNS::Topic")}
CHANGES = (
    change("Fresh", "Add"),
    change("Queue", "Modify", "False", path="/Properties/DelaySeconds"),
    change("Table", "Modify", "True", "ReplaceAndDelete", "/Properties/KeySchema"),
    change("Gone", "Remove", policy="Delete"),
    change("Kept", "Remove", policy="Retain"),
)


@pytest.mark.parametrize("order", [CHANGES, CHANGES[::-1]])
def test_a_plan_and_a_difference_agree(order: tuple[dict[str, Any], ...]) -> None:
    def told(comparison: Any) -> list[tuple[Any, ...]]:
        return [
            (item.change.logical_id, item.consequence, item.data_loss, item.certain, item.reasons)
            for item in comparison.judgements
        ]

    planned = effect(change_set(*order), OLD, NEW).comparison
    assert told(planned) == told(compare(OLD, NEW))
    assert [item.consequence.rank for item in planned.judgements] == sorted(
        (item.consequence.rank for item in planned.judgements), reverse=True
    )


@pytest.mark.parametrize("name", WIDENINGS)
def test_a_permission_is_told_in_the_same_words_everywhere(name: str) -> None:
    old, new = ({"Resources": resources or OTHER} for resources in WIDENINGS[name][:2])
    difference = compare(old, new)
    told = [change.statement for change in difference.permissions]
    assert told
    assert told == [change.statement for change in effect(change_set(), old, new).comparison.permissions]
    if '"Ref"' not in json.dumps([old, new]) and "Fn::" not in json.dumps([old, new]):
        in_environment = compare_in(old, new, {}, account="444455556666", region="eu-west-1")
        assert told == [change.statement for change in in_environment.permissions]
    shown = Difference("s", "release 1.0.0", "1.0.0", "1.1.0", difference)
    in_comment = markdown.render([shown]).replace("\\", "")
    for statement in told:
        assert statement in in_comment
