"""CloudTrail, its log group and role, and AWS Config."""

from __future__ import annotations

from typing import Any

from tests.support.everything.parts import tags, trust


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    return {
        "LogGroup": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": "everything-log-group",
                "RetentionInDays": {"Ref": "Days"},
                "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "LogGroupClass": "STANDARD",
                "Tags": tags(v),
            },
        },
        "TrailRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust("cloudtrail.amazonaws.com")},
        },
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "DependsOn": "BucketPolicy",
            "Properties": {
                "TrailName": "everything-audit-trail",
                "IsLogging": True,
                "S3BucketName": {"Ref": "LogBucket"},
                "S3KeyPrefix": "mlops-logs",
                "IsMultiRegionTrail": "true",
                "IncludeGlobalServiceEvents": True,
                "EnableLogFileValidation": True,
                "IsOrganizationTrail": False,
                "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["LogGroup", "Arn"]},
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["TrailRole", "Arn"]},
                "KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "SnsTopicName": {"Fn::GetAtt": ["Topic", "TopicName"]},
                "AdvancedEventSelectors": [
                    {
                        "Name": f"Management {v}",
                        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
                    },
                    {
                        "Name": "S3 objects",
                        "FieldSelectors": [
                            {"Field": "eventCategory", "Equals": ["Data"]},
                            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                            {"Field": "resources.ARN", "NotStartsWith": [{"Fn::Sub": "${LogBucket.Arn}/"}]},
                        ],
                    },
                ],
                "InsightSelectors": [
                    {"InsightType": "ApiCallRateInsight"},
                    *(
                        [{"InsightType": "ApiErrorRateInsight", "EventCategories": ["Management", "Data"]}]
                        if second
                        else []
                    ),
                ],
                "AggregationConfigurations": [
                    {
                        "EventCategory": "Data",
                        "Templates": ["USER_ACTIONS", *(["RESOURCE_ACCESS"] if second else [])],
                    }
                ],
                "Tags": tags(v),
            },
        },
        "Recorder": {
            "Type": "AWS::Config::ConfigurationRecorder",
            "Properties": {
                "Name": "default",
                "RoleARN": {"Fn::GetAtt": ["TrailRole", "Arn"]},
                "RecordingGroup": {"AllSupported": "true", "IncludeGlobalResourceTypes": not second},
                "RecordingMode": {"RecordingFrequency": "DAILY" if second else "CONTINUOUS"},
            },
        },
        "DeliveryChannel": {
            "Type": "AWS::Config::DeliveryChannel",
            "Properties": {
                "Name": "default",
                "S3BucketName": {"Ref": "LogBucket"},
                "S3KeyPrefix": v,
                "SnsTopicARN": {"Ref": "Topic"},
                "ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "TwentyFour_Hours"},
            },
        },
        "ConfigRule": {
            "Type": "AWS::Config::ConfigRule",
            "DependsOn": ["Recorder", "DeliveryChannel"],
            "Properties": {
                "ConfigRuleName": "everything-trail-enabled",
                "Description": f"rule {v}",
                "InputParameters": {"s3BucketName": {"Ref": "LogBucket"}, "which": v},
                "MaximumExecutionFrequency": "TwentyFour_Hours",
                "Scope": {"ComplianceResourceTypes": ["AWS::S3::Bucket"]},
                "Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"},
            },
        },
    }
