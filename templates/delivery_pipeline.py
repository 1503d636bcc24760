"""The way from a merged change to the account: two CodeBuild projects that run buildspec.yml; their roles.

`P-plan` runs for a pull request: it lints, tests, and leaves a change set for review. `P-deploy` runs for the
branch: it executes change sets. Neither can touch a resource. CloudFormation does, with an execution role
that the two may pass to it and to nobody else, and that is limited to what the other nine stacks contain.

Choices, where the obvious one is wrong:

- Two projects, two roles: a pull request is code that nobody has reviewed yet, and it runs with whatever role
  its build has. The plan role cannot execute a change set, and builds of people without write access wait for
  a comment from somebody who has it.
- The pipeline does not deploy itself. A role that may change its own permissions has all of them: this stack
  is deployed by a person, and statements that deny say so on both sides (stack, roles, policies).
- A role that the execution role makes has the permissions boundary of this stack, or is not made; trust and
  attachments of a role without it cannot be changed either. The boundary exists from here on, and roles of
  earlier stacks before it: deploy this stack, set PermissionsBoundary to `P-boundary` in their deployment
  files, deploy those once more by hand, and then let the pipeline in. What people make without boundary
  (RecorderRole=own, Auto Mode, the full-access policies) stays theirs to make.
- cloudformation.amazonaws.com is trusted plainly: a role is passed inside of its account only, so no stranger
  can send CloudFormation here, and AWS documents no source for stacks
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html). That no change
  set is made without the role is on the other side: `cloudformation:RoleArn`.
- The default source is an archive in the template bucket, so that the stack deploys in any account; a
  connection to GitHub is made in the console, by a person who signs in there. No credentials are stored.
- Caches stay on the build host, one project's for itself: in a bucket, a pull request could prepare what the
  deployment installs.
- A published template (`<stack>/<version>.yaml`) is never replaced: the bucket refuses an upload that does
  not say `If-None-Match`, and every deletion. Builds leave their artifacts below `builds/`, for a while.
- Nothing is deleted by the pipeline: no DeleteStack, so an empty stack that a first plan leaves behind
  (REVIEW_IN_PROGRESS) waits for the next plan, or a person.

Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html
https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from typing import Any

from awacs import kms, s3
from awacs.aws import Principal
from troposphere import Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    ProjectBuildBatchConfig,
    ProjectCache,
    ProjectTriggers,
    PullRequestBuildPolicy,
    Source,
    SourceAuth,
    WebhookFilter,
)
from troposphere.iam import ManagedPolicy, Role
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket, BucketPolicy, LifecycleConfiguration, LifecycleRule, LoggingConfiguration

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _boundary, _common, _execution, _keys, _naming, _trail

stack = Stack(
    "Delivery pipeline: builds that plan and deploy change sets, CloudFormation's role, published templates.",
    depends_on=[
        "audit-trail",
        "audit-alarms",
        "audit-queries",
        "platform-roles",
        "artifact-stores",
        "pod-roles",
        "delivery-access",
        "compliance",
        "cost-guard",
    ],
    termination_protection=True,
    protected=["TemplateBucket", "Key", "ExecutionRole", "Boundary"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

SOURCE = stack.group("Where the definitions come from")
BUILDS = stack.group("Builds")
STORAGE = stack.group("Template bucket")
TRAIL = stack.group("Names of the audit trail, as in its own stack")

SOURCE.choice(
    "Source",
    "bucket: an archive in the template bucket, started by hand. github: by webhook.",
    ["bucket", "github"],
)
SOURCE.text(
    "GitHubRepository",
    "Owner and name of the repository, where the source is GitHub.",
    pattern="[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}",
    allowed="owner/repository",
    optional=True,
    label="GitHub repository",
)
SOURCE.text(
    "ConnectionId",
    "Last part of the ARN of a connection, made in the console.",
    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    allowed="32 hexadecimal digits in five groups with hyphens between them",
    optional=True,
    label="Connection",
)
SOURCE.text(
    "Branch",
    "Branch that is deployed.",
    default="main",
    pattern="[A-Za-z0-9]+([_/-][A-Za-z0-9]+)*",
    max_length=100,
    allowed="letters, digits and single _ / - between them: the name stands in a pattern",
)
BUILDS.text(
    "BuildImage",
    "Image with Python 3.11 or newer.",
    default="aws/codebuild/standard:7.0",
    pattern=r"aws/codebuild/(standard|amazonlinux-x86_64-standard):[0-9]\.0",
    allowed="one of AWS's own Linux images, such as aws/codebuild/standard:7.0",
    label="Image",
)
BUILDS.choice(
    "LogRetentionDays",
    "Days that the logs of builds are kept.",
    [365, 731, 1827, 3653],
    allowed="1, 2, 5 or 10 years: 365, 731, 1827 or 3653 days",
    label="Log retention (days)",
)
bucket_name = _common.bucket_name(STORAGE, "TemplateBucketName", "tpl", label="Template bucket name")
access_log_bucket = _common.existing_bucket(
    STORAGE, "AccessLogBucketName", "acc", label="Access-log bucket, as in audit-trail"
)
STORAGE.days(
    "ArtifactDays",
    "Days that the artifacts of builds and old archives are kept.",
    default=90,
    label="Keep artifacts (days)",
)
_keys.add_encryption(
    stack, "customer-managed: a KMS key of this stack for templates, artifacts and logs of builds."
)
_trail.add_trail_name(TRAIL)
_trail.add_log_group_name(TRAIL)
TRAIL.text(
    "DeliveryRoleName",
    "Role that CloudTrail delivers with.",
    default=_naming.TRAIL_DELIVERY_ROLE,
    pattern=r"[A-Za-z0-9_+=,.@-]+",
    max_length=64,
    allowed="1 to 64 letters, digits and _+=,.@-",
    label="Delivery role",
)
_common.existing_bucket(TRAIL, "TrailBucketName", "log", label="Trail bucket")

stack.rule(
    "GitHubHasRepositoryAndConnection",
    [
        {
            "Assert": Not(Equals(Ref("GitHubRepository"), "")),
            "AssertDescription": "A source on GitHub needs a GitHubRepository.",
        },
        {
            "Assert": Not(Equals(Ref("ConnectionId"), "")),
            "AssertDescription": "A source on GitHub needs a ConnectionId.",
        },
    ],
    when=Equals(Ref("Source"), "github"),
)

from_github = stack.condition("IsFromGitHub", Equals(Ref("Source"), "github"))

PLAN, DEPLOY = f"{_naming.P}-plan", f"{_naming.P}-deploy"
LOG_GROUP = f"/aws/codebuild/{_naming.P}-pipeline"
EXECUTION_ROLE = f"{_naming.P}-cfn-execution"
execution_role_arn = _execution.global_arn("iam", f"role/{EXECUTION_ROLE}")
connection = _naming.arn("codeconnections", "connection/${ConnectionId}")
boundary_arn = _execution.global_arn("iam", f"policy/{_naming.BOUNDARY}")

# --- The key, where it is ours ------------------------------------------------------------------------------

own_key = _keys.add_key(
    stack,
    "pipeline",
    iam.allow(
        "LogGroupsEncrypt",
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
            "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": _naming.arn("logs", f"log-group:{LOG_GROUP}")}
        },
    ),
)

# --- Where templates, archives and artifacts are ------------------------------------------------------------

stack.add(
    Bucket(
        "TemplateBucket",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        BucketName=bucket_name.name,
        BucketNamespace=bucket_name.namespace,
        BucketEncryption=If(own_key, recipes.encrypted(GetAtt("Key", "Arn")), recipes.encrypted()),
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[
                LifecycleRule(
                    Id="ExpireArtifacts",
                    Status="Enabled",
                    Prefix="builds/",
                    ExpirationInDays=Ref("ArtifactDays"),
                ),
                *recipes.cleanup_rules(Ref("ArtifactDays")),
            ]
        ),
        LoggingConfiguration=LoggingConfiguration(
            DestinationBucketName=access_log_bucket, LogFilePrefix="template-bucket/"
        ),
        **recipes.private_bucket(),
        Tags=_common.tags(),
    )
)
published = Sub("${TemplateBucket.Arn}/*/*.*.*.yaml")
stack.add(
    BucketPolicy(
        "TemplateBucketPolicy",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        Bucket=Ref("TemplateBucket"),
        PolicyDocument=iam.policy(
            iam.deny(
                "PublishedOnceOnly",
                [s3.PutObject],
                [published],
                to=iam.anyone(),
                when={
                    "Null": {"s3:if-none-match": "true"},
                    # The parts of a multipart upload carry no such header; its completion does.
                    "Bool": {"s3:ObjectCreationOperation": "true"},
                },
            ),
            iam.deny(
                "NobodyDeletesTemplates",
                [s3.DeleteObject, s3.DeleteObjectVersion],
                [published],
                to=iam.anyone(),
            ),
            *iam.tls_only(GetAtt("TemplateBucket", "Arn"), Sub("${TemplateBucket.Arn}/*")),
        ),
    )
)

# --- The ceiling over the roles that are made ---------------------------------------------------------------

stack.add(
    ManagedPolicy(
        "Boundary",
        # Roles under it would be left with no ceiling.
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        ManagedPolicyName=Sub(_naming.BOUNDARY),
        Description="The most that a role made by the pipeline can have",
        PolicyDocument=iam.policy(*_boundary.ceiling()),
    )
)

# --- What CloudFormation works with -------------------------------------------------------------------------

stack.add(
    Role(
        "ExecutionRole",
        DeletionPolicy="Delete",
        RoleName=Sub(EXECUTION_ROLE),
        Description="CloudFormation makes what the stacks contain",
        AssumeRolePolicyDocument=iam.service_trust("cloudformation.amazonaws.com"),
        Tags=_common.tags(),
    )
)
buckets = [
    Sub(f"arn:${{AWS::Partition}}:s3:::{_naming.P}-*"),
    *(
        If(f"Has{given}", Sub(f"arn:${{AWS::Partition}}:s3:::${{{given}}}"), NoValue)
        for given in ("TrailBucketName", "AccessLogBucketName")
    ),
]
itself = [
    _execution.global_arn("iam", name)
    for name in (
        f"role/{EXECUTION_ROLE}",
        f"role/{_naming.P}-pipeline-*",
        f"policy/{_naming.BOUNDARY}",
        f"policy/{_naming.P}-cfn-*",
        f"policy/{_naming.P}-pipeline*",
    )
]
for logical_id, suffix, description, statements in (
    (
        "WatchPolicy",
        "watch",
        "Look after trail, alarms, evidence, images and costs",
        [*_execution.reading(), *_execution.watching()],
    ),
    (
        "StorePolicy",
        "store",
        "Look after buckets and keys",
        _execution.storing(buckets, GetAtt("TemplateBucket", "Arn")),
    ),
    (
        "EmpowerPolicy",
        "iam",
        "Make roles under the boundary, and their policies",
        _execution.empowering(boundary_arn, itself),
    ),
):
    stack.add(
        ManagedPolicy(
            logical_id,
            ManagedPolicyName=_naming.named(f"cfn-{suffix}"),
            Description=description,
            Roles=[Ref("ExecutionRole")],
            PolicyDocument=iam.policy(*statements),
        )
    )

# --- What the builds work with ------------------------------------------------------------------------------

stacks = [_naming.arn("cloudformation", f"stack/{_naming.P}-*/*")]

for role, project, folder, does in (
    ("PlanRole", PLAN, "plan", "Plan change sets"),
    ("DeployRole", DEPLOY, "deploy", "Plan and execute change sets"),
):
    stack.add(
        Role(
            role,
            DeletionPolicy="Delete",
            RoleName=_naming.named(f"pipeline-{folder}"),
            Description=does,
            AssumeRolePolicyDocument=iam.service_trust(
                "codebuild.amazonaws.com", when=iam.only_for(_naming.arn("codebuild", f"project/{project}"))
            ),
            Tags=_common.tags(),
        )
    )


def own(project: str, folder: str) -> Any:
    """Its own logs, reports and artifacts: those of the other project are evidence, too."""
    return iam.allow(
        "LeaveOwnEvidence",
        [
            *_execution.of("codebuild", "BatchPut* CreateReport* UpdateReport"),
            *_execution.of("logs", "CreateLogStream PutLogEvents"),
            *_execution.of("s3", "PutObject"),
        ],
        [
            _naming.arn("codebuild", f"report-group/{project}-*"),
            _naming.arn("logs", f"log-group:{LOG_GROUP}:log-stream:{folder}/*"),
            Sub(f"${{TemplateBucket.Arn}}/builds/{folder}/*"),
        ],
    )


for logical_id, name, description, attached, statements in (
    (
        "BuildPolicy",
        "pipeline",
        "Read source and stacks, make change sets",
        ["PlanRole", "DeployRole"],
        [
            iam.allow(
                "ReadSourceAndTemplates",
                _execution.of("s3", "GetBucketAcl GetBucketLocation GetObject GetObjectVersion ListBucket"),
                [GetAtt("TemplateBucket", "Arn"), Sub("${TemplateBucket.Arn}/*")],
            ),
            iam.allow(
                "UseConnection",
                _execution.of("codeconnections", "GetConnection* UseConnection"),
                [connection],
            ),
            iam.allow(
                "UseOwnKey",
                _execution.of("kms", "Decrypt DescribeKey GenerateDataKey"),
                [_naming.arn("kms", "key/*")],
                when={
                    "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(f"alias/{_naming.P}-pipeline")}
                },
            ),
            iam.allow(
                "LookAfterStacks",
                _execution.of(
                    "cloudformation",
                    "TagResource UntagResource DeleteChangeSet Describe*ChangeSet* DescribeEvents "
                    "DescribeStack* Get* ListChangeSets ListStackResources",
                ),
                [*stacks, _naming.arn("cloudformation", "changeSet/*")],
            ),
            iam.allow(
                "MakeChangeSets",
                _execution.of("cloudformation", "CreateChangeSet"),
                stacks,
                when={"ArnEquals": {"cloudformation:RoleArn": execution_role_arn}},
            ),
            iam.allow(
                "PassExecutionRole",
                _execution.of("iam", "PassRole"),
                [execution_role_arn],
                when={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
            ),
            iam.deny(
                "NotThePipelineItself",
                _execution.of("cloudformation", "*ChangeSet SetStackPolicy UpdateTerminationProtection"),
                [_naming.arn("cloudformation", f"stack/{_naming.P}-delivery-pipeline/*")],
            ),
        ],
    ),
    (
        "PlanPolicy",
        "pipeline-plan",
        "Leave evidence of plans, run batches of them",
        ["PlanRole"],
        [
            own(PLAN, "plan"),
            iam.allow(
                "RunBatch",
                _execution.of("codebuild", "RetryBuild StartBuild StopBuild"),
                [_naming.arn("codebuild", f"project/{PLAN}")],
            ),
        ],
    ),
    (
        "DeployPolicy",
        "pipeline-deploy",
        "Leave evidence, execute change sets",
        ["DeployRole"],
        [
            own(DEPLOY, "deploy"),
            iam.allow(
                "ExecuteChangeSets",
                _execution.of(
                    "cloudformation",
                    "ExecuteChangeSet SetStackPolicy UpdateTerminationProtection",
                ),
                stacks,
            ),
        ],
    ),
):
    stack.add(
        ManagedPolicy(
            logical_id,
            ManagedPolicyName=_naming.named(name),
            Description=description,
            Roles=[Ref(role) for role in attached],
            PolicyDocument=iam.policy(*statements),
        )
    )

stack.add(
    LogGroup(
        "BuildLogs",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        LogGroupName=Sub(LOG_GROUP),
        RetentionInDays=Ref("LogRetentionDays"),
        KmsKeyId=_keys.key_arn(own_key),
        Tags=_common.tags(),
    )
)

# --- The builds ---------------------------------------------------------------------------------------------


def on(event: str, reference: str) -> list[list[WebhookFilter]]:
    """The webhook's filter: these events, where this reference is the branch."""
    return [
        [
            WebhookFilter(Type="EVENT", Pattern=event),
            WebhookFilter(Type=reference, Pattern=Sub("^refs/heads/${Branch}$")),
        ]
    ]


