"""S3, ECR and KMS."""

from __future__ import annotations

import json
from typing import Any

from tests.support.everything.parts import ACCOUNT_ROOT, policy, tags


def resources(v: str, second: bool) -> dict[str, Any]:
    """Named by `v`; `second` is the update."""
    expiry = {
        "rulePriority": 1,
        "description": v,
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 14,
        },
        "action": {"type": "expire"},
    }
    return {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "Description": f"key {v}",
                "EnableKeyRotation": True,
                "PendingWindowInDays": 30,
                "KeyPolicy": policy({"AWS": ACCOUNT_ROOT}, "kms:*", "*"),
                "Tags": tags(v),
            },
        },
        "Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/everything", "TargetKeyId": {"Ref": "Key"}},
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BucketName": {"Fn::Sub": "everything-dat-${AWS::AccountId}-${AWS::Region}-an"},
                "BucketNamespace": "account-regional",
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "BucketKeyEnabled": not second,
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                            },
                        }
                    ]
                },
                "LifecycleConfiguration": {
                    "Rules": [
                        {
                            "Id": f"Tiers-{v}",
                            "Status": "Enabled",
                            "Prefix": "mlops-logs/",
                            "Transitions": [
                                {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
                                {"StorageClass": "GLACIER", "TransitionInDays": 90},
                            ],
                            "NoncurrentVersionExpiration": {"NoncurrentDays": {"Ref": "Days"}},
                            "NoncurrentVersionTransitions": [
                                {"StorageClass": "STANDARD_IA", "TransitionInDays": 30}
                            ],
                            "ExpirationInDays": 500,
                            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        },
                        {
                            "Id": "Markers",
                            "Status": "Enabled",
                            "ExpiredObjectDeleteMarker": True,
                            "TagFilters": [{"Key": "kind", "Value": "scratch"}],
                        },
                    ]
                },
                "LoggingConfiguration": {
                    "DestinationBucketName": {"Ref": "LogBucket"},
                    "LogFilePrefix": f"{v}/",
                },
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": {"Ref": "Days"}}},
                },
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": "true",
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                "Tags": tags(v),
                "VersioningConfiguration": {"Status": "Enabled"},
            },
        },
        "LogBucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                    ]
                },
                "VersioningConfiguration": {"Status": "Suspended" if second else "Enabled"},
                **({} if second else {"Tags": tags(v)}),
            },
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "LogBucket"},
                "PolicyDocument": policy(
                    {"Service": "logging.s3.amazonaws.com"},
                    "s3:PutObject",
                    {"Fn::Sub": f"${{LogBucket.Arn}}/{v}/*"},
                ),
            },
        },
        "Repository": {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": "everything/training",
                "ImageTagMutability": "IMMUTABLE",
                "ImageScanningConfiguration": {"ScanOnPush": not second},
                "EncryptionConfiguration": {
                    "EncryptionType": "KMS",
                    "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]},
                },
                "LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": [expiry]})},
                "RepositoryPolicyText": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": v,
                            "Effect": "Allow",
                            "Principal": {"AWS": ACCOUNT_ROOT},
                            "Action": "ecr:BatchGetImage",
                        }
                    ],
                },
                "EmptyOnDelete": False,
                "Tags": tags(v),
            },
        },
    }
