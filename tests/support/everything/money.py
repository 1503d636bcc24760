"""Budgets and Cost Anomaly Detection."""

from __future__ import annotations

import json
from typing import Any

from tests.support.everything.parts import tags


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    impact = {
        "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
        "Values": ["20" if second else "10"],
    }
    return {
        "Budget": {
            "Type": "AWS::Budgets::Budget",
            "Properties": {
                "Budget": {
                    "BudgetName": "everything-monthly",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": 75.5 if second else 50, "Unit": "USD"},
                    "CostFilters": {"TagKeyValue": [{"Fn::Sub": "user:Project$" + v}]},
                },
                "NotificationsWithSubscribers": [
                    {
                        "Notification": {
                            "NotificationType": "ACTUAL",
                            "ComparisonOperator": "GREATER_THAN",
                            "Threshold": 80,
                            "ThresholdType": "PERCENTAGE",
                        },
                        "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": "Topic"}}],
                    }
                ],
                "ResourceTags": tags(v),
            },
        },
        "AnomalyMonitor": {
            "Type": "AWS::CE::AnomalyMonitor",
            "Properties": {
                "MonitorName": f"everything-{v}",
                "MonitorType": "CUSTOM",
                "MonitorSpecification": '{"Tags": {"Key": "Project", "Values": ["everything"]}}',
                "ResourceTags": [{"Key": "Project", "Value": "everything"}],
            },
        },
        "AnomalySubscription": {
            "Type": "AWS::CE::AnomalySubscription",
            "Properties": {
                "SubscriptionName": f"everything-{v}",
                "Frequency": "IMMEDIATE",
                "MonitorArnList": [{"Ref": "AnomalyMonitor"}],
                "Subscribers": [{"Type": "SNS", "Address": {"Ref": "Topic"}}],
                "ThresholdExpression": json.dumps({"Dimensions": impact}),
                "ResourceTags": [{"Key": "Project", "Value": "everything"}],
            },
        },
    }
