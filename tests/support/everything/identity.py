"""IAM, CodeBuild and Access Analyzer."""

from __future__ import annotations

import json
from typing import Any

from tests.support.everything.parts import tags, trust


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": f"${{Bucket.Arn}}/{v}/*"},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    web = {
        "Effect": "Allow",
        "Principal": {"Federated": "${Oidc}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": f"repo:o/r:{v}"}},
    }
    return {
        "Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "ManagedPolicyName": "everything-read",
                "Description": "Reads the data",
                "PolicyDocument": document,
            },
        },
        "AttachedPolicy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document, "Roles": [{"Ref": "Role"}]},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "everything-execution",
                "Description": f"role {v}",
                "AssumeRolePolicyDocument": trust(
                    "ec2.amazonaws.com" if second else "sagemaker.amazonaws.com"
                ),
                "MaxSessionDuration": 7200 if second else 3600,
                "PermissionsBoundary": {"Ref": "Policy"},
                "ManagedPolicyArns": [
                    *([] if second else [{"Ref": "Policy"}]),
                    {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonEKSClusterPolicy"},
                ],
                "Tags": tags(v),
            },
        },
        "JsonTrustRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Fn::Sub": json.dumps({"Version": "2012-10-17", "Statement": [web]})
                },
                "Policies": [{"PolicyName": "inline", "PolicyDocument": document}],
            },
        },
        "Oidc": {
            "Type": "AWS::IAM::OIDCProvider",
            "Properties": {
                "Url": "https://token.actions.githubusercontent.com",
                "ClientIdList": ["sts.amazonaws.com", *(["second"] if second else ["first"])],
                "ThumbprintList": ["f" * 40 if second else "e" * 40],
                "Tags": tags(v),
            },
        },
        "Project": {
            "Type": "AWS::CodeBuild::Project",
            "Properties": {
                "Name": "everything-build",
                "Description": f"project {v}",
                "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
                "Artifacts": {"Type": "NO_ARTIFACTS"},
                "Environment": {
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                    "Type": "LINUX_CONTAINER",
                    "PrivilegedMode": False,
                    "EnvironmentVariables": [{"Name": "WHICH", "Type": "PLAINTEXT", "Value": v}],
                },
                "Source": {
                    "Type": "GITHUB",
                    "Location": "https://github.com/o/r.git",
                    "BuildSpec": "buildspec.yml",
                    "GitCloneDepth": 1,
                    "ReportBuildStatus": True,
                },
                "SourceVersion": "main",
                "TimeoutInMinutes": 30 if second else 15,
                "QueuedTimeoutInMinutes": 60,
                "ConcurrentBuildLimit": 1,
                "EncryptionKey": {"Fn::GetAtt": ["Key", "Arn"]},
                "Cache": {"Type": "LOCAL", "Modes": ["LOCAL_SOURCE_CACHE"]},
                "LogsConfig": {
                    "CloudWatchLogs": {"Status": "ENABLED", "GroupName": {"Ref": "LogGroup"}, "StreamName": v}
                },
                "Tags": tags(v),
            },
        },
        "Analyzer": {
            "Type": "AWS::AccessAnalyzer::Analyzer",
            "Properties": {
                "AnalyzerName": "everything-analyzer",
                "Type": "ACCOUNT_UNUSED_ACCESS",
                "AnalyzerConfiguration": {
                    "UnusedAccessConfiguration": {"UnusedAccessAge": 120 if second else 90}
                },
                "ArchiveRules": [
                    {
                        "RuleName": f"rule-{v}",
                        "Filter": [{"Property": "resourceType", "Eq": ["AWS::S3::Bucket"]}],
                    }
                ],
                "Tags": tags(v),
            },
        },
    }
