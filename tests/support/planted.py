"""A change set that somebody else made first, under the very name that cfngen uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.sandbox_account import Aws

Change = Callable[[dict[str, Any]], None]


def _template(asked: dict[str, Any]) -> None:
    before = "Resources:\n"
    assert before in asked["TemplateBody"]
    planted = f"{before}  Planted:\n    Type: AWS::SNS::Topic\n"
    asked["TemplateBody"] = asked["TemplateBody"].replace(before, planted, 1)


def _parameter(asked: dict[str, Any]) -> None:
    value = asked["Parameters"][0]["ParameterValue"]
    asked["Parameters"][0]["ParameterValue"] = value[:-1] or f"{value}x"


def _tag(asked: dict[str, Any]) -> None:
    asked["Tags"].append({"Key": "Owner", "Value": "somebody"})


def _capability(asked: dict[str, Any]) -> None:
    asked["Capabilities"] = sorted({*asked["Capabilities"], "CAPABILITY_AUTO_EXPAND"})


def _import(asked: dict[str, Any]) -> None:
    asked["ImportExistingResources"] = True


def _failure(asked: dict[str, Any]) -> None:
    asked["OnStackFailure"] = "DO_NOTHING"


ATTACKS: dict[str, tuple[Change, str]] = {
    "template": (_template, "its template is not that of out/"),
    "parameter": (_parameter, "its parameter "),
    "tag": (_tag, "it has a tag Owner = somebody"),
    "capability": (_capability, "its capabilities are "),
    "resources to import": (_import, "its ImportExistingResources is True"),
    "what a failure leaves": (_failure, "its OnStackFailure is DO_NOTHING"),
}
"""By what differs: how it is made to differ, and how that is told."""


def plant(aws: Aws, arn: str, kind: str) -> str:
    """Replace a change set by another one of the same name; the new one's ARN."""
    api = aws.client("cloudformation")
    there = api.describe_change_set(ChangeSetName=arn)
    body = api.get_template(ChangeSetName=arn, TemplateStage="Original")["TemplateBody"]
    assert isinstance(body, str)
    (stack,) = api.describe_stacks(StackName=there["StackName"])["Stacks"]
    new = stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    asked = {
        "StackName": there["StackName"],
        "ChangeSetName": there["ChangeSetName"],
        "ChangeSetType": "CREATE" if new else "UPDATE",
        "Description": there["Description"],
        "TemplateBody": body,
        "Parameters": there.get("Parameters", []),
        "Tags": there.get("Tags", []),
        "Capabilities": there.get("Capabilities", []),
    }
    ATTACKS[kind][0](asked)
    api.delete_change_set(ChangeSetName=arn)
    made = api.create_change_set(**asked)
    return str(made["Id"])
