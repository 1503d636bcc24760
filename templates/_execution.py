"""What CloudFormation may do for the pipeline: make, read, change and delete what the other stacks contain.

The actions are those that the resource schemas' handlers name, less those for what no template uses. A
wildcard stands where it comes to the same actions as the list of them (a test expands each, compares with
the schemas, and lists every difference with its reason). The resources are the project's own names, and the
audit trail's, which are older than the convention. What AWS lets nobody narrow to a resource is read-only,
or carries our tags, or is worth nothing to a stranger, or is told by an alarm (Unsubscribe).

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (handlers)
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import Any

from awacs.aws import Action, Statement
from troposphere import Ref, Sub

from cfngen.define import iam, recipes
from templates import _naming

# The AWS managed policies that roles of ours have. The page's two full-access policies are not among them,
# nor what AWS Config's own role needs: a person who wants those attaches them.
MANAGED_POLICIES = (
    "AmazonEC2ContainerRegistry*",
    "AmazonEKS*",
    "CloudWatchAgentServerPolicy",
)

OURS = {"aws:ResourceTag/Project": Ref("Project"), "aws:ResourceTag/Environment": Ref("Environment")}
TO_BE_OURS = {"aws:RequestTag/Project": Ref("Project"), "aws:RequestTag/Environment": Ref("Environment")}


def of(service: str, names: str) -> list[Action]:
    """The actions of a service, named with spaces between them."""
    return [Action(service, name) for name in names.split()]


def global_arn(service: str, resource: str) -> Sub:
    """The ARN of something of this account that is in no Region."""
    return Sub(f"arn:${{AWS::Partition}}:{service}::${{AWS::AccountId}}:{resource}")


def reading() -> list[Statement]:
    """Descriptions that AWS offers for all resources or none."""
    everywhere = [
        *of("access-analyzer", "ListAnalyzers"),
        *of("ce", "GetAnomalyMonitors GetAnomalySubscriptions"),
        *of("cloudtrail", "DescribeTrails"),
        *of("cloudwatch", "DescribeAlarms"),
        *of("config", "Describe* ListTagsForResource"),
        *of("ecr", "DescribeRepositories"),
        *of("guardduty", "ListDetectors"),
        *of("kms", "ListAliases"),
        *of("lakeformation", "Describe* ListResources"),
        *of("logs", "Describe*"),
        *of("organizations", "DescribeOrganization ListAWSServiceAccessForOrganization"),
        *of("organizations", "ListDelegatedAdministrators"),
    ]
    return [iam.allow("Describe", everywhere, ["*"])]


def watching() -> list[Statement]:
    """The trail, its log group, and what bears our name or none: alarms, images, queries, the budget."""
    return [
        iam.allow(
            "Trail",
            of(
                "cloudtrail",
                "*EventConfiguration *EventSelectors *InsightSelectors *Tags *Trail GetTrailStatus "
                "StartLogging",
            ),
            # The second is the trail of data events, where they have one of their own.
            [recipes.arn("cloudtrail", f"trail/${{TrailName}}{rest}") for rest in ("", "-data")],
        ),
        iam.allow(
            "LogGroup",
            of(
                "logs",
                "*KmsKey *MetricFilter* *RetentionPolicy *TagResource CreateLogGroup DeleteLogGroup "
                "GetDataProtectionPolicy ListTagsForResource PutLogGroupDeletionProtection",
            ),
            [recipes.arn("logs", f"log-group:${{LogGroupName}}{rest}") for rest in ("", ":*")],
        ),
        iam.allow(
            "WithoutNames",
            [
                *of("config", "*DeliveryChannel"),
                *of("logs", "*QueryDefinition"),
                *of("securityhub", "CreateFindingAggregator"),
                # A subscription is none of IAM's resources, though it has an ARN.
                *of("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"),
            ],
            ["*"],
        ),
        iam.allow(
            "NamedAsOurs",
            [
                *of(
                    "access-analyzer",
                    "*ArchiveRule* *TagResource CreateAnalyzer DeleteAnalyzer GetAnalyzer",
                ),
                *of("access-analyzer", "UpdateAnalyzer"),
                *of("athena", "*NamedQuery *Resource *WorkGroup"),
                *of("cloudwatch", "*Resource DeleteAlarms DeleteDashboards GetDashboard PutDashboard"),
                *of("cloudwatch", "PutMetricAlarm"),
                *of("config", "DeleteConfigRule DeleteConfigurationRecorder PutConfigRule"),
                *of("config", "PutConfigurationRecorder StartConfigurationRecorder"),
                *of(
                    "ecr",
                    "*LifecyclePolicy *Repository *RepositoryPolicy *TagResource ListTagsForResource",
                ),
                *of("ecr", "PutImageScanningConfiguration PutImageTagMutability"),
                *of("events", "*TagResource *Targets* DeleteRule DescribeRule ListTagsForResource PutRule"),
                *of("sns", "*Resource *Subscri* *Topic* GetDataProtectionPolicy"),
            ],
            [
                *(
                    recipes.arn(service, f"{kind}{_naming.P}-*")
                    for service, kind in (
                        ("access-analyzer", "analyzer/"),
                        ("athena", "workgroup/"),
                        ("cloudwatch", "alarm:"),
                        ("config", "configuration-recorder/"),
                        ("ecr", "repository/"),
                        ("events", "rule/"),
                        ("sns", ""),
                    )
                ),
                global_arn("cloudwatch", f"dashboard/{_naming.P}-*"),
                recipes.arn("config", "config-rule/*"),  # AWS makes up its id
            ],
        ),
        iam.allow(
            "Catalog",
            of("glue", "*Database CreateTable DeleteTable GetTable UpdateTable"),
            [
                recipes.arn("glue", "catalog"),
                # In the database's name underscores stand for P's hyphens.
                recipes.arn("glue", "database/*_${Environment}_audit"),
                recipes.arn("glue", "table/*_${Environment}_audit/*"),
                recipes.arn("glue", "userDefinedFunction/*_${Environment}_audit/*"),
            ],
        ),
        # GuardDuty makes up its detector's id, and Security Hub is the account's: one a Region.
        iam.allow(
            "Detection",
            [
                *of("guardduty", "*TagResource DeleteDetector GetDetector UpdateDetector"),
                *of("guardduty", "ListTagsForResource"),
                *of("securityhub", "*TagResource Batch*ableStandards DeleteFindingAggregator DescribeHub"),
                *of("securityhub", "DescribeStandardsControls DisableSecurityHub EnableSecurityHub"),
                *of(
                    "securityhub",
                    "GetEnabledStandards GetFindingAggregator ListTagsForResource UpdateFindingAggregator",
                ),
                *of("securityhub", "UpdateSecurityHubConfiguration UpdateStandardsControl"),
            ],
            [
                recipes.arn("guardduty", "detector/*"),
                recipes.arn("securityhub", "finding-aggregator/*"),
                recipes.arn("securityhub", "hub/default"),
            ],
        ),
        # CloudFormation makes up the budget's name.
        iam.allow(
            "Budget",
            [*of("billing", "GetBillingViewData"), *of("budgets", "*Resource ModifyBudget ViewBudget")],
            [global_arn("billing", "billingview/*"), global_arn("budgets", "budget/*")],
        ),
    ]


def storing(buckets: list[Any], template_bucket: Any, results_bucket: Any) -> list[Statement]:
    """Buckets, but for the pipeline's own, and what only its tags tell to be ours: keys, anomaly detection.

    Arguments:
        buckets: the ARNs of the stacks' buckets.
        template_bucket: the ARN of the pipeline's.
        results_bucket: the name of the bucket of Athena's results.
    """
    return [
        iam.allow(
            "Buckets",
            of(
                "s3",
                "*BucketPolicy *TagResource CreateBucket DeleteBucket Get*Configuration GetBucket* "
                "ListBucket ListTagsForResource PutBucketLogging PutBucketObjectLockConfiguration "
                "PutBucketOwnershipControls PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning "
                "PutEncryptionConfiguration PutLifecycleConfiguration",
            ),
            buckets,
        ),
        iam.deny(
            "NotTheTemplateBucket",
            of("s3", "DeleteBucket DeleteBucketPolicy PutBucketPolicy"),
            [template_bucket],
        ),
        # Athena tries the place of the results before it makes a workgroup.
        iam.allow(
            "QueryResults",
            of("s3", "*MultipartUpload* GetObject PutObject"),
            [recipes.bucket_arn(results_bucket), recipes.objects(results_bucket, "*")],
        ),
        iam.allow(
            "MakeWithOurTags",
            [
                *of("ce", "CreateAnomalyMonitor CreateAnomalySubscription TagResource"),
                *of("guardduty", "CreateDetector"),
                *of("kms", "CreateKey TagResource"),
            ],
            ["*"],
            # Tagging a key of somebody else's would make it ours.
            when={"StringEquals": TO_BE_OURS, "Null": {"aws:ResourceTag/Project": "true"}},
        ),
        # Every key's own policy refuses grants for anybody but AWS services.
        iam.allow(
            "TaggedAsOurs",
            [
                *of("ce", "*AnomalyMonitor *AnomalySubscription *TagResource ListTagsForResource"),
                *of(
                    "kms",
                    "*Alias CreateGrant RetireGrant *KeyPolicy *TagResource Decrypt DescribeKey "
                    "EnableKeyRotation",
                ),
                *of("kms", "GenerateDataKey GetKeyRotationStatus ListResourceTags ScheduleKeyDeletion"),
                *of("kms", "UpdateKeyDescription"),
            ],
            [
                global_arn("ce", "anomalymonitor/*"),
                global_arn("ce", "anomalysubscription/*"),
                recipes.arn("kms", "key/*"),
            ],
            when={"StringEquals": OURS},
        ),
        iam.allow("Aliases", of("kms", "*Alias"), [recipes.arn("kms", f"alias/{_naming.P}-*")]),
    ]


def _unchangeable() -> list[Sub]:
    """What the pipeline must not change: its own roles and policies, and those outside of the boundary."""
    return [
        global_arn("iam", name)
        for name in (
            f"role/{_naming.EXECUTION_ROLE}",
            f"role/{_naming.P}-pipeline-*",
            f"policy/{_naming.BOUNDARY}",
            f"policy/{_naming.P}-cfn-*",
            f"policy/{_naming.P}-pipeline*",
            "role/${DeliveryRoleName}",
            f"policy/{_naming.TRAIL_DELIVERY_POLICY}",
            f"role/{_naming.RECORDER_ROLE}",
            f"policy/{_naming.RECORDER_POLICY}",
        )
    ]


def empowering(boundary: Any) -> list[Statement]:
    """Roles and policies; who may take a role and what it may do, only of roles under the boundary.

    A template that gives a role more than the boundary deploys, and the role gets no more than the boundary
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).

    Arguments:
        boundary: the ARN of the policy that is every role's ceiling.
    """
    roles, delivery = global_arn("iam", f"role/{_naming.P}-*"), global_arn("iam", "role/${DeliveryRoleName}")
    under = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    policies = global_arn("iam", f"policy/{_naming.P}-*")
    attachable = [
        policies,
        *(Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}") for name in MANAGED_POLICIES),
    ]
    return [
        iam.allow(
            "RolesUnderBoundary",
            of("iam", "CreateRole DetachRolePolicy PutRolePermissionsBoundary UpdateAssumeRolePolicy"),
            [roles],
            when=under,
        ),
        iam.allow(
            "AttachUnderBoundary",
            of("iam", "AttachRolePolicy"),
            [roles],
            when={**under, "ArnLike": {"iam:PolicyARN": attachable}},
        ),
        iam.allow(
            "RolesPoliciesAndProviders",
            [
                *of(
                    "iam",
                    "*OpenIDConnectProvider* *TagRole CreatePolicy* DeletePolicy* DeleteRole GetPolicy*",
                ),
                *of("iam", "GetRole GetRolePolicy ListAttachedRolePolicies ListEntitiesForPolicy"),
                *of("iam", "ListPolicyVersions ListRolePolicies UpdateRole*"),
            ],
            [
                roles,
                delivery,
                policies,
                global_arn("iam", "oidc-provider/token.actions.githubusercontent.com"),
                global_arn("iam", "oidc-provider/oidc.eks.${AWS::Region}.*"),
            ],
        ),
        iam.allow(
            "PassRolesToWatchers",
            of("iam", "PassRole"),
            [
                roles,
                delivery,
                global_arn("iam", "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
            ],
            when={
                "StringEquals": {
                    "iam:PassedToService": [
                        f"{service}.amazonaws.com" for service in ("cloudtrail", "config", "events")
                    ]
                }
            },
        ),
        iam.allow(
            "ServiceLinkedRoles",
            of("iam", "CreateServiceLinkedRole"),
            [global_arn("iam", "role/aws-service-role/*")],
            when={
                "StringEquals": {
                    "iam:AWSServiceName": [
                        f"{service}.amazonaws.com"
                        for service in ("access-analyzer", "cloudtrail", "guardduty", "securityhub")
                    ]
                }
            },
        ),
        iam.deny(
            "NotItselfNorWhatHasNoBoundary",
            of("iam", "Attach* Create* Delete* Detach* Put* Set* Update*"),
            _unchangeable(),
        ),
    ]
