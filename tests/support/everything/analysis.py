"""Glue, Athena and Logs Insights."""

from __future__ import annotations

from typing import Any

from tests.support.everything.parts import tags


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    return {
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseInput": {"Name": "everything_audit", "Description": f"database {v}"},
            },
        },
        "Table": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Database"},
                "TableInput": {
                    "Name": "events",
                    "Description": f"table {v}",
                    "TableType": "EXTERNAL_TABLE",
                    "Parameters": {
                        "projection.enabled": "true",
                        "projection.date.range": "2024/01/01,NOW",
                        "which": v,
                    },
                    "PartitionKeys": [{"Name": "date", "Type": "string"}],
                    "StorageDescriptor": {
                        "Location": {"Fn::Sub": "s3://${LogBucket}/mlops-logs/"},
                        "InputFormat": "com.amazon.emr.cloudtrail.CloudTrailInputFormat",
                        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                        "SerdeInfo": {"SerializationLibrary": "org.apache.hive.hcatalog.data.JsonSerDe"},
                        "Columns": [
                            {"Name": "eventtime", "Type": "string", "Comment": v},
                            {"Name": "useridentity", "Type": "struct<type:string,arn:string>"},
                        ],
                    },
                },
            },
        },
        "WorkGroup": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": "everything-queries",
                "Description": f"work group {v}",
                "State": "ENABLED",
                "RecursiveDeleteOption": True,
                "WorkGroupConfiguration": {
                    "BytesScannedCutoffPerQuery": 10737418240 if second else 1073741824,
                    "EnforceWorkGroupConfiguration": True,
                    "PublishCloudWatchMetricsEnabled": True,
                    "RequesterPaysEnabled": False,
                    "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
                    "ResultConfiguration": {
                        "OutputLocation": {"Fn::Sub": f"s3://${{LogBucket}}/{v}/"},
                        "ExpectedBucketOwner": {"Ref": "AWS::AccountId"},
                        "EncryptionConfiguration": {
                            "EncryptionOption": "SSE_KMS",
                            "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]},
                        },
                    },
                },
                "Tags": tags(v),
            },
        },
        "NamedQuery": {
            "Type": "AWS::Athena::NamedQuery",
            "Properties": {
                "Name": "who-did-what",
                "Description": "Who did what",
                "Database": {"Ref": "Database"},
                "WorkGroup": {"Ref": "WorkGroup"},
                "QueryString": "SELECT 2 FROM events" if second else "SELECT 1 FROM events",
            },
        },
        "QueryDefinition": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {
                "Name": f"everything/{v}",
                "LogGroupNames": [{"Ref": "LogGroup"}],
                "QueryString": f"fields @timestamp | limit {20 if second else 10}",
            },
        },
    }
