"""What reads whether the account is as the stacks promise: the policy of whoever runs `cfngen verify`.

The actions are those that `cfngen verify --policy` prints for this repository's environments (a test holds
the two to each other). None changes anything. Most of them AWS offers for all resources or none, and what
they show is how things are set up; content is read of the audit trail alone.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import Any

from awacs.aws import Statement
from troposphere import Sub

from cfngen.define import iam, recipes
from templates import _naming
from templates._execution import of

# By service.
SETTINGS = (
    ("access-analyzer", "GetAnalyzer ListAnalyzers ListArchiveRules"),
    ("athena", "GetNamedQuery GetWorkGroup ListTagsForResource"),
    ("billing", "GetBillingViewData"),
    ("budgets", "ListTagsForResource ViewBudget"),
    ("ce", "GetAnomalyMonitors GetAnomalySubscriptions ListTagsForResource"),
    ("cloudformation", "DescribeStacks GetResource GetStackPolicy GetTemplate ListStackResources ListStacks"),
    ("cloudtrail", "DescribeTrails GetEventConfiguration GetEventSelectors GetInsightSelectors GetTrail"),
    ("cloudtrail", "GetTrailStatus ListPublicKeys ListTags LookupEvents"),
    ("cloudwatch", "DescribeAlarms GetDashboard ListTagsForResource"),
    ("codebuild", "BatchGetProjects"),
    ("config", "DescribeComplianceByConfigRule DescribeConfigRules DescribeConfigurationRecorderStatus"),
    ("config", "DescribeConfigurationRecorders DescribeDeliveryChannels ListTagsForResource"),
    ("ecr", "DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource"),
    ("events", "DescribeRule ListTagsForResource ListTargetsByRule"),
    ("glue", "GetDatabase GetTable"),
    ("guardduty", "GetDetector ListTagsForResource"),
    (
        "iam",
        "GetOpenIDConnectProvider GetPolicy GetPolicyVersion GetRole GetRolePolicy ListAttachedRolePolicies",
    ),
    ("iam", "ListEntitiesForPolicy ListRolePolicies ListRoles SimulatePrincipalPolicy"),
    ("kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListResourceTags"),
    ("lakeformation", "DescribeLakeFormationIdentityCenterConfiguration DescribeResource ListResources"),
    ("logs", "DescribeAccountPolicies DescribeIndexPolicies DescribeLogGroups DescribeMetricFilters"),
    ("logs", "DescribeQueryDefinitions DescribeResourcePolicies DescribeSubscriptionFilters"),
    ("logs", "GetDataProtectionPolicy ListTagsForResource TestMetricFilter"),
    (
        "s3",
        "GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketCORS GetBucketLogging",
    ),
    ("s3", "GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration"),
    ("s3", "GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock"),
    ("s3", "GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration"),
    ("s3", "GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration"),
    ("s3", "GetMetricsConfiguration GetReplicationConfiguration ListTagsForResource"),
    ("securityhub", "DescribeHub DescribeStandardsControls GetEnabledStandards GetFindingAggregator"),
    ("securityhub", "ListTagsForResource"),
    ("sns", "GetDataProtectionPolicy GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic"),
    ("sns", "ListTagsForResource"),
    ("sts", "GetCallerIdentity"),
)


def statements(trail_bucket: Any) -> list[Statement]:
    """Settings of everything, and of content the audit trail's log files and events.

    Arguments:
        trail_bucket: the name of the trail's bucket.
    """
    return [
        iam.allow(
            "SeeSettings", [action for service, names in SETTINGS for action in of(service, names)], ["*"]
        ),
        iam.allow("SeeObjects", of("s3", "ListBucket"), [recipes.bucket_arn(trail_bucket)]),
        iam.allow("ReadTrail", of("s3", "GetObject"), [recipes.objects(trail_bucket, "*AWSLogs/*")]),
        iam.allow(
            "ReadTrailEvents",
            of("logs", "FilterLogEvents"),
            [recipes.arn("logs", "log-group:${LogGroupName}:*")],
        ),
        iam.allow(
            "UseKeyOfTrail",
            of("kms", "Decrypt"),
            [recipes.arn("kms", "key/*")],
            when={
                "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.AUDIT_KEY)},
            },
        ),
    ]
