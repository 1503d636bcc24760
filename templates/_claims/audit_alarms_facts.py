"""Each alarm would fire: a sample event for each, and one beside it that must leave the alarm alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from troposphere import Ref, Sub

from cfngen.define.claims import DeclaredClaim, claim
from templates._audit_alerts import Alert

SOURCE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html"
USER = {"type": "IAMUser", "userName": "somebody"}


def event(source: str, name: str, **members: Any) -> dict[str, Any]:
    """The members of an event that filters look at.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    known = {"userIdentity": USER, "eventType": "AwsApiCall", "awsRegion": "us-east-1"}
    return {**known, "eventSource": f"{source}.amazonaws.com", "eventName": name, **members}


SIGNED_IN = {"responseElements": {"ConsoleLogin": "Success"}, "eventType": "AwsConsoleSignIn"}
OF_AUDIT = {"logGroupName": Ref("LogGroupName")}
RESCUE = {"roleArn": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${BreakGlassRole}")}
INSIGHT = {"eventType": "AwsCloudTrailInsight", "awsRegion": "us-west-2"}

# What sets the alarm off, and what is like it and does not.
SAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "RootUsage": (event("s3", "ListBuckets", userIdentity={"type": "Root"}), event("s3", "ListBuckets")),
    "UnauthorizedApiCalls": (
        event("s3", "GetObject", errorCode="AccessDenied"),
        event("s3", "GetObject", errorCode="NoSuchKey"),
    ),
    "ConsoleSignInWithoutMfa": (
        event("signin", "ConsoleLogin", additionalEventData={"MFAUsed": "No"}, **SIGNED_IN),
        event("signin", "ConsoleLogin", additionalEventData={"MFAUsed": "Yes"}, **SIGNED_IN),
    ),
    "IamPolicyChanges": (event("iam", "AttachRolePolicy"), event("iam", "GetRolePolicy")),
    "CloudTrailConfigChanges": (event("cloudtrail", "StopLogging"), event("cloudtrail", "GetTrailStatus")),
    "ConsoleAuthFailures": (
        event("signin", "ConsoleLogin", errorMessage="Failed authentication"),
        event("iam", "GetUser", errorMessage="Failed authentication"),
    ),
    "CmkDisableOrDelete": (event("kms", "ScheduleKeyDeletion"), event("kms", "CancelKeyDeletion")),
    "S3BucketPolicyChanges": (event("s3", "PutBucketPolicy"), event("s3", "GetBucketPolicy")),
    "ConfigChanges": (event("config", "StopConfigurationRecorder"), event("config", "PutConfigRule")),
    "SecurityGroupChanges": (
        event("ec2", "AuthorizeSecurityGroupIngress"),
        event("ec2", "DescribeSecurityGroups"),
    ),
    "NaclChanges": (event("ec2", "ReplaceNetworkAclEntry"), event("ec2", "DescribeNetworkAcls")),
    "NetworkGatewayChanges": (event("ec2", "AttachInternetGateway"), event("ec2", "CreateNatGateway")),
    "RouteTableChanges": (event("ec2", "CreateRoute"), event("ec2", "AssociateRouteTable")),
    "VpcChanges": (event("ec2", "ModifyVpcAttribute"), event("ec2", "CreateVpcEndpoint")),
    "OrganizationsChanges": (
        event("organizations", "LeaveOrganization"),
        event("account", "LeaveOrganization"),
    ),
    "InsightsInOtherRegions": (
        {**event("ec2", "x", **INSIGHT), "insightDetails": {"state": "Start"}},
        {**event("ec2", "x", **INSIGHT), "insightDetails": {"state": "End"}},
    ),
    "RolePowerChanges": (event("iam", "SetDefaultPolicyVersion"), event("iam", "UpdateRole")),
    "AlarmChanges": (event("monitoring", "DisableAlarmActions"), event("monitoring", "PutMetricAlarm")),
    "AuditLogGroupChanges": (
        event("logs", "DeleteLogGroup", requestParameters=OF_AUDIT),
        event("logs", "DeleteLogGroup", requestParameters={"logGroupName": "/aws/other"}),
    ),
    "BreakGlassUsage": (
        event("sts", "AssumeRole", requestParameters=RESCUE),
        event("sts", "AssumeRole", requestParameters={"roleArn": "arn:aws:iam::111122223333:role/Other"}),
    ),
}


def facts(alerts: Sequence[Alert]) -> Iterator[DeclaredClaim]:
    """All claims besides those of who may do what."""
    for alert in alerts:
        sample, other = SAMPLES[alert.name]
        yield claim(
            "alarm",
            f"{alert.name}Alarm",
            f"somebody is told at once: {alert.told.rpartition(': ')[2].rstrip('.')}",
            given={
                "log_group": Ref("LogGroupName"),
                "filter": alert.named(),
                "alarm": alert.named(),
                "topic": Ref("Topic"),
                "event": sample,
                "other": other,
            },
            source=SOURCE,
        )
    yield claim(
        "topic",
        "Topic",
        "somebody gets the alerts",
        given={"topic": Ref("Topic"), "email": Ref("AlertEmail")},
    )
