"""GuardDuty and Security Hub."""

from __future__ import annotations

from typing import Any

from tests.support.everything.parts import tags


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    standards = {"Fn::Sub": "arn:${AWS::Partition}:securityhub:${AWS::Region}::standards/cis/v/5.0.0"}
    return {
        "Detector": {
            "Type": "AWS::GuardDuty::Detector",
            "Properties": {
                "Enable": True,
                "FindingPublishingFrequency": "ONE_HOUR" if second else "FIFTEEN_MINUTES",
                "Features": [
                    {"Name": "S3_DATA_EVENTS", "Status": "DISABLED" if second else "ENABLED"},
                    {"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED" if second else "DISABLED"},
                ],
                "Tags": tags(v),
            },
        },
        "Hub": {
            "Type": "AWS::SecurityHub::Hub",
            "Properties": {
                "EnableDefaultStandards": False,
                "ControlFindingGenerator": "STANDARD_CONTROL" if second else "SECURITY_CONTROL",
                "AutoEnableControls": not second,
                "Tags": {"Project": v, f"Only-{v}": "yes"},
            },
        },
        "Standard": {
            "Type": "AWS::SecurityHub::Standard",
            "DependsOn": "Hub",
            "Properties": {"StandardsArn": standards},
        },
        "Aggregator": {
            "Type": "AWS::SecurityHub::FindingAggregator",
            "DependsOn": "Hub",
            "Properties": {
                "RegionLinkingMode": "SPECIFIED_REGIONS",
                "Regions": ["us-east-1", *(["eu-west-1"] if second else [])],
            },
        },
    }
