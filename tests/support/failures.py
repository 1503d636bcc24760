"""Templates whose deployment fails half-way: each makes a topic first, and names what AWS then refuses.

`Half` says what the rest of a test needs: the template, the parameters that make it fail and the ones that
do not, the resource that fails first and a part of its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.sandbox.readers import EmulatedAccount

FIRST = "failures-first"
TAKEN = "/failures/taken"


@dataclass(frozen=True)
class Half:
    """A template that fails with `failing` and deploys with `working` as parameters."""

    template: Mapping[str, Any]
    failing: Mapping[str, str]
    working: Mapping[str, str]
    culprit: str
    reason: str
    prepare: Callable[[EmulatedAccount], object] = lambda _aws: None


def _template(parameter: str, resource: Mapping[str, Any], **resources: Any) -> dict[str, Any]:
    first = {"TopicName": FIRST, "DisplayName": {"Ref": parameter}}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {parameter: {"Type": "String"}},
        "Resources": {
            "First": {"Type": "AWS::SNS::Topic", "Properties": first},
            "Culprit": {**resource, "DependsOn": "First"},
            "Later": {"Type": "AWS::SNS::Topic", "DependsOn": "Culprit"},
            **resources,
        },
    }


EXISTING_PARAMETER = Half(
    template=_template(
        "Name",
        {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": {"Ref": "Name"}, "Type": "String", "Value": "ours"},
        },
    ),
    failing={"Name": TAKEN},
    working={"Name": "/failures/free"},
    culprit="Culprit",
    reason="already exists",
    prepare=lambda aws: aws.client("ssm").put_parameter(Name=TAKEN, Value="theirs", Type="String"),
)

MISSING_LOG_GROUP = Half(
    template=_template(
        "Group",
        {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": "{ $.errorCode = * }",
                "MetricTransformations": [
                    {"MetricName": "Errors", "MetricNamespace": "Failures", "MetricValue": "1"}
                ],
            },
        },
    ),
    failing={"Group": "failures-missing"},
    working={"Group": "failures-group"},
    culprit="Culprit",
    reason="log group does not exist",
    prepare=lambda aws: aws.client("logs").create_log_group(logGroupName="failures-group"),
)

MISSING_DATABASE = Half(
    template=_template(
        "Database",
        {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Database"},
                "TableInput": {"Name": "events"},
            },
        },
    ),
    failing={"Database": "failures_missing"},
    working={"Database": "failures"},
    culprit="Culprit",
    reason="not found",
    prepare=lambda aws: aws.client("glue").create_database(DatabaseInput={"Name": "failures"}),
)

TIME_OUT = Half(
    template=_template(
        "Wait",
        {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Condition": "Waits",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1", "Count": 1},
        },
        Handle={"Type": "AWS::CloudFormation::WaitConditionHandle"},
    )
    | {"Conditions": {"Waits": {"Fn::Equals": [{"Ref": "Wait"}, "yes"]}}},
    failing={"Wait": "yes"},
    working={"Wait": "no"},
    culprit="Culprit",
    reason="timed out",
)

ALL = {
    "an SSM parameter that exists": EXISTING_PARAMETER,
    "a metric filter on a missing log group": MISSING_LOG_GROUP,
    "a Glue table in a missing database": MISSING_DATABASE,
    "a wait condition that times out": TIME_OUT,
}
