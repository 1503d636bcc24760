"""The audit trail: who did what in the account, kept where nobody can change it.

Deployed before everything else, so that everything else is recorded. Every management event of every Region
and every S3 object event go to a bucket of their own, and at the same time to CloudWatch Logs, where the
alarms look at them.

Choices, where the obvious one is wrong:

- The trail's advanced selectors leave out the two audit buckets: the delivery of a log would be logged, and
  the delivery of that log again. Basic selectors cannot exclude, and the two kinds do not mix.
- CloudTrail encrypts what it writes (`KMSKeyId`), so the bucket's own default stays SSE-S3, and no statement
  denies other encryption: digest files and the delivery test would be refused.
- No `aws:SourceArn` on the trust of the CloudWatch Logs role: CloudTrail does not send it there and the
  delivery would stop. It is on the bucket's and the key's policies instead, where CloudTrail sends it. Nor
  has the role a permissions boundary: it has two actions on one log group, only CloudTrail takes it, and
  the pipeline cannot change it.
- Server access logs cannot go to a bucket with SSE-KMS default encryption or Object Lock: theirs has neither.
  S3 drops what the policy does not let in, without a word: LoggedBuckets lets in buckets whose names do not
  begin with project and environment.
- What holds evidence outlives the stack, with the policy that protects it. The trail and its role do not,
  and state it (DeletionPolicy Delete): only what says what becomes of it can be imported, and these two may
  exist from the console.
- Nothing may delete or overwrite a log: not even an administrator, who would have to change the bucket's
  policy first, which the trail records and an alarm tells. A lifecycle rule could empty the bucket all the
  same, unless Object Lock is on: AuditAdministratorRole takes the bucket's settings out of everybody else's
  hands. Name the role that you deploy with: a wrong name leaves the root user, who can always mend a bucket
  policy. Where nobody is named, the statement is left out.
- A protected log group (LogGroupDeletion) cannot be deleted, but its retention can be shortened, and the
  first creation of the stack cannot be rolled back if it fails: protect it once the stack stands.
- S3 data events in the trail's log group are paid by the gigabyte. With DataEvents=own-trail they have a
  second trail, to the same folders of the bucket and to S3 only: alarms and CloudWatch queries no longer see
  them, Athena does.
- An organization's trail writes streams that begin with the organization's id. It is made in the management
  account: from a delegated one CloudFormation fails, and the bucket's and the key's `aws:SourceArn` would
  have to name the management account.

Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protecting-log-groups-from-deletion.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
https://docs.aws.amazon.com/athena/latest/ug/restored-glacier-objects.html
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1932
"""

from __future__ import annotations

from typing import Any

from awacs import kms, s3
from awacs import logs as cwlogs
from awacs.aws import Action, Principal
from troposphere import AccountId, And, Condition, Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.cloudtrail import (
    AdvancedEventSelector,
    AdvancedFieldSelector,
    AggregationConfiguration,
    InsightSelector,
    Trail,
)
from troposphere.iam import ManagedPolicy, Role
from troposphere.logs import LogGroup
from troposphere.s3 import (
    Bucket,
    BucketPolicy,
    DefaultRetention,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    ObjectLockConfiguration,
    ObjectLockRule,
)

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from cfngen.define.suppress import suppressed
from templates import _common, _keys, _naming, _trail
from templates._claims import audit_trail as promises
from templates._claims import audit_trail_facts, facts, table

