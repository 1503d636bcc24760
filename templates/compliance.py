"""Evidence that what we say about the account is so, day after day.

AWS Config records how each resource is set up, and one managed rule stands for each claim that the other
stacks make: the trail runs and is validated, buckets are private and logged, roles are narrow, keys rotate.
IAM Access Analyzer tells which resource can be reached from outside. A rule's green is evidence for a
control of SOC 2, ISO 27001, GDPR or HIPAA; it is never the statement that an account complies with them.

Choices, where the obvious one is wrong:

- An account has one customer-managed recorder and one delivery channel in a Region: a second one is refused.
  `Recorder=existing` leaves both out, and the bucket and the key with them, and adds the rules alone.
- Security Hub's Config.1 wants the service-linked role. It exists once in an account, and no stack that comes
  and goes with an environment should own it: `RecorderRole=service-linked` uses it and expects it to be
  there (`aws iam create-service-linked-role --aws-service-name config.amazonaws.com`). Until then `own` makes
  a role that any account can have, with AWS's own policy for it, which AWS keeps current.
- The service-linked role may not write to S3: AWS Config then delivers as config.amazonaws.com. The bucket
  and the key let that principal in, for this account only, whichever role records.
- Nothing orders recorder and channel: CloudFormation starts the recorder as soon as the channel is there,
  and a DependsOn either way would wait for ever. The rules wait for the recorder, without which AWS Config
  refuses them.
- `RecordedTypes=evidence` records what the rules look at and nothing else; a configuration item costs $0.003.
- Rules about what we built look at what bears our Project tag; rules about people and doors look at the
  whole account, because one public bucket of somebody else's is a door, too. So do all rules that run at a
  frequency: AWS Config refuses a scope for those.
- `RecordedTypes=most` leaves out network interfaces, which come and go with nodes, jobs and pods. Recording
  once a day instead is dearer below four changes a day ($0.012 against $0.003 an item). Security Hub's
  Config.1 asks for every type that its controls look at, and EC2.22 looks at network interfaces.
- Where data events have a trail of their own (DataEvents of stack audit-trail), that one goes to S3 only:
  the rule that asks for CloudWatch Logs of every trail is left out, and `cloud-trail-enabled`, which asks
  for our log group of a trail, stands for it.
- s3-bucket-logging-enabled reports the access-log bucket, which does not log itself; cloudtrail-s3-
  dataevents-enabled can report a trail that leaves out its own two buckets. Both stand, and `cfngen verify`
  knows why; what they would find beside that, it checks itself for each of our buckets and for the trail.
- Rules that ask for customer-managed keys or for Object Lock are there where the stacks were given them.
- An account takes one analyzer of external access in a Region: `AccessAnalyzer=none` where it has one.
  Unused access is a paid analyzer ($0.20 a month for each role and user), off until asked for.

Sources: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles-config.html
https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-trigger-type.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ExclusionByResourceTypes.html
https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configurationrecorder.html
https://aws.amazon.com/config/pricing/ and https://aws.amazon.com/iam/access-analyzer/pricing/
"""

from __future__ import annotations

from typing import Any, NamedTuple

from awacs import kms, s3
from troposphere import And, Condition, Equals, GetAtt, If, Join, Ref, Sub
from troposphere.accessanalyzer import Analyzer, AnalyzerConfiguration, UnusedAccessConfiguration
from troposphere.cloudformation import WaitConditionHandle
from troposphere.config import (
    ConfigRule,
    ConfigSnapshotDeliveryProperties,
    ConfigurationRecorder,
    DeliveryChannel,
    ExclusionByResourceTypes,
    RecordingGroup,
    RecordingStrategy,
    Scope,
    Source,
)
from troposphere.iam import ManagedPolicy, Role
from troposphere.s3 import (
    Bucket,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
)

from cfngen.define import iam, recipes
from cfngen.define.claims import claim as promise
from cfngen.define.stack import Stack
from templates import _common, _keys, _naming, _trail
from templates._claims import compliance as promises
from templates._claims import facts, table