class ConnectionAuth(SourceAuth):
    """troposphere knows OAUTH alone; AWS has had connections since 2024."""

    def validate(self) -> None:
        """CodeBuild's schema is cfn-lint's to check."""


PULL_REQUEST = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"

for logical_id, name, folder, role, policy, description, batch, triggers in (
    (
        "PlanProject",
        PLAN,
        "plan",
        "PlanRole",
        "PlanPolicy",
        "Check a change and plan its change sets; execute nothing",
        ProjectBuildBatchConfig(ServiceRole=GetAtt("PlanRole", "Arn"), TimeoutInMins=480),
        ProjectTriggers(
            Webhook=True,
            FilterGroups=on(PULL_REQUEST, "BASE_REF"),
            PullRequestBuildPolicy=PullRequestBuildPolicy(
                RequiresCommentApproval="ALL_PULL_REQUESTS",
                ApproverRoles=["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
            ),
        ),
    ),
    (
        "DeployProject",
        DEPLOY,
        "deploy",
        "DeployRole",
        "DeployPolicy",
        "Check the branch, plan and execute its change sets",
        NoValue,
        ProjectTriggers(Webhook=True, FilterGroups=on("PUSH", "HEAD_REF")),
    ),
):
    stack.add(
        Project(
            logical_id,
            DependsOn=["BuildPolicy", policy],
            DeletionPolicy="Delete",
            Name=Sub(name),
            Description=description,
            ServiceRole=GetAtt(role, "Arn"),
            Source=If(
                from_github,
                Source(
                    Type="GITHUB",
                    Location=Sub("https://github.com/${GitHubRepository}.git"),
                    Auth=ConnectionAuth(Type="CODECONNECTIONS", Resource=connection),
                    # A version of a template is told from the releases in git.
                    GitCloneDepth=0,
                    ReportBuildStatus=True,
                ),
                Source(Type="S3", Location=Sub("${TemplateBucket}/source/source.zip")),
            ),
            Artifacts=Artifacts(
                Type="S3",
                Location=Ref("TemplateBucket"),
                Path=f"builds/{folder}",
                NamespaceType="BUILD_ID",
                Name="artifacts.zip",
                Packaging="ZIP",
                EncryptionDisabled=False,
            ),
            Environment=Environment(
                Type="LINUX_CONTAINER",
                Image=Ref("BuildImage"),
                ComputeType="BUILD_GENERAL1_SMALL",
                PrivilegedMode=False,
                EnvironmentVariables=[
                    EnvironmentVariable(Name="CFNGEN_ENVIRONMENT", Value=Ref("Environment")),
                    EnvironmentVariable(Name="CFNGEN_BRANCH", Value=Ref("Branch")),
                    EnvironmentVariable(Name="CFNGEN_GOAL", Value=folder),
                    EnvironmentVariable(Name="CFNGEN_ROLE_ARN", Value=GetAtt("ExecutionRole", "Arn")),
                ],
            ),
            EncryptionKey=_keys.key_arn(own_key),
            Cache=ProjectCache(Type="LOCAL", Modes=["LOCAL_CUSTOM_CACHE"]),
            LogsConfig=LogsConfig(
                CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref("BuildLogs"), StreamName=folder)
            ),
            TimeoutInMinutes=60,
            BuildBatchConfig=batch,
            Triggers=If(from_github, triggers, NoValue),
            Tags=_common.tags(),
        )
    )

# --- Outputs ------------------------------------------------------------------------------------------------

_common.output(stack, "TemplateBucketName", "Bucket of the published templates", Ref("TemplateBucket"))
_common.output(stack, "PlanProjectName", "CodeBuild project that plans", Ref("PlanProject"))
_common.output(stack, "DeployProjectName", "CodeBuild project that deploys", Ref("DeployProject"))
_common.output(
    stack, "ExecutionRoleArn", "Role that CloudFormation works with", GetAtt("ExecutionRole", "Arn")
)
