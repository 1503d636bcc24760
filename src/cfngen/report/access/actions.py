"""The kinds of use of each resource type, and the actions that show them.

An action stands for its kind: who may use none of a kind's actions has none of it. Actions and the resources
that they are asked for: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from cfngen.report.access.model import Principal


class Action(NamedTuple):
    """An action, and the resource that it is asked for: `{arn}` is the column's."""

    name: str
    resource: str = "{arn}"


Kinds = Mapping[str, tuple[Action, ...]]


def _on(resource: str, *names: str) -> tuple[Action, ...]:
    return tuple(Action(name, resource) for name in names)


def _here(*names: str) -> tuple[Action, ...]:
    return _on("{arn}", *names)


_OBJECT: Final = "{arn}/*"
_STREAM: Final = "{arn}:log-stream:*"

KINDS: Final[Mapping[str, Kinds]] = {
    "AWS::S3::Bucket": {
        "list": _here("s3:ListBucket"),
        "read": _on(_OBJECT, "s3:GetObject", "s3:GetObjectVersion"),
        "write": _on(_OBJECT, "s3:PutObject"),
        "delete": _on(_OBJECT, "s3:DeleteObject", "s3:DeleteObjectVersion"),
        "configure": _here(
            "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration"
        ),
        "change policy": _here("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
        "remove": _here("s3:DeleteBucket"),
    },
    "AWS::KMS::Key": {
        "decrypt": _here("kms:Decrypt"),
        "encrypt": _here("kms:Encrypt", "kms:GenerateDataKey"),
        "grant": _here("kms:CreateGrant"),
        "change policy": _here("kms:PutKeyPolicy"),
        "remove": _here("kms:DisableKey", "kms:ScheduleKeyDeletion"),
    },
    "AWS::SNS::Topic": {
        "publish": _here("sns:Publish"),
        "subscribe": _here("sns:Subscribe"),
        "configure": _here("sns:SetTopicAttributes"),
        "change policy": _here("sns:AddPermission", "sns:RemovePermission"),
        "remove": _here("sns:DeleteTopic"),
    },
    "AWS::SQS::Queue": {
        "read": _here("sqs:ReceiveMessage"),
        "write": _here("sqs:SendMessage"),
        "delete": _here("sqs:DeleteMessage", "sqs:PurgeQueue"),
        "configure": _here("sqs:SetQueueAttributes"),
        "remove": _here("sqs:DeleteQueue"),
    },
    "AWS::Logs::LogGroup": {
        "read": (*_here("logs:FilterLogEvents", "logs:StartQuery"), *_on(_STREAM, "logs:GetLogEvents")),
        "write": _on(_STREAM, "logs:CreateLogStream", "logs:PutLogEvents"),
        "delete": _on(_STREAM, "logs:DeleteLogStream"),
        "configure": _here("logs:PutRetentionPolicy"),
        "subscribe": _here("logs:PutSubscriptionFilter"),
        "remove": _here("logs:DeleteLogGroup"),
    },
    "AWS::CloudTrail::Trail": {
        "read": _here("cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"),
        "configure": _here("cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"),
        "stop": _here("cloudtrail:StopLogging"),
        "remove": _here("cloudtrail:DeleteTrail"),
    },
    "AWS::ECR::Repository": {
        "read": _here("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        "write": _here("ecr:PutImage", "ecr:UploadLayerPart"),
        "delete": _here("ecr:BatchDeleteImage"),
        "configure": _here("ecr:PutLifecyclePolicy"),
        "change policy": _here("ecr:SetRepositoryPolicy"),
        "remove": _here("ecr:DeleteRepository"),
    },
    "AWS::IAM::Role": {
        "become": _here("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
        "pass": _here("iam:PassRole"),
        "give permissions": _here("iam:PutRolePolicy", "iam:AttachRolePolicy"),
        "change trust": _here("iam:UpdateAssumeRolePolicy"),
        "take its boundary off": _here("iam:DeleteRolePermissionsBoundary"),
        "remove": _here("iam:DeleteRole"),
    },
    "AWS::IAM::ManagedPolicy": {
        "change policy": _here("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"),
        "remove": _here("iam:DeletePolicy"),
    },
    "AWS::IAM::OIDCProvider": {
        "configure": _here("iam:AddClientIDToOpenIDConnectProvider"),
        "remove": _here("iam:DeleteOpenIDConnectProvider"),
    },
    "AWS::CloudWatch::Alarm": {
        "configure": _here("cloudwatch:PutMetricAlarm"),
        "stop": _here("cloudwatch:DisableAlarmActions"),
        "remove": _here("cloudwatch:DeleteAlarms"),
    },
    "AWS::Events::Rule": {
        "configure": _here("events:PutRule", "events:PutTargets"),
        "stop": _here("events:DisableRule"),
        "remove": _here("events:DeleteRule"),
    },
    "AWS::CodeBuild::Project": {
        "run": _here("codebuild:StartBuild"),
        "configure": _here("codebuild:UpdateProject"),
        "remove": _here("codebuild:DeleteProject"),
    },
    "AWS::Athena::WorkGroup": {
        "run": _here("athena:StartQueryExecution"),
        "read": _here("athena:GetQueryResults"),
        "configure": _here("athena:UpdateWorkGroup"),
        "remove": _here("athena:DeleteWorkGroup"),
    },
    "AWS::DynamoDB::Table": {
        "read": _here("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"),
        "write": _here("dynamodb:PutItem", "dynamodb:UpdateItem"),
        "delete": _here("dynamodb:DeleteItem"),
        "configure": _here("dynamodb:UpdateTable"),
        "remove": _here("dynamodb:DeleteTable"),
    },
    "AWS::Lambda::Function": {
        "run": _here("lambda:InvokeFunction"),
        "configure": _here("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
        "remove": _here("lambda:DeleteFunction"),
    },
    "AWS::EKS::Cluster": {
        "read": _here("eks:DescribeCluster"),
        "configure": _here("eks:UpdateClusterConfig"),
        "let in": _here("eks:CreateAccessEntry"),
        "remove": _here("eks:DeleteCluster"),
    },
}


WORDS: Final = tuple(dict.fromkeys(kind for kinds in KINDS.values() for kind in kinds))
"""Every kind of use, for those who translate."""


def asked(action: Action, arn: str) -> str:
    """The resource of a request; a log group's ARN ends with `:*` where it stands for its streams, too."""
    return action.resource.format(arn=arn.removesuffix(":*"))


def can_ask(principal: Principal, action: Action) -> bool:
    """Whether this kind of principal uses the action at all: only an identity provider has a token.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    with_token = action.name == "sts:AssumeRoleWithWebIdentity"
    return with_token == (principal.kind == "federated") or not action.name.startswith("sts:")