stack = Stack(
    "Evidence of compliance: AWS Config with a rule for each claim that the stacks make, and IAM Access "
    "Analyzer.",
    depends_on=["audit-trail"],
    termination_protection=True,
    protected=["ConfigBucket", "Key"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

RECORDER = stack.group("Recorder")
STORAGE = stack.group("Where AWS Config delivers")
TRAIL = stack.group("Audit trail, as in its own stack")
PEOPLE = stack.group("People and keys")
ANALYZER = stack.group("IAM Access Analyzer")

RECORDER.choice(
    "Recorder",
    "existing: this Region has a recorder and a delivery channel; it takes no second.",
    ["create", "existing"],
    label="Configuration recorder",
)
RECORDER.choice(
    "RecorderRole",
    "own: a role of this stack. service-linked: AWSServiceRoleForConfig, which must exist.",
    ["own", "service-linked"],
    label="Role of the recorder",
)
RECORDER.choice(
    "RecordedTypes",
    "all: every supported type (Security Hub Config.1). most: without network interfaces. evidence: what "
    "the rules look at.",
    ["all", "most", "evidence"],
    label="Recorded resource types",
)
bucket_name = recipes.bucket_name(STORAGE, "ConfigBucketName", "cfg", label="AWS Config bucket name")
access_log_bucket = recipes.existing_bucket(
    STORAGE, "AccessLogBucketName", "acc", label="Access-log bucket, as in audit-trail"
)
STORAGE.days(
    "KeepDays",
    "Days that what was delivered is kept. AWS Config itself keeps seven years.",
    default=2557,
    least=365,
    label="Keep evidence (days)",
)
_keys.add_encryption(
    stack,
    "customer-managed: a KMS key of this stack, and rules that the trail and the logs have theirs.",
)
trail_bucket = recipes.existing_bucket(TRAIL, "TrailBucketName", "log", label="Trail bucket")
_trail.add_log_group_name(TRAIL)
TRAIL.choice(
    "LogRetentionDays",
    "Least retention that the rule asks of that log group.",
    [365, 400, 545, 731, 1827, 3653],
    allowed="a retention of a year or more that the AWS Config rule knows",
    label="Least log retention (days)",
)
_trail.add_data_events(TRAIL)
TRAIL.choice(
    "ObjectLock",
    "required: a rule asks that the trail bucket has S3 Object Lock.",
    ["required", "optional"],
    default="optional",
    label="S3 Object Lock",
)
PEOPLE.days(
    "AccessKeyDays",
    "Oldest age of an access key (CIS AWS Foundations 1.14: 90).",
    default=90,
    most=365,
    label="Rotate access keys within (days)",
)
PEOPLE.days(
    "UnusedCredentialDays",
    "Days after which an unused password or key must be off (CIS AWS Foundations 1.12: 45).",
    default=45,
    most=365,
    label="Unused credentials (days)",
)
ANALYZER.choice(
    "AccessAnalyzer",
    "organization: only in the management or delegated account. none: the Region has one.",
    ["account", "organization", "none"],
    label="Zone of trust",
)
ANALYZER.choice(
    "UnusedAccess",
    "Report roles, keys and permissions that nobody uses, at a price for each role and user.",
    ["enabled", "disabled"],
    default="disabled",
)
ANALYZER.days(
    "UnusedAccessDays",
    "Days without use after which access counts as unused.",
    default=90,
    most=365,
    label="Unused after (days)",
)
stack.rule(
    "UnusedAccessHasAnalyzer",
    [
        {
            "Assert": {"Fn::Not": [Equals(Ref("AccessAnalyzer"), "none")]},
            "AssertDescription": "Unused access is reported beside an analyzer of account or organization.",
        }
    ],
    when=Equals(Ref("UnusedAccess"), "enabled"),
)

records = stack.condition("CreateRecorder", Equals(Ref("Recorder"), "create"))
own_role = stack.condition("HasRecorderRole", And(Condition(records), Equals(Ref("RecorderRole"), "own")))
everything = stack.condition("RecordAll", Equals(Ref("RecordedTypes"), "all"))
most = stack.condition("RecordMost", Equals(Ref("RecordedTypes"), "most"))
one_trail = stack.condition("IsOneTrail", Equals(Ref("DataEvents"), "same-trail"))
lock_claimed = stack.condition("RequireObjectLock", Equals(Ref("ObjectLock"), "required"))
analyzed = stack.condition("HasAnalyzer", {"Fn::Not": [Equals(Ref("AccessAnalyzer"), "none")]})
for_organization = stack.condition("ForOrganization", Equals(Ref("AccessAnalyzer"), "organization"))
unused_access = stack.condition("ReportUnusedAccess", Equals(Ref("UnusedAccess"), "enabled"))

config = iam.service("config.amazonaws.com")
# AWS Config always says that it acts for the recorder's account and Region, never for one recorder.
for_us = iam.only_for(recipes.arn("config", "*"))

# --- The key, where it is ours ------------------------------------------------------------------------------

own_key = _keys.add_key(
    stack,
    "config",
    iam.allow("ConfigEncrypts", [kms.Decrypt, kms.GenerateDataKey], ["*"], to=config, when=for_us),
    only_if=records,
)

# --- Where the evidence is kept -----------------------------------------------------------------------------

stack.add(
    Bucket(
        "ConfigBucket",
        Condition=records,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        BucketName=bucket_name.name,
        BucketNamespace=bucket_name.namespace,
        BucketEncryption=If(own_key, recipes.encrypted(GetAtt("Key", "Arn")), recipes.encrypted()),
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[
                LifecycleRule(
                    Id="ArchiveThenExpire",
                    Status="Enabled",
                    Transitions=[LifecycleRuleTransition(StorageClass="GLACIER", TransitionInDays=90)],
                    ExpirationInDays=Ref("KeepDays"),
                ),
                *recipes.cleanup_rules(365),
            ]
        ),
        LoggingConfiguration=LoggingConfiguration(
            DestinationBucketName=access_log_bucket, LogFilePrefix="config-bucket/"
        ),
        **recipes.private_bucket(),
        Tags=_common.tags(),
    )
)
delivered = Sub("${ConfigBucket.Arn}/AWSLogs/${AWS::AccountId}/Config/*")
stack.add(
    BucketPolicy(
        "ConfigBucketPolicy",
        Condition=records,
        Bucket=Ref("ConfigBucket"),
        PolicyDocument=iam.policy(
            iam.allow(
                "ConfigChecksBucket",
                [s3.GetBucketAcl, s3.ListBucket],
                [GetAtt("ConfigBucket", "Arn")],
                to=config,
                when=for_us,
            ),
            iam.allow(
                "ConfigDelivers",
                [s3.PutObject],
                [delivered],
                to=config,
                when={
                    "StringEquals": {
                        **for_us["StringEquals"],
                        "s3:x-amz-acl": "bucket-owner-full-control",
                    },
                    "ArnLike": for_us["ArnLike"],
                },
            ),
            *iam.tls_only(GetAtt("ConfigBucket", "Arn"), Sub("${ConfigBucket.Arn}/*")),
        ),
    )
)

# --- Who records --------------------------------------------------------------------------------------------

stack.add(
    ManagedPolicy(
        "DeliveryPolicy",
        Condition=own_role,
        ManagedPolicyName=Sub(_naming.RECORDER_POLICY),
        Description="Deliver configuration history to the AWS Config bucket, and nowhere else",
        PolicyDocument=iam.policy(
            iam.allow("CheckBucket", [s3.GetBucketAcl, s3.ListBucket], [GetAtt("ConfigBucket", "Arn")]),
            iam.allow(
                "Deliver",
                [s3.PutObject],
                [delivered],
                when={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            ),
            iam.allow(
                "EncryptWithOwnKey",
                [kms.Decrypt, kms.GenerateDataKey],
                [recipes.arn("kms", "key/*")],
                when={"ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(f"alias/{_naming.P}-config")}},
            ),
        ),
    )
)
stack.add(
    Role(
        "RecorderServiceRole",
        Condition=own_role,
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.RECORDER_ROLE),
        Description="AWS Config reads how resources are set up",
        AssumeRolePolicyDocument=iam.service_trust("config.amazonaws.com", when=for_us),
        ManagedPolicyArns=[
            Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole"),
            Ref("DeliveryPolicy"),
        ],
        Tags=_common.tags(),
    )
)
stack.add(
    ConfigurationRecorder(
        "ConfigRecorder",
        Condition=records,
        DeletionPolicy="Delete",
        Name=recipes.named("recorder"),
        RoleARN=If(
            own_role,
            GetAtt("RecorderServiceRole", "Arn"),
            recipes.role_arn("aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
        ),
        RecordingGroup=If(
            everything,
            # IAM is global: without this its users, roles and policies would be left out.
            RecordingGroup(AllSupported=True, IncludeGlobalResourceTypes=True),
            If(
                most,
                RecordingGroup(
                    AllSupported=False,
                    IncludeGlobalResourceTypes=False,
                    # IAM's types are recorded, too, in Regions that had AWS Config before February 2022.
                    RecordingStrategy=RecordingStrategy(UseOnly="EXCLUSION_BY_RESOURCE_TYPES"),
                    ExclusionByResourceTypes=ExclusionByResourceTypes(
                        ResourceTypes=["AWS::EC2::NetworkInterface"]
                    ),
                ),
                RecordingGroup(
                    AllSupported=False,
                    IncludeGlobalResourceTypes=False,
                    ResourceTypes=[
                        "AWS::CloudFormation::Stack",
                        "AWS::CloudTrail::Trail",
                        "AWS::CloudWatch::Alarm",
                        "AWS::CodeBuild::Project",
                        "AWS::ECR::Repository",
                        "AWS::IAM::Group",
                        "AWS::IAM::Policy",
                        "AWS::IAM::Role",
                        "AWS::IAM::User",
                        "AWS::KMS::Key",
                        "AWS::S3::Bucket",
                        "AWS::SNS::Topic",
                    ],
                ),
            ),
        ),
    )
)
stack.add(
    DeliveryChannel(
        "DeliveryChannel",
        Condition=records,
        DependsOn="ConfigBucketPolicy",
        DeletionPolicy="Delete",
        Name=recipes.named("delivery-channel"),
        S3BucketName=Ref("ConfigBucket"),
        S3KmsKeyArn=_keys.key_arn(own_key),
        ConfigSnapshotDeliveryProperties=ConfigSnapshotDeliveryProperties(
            DeliveryFrequency="TwentyFour_Hours"
        ),
    )
)

# --- A rule for each claim ----------------------------------------------------------------------------------


class _Claim(NamedTuple):
    """Something that we say of the account, and the managed rule that looks whether it is so.

    Attributes:
        logical_id: of the rule.
        identifier: of AWS's managed rule; in lower case with hyphens it is the rule's page in the guide.
        says: what it is evidence for.
        given: the rule's parameters.
        scope: which resources, where not all of the account. A rule that runs at a frequency takes none.
        only_if: the condition under which we say it.
        by_design: why the rule may report what we mean to be so.
    """

    logical_id: str
    identifier: str
    says: str
    given: dict[str, Any] | None = None
    scope: Scope | None = None
    only_if: str | None = None
    by_design: str | None = None


OURS = Scope(TagKey="Project", TagValue=Ref("Project"))
TRAIL_BUCKET = Scope(ComplianceResourceTypes=["AWS::S3::Bucket"], ComplianceResourceId=trail_bucket)
TAGGED = Scope(
    ComplianceResourceTypes=["AWS::CloudFormation::Stack", "AWS::CodeBuild::Project", "AWS::S3::Bucket"]
)
WIDE_POLICIES = Join(
    ",",
    [
        Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}")
        for name in ("AdministratorAccess", "AmazonS3FullAccess", "AmazonSageMakerFullAccess")
    ],
)

CLAIMS = (
    # The trail
    _Claim(
        "TrailEnabled",
        "CLOUD_TRAIL_ENABLED",
        "A trail is on, and writes to the trail bucket and to the log group where the alarms look.",
        # The ARN as CloudTrail has it, with its end.
        {
            "s3BucketName": trail_bucket,
            "cloudWatchLogsLogGroupArn": recipes.arn("logs", "log-group:${LogGroupName}:*"),
        },
    ),
    _Claim(
        "TrailMultiRegion",
        "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "The trail records read and write management events of all Regions.",
        {
            "s3BucketName": trail_bucket,
            "includeManagementEvents": "true",
            "readWriteType": "ALL",
        },
    ),
    _Claim("TrailValidated", "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "Log files are validated."),
    _Claim(
        "TrailToLogs",
        "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "Every trail reaches CloudWatch Logs.",
        only_if=one_trail,
    ),
    _Claim(
        "TrailDataEvents",
        "CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
        "S3 object events are recorded.",
        by_design="the trail leaves out its own two buckets",
    ),
    _Claim(
        "TrailEncrypted",
        "CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "The trail is encrypted with a KMS key.",
        only_if=_keys.ASKED_FOR,
    ),
    _Claim(
        "TrailBucketLocked",
        "S3_BUCKET_DEFAULT_LOCK_ENABLED",
        "Nobody can shorten the life of a log: the trail bucket has Object Lock.",
        scope=TRAIL_BUCKET,
        only_if=lock_claimed,
    ),
    # The logs and the alarms
    _Claim(
        "LogsRetained",
        "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "The trail's log group is kept for a year or more.",
        {"LogGroupNames": Ref("LogGroupName"), "MinRetentionTime": Ref("LogRetentionDays")},
    ),
    _Claim(
        "LogsEncrypted",
        "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "Log groups are encrypted with a KMS key.",
        only_if=_keys.ASKED_FOR,
    ),
    _Claim(
        "AlarmsAct",
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        "Every alarm tells somebody.",
        {
            "alarmActionRequired": "true",
            "insufficientDataActionRequired": "false",
            "okActionRequired": "false",
        },
    ),
    _Claim(
        "TopicsEncrypted",
        "SNS_ENCRYPTED_KMS",
        "What alarms say is encrypted.",
        scope=OURS,
        only_if=_keys.ASKED_FOR,
    ),
    # Buckets
    _Claim(
        "AccountBlocksPublicAccess",
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
        "The account itself blocks public access to S3.",
    ),
    _Claim(
        "BucketsBlockPublicAccess",
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "Every bucket blocks public access.",
    ),
    _Claim("BucketsNotReadable", "S3_BUCKET_PUBLIC_READ_PROHIBITED", "No bucket can be read by the public."),
    _Claim(
        "BucketsNotWritable", "S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "No bucket can be written by the public."
    ),
    _Claim("BucketsTlsOnly", "S3_BUCKET_SSL_REQUESTS_ONLY", "Our buckets refuse plain HTTP.", scope=OURS),
    _Claim("BucketsVersioned", "S3_BUCKET_VERSIONING_ENABLED", "Our buckets keep versions.", scope=OURS),
    _Claim(
        "BucketsLogged",
        "S3_BUCKET_LOGGING_ENABLED",
        "Access to our buckets is logged; the access-log bucket, which does not log itself, is reported.",
        scope=OURS,
        by_design="the access-log bucket does not log itself",
    ),
    _Claim("BucketsWithoutAcls", "S3_BUCKET_ACL_PROHIBITED", "Our buckets have no ACLs.", scope=OURS),
    _Claim(
        "BucketsEncrypted",
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "Our buckets are encrypted.",
        scope=OURS,
    ),
    _Claim(
        "BucketsTidied",
        "S3_VERSION_LIFECYCLE_POLICY_CHECK",
        "Old versions in our buckets do not stay for ever.",
        scope=OURS,
    ),
    # People
    _Claim("RootHasMfa", "ROOT_ACCOUNT_MFA_ENABLED", "The root user signs in with MFA."),
    _Claim("RootHasNoKey", "IAM_ROOT_ACCESS_KEY_CHECK", "The root user has no access key."),
    _Claim("ConsoleUsersHaveMfa", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "Everyone with a password has MFA."),
    _Claim(
        "PasswordsStrong",
        "IAM_PASSWORD_POLICY",
        "Passwords are long and not used again (CIS AWS Foundations 1.8, 1.9).",
        {"MinimumPasswordLength": "14", "PasswordReusePrevention": "24"},
    ),
    _Claim(
        "KeysRotated",
        "ACCESS_KEYS_ROTATED",
        "Access keys are young.",
        {"maxAccessKeyAge": Ref("AccessKeyDays")},
    ),
    _Claim(
        "CredentialsUsed",
        "IAM_USER_UNUSED_CREDENTIALS_CHECK",
        "Credentials that nobody uses are off.",
        {"maxCredentialUsageAge": Ref("UnusedCredentialDays")},
    ),
    # Roles and policies
    _Claim("UsersInGroups", "IAM_USER_NO_POLICIES_CHECK", "No policy hangs on a user."),
    _Claim(
        "NoAdministratorPolicy",
        "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        "No policy of ours allows everything.",
    ),
    _Claim(
        "NoFullAccessPolicy",
        "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
        "No policy of ours allows all of a service.",
    ),
    _Claim(
        "NoWideManagedPolicy",
        "IAM_POLICY_BLACKLISTED_CHECK",
        "Nobody has AdministratorAccess, or all of S3 or SageMaker.",
        {"policyArns": WIDE_POLICIES},
    ),
    _Claim(
        "NoInlinePolicies", "IAM_NO_INLINE_POLICY_CHECK", "Policies can be seen and reused: none is inline."
    ),
    _Claim(
        "ExternalAccessAnalyzed",
        "IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED",
        "Access from outside is looked for in this Region.",
    ),
    # Keys, images and builds
    _Claim("KmsKeysRotate", "CMK_BACKING_KEY_ROTATION_ENABLED", "All KMS keys of the account rotate."),
    _Claim("KmsKeysStay", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION", "No KMS key waits to be deleted."),
    _Claim(
        "ImagesScanned",
        "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
        "The images of all repositories of the account are scanned.",
    ),
    _Claim(
        "ImageTagsStay", "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", "An image's tag never moves.", scope=OURS
    ),
    _Claim(
        "ImagesTidied",
        "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
        "Old images do not stay for ever.",
        scope=OURS,
    ),
    _Claim(
        "BuildsHoldNoKeys",
        "CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK",
        "No build has AWS credentials in its environment: zero hardcoded credentials.",
    ),
    _Claim(
        "BuildsUnprivileged",
        "CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK",
        "Builds run without privileges.",
    ),
    _Claim("BuildsLogged", "CODEBUILD_PROJECT_LOGGING_ENABLED", "Builds are logged."),
    # Who pays
    _Claim(
        "CostTags",
        "REQUIRED_TAGS",
        "Buckets, builds and stacks say whose they are and who pays.",
        {"tag1Key": "Project", "tag2Key": "Environment", "tag3Key": "ManagedBy", "tag4Key": "CostCenter"},
        scope=TAGGED,
    ),
)

# A rule cannot depend on a recorder that may not be there; on this, which refers to it where it is, it can.
stack.add(
    WaitConditionHandle(
        "RecorderReady", Metadata={"Recorder": If(records, Ref("ConfigRecorder"), "existing")}
    )
)

for claim in CLAIMS:
    optional: dict[str, Any] = {
        "Condition": claim.only_if,
        "InputParameters": claim.given,
        "Scope": claim.scope,
    }
    stack.add(
        ConfigRule(
            claim.logical_id,
            DependsOn="RecorderReady",
            DeletionPolicy="Delete",
            ConfigRuleName=recipes.named(claim.identifier.lower().replace("_", "-")),
            Description=f"Evidence for: {claim.says}",
            Source=Source(Owner="AWS", SourceIdentifier=claim.identifier),
            **{name: value for name, value in optional.items() if value},
        )
    )

# --- Who can get in from outside ----------------------------------------------------------------------------

stack.add(
    Analyzer(
        "ExternalAccessAnalyzer",
        Condition=analyzed,
        DeletionPolicy="Delete",
        AnalyzerName=recipes.named("external-access"),
        Type=If(for_organization, "ORGANIZATION", "ACCOUNT"),
        Tags=_common.tags(),
    )
)
stack.add(
    Analyzer(
        "UnusedAccessAnalyzer",
        Condition=unused_access,
        DeletionPolicy="Delete",
        AnalyzerName=recipes.named("unused-access"),
        Type=If(for_organization, "ORGANIZATION_UNUSED_ACCESS", "ACCOUNT_UNUSED_ACCESS"),
        AnalyzerConfiguration=AnalyzerConfiguration(
            UnusedAccessConfiguration=UnusedAccessConfiguration(UnusedAccessAge=Ref("UnusedAccessDays"))
        ),
        Tags=_common.tags(),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "ConfigBucketName", "Bucket of the evidence", Ref("ConfigBucket"), condition=records)
recipes.export(
    stack,
    "RecorderRoleArn",
    "Role that AWS Config records with",
    GetAtt("RecorderServiceRole", "Arn"),
    condition=own_role,
)
recipes.export(
    stack, "ConfigKeyArn", "Key that encrypts the evidence", GetAtt("Key", "Arn"), condition=own_key
)
recipes.export(
    stack,
    "ExternalAccessAnalyzerArn",
    "Analyzer of access from outside",
    GetAtt("ExternalAccessAnalyzer", "Arn"),
    condition=analyzed,
)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(
    promise(
        "recorder",
        "DeliveryChannel",
        "AWS Config records and delivers what it records",
        source="CIS AWS 5.0 3.3",
    ),
    promise(
        "rules",
        CLAIMS[0].logical_id,
        "no rule of AWS Config is broken, but for what is so by design",
        given={"by_design": {claim.logical_id: claim.by_design for claim in CLAIMS if claim.by_design}},
        severity="medium",
    ),
)
stack.claim(*table.claims(stack, "compliance", promises.cases))
