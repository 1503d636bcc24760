"""What the audit alarms tell of, as metric filter patterns on CloudTrail's events.

The fifteen patterns are CIS's to the letter, down to the spaces: Security Hub fails a filter that has any
term more. What the benchmark does not know yet is a pattern of its own on the same metric (`later`):

- SecurityGroupChanges: ModifySecurityGroupRules, which the EC2 console sends for an edited rule.
- CloudTrailConfigChanges: PutEventSelectors and PutInsightSelectors, which blind a trail without stopping it.
- ConfigChanges: DeleteConfigurationRecorder.
- S3BucketPolicyChanges: the four calls that change S3's public access blocks.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from troposphere import Sub

from cfngen.define import recipes


def calls(*names: str, source: str = "") -> str:
    """The pattern for any of these API calls, of one service where `source` names it, spaced as CIS does."""
    any_of = " || ".join(f"($.eventName={name})" for name in names)
    return f"{{($.eventSource={source}) && ({any_of})}}" if source else f"{{{any_of}}}"


class Alert(NamedTuple):
    """What is to be told.

    Attributes:
        name: of the metric; logical ids and physical names derive from it.
        told: the alarm's description.
        pattern: of the metric filter.
        later: the pattern for what the benchmark does not know yet; empty where there is nothing.
    """

    name: str
    told: str
    pattern: str
    later: str = ""

    def named(self, suffix: str = "") -> Sub:
        """`P-<name in kebab case><suffix>`."""
        return recipes.named(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", self.name).lower() + suffix)


# The numbers are the benchmark's from 1.4.0 to 5 (6 and 7 count them 5.x), and Security Hub's, which has none
# for Organizations.
ALERTS = (
    Alert(
        "RootUsage",
        "CIS v5 4.3, CloudWatch.1: the root user was used.",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS '
        '&& $.eventType !="AwsServiceEvent"}',
    ),
    Alert(
        "UnauthorizedApiCalls",
        "CIS v5 4.1, CloudWatch.2: a call was refused for want of a permission.",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    ),
    Alert(
        "ConsoleSignInWithoutMfa",
        "CIS v5 4.2, CloudWatch.3: a user signed in to the console without a second factor.",
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    ),
    Alert(
        "IamPolicyChanges",
        "CIS v5 4.4, CloudWatch.4: an IAM policy was changed, attached or detached.",
        calls(
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    Alert(
        "CloudTrailConfigChanges",
        "CIS v5 4.5, CloudWatch.5: a trail was changed, started or stopped.",
        calls("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
        later=calls("PutEventSelectors", "PutInsightSelectors", source="cloudtrail.amazonaws.com"),
    ),
    Alert(
        "ConsoleAuthFailures",
        "CIS v5 4.6, CloudWatch.6: someone failed to sign in to the console.",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    Alert(
        "CmkDisableOrDelete",
        "CIS v5 4.7, CloudWatch.7: a customer-managed key was disabled, or is to be deleted.",
        calls("DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"),
    ),
    Alert(
        "S3BucketPolicyChanges",
        "CIS v5 4.8, CloudWatch.8: a bucket's policy, access, lifecycle or replication was changed.",
        calls(
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            source="s3.amazonaws.com",
        ),
        later=calls(
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutAccountPublicAccessBlock",
            "DeleteAccountPublicAccessBlock",
            source="s3.amazonaws.com",
        ),
    ),
    Alert(
        "ConfigChanges",
        "CIS v5 4.9, CloudWatch.9: AWS Config's recorder or delivery channel was changed.",
        calls(
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
            source="config.amazonaws.com",
        ),
        later=calls("DeleteConfigurationRecorder", source="config.amazonaws.com"),
    ),
    Alert(
        "SecurityGroupChanges",
        "CIS v5 4.10, CloudWatch.10: a security group was changed.",
        calls(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
        later=calls("ModifySecurityGroupRules", source="ec2.amazonaws.com"),
    ),
    Alert(
        "NaclChanges",
        "CIS v5 4.11, CloudWatch.11: a network ACL was changed.",
        calls(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    Alert(
        "NetworkGatewayChanges",
        "CIS v5 4.12, CloudWatch.12: a gateway of a network was changed.",
        calls(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    Alert(
        "RouteTableChanges",
        "CIS v5 4.13, CloudWatch.13: a route or a route table was changed.",
        calls(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ),
    ),
    Alert(
        "VpcChanges",
        "CIS v5 4.14, CloudWatch.14: a VPC or a peering was changed.",
        calls(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
    Alert(
        "OrganizationsChanges",
        "CIS v5 4.15: the organization was changed.",
        calls(
            "AcceptHandshake",
            "AttachPolicy",
            "CancelHandshake",
            "CreateAccount",
            "CreateOrganization",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnableAllFeatures",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdateOrganizationalUnit",
            "UpdatePolicy",
            source="organizations.amazonaws.com",
        ),
    ),
)
# What the benchmark does not ask for, and what an intruder does next: become mightier, then unseen.
BEYOND_CIS = (
    Alert(
        "RolePowerChanges",
        "A role may do other things, or others may take it: policy version, boundary or trust was changed.",
        calls(
            "SetDefaultPolicyVersion",
            "UpdateAssumeRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRolePermissionsBoundary",
            "PutUserPermissionsBoundary",
            "DeleteUserPermissionsBoundary",
            source="iam.amazonaws.com",
        ),
    ),
    Alert(
        "AlarmChanges",
        "What tells of all this was changed: a metric filter, an alarm, a subscription, the topic, a rule.",
        calls(
            "DeleteMetricFilter",
            "DeleteAlarms",
            "DisableAlarmActions",
            "Unsubscribe",
            "DeleteTopic",
            "RemoveTargets",
            "DisableRule",
        ),
    ),
    Alert(
        "AuditLogGroupChanges",
        "The audit log group, or its streams, was deleted, or its retention or protection was changed.",
        '{($.eventSource=logs.amazonaws.com) && (($.requestParameters.logGroupName="${LogGroupName}") || '
        '($.requestParameters.logGroupIdentifier="*${LogGroupName}*")) && (($.eventName=DeleteLogGroup) || '
        "($.eventName=DeleteLogStream) || ($.eventName=PutRetentionPolicy) || "
        "($.eventName=DeleteRetentionPolicy) || ($.eventName=PutLogGroupDeletionProtection))}",
    ),
)
BREAK_GLASS = Alert(
    "BreakGlassUsage",
    "The role for emergencies was taken.",
    '{($.eventSource=sts.amazonaws.com) && ($.requestParameters.roleArn="*:role/${BreakGlassRole}")}',
)
INSIGHTS_ELSEWHERE = Alert(
    "InsightsInOtherRegions",
    "CloudTrail Insights saw unusual activity in another Region; those of this Region come by EventBridge.",
    '{($.eventType="AwsCloudTrailInsight") && ($.insightDetails.state="Start") '
    '&& ($.awsRegion!="${AWS::Region}")}',
)