stack = Stack(
    "Audit trail: CloudTrail in all Regions with log file validation, S3 data events and Insights, "
    "to a protected bucket and to CloudWatch Logs.",
    termination_protection=True,
    protected=["Trail", "TrailBucket", "LogGroup", "Key"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

TRAIL = stack.group("Trail")
STORAGE = stack.group("Log storage")
ORGANIZATION = stack.group("Organization")
EXTRAS = stack.group("Extras that cost more")

_trail.add_trail_name(TRAIL)
_trail.add_log_group_name(TRAIL)
_trail.add_delivery_role_name(
    TRAIL, "Role that CloudTrail writes to CloudWatch Logs with. Change it where the name is taken."
)
TRAIL.choice(
    "LogRetentionDays",
    "Days that CloudWatch Logs keeps the events. The bucket keeps them for good.",
    [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    allowed="a retention that CloudWatch Logs offers, of a year or more",
    label="Log group retention (days)",
)
trail_bucket_name = recipes.bucket_name(STORAGE, "TrailBucketName", "log", label="Trail bucket name")
access_log_bucket_name = recipes.bucket_name(
    STORAGE, "AccessLogBucketName", "acc", label="Access-log bucket name"
)
STORAGE.text(
    "LoggedBuckets",
    "Other bucket whose access is logged here: its name, or how names begin and a star. Or none.",
    pattern=r"[a-z0-9][a-z0-9-]{2,61}[a-z0-9*]",
    max_length=63,
    allowed="a bucket's name, or three or more characters and a star",
    optional=True,
    label="Other buckets with access logs",
)
logs_others = stack.given("LoggedBuckets")
_trail.add_log_prefix(STORAGE)
STORAGE.days(
    "NoncurrentVersionDays",
    "Days that overwritten or deleted versions are kept.",
    default=365,
    label="Keep old versions (days)",
)
STORAGE.days(
    "AccessLogDays", "Days that server access logs are kept.", default=90, label="Keep access logs (days)"
)
STORAGE.choice(
    "ObjectLockMode",
    "GOVERNANCE: a privileged role can lift the lock. COMPLIANCE: nobody can, not even root.",
    ["none", "GOVERNANCE", "COMPLIANCE"],
    label="S3 Object Lock",
)
STORAGE.days(
    "ObjectLockDays",
    "Days that each log is locked for, where Object Lock is on.",
    default=365,
    most=36500,
    label="Object Lock retention (days)",
)
STORAGE.choice(
    "ArchiveClass",
    "Storage class after 90 days. Athena skips objects in GLACIER; GLACIER_IR costs more and stays readable.",
    ["GLACIER", "GLACIER_IR"],
)
STORAGE.choice(
    "SmallObjects",
    "stay: below 128 KB no transition. move: to the archive classes, which costs more than it saves.",
    ["stay", "move"],
    label="Objects below 128 KB",
)
small_move = stack.condition("MoveSmallObjects", Equals(Ref("SmallObjects"), "move"))
recipes.existing_role(
    STORAGE,
    "AuditAdministratorRole",
    "Existing role that alone changes the trail bucket's settings, beside the pipeline. Empty: as IAM says.",
)
TRAIL.choice(
    "LogGroupDeletion",
    "protected: nobody deletes the log group before its protection is taken off.",
    ["possible", "protected"],
    label="Deletion of the log group",
)
_keys.add_encryption(stack, "aws-managed: SSE-S3, free. customer-managed: a KMS key of this stack (CIS 3.5).")
ORGANIZATION.choice(
    "OrganizationTrail",
    "Record every account of the organization. Only in its management account.",
    ["true", "false"],
    default="false",
)
_trail.add_organization_id(ORGANIZATION)
_trail.add_data_events(EXTRAS)
EXTRAS.choice(
    "DataEventInsights",
    "Insights on S3 data events too, at the price of Insights for each event analyzed.",
    ["enabled", "disabled"],
    default="disabled",
    label="Insights on data events",
)
EXTRAS.choice(
    "DataEventAggregation",
    "Data events summed up every five minutes: USER_ACTIONS is evidence of who did what.",
    ["none", "API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"],
    label="Aggregation of data events",
)

stack.rule(
    "OrganizationTrailHasOrganization",
    [
        {
            "Assert": Not(Equals(Ref("OrganizationId"), "")),
            "AssertDescription": "An organization trail needs an OrganizationId.",
        }
    ],
    when=Equals(Ref("OrganizationTrail"), "true"),
)

locked = stack.condition("UseObjectLock", Not(Equals(Ref("ObjectLockMode"), "none")))
organization = stack.condition("IsOrganizationTrail", Equals(Ref("OrganizationTrail"), "true"))
data_insights = stack.condition("UseDataEventInsights", Equals(Ref("DataEventInsights"), "enabled"))
aggregated = stack.condition("UseAggregation", Not(Equals(Ref("DataEventAggregation"), "none")))

# The page gives these names, and later tasks use them.
AGREED = {"W9501": "The name is agreed with those who use it, and older than the convention."}
LITERAL_NAME = suppressed(AGREED)

own_data_trail = stack.condition("HasDataTrail", Equals(Ref("DataEvents"), "own-trail"))
protected = stack.condition("ProtectLogGroup", Equals(Ref("LogGroupDeletion"), "protected"))
administered = stack.given("AuditAdministratorRole")

trail_arns = [
    recipes.arn("cloudtrail", "trail/${TrailName}"),
    If(own_data_trail, recipes.arn("cloudtrail", "trail/${TrailName}-data"), NoValue),
]
cloudtrail = iam.service("cloudtrail.amazonaws.com")

# --- The key, where it is ours ------------------------------------------------------------------------------

own_key = _keys.add_key(
    stack,
    "audit",
    iam.allow(
        "CloudTrailEncrypts",
        [Action("kms", "GenerateDataKey*")],
        ["*"],
        to=cloudtrail,
        when={
            "StringEquals": {"aws:SourceArn": trail_arns},
            "StringLike": {
                "kms:EncryptionContext:aws:cloudtrail:arn": Sub(
                    "arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*"
                )
            },
        },
    ),
    iam.allow(
        "CloudTrailDescribesAndDecrypts",
        [kms.DescribeKey, kms.Decrypt],
        ["*"],
        to=cloudtrail,
        when={"StringEquals": {"aws:SourceArn": trail_arns}},
    ),
    iam.allow(
        "LogGroupEncrypts",
        [
            kms.Encrypt,
            kms.Decrypt,
            kms.ReEncryptFrom,
            kms.ReEncryptTo,
            kms.GenerateDataKey,
            kms.DescribeKey,
        ],
        ["*"],
        to=Principal("Service", Sub("logs.${AWS::Region}.amazonaws.com")),
        when={
            "ArnEquals": {
                "kms:EncryptionContext:aws:logs:arn": recipes.arn("logs", "log-group:${LogGroupName}")
            }
        },
    ),
    iam.allow(
        "AlarmsPublishEncrypted",
        [kms.Decrypt, Action("kms", "GenerateDataKey*")],
        ["*"],
        to=Principal(
            "Service",
            [
                "cloudwatch.amazonaws.com",
                "budgets.amazonaws.com",
                "costalerts.amazonaws.com",
            ],
        ),
        when={"StringEquals": {"aws:SourceAccount": AccountId}},
    ),
    # Whether EventBridge names a source is not documented: none will do, another account's will not.
    iam.allow(
        "EventBridgePublishesEncrypted",
        [kms.Decrypt, Action("kms", "GenerateDataKey*")],
        ["*"],
        to=iam.service("events.amazonaws.com"),
        when={"StringEqualsIfExists": {"aws:SourceAccount": AccountId}},
    ),
    accepted={"E9504": "EventBridge may name no source; the topic's policy names the rule that publishes."},
)

# --- Where access to the logs is logged ---------------------------------------------------------------------

stack.add(
    Bucket(
        "AccessLogBucket",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        Metadata=suppressed(
            checkov={"CKV_AWS_18": "The access log of the access-log bucket would log its own deliveries."}
        ),
        BucketName=access_log_bucket_name.name,
        BucketNamespace=access_log_bucket_name.namespace,
        BucketEncryption=recipes.encrypted(),
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[
                LifecycleRule(Id="ExpireAccessLogs", Status="Enabled", ExpirationInDays=Ref("AccessLogDays")),
                *recipes.cleanup_rules(Ref("NoncurrentVersionDays")),
            ]
        ),
        **recipes.private_bucket(),
        Tags=_common.tags(),
    )
)
stack.add(
    BucketPolicy(
        "AccessLogBucketPolicy",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        Bucket=Ref("AccessLogBucket"),
        PolicyDocument=iam.policy(
            iam.allow(
                "OurBucketsDeliverAccessLogs",
                [s3.PutObject],
                [Sub("${AccessLogBucket.Arn}/*")],
                to=iam.service("logging.s3.amazonaws.com"),
                when={
                    "StringEquals": {"aws:SourceAccount": AccountId},
                    "ArnLike": {
                        "aws:SourceArn": [
                            Sub("arn:${AWS::Partition}:s3:::${Name}", Name=trail_bucket_name.name),
                            Sub(f"arn:${{AWS::Partition}}:s3:::{_naming.P}-*"),
                            If(logs_others, Sub("arn:${AWS::Partition}:s3:::${LoggedBuckets}"), NoValue),
                        ]
                    },
                },
            ),
            *iam.tls_only(GetAtt("AccessLogBucket", "Arn"), Sub("${AccessLogBucket.Arn}/*")),
        ),
    )
)

# --- Where the logs are kept --------------------------------------------------------------------------------

stack.add(
    Bucket(
        "TrailBucket",
        DependsOn="AccessLogBucketPolicy",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        BucketName=trail_bucket_name.name,
        BucketNamespace=trail_bucket_name.namespace,
        BucketEncryption=recipes.encrypted(),
        LifecycleConfiguration=LifecycleConfiguration(
            TransitionDefaultMinimumObjectSize=If(small_move, "varies_by_storage_class", NoValue),
            Rules=[
                LifecycleRule(
                    Id="CloudTrailLogLifecycle",
                    Status="Enabled",
                    Transitions=[
                        LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=30),
                        LifecycleRuleTransition(StorageClass=Ref("ArchiveClass"), TransitionInDays=90),
                        LifecycleRuleTransition(StorageClass="DEEP_ARCHIVE", TransitionInDays=365),
                    ],
                ),
                *recipes.cleanup_rules(Ref("NoncurrentVersionDays")),
            ],
        ),
        LoggingConfiguration=LoggingConfiguration(
            DestinationBucketName=Ref("AccessLogBucket"), LogFilePrefix="trail-bucket/"
        ),
        ObjectLockEnabled=If(locked, True, NoValue),
        ObjectLockConfiguration=If(
            locked,
            ObjectLockConfiguration(
                ObjectLockEnabled="Enabled",
                Rule=ObjectLockRule(
                    DefaultRetention=DefaultRetention(Mode=Ref("ObjectLockMode"), Days=Ref("ObjectLockDays"))
                ),
            ),
            NoValue,
        ),
        **recipes.private_bucket(),
        Tags=_common.tags(),
    )
)

delivered = [
    Sub("${TrailBucket.Arn}/${LogPrefix}/AWSLogs/${AWS::AccountId}/*"),
    If(organization, Sub("${TrailBucket.Arn}/${LogPrefix}/AWSLogs/${OrganizationId}/*"), NoValue),
]
stack.add(
    BucketPolicy(
        "TrailBucketPolicy",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        Bucket=Ref("TrailBucket"),
        PolicyDocument=iam.policy(
            iam.allow(
                "OurTrailChecksBucket",
                [s3.GetBucketAcl],
                [GetAtt("TrailBucket", "Arn")],
                to=cloudtrail,
                when={"StringEquals": {"aws:SourceArn": trail_arns}},
            ),
            iam.allow(
                "OurTrailDelivers",
                [s3.PutObject],
                delivered,
                to=cloudtrail,
                when={
                    "StringEquals": {
                        "aws:SourceArn": trail_arns,
                        "s3:x-amz-acl": "bucket-owner-full-control",
                    }
                },
            ),
            iam.deny(
                "OnlyCloudTrailWrites",
                [s3.PutObject],
                [Sub("${TrailBucket.Arn}/*")],
                to=iam.anyone(),
                when={"StringNotEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}},
            ),
            iam.deny(
                "NobodyDeletesOrUnlocks",
                [
                    s3.DeleteObject,
                    s3.DeleteObjectVersion,
                    s3.PutObjectRetention,
                    s3.BypassGovernanceRetention,
                ],
                [Sub("${TrailBucket.Arn}/*")],
                to=iam.anyone(),
            ),
            # Without Object Lock a lifecycle rule could empty the bucket.
            If(
                administered,
                iam.deny(
                    "OnlyItsAdministratorConfigures",
                    [
                        s3.PutLifecycleConfiguration,
                        s3.PutBucketVersioning,
                        s3.PutBucketPolicy,
                        s3.DeleteBucketPolicy,
                        s3.PutBucketObjectLockConfiguration,
                        s3.PutEncryptionConfiguration,
                        s3.PutReplicationConfiguration,
                    ],
                    [GetAtt("TrailBucket", "Arn")],
                    to=iam.anyone(),
                    when={
                        "ArnNotEquals": {
                            "aws:PrincipalArn": [
                                recipes.role_arn(_naming.EXECUTION_ROLE),
                                recipes.role_arn("${AuditAdministratorRole}"),
                            ]
                        }
                    },
                ),
                NoValue,
            ),
            *iam.tls_only(GetAtt("TrailBucket", "Arn"), Sub("${TrailBucket.Arn}/*")),
        ),
    )
)

# --- Where the alarms look ----------------------------------------------------------------------------------

stack.add(
    LogGroup(
        "LogGroup",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        Metadata=LITERAL_NAME,
        LogGroupName=Ref("LogGroupName"),
        RetentionInDays=Ref("LogRetentionDays"),
        KmsKeyId=_keys.key_arn(own_key),
        DeletionProtectionEnabled=If(protected, True, NoValue),
        Tags=_common.tags(),
    )
)


def stream(name: str) -> Sub:
    """The ARN of the log group's streams of that name."""
    return recipes.arn("logs", f"log-group:${{LogGroupName}}:log-stream:{name}")


stack.add(
    Role(
        "DeliveryRole",
        DeletionPolicy="Delete",
        Metadata=LITERAL_NAME,
        RoleName=Ref("DeliveryRoleName"),
        Description="CloudTrail delivers the audit trail's events to CloudWatch Logs",
        AssumeRolePolicyDocument=iam.service_trust("cloudtrail.amazonaws.com"),
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "DeliveryPolicy",
        ManagedPolicyName=Sub(_naming.TRAIL_DELIVERY_POLICY),
        Description="Write the audit trail's own log streams, and nothing else",
        Roles=[Ref("DeliveryRole")],
        PolicyDocument=iam.policy(
            iam.allow(
                "WriteOwnLogStreams",
                [cwlogs.CreateLogStream, cwlogs.PutLogEvents],
                [
                    stream("${AWS::AccountId}_CloudTrail_${AWS::Region}*"),
                    If(organization, stream("${OrganizationId}_*"), NoValue),
                ],
            )
        ),
    )
)

# --- The trail ----------------------------------------------------------------------------------------------

MANAGEMENT = AdvancedEventSelector(
    # The name that the console gives, which scanners look for.
    Name="Management events selector",
    FieldSelectors=[AdvancedFieldSelector(Field="eventCategory", Equals=["Management"])],
)
DATA = AdvancedEventSelector(
    Name="S3 object events, without the audit buckets",
    FieldSelectors=[
        AdvancedFieldSelector(Field="eventCategory", Equals=["Data"]),
        AdvancedFieldSelector(Field="resources.type", Equals=["AWS::S3::Object"]),
        AdvancedFieldSelector(
            Field="resources.ARN",
            NotStartsWith=[Sub("${TrailBucket.Arn}/"), Sub("${AccessLogBucket.Arn}/")],
        ),
    ],
)
EVERYWHERE: dict[str, Any] = {
    "IsLogging": True,
    "IsMultiRegionTrail": True,
    "IncludeGlobalServiceEvents": True,
    "IsOrganizationTrail": Ref("OrganizationTrail"),
    "EnableLogFileValidation": True,
    "S3BucketName": Ref("TrailBucket"),
    "S3KeyPrefix": Ref("LogPrefix"),
    "KMSKeyId": _keys.key_arn(own_key),
}
aggregations = If(
    aggregated,
    [AggregationConfiguration(EventCategory="Data", Templates=[Ref("DataEventAggregation")])],
    NoValue,
)
both = stack.condition("UseInsightsOfBoth", And(Condition(data_insights), Not(Condition(own_data_trail))))
categories = If(both, ["Management", "Data"], NoValue)
stack.add(
    Trail(
        "Trail",
        DependsOn=["TrailBucketPolicy", "DeliveryPolicy"],
        DeletionPolicy="Delete",
        Metadata=LITERAL_NAME,
        TrailName=Ref("TrailName"),
        **EVERYWHERE,
        CloudWatchLogsLogGroupArn=GetAtt("LogGroup", "Arn"),
        CloudWatchLogsRoleArn=GetAtt("DeliveryRole", "Arn"),
        AdvancedEventSelectors=[MANAGEMENT, If(own_data_trail, NoValue, DATA)],
        InsightSelectors=[
            InsightSelector(InsightType="ApiCallRateInsight", EventCategories=categories),
            InsightSelector(InsightType="ApiErrorRateInsight", EventCategories=categories),
        ],
        AggregationConfigurations=If(own_data_trail, NoValue, aggregations),
        Tags=_common.tags(),
    )
)
stack.add(
    Trail(
        "DataTrail",
        Condition=own_data_trail,
        DependsOn="TrailBucketPolicy",
        DeletionPolicy="Delete",
        Metadata=LITERAL_NAME,
        TrailName=Sub("${TrailName}-data"),
        **EVERYWHERE,
        AdvancedEventSelectors=[DATA],
        InsightSelectors=If(
            data_insights,
            [
                InsightSelector(InsightType=kind, EventCategories=["Data"])
                for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")
            ],
            NoValue,
        ),
        AggregationConfigurations=aggregations,
        Tags=_common.tags(),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "TrailArn", "ARN of the trail", GetAtt("Trail", "Arn"))
recipes.export(stack, "TrailBucketName", "Bucket of the logs", Ref("TrailBucket"))
recipes.export(stack, "AccessLogBucketName", "Bucket of the server access logs", Ref("AccessLogBucket"))
recipes.export(stack, "LogGroupName", "Log group of the trail", Ref("LogGroup"))
recipes.export(stack, "DeliveryRoleArn", "Role that writes to the log group", GetAtt("DeliveryRole", "Arn"))
recipes.export(
    stack, "AuditKeyArn", "Key that encrypts the audit data", GetAtt("Key", "Arn"), condition=own_key
)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*audit_trail_facts.facts())
stack.claim(*table.claims(stack, "audit-trail", promises.cases))
