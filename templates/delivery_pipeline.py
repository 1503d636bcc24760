"""The way from a merged change to the account: two CodeBuild projects that run buildspec.yml; their roles.

`P-plan` runs for a pull request: it lints, tests, and leaves a change set for review. `P-deploy` runs for the
branch: it executes change sets. Neither can touch a resource. CloudFormation does, with the execution role of
stack delivery-roles, which the two may pass to it and to nobody else.

Choices, where the obvious one is wrong:

- Two projects, two roles: a pull request is code that nobody has reviewed yet, and it runs with whatever role
  its build has. The buildspec is the pull request's, too, and pinning it would change nothing: it still runs
  the pull request's make and pytest. So what contains it is the role. Pull requests wait for a comment from
  somebody with the role maintain or admin; those who have one of the two start builds by themselves.
- A build can read the token of its connection (codeconnections:GetConnectionToken has no condition key): the
  token reaches whatever the GitHub app was installed for. Install it for this repository only, and protect
  the branch without exceptions for anybody.
- The plan role makes change sets named `cfngen-plan-*`, the deploy role makes and executes `cfngen-deploy-*`:
  what a pull request made is never executed, under whatever name it was prepared. A set that people approve
  is made by the deploy project (goal: plan). The condition is on the calls that change something: a build
  may describe any set.
- CodeBuild starts a batch's builds with a role of its own; the build role starts nothing. The project limits
  what a pull request's buildspec may ask for: machine, number of builds, no privileged mode.
- The pipeline does not deploy itself, nor stack delivery-roles. A role that may change its own permissions
  has all of them: these stacks are deployed by a person, and statements that deny say so on both sides.
- The default source is an archive in the template bucket, so that the stack deploys in any account; whoever
  writes it has what the deployment has, so that is one named role, or nobody. A connection to GitHub is made
  in the console, by a person who signs in there. No credentials are stored.
- Plans keep no cache: a later plan would run what a pull request left there. The deployment's cache stays on
  its build host.
- A published template (`<stack>/<version>.yaml`) is never replaced: the bucket refuses an upload that does
  not say `If-None-Match`, and every deletion. Builds leave their artifacts below `builds/`, for a while.
- The execution role can give a role whatever a new version of its policy says, so every role of the project's
  names has the boundary before the pipeline is there: the deployment of this stack is refused until then.
- Nothing is deleted by the pipeline: no DeleteStack, so an empty stack that a first plan leaves behind
  (REVIEW_IN_PROGRESS) waits for the next plan, or a person.

Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html
https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchRestrictions.html
https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
"""

from __future__ import annotations

from typing import Any

