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
        "read": (*_on(_OBJECT, "s3:GetObject", "s3:GetObjectVersion"), *_here("s3:ListBucket")),
        "write": _on(_OBJECT, "s3:PutObject"),
        "delete": _on(_OBJECT, "s3:DeleteObject", "s3:DeleteObjectVersion"),
        "administer": _here(
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
            "s3:PutLifecycleConfiguration",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:DeleteBucket",
        ),
    },
    "AWS::KMS::Key": {
        "decrypt": _here("kms:Decrypt"),
        "encrypt": _here("kms:Encrypt", "kms:GenerateDataKey"),
        "grant": _here("kms:CreateGrant"),
        "administer": _here("kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion"),
    },
    "AWS::SNS::Topic": {
        "publish": _here("sns:Publish"),
        "subscribe": _here("sns:Subscribe"),
        "administer": _here("sns:SetTopicAttributes", "sns:AddPermission", "sns:DeleteTopic"),
    },
    "AWS::SQS::Queue": {
        "read": _here("sqs:ReceiveMessage"),
        "write": _here("sqs:SendMessage"),
        "delete": _here("sqs:DeleteMessage", "sqs:PurgeQueue"),
        "administer": _here("sqs:SetQueueAttributes", "sqs:DeleteQueue"),
    },
    "AWS::Logs::LogGroup": {
        "read": (*_here("logs:FilterLogEvents", "logs:StartQuery"), *_on(_STREAM, "logs:GetLogEvents")),
        "write": (*_here("logs:CreateLogStream"), *_on(_STREAM, "logs:PutLogEvents")),
        "delete": (*_here("logs:DeleteLogGroup"), *_on(_STREAM, "logs:DeleteLogStream")),
        "administer": _here("logs:PutRetentionPolicy", "logs:PutSubscriptionFilter"),
    },
    "AWS::CloudTrail::Trail": {
        "read": _here("cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"),
        "administer": _here(
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:DeleteTrail",
        ),
    },
    "AWS::ECR::Repository": {
        "read": _here("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        "write": _here("ecr:PutImage", "ecr:UploadLayerPart"),
        "delete": _here("ecr:BatchDeleteImage"),
        "administer": _here("ecr:SetRepositoryPolicy", "ecr:PutLifecyclePolicy", "ecr:DeleteRepository"),
    },
    "AWS::IAM::Role": {
        "become": _here("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
        "pass": _here("iam:PassRole"),
        "administer": _here(
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:UpdateAssumeRolePolicy",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRole",
        ),
    },
    "AWS::IAM::ManagedPolicy": {
        "administer": _here("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"),
    },
    "AWS::IAM::OIDCProvider": {
        "administer": _here("iam:DeleteOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider"),
    },
    "AWS::CloudWatch::Alarm": {
        "administer": _here(
            "cloudwatch:PutMetricAlarm", "cloudwatch:DisableAlarmActions", "cloudwatch:DeleteAlarms"
        ),
    },
    "AWS::Events::Rule": {
        "administer": _here("events:PutRule", "events:PutTargets", "events:DisableRule", "events:DeleteRule"),
    },
    "AWS::CodeBuild::Project": {
        "run": _here("codebuild:StartBuild"),
        "administer": _here("codebuild:UpdateProject", "codebuild:DeleteProject"),
    },
    "AWS::Athena::WorkGroup": {
        "run": _here("athena:StartQueryExecution"),
        "read": _here("athena:GetQueryResults"),
        "administer": _here("athena:UpdateWorkGroup", "athena:DeleteWorkGroup"),
    },
    "AWS::DynamoDB::Table": {
        "read": _here("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"),
        "write": _here("dynamodb:PutItem", "dynamodb:UpdateItem"),
        "delete": _here("dynamodb:DeleteItem"),
        "administer": _here("dynamodb:UpdateTable", "dynamodb:DeleteTable"),
    },
    "AWS::Lambda::Function": {
        "run": _here("lambda:InvokeFunction"),
        "administer": _here(
            "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction"
        ),
    },
    "AWS::EKS::Cluster": {
        "read": _here("eks:DescribeCluster"),
        "administer": _here("eks:UpdateClusterConfig", "eks:CreateAccessEntry", "eks:DeleteCluster"),
    },
}


def asked(action: Action, arn: str) -> str:
    """The resource of a request; a log group's ARN ends with `:*` where it stands for its streams, too."""
    return action.resource.format(arn=arn.removesuffix(":*"))


def can_ask(principal: Principal, action: Action) -> bool:
    """Whether this kind of principal uses the action at all: only an identity provider has a token.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    with_token = action.name == "sts:AssumeRoleWithWebIdentity"
    return with_token == (principal.kind == "federated") or not action.name.startswith("sts:")
