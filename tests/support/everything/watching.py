"""SNS, metric filters, alarms, EventBridge and the dashboard."""

from __future__ import annotations

import json
from typing import Any

from tests.support.everything.parts import policy, tags


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    widget = {
        "type": "text",
        "x": 0,
        "y": 0,
        "width": 6,
        "height": 3,
        "properties": {"markdown": f"{v} ${{AWS::Region}}"},
    }
    return {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": "everything-alarms",
                "DisplayName": f"Alarms {v}",
                "KmsMasterKeyId": {"Ref": "Key"},
                "Tags": tags(v),
            },
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": policy(
                    {"Service": "events.amazonaws.com" if second else "cloudwatch.amazonaws.com"},
                    "sns:Publish",
                    {"Ref": "Topic"},
                ),
            },
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "security@example.com",
            },
        },
        "MetricFilter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "FilterName": "root-use",
                "LogGroupName": {"Ref": "LogGroup"},
                "FilterPattern": '{ $.userIdentity.type = "Root" }' if second else "{ $.errorCode = * }",
                "MetricTransformations": [
                    {
                        "MetricName": "RootUse",
                        "MetricNamespace": "Everything",
                        "MetricValue": "1",
                        "DefaultValue": 0,
                        "Unit": "Count",
                    }
                ],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "everything-root-use",
                "AlarmDescription": f"alarm {v}",
                "ActionsEnabled": True,
                "AlarmActions": [{"Ref": "Topic"}],
                "OKActions": [{"Ref": "Topic"}] if second else [],
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "EvaluationPeriods": 2 if second else 1,
                "DatapointsToAlarm": 1,
                "MetricName": "RootUse",
                "Namespace": "Everything",
                "Period": 300,
                "Statistic": "Sum",
                "Threshold": 2.5 if second else 1,
                "TreatMissingData": "notBreaching",
                "Unit": "Count",
                "Tags": tags(v),
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "everything-insights",
                "Description": f"rule {v}",
                "Tags": tags(v),
                "State": "ENABLED",
                "EventPattern": {"source": ["aws.cloudtrail"], "detail-type": [f"Insight {v}"]},
                "Targets": [
                    {
                        "Id": f"Topic{v}",
                        "Arn": {"Ref": "Topic"},
                        "InputTransformer": {
                            "InputPathsMap": {"id": "$.id"},
                            "InputTemplate": '"Insight <id>"',
                        },
                    }
                ],
            },
        },
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": "everything",
                "Tags": tags(v),
                "DashboardBody": {"Fn::Sub": json.dumps({"widgets": [widget]})},
            },
        },
    }