from awacs import kms, s3
from awacs.aws import Principal, Statement
from troposphere import Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.codebuild import (
    Artifacts,
    BatchRestrictions,
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
from cfngen.define.claims import claim
from cfngen.define.stack import Stack
from templates import _common, _execution, _keys, _naming
from templates._claims import delivery_pipeline as promises
from templates._claims import facts, table

stack = Stack(
    "Delivery pipeline: builds that plan and deploy change sets, and the bucket of published templates.",
    depends_on=[
        "audit-trail",
        "delivery-roles",
        "audit-alarms",
        "audit-queries",
        "platform-roles",
        "artifact-stores",
        "pod-roles",
        "job-roles",
        "detection",
        "delivery-access",
        "compliance",
        "cost-guard",
    ],
    termination_protection=True,
    protected=["TemplateBucket", "Key"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

SOURCE = stack.group("Where the definitions come from")
BUILDS = stack.group("Builds")
STORAGE = stack.group("Template bucket")

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
recipes.existing_role(
    SOURCE,
    "SourceRole",
    "Existing role that may write the archive below source/. Empty: nobody, not even an administrator.",
)
BUILDS.number(
    "ConcurrentPlans",
    "Plans that run at the same time; more are refused, not queued. 0: what the account allows.",
    default=0,
    least=0,
    most=20,
    unit="builds, not more than the account's quota",
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
bucket_name = recipes.bucket_name(STORAGE, "TemplateBucketName", "tpl", label="Template bucket name")
access_log_bucket = recipes.existing_bucket(
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
has_source_role = stack.given("SourceRole")
limited = stack.condition("LimitPlans", Not(Equals(Ref("ConcurrentPlans"), 0)))

PLAN, DEPLOY = f"{_naming.P}-plan", f"{_naming.P}-deploy"
LOG_GROUP = f"/aws/codebuild/{_naming.P}-pipeline"
execution_role_arn = _execution.global_arn("iam", f"role/{_naming.EXECUTION_ROLE}")
connection = recipes.arn("codeconnections", "connection/${ConnectionId}")

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
            "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": recipes.arn("logs", f"log-group:{LOG_GROUP}")}
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


def source_is_for(others: iam.Conditions | None) -> Statement:
    """Refuse changes of the archive that builds run, to `others` or to everybody."""
    return iam.deny(
        "SourceIsForItsRole",
        [s3.PutObject, s3.DeleteObject, s3.DeleteObjectVersion],
        [Sub("${TemplateBucket.Arn}/source/*")],
        to=iam.anyone(),
        when=others,
    )


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
            # Whoever writes the source has what the deployment has.
            If(
                has_source_role,
                source_is_for({"ArnNotEquals": {"aws:PrincipalArn": recipes.role_arn("${SourceRole}")}}),
                source_is_for(None),
            ),
            *iam.tls_only(GetAtt("TemplateBucket", "Arn"), Sub("${TemplateBucket.Arn}/*")),
        ),
    )
)

# --- What the builds work with ------------------------------------------------------------------------------

stacks = [recipes.arn("cloudformation", f"stack/{_naming.P}-*/*")]

managed: dict[str, Any] = {"ManagedPolicyArns": [_execution.global_arn("iam", f"policy/{_naming.VERIFY}")]}
for role, project, suffix, does, more in (
    ("PlanRole", PLAN, "pipeline-plan", "Plan change sets", {}),
    ("BatchRole", PLAN, "pipeline-batch", "Start the plans of a batch", {}),
    # It verifies what it deployed.
    ("DeployRole", DEPLOY, "pipeline-deploy", "Plan and execute change sets", managed),
):
    stack.add(
        Role(
            role,
            DeletionPolicy="Delete",
            RoleName=recipes.named(suffix),
            Description=does,
            AssumeRolePolicyDocument=iam.service_trust(
                "codebuild.amazonaws.com", when=iam.only_for(recipes.arn("codebuild", f"project/{project}"))
            ),
            Tags=_common.tags(),
            **more,
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
            recipes.arn("codebuild", f"report-group/{project}-*"),
            recipes.arn("logs", f"log-group:{LOG_GROUP}:log-stream:{folder}/*"),
            Sub(f"${{TemplateBucket.Arn}}/builds/{folder}/*"),
        ],
    )


def named(prefix: str) -> dict[str, Any]:
    """The change set is one of these names; what IAM compares where it is given by ARN is not documented."""
    arn = recipes.arn("cloudformation", f"changeSet/{prefix}-*/*")
    return {"StringLike": {"cloudformation:ChangeSetName": [f"{prefix}-*", arn]}}


def making(prefix: str) -> list[Statement]:
    """Make and delete change sets of these names, for the execution role only."""
    return [
        iam.allow(
            "MakeChangeSets",
            _execution.of("cloudformation", "CreateChangeSet"),
            stacks,
            when={**named(prefix), "ArnEquals": {"cloudformation:RoleArn": execution_role_arn}},
        ),
        iam.allow(
            "DeleteChangeSets",
            _execution.of("cloudformation", "DeleteChangeSet"),
            [*stacks, recipes.arn("cloudformation", f"changeSet/{prefix}-*/*")],
            when=named(prefix),
        ),
    ]


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
                [recipes.arn("kms", "key/*")],
                when={
                    "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(f"alias/{_naming.P}-pipeline")}
                },
            ),
            iam.allow(
                "LookAfterStacks",
                _execution.of(
                    "cloudformation",
                    "TagResource UntagResource Describe*ChangeSet* DescribeEvents DescribeStack* Get* "
                    "ListChangeSets ListStackResources",
                ),
                [*stacks, recipes.arn("cloudformation", "changeSet/*")],
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
                [
                    recipes.arn("cloudformation", f"stack/{_naming.P}-delivery-{name}/*")
                    for name in ("pipeline", "roles")
                ],
            ),
        ],
    ),
    (
        "PlanPolicy",
        "pipeline-plan",
        # Since 1.0.0: another description would be another policy, which may not have this name.
        "Leave evidence of plans, run batches of them",
        ["PlanRole"],
        [own(PLAN, "plan"), *making(_naming.PLANNED)],
    ),
    (
        "BatchPolicy",
        "pipeline-batch",
        "Start and stop the builds of a batch",
        ["BatchRole"],
        [
            iam.allow(
                "RunBatch",
                _execution.of("codebuild", "StartBuild StopBuild"),
                [recipes.arn("codebuild", f"project/{PLAN}")],
                # The buildspec of the pull request may ask for it.
                when={"BoolIfExists": {"codebuild:environment.privilegedMode": "false"}},
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
            *making(_naming.DEPLOYED),
            iam.allow(
                "ExecuteChangeSets",
                _execution.of("cloudformation", "ExecuteChangeSet"),
                stacks,
                when=named(_naming.DEPLOYED),
            ),
            iam.allow(
                "ProtectStacks",
                _execution.of("cloudformation", "SetStackPolicy UpdateTerminationProtection"),
                stacks,
            ),
        ],
    ),
):
    stack.add(
        ManagedPolicy(
            logical_id,
            ManagedPolicyName=recipes.named(name),
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


COMPUTE = "BUILD_GENERAL1_SMALL"
PULL_REQUEST = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"

for logical_id, name, folder, role, policies, description, special, triggers in (
    (
        "PlanProject",
        PLAN,
        "plan",
        "PlanRole",
        ["BuildPolicy", "PlanPolicy", "BatchPolicy"],
        "Check a change and plan its change sets; execute nothing",
        {
            "BuildBatchConfig": ProjectBuildBatchConfig(
                ServiceRole=GetAtt("BatchRole", "Arn"),
                Restrictions=BatchRestrictions(ComputeTypesAllowed=[COMPUTE], MaximumBuildsAllowed=10),
                TimeoutInMins=480,
            ),
            "ConcurrentBuildLimit": If(limited, Ref("ConcurrentPlans"), NoValue),
            "Cache": ProjectCache(Type="NO_CACHE"),
        },
        ProjectTriggers(
            Webhook=True,
            FilterGroups=on(PULL_REQUEST, "BASE_REF"),
            PullRequestBuildPolicy=PullRequestBuildPolicy(
                RequiresCommentApproval="ALL_PULL_REQUESTS",
                ApproverRoles=["GITHUB_MAINTAIN", "GITHUB_ADMIN"],
            ),
        ),
    ),
    (
        "DeployProject",
        DEPLOY,
        "deploy",
        "DeployRole",
        ["BuildPolicy", "DeployPolicy"],
        "Check the branch, plan and execute its change sets",
        {"Cache": ProjectCache(Type="LOCAL", Modes=["LOCAL_CUSTOM_CACHE"])},
        ProjectTriggers(Webhook=True, FilterGroups=on("PUSH", "HEAD_REF")),
    ),
):
    stack.add(
        Project(
            logical_id,
            DependsOn=policies,
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
                ComputeType=COMPUTE,
                PrivilegedMode=False,
                EnvironmentVariables=[
                    EnvironmentVariable(Name="CFNGEN_ENVIRONMENT", Value=Ref("Environment")),
                    EnvironmentVariable(Name="CFNGEN_BRANCH", Value=Ref("Branch")),
                    EnvironmentVariable(Name="CFNGEN_GOAL", Value=folder),
                    EnvironmentVariable(Name="CFNGEN_ROLE_ARN", Value=execution_role_arn),
                ],
            ),
            EncryptionKey=_keys.key_arn(own_key),
            LogsConfig=LogsConfig(
                CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref("BuildLogs"), StreamName=folder)
            ),
            TimeoutInMinutes=60,
            **special,
            Triggers=If(from_github, triggers, NoValue),
            Tags=_common.tags(),
        )
    )

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "TemplateBucketName", "Bucket of the published templates", Ref("TemplateBucket"))
recipes.export(stack, "PlanProjectName", "CodeBuild project that plans", Ref("PlanProject"))
recipes.export(stack, "DeployProjectName", "CodeBuild project that deploys", Ref("DeployProject"))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "delivery-pipeline", promises.cases))
stack.claim(
    claim(
        "boundary",
        "DeployProject",
        "every role that the pipeline could give more permissions has the boundary",
        given={
            "roles": recipes.named("*"),
            "boundary": _execution.global_arn("iam", f"policy/{_naming.BOUNDARY}"),
            # What the execution role is denied to change.
            "but": [
                Sub(_naming.EXECUTION_ROLE),
                recipes.named("pipeline-*"),
                Sub(_naming.TRAIL_DELIVERY_POLICY),
                Sub(_naming.RECORDER_ROLE),
            ],
        },
        severity="critical",
        before=True,
    )
)
