"""The roles of those who start jobs, of those who let a model serve, and of Glue's jobs.

Training code runs as SageMaker's role (stack platform-roles). Whoever starts it has a role of their own, and
whoever decides that its result serves customers has a third: nobody trains, approves and deploys alone.

- **Runner**: data scientists and one branch of the repository start jobs, pipelines and Glue jobs of the
  project's names, bring their code below `code/`, read data, models and logs. They may register a model,
  never as approved, and deploy none.
- **Approver**: named people and one environment of the repository, best one with required reviewers, approve
  model packages, and make models, endpoint configurations and endpoints of them. They start no job and
  touch no object: a model is read by the role that serves it.
- **Glue job** (`GlueJobs`): reads the data, writes below `silver/`, `gold/` and `output/`. No Data Catalog:
  jobs name their paths.

Choices, where the obvious one is wrong:

- A runner or approver role exists only where somebody is named: no default trusts anybody.
- Roles of people are named by `aws:PrincipalArn`, not as principals: a principal must exist when the policy
  is written. Roles of IAM Identity Center have a path, which is part of what to give.
- SageMaker's `sagemaker:ModelApprovalStatus` is known to CreateModelPackage and UpdateModelPackage only: so
  the denial is of these two, and names the value that the API takes.
- A job that encrypts its volumes with our key needs a grant that its starter passes on: allowed for AWS
  services only, with the artifacts' key only. The bucket policy compares the key's ARN, which no alias
  stands for: so whoever starts a job may look the ARN up.
- The SageMaker SDK's own default bucket, `sagemaker-<region>-<account>`, is out of reach: give it ours
  (docs/using-the-roles.md).
- SageMaker Pipelines names its jobs `pipelines-...`: `Pipelines` lets the runner see and stop those. Create
  actions know tags of the request only, so nothing else narrows them.
- `Studio` makes the runner the execution role of Studio's user profiles: SageMaker may then take it, for
  this account and Region, and a person manages the spaces and apps of the own user profile, by the policy
  variables that Studio's sessions carry. EC2's descriptions know no resource.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
https://docs.aws.amazon.com/glue/latest/dg/cross-service-confused-deputy-prevention.html
https://docs.aws.amazon.com/glue/latest/dg/create-an-iam-role.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
"""

from __future__ import annotations

from typing import Any

from awacs import cloudwatch, ec2, glue, kms, s3, sagemaker, sts
from awacs import iam as awsiam
from awacs import logs as cwlogs
from awacs.aws import Statement
from troposphere import And, Condition, Equals, GetAtt, If, Not, NoValue, Or, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _github, _naming, _stores
from templates._claims import facts, table
from templates._claims import job_roles as promises

stack = Stack(
    "Roles of those who start training, approve models and run Glue jobs, each for its own part of the work.",
    depends_on=["delivery-roles", "platform-roles", "artifact-stores"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

PEOPLE = stack.group("People")
GITHUB = stack.group("GitHub")
SAGEMAKER = stack.group("SageMaker")
GLUE = stack.group("Glue")
STORES = stack.group("Buckets that jobs work on")

recipes.existing_role(
    PEOPLE,
    "RunnerRole",
    "Existing role of the people who start jobs; they take the runner role. Empty: nobody.",
    label="Role of the data scientists",
)
recipes.existing_role(
    PEOPLE,
    "ApproverRole",
    "Existing role of the people who approve and deploy models. Empty: nobody.",
    label="Role of the approvers",
)
people_run = stack.given("RunnerRole")
people_approve = stack.given("ApproverRole")
_github.add_repository(GITHUB, "starts jobs")
branch_given = _github.add_branch(GITHUB, "Branch whose workflows start jobs. Empty: none.")
environment_given = _github.add_environment(
    GITHUB,
    "Environment whose workflows approve and deploy models, best with required reviewers. Empty: none.",
)
SAGEMAKER.choice(
    "Pipelines",
    "enabled: the runner makes SageMaker pipelines, and sees and stops the jobs that they name.",
    ["enabled", "disabled"],
    default="disabled",
    label="SageMaker Pipelines",
)
SAGEMAKER.choice(
    "Studio",
    "enabled: the runner is the execution role of SageMaker Studio's user profiles, too.",
    ["enabled", "disabled"],
    default="disabled",
    label="SageMaker Studio",
)
GLUE.choice(
    "GlueJobs",
    "enabled: a role for Glue's jobs, which the runner starts.",
    ["enabled", "disabled"],
    label="Glue jobs",
)
layout = _stores.add_layout(STORES)
data_bucket = _stores.add_data_bucket(STORES, layout)
model_bucket = _stores.add_model_bucket(STORES, layout, data_bucket)
_stores.add_model_prefix(STORES)
_stores.refuse_mixtures(stack)

boundary = _common.permissions_boundary(stack)

stack.rule(
    "GitHubHasRepository",
    [
        {
            "Assert": Or(Equals(Ref(part), ""), Not(Equals(Ref("GitHubRepository"), ""))),
            "AssertDescription": f"{part} is of a GitHubRepository: give it.",
        }
        for part in ("GitHubBranch", "GitHubEnvironment")
    ],
)

stack.rule(
    "SomebodyHasARole",
    [
        {
            "Assert": Or(
                Not(Equals(Ref("RunnerRole"), "")),
                Not(Equals(Ref("ApproverRole"), "")),
                Not(Equals(Ref("GitHubRepository"), "")),
                Equals(Ref("Studio"), "enabled"),
            ),
            "AssertDescription": "Without Glue jobs, people, repository or Studio there is no role to make.",
        }
    ],
    when=Equals(Ref("GlueJobs"), "disabled"),
)

glue_jobs = stack.condition("UseGlueJobs", Equals(Ref("GlueJobs"), "enabled"))
pipelines = stack.condition("UsePipelines", Equals(Ref("Pipelines"), "enabled"))
studio = stack.condition("UseStudio", Equals(Ref("Studio"), "enabled"))
runner = stack.condition("UseRunner", Or(Condition(people_run), Condition(branch_given), Condition(studio)))
approver = stack.condition("UseApprover", Or(Condition(people_approve), Condition(environment_given)))
in_studio = stack.condition("UseRunnerInStudio", And(Condition(runner), Condition(studio)))

SAGEMAKER_ROLE = recipes.role_arn(_naming.SAGEMAKER_ROLE)


def ours(*kinds: str) -> list[Sub]:
    """SageMaker's things of these kinds that bear the project's name."""
    return [recipes.arn("sagemaker", f"{kind}/{_naming.P}-*") for kind in kinds]


def pipelines_own(*kinds: str) -> list[Any]:
    """The jobs of these kinds that SageMaker Pipelines names, where it is used."""
    return [If(pipelines, recipes.arn("sagemaker", f"{kind}/pipelines-*"), NoValue) for kind in kinds]


def people(sid: str, parameter: str) -> Statement:
    """Let whoever has an existing role take this one."""
    return iam.allow(
        sid,
        [sts.AssumeRole],
        to=iam.account(),
        when={"ArnEquals": {"aws:PrincipalArn": recipes.role_arn(f"${{{parameter}}}")}},
    )


def passes(sid: str, role: Any, service: str) -> Statement:
    """Hand a role to the service that works with it, and to no other."""
    return iam.allow(sid, [awsiam.PassRole], [role], when={"StringEquals": {"iam:PassedToService": service}})


use_key = iam.allow(
    "UseKeyOfArtifacts",
    [kms.Encrypt, kms.Decrypt, kms.GenerateDataKey],
    [recipes.arn("kms", "key/*")],
    when=_stores.through("s3"),
)

# --- Those who start jobs -----------------------------------------------------------------------------------

stack.add(
    Role(
        "Runner",
        Condition=runner,
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.RUNNER_ROLE),
        Description="People and workflows that start training, pipelines and Glue jobs",
        AssumeRolePolicyDocument=iam.policy(
            If(people_run, people("People", "RunnerRole"), NoValue),
            If(branch_given, _github.trust("Branch", "ref:refs/heads/${GitHubBranch}"), NoValue),
            If(
                studio,
                iam.allow(
                    "Studio",
                    [sts.AssumeRole],
                    to=iam.service("sagemaker.amazonaws.com"),
                    when=iam.only_for(recipes.arn("sagemaker", "*")),
                ),
                NoValue,
            ),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
starting: list[Any] = [
    iam.allow(
        "RunJobs",
        [sagemaker.CreateTrainingJob, sagemaker.CreateProcessingJob],
        ours("training-job", "processing-job"),
    ),
    iam.allow(
        "WatchJobs",
        [
            sagemaker.DescribeTrainingJob,
            sagemaker.StopTrainingJob,
            sagemaker.DescribeProcessingJob,
            sagemaker.StopProcessingJob,
        ],
        [*ours("training-job", "processing-job"), *pipelines_own("training-job", "processing-job")],
    ),
    iam.allow(
        "RegisterModels",
        [
            sagemaker.CreateModelPackageGroup,
            sagemaker.DescribeModelPackageGroup,
            sagemaker.CreateModelPackage,
            sagemaker.DescribeModelPackage,
            sagemaker.UpdateModelPackage,
            sagemaker.ListModelPackages,
        ],
        ours("model-package-group", "model-package"),
    ),
    _stores.approves_nothing(),
    iam.allow(
        "TagOwn",
        [sagemaker.AddTags],
        ours("training-job", "processing-job", "model-package-group", "model-package", "pipeline"),
    ),
    If(
        pipelines,
        iam.allow(
            "RunPipelines",
            [
                sagemaker.CreatePipeline,
                sagemaker.UpdatePipeline,
                sagemaker.DescribePipeline,
                sagemaker.DeletePipeline,
                sagemaker.StartPipelineExecution,
                sagemaker.StopPipelineExecution,
                sagemaker.RetryPipelineExecution,
                sagemaker.DescribePipelineExecution,
                sagemaker.DescribePipelineDefinitionForExecution,
                sagemaker.ListPipelineExecutions,
                sagemaker.ListPipelineExecutionSteps,
            ],
            ours("pipeline"),
        ),
        NoValue,
    ),
    passes("PassRoleOfTraining", SAGEMAKER_ROLE, "sagemaker.amazonaws.com"),
    If(
        glue_jobs,
        iam.allow(
            "RunGlueJobs",
            [
                glue.CreateJob,
                glue.GetJob,
                glue.UpdateJob,
                glue.StartJobRun,
                glue.GetJobRun,
                glue.GetJobRuns,
                glue.BatchStopJobRun,
            ],
            [recipes.arn("glue", f"job/{_naming.P}-*")],
        ),
        NoValue,
    ),
    If(
        glue_jobs,
        passes("PassRoleOfGlue", recipes.role_arn(_naming.GLUE_ROLE), "glue.amazonaws.com"),
        NoValue,
    ),
]
looking: list[Statement] = [
    iam.allow(
        "SeeBuckets",
        [s3.ListBucket, s3.GetBucketLocation],
        [recipes.bucket_arn(data_bucket), recipes.bucket_arn(model_bucket)],
    ),
    iam.allow(
        "ReadDataAndModels",
        [s3.GetObject],
        [recipes.objects(data_bucket, "*"), recipes.objects(model_bucket, "${ModelPrefix}/*")],
    ),
    iam.allow(
        "BringCode",
        [s3.PutObject, s3.AbortMultipartUpload],
        [recipes.objects(data_bucket, f"{_naming.CODE_PREFIX}/*")],
    ),
    use_key,
    _stores.finds_key(),
    _stores.lets_volumes_use_key(),
    iam.allow(
        "ReadLogsOfJobs",
        [cwlogs.DescribeLogStreams, cwlogs.GetLogEvents, cwlogs.FilterLogEvents],
        [recipes.arn("logs", f"log-group:/{group}/*") for group in ("aws/sagemaker", "aws-glue")],
    ),
]
stack.add(
    ManagedPolicy(
        "RunnerPolicy",
        Condition=runner,
        ManagedPolicyName=recipes.named("job-runner"),
        Description="Start the jobs of this project, bring their code, read their data, models and logs",
        Roles=[Ref("Runner")],
        PolicyDocument=iam.policy(*starting, *looking),
    )
)
stack.add(
    ManagedPolicy(
        "StudioPolicy",
        Condition=in_studio,
        ManagedPolicyName=recipes.named("job-runner-studio"),
        Description="What SageMaker Studio asks for: its apps and spaces, and where networks are",
        Roles=[Ref("Runner")],
        PolicyDocument=iam.policy(
            iam.allow(
                "OwnSpacesAndApps",
                [
                    sagemaker.CreateSpace,
                    sagemaker.UpdateSpace,
                    sagemaker.DeleteSpace,
                    sagemaker.CreateApp,
                    sagemaker.DeleteApp,
                ],
                [recipes.arn("sagemaker", f"{kind}/${{!sagemaker:DomainId}}/*") for kind in ("space", "app")],
                when={
                    "ArnLike": {
                        "sagemaker:OwnerUserProfileArn": recipes.arn(
                            "sagemaker", "user-profile/${!sagemaker:DomainId}/${!sagemaker:UserProfileName}"
                        )
                    }
                },
            ),
            iam.allow(
                "TagSpacesAndApps",
                [sagemaker.AddTags],
                [recipes.arn("sagemaker", f"{kind}/*") for kind in ("space", "app")],
                when={"Null": {"sagemaker:TaggingAction": "false"}},
            ),
            iam.allow(
                "SeeSpacesAndApps",
                [
                    sagemaker.DescribeDomain,
                    sagemaker.DescribeUserProfile,
                    sagemaker.DescribeSpace,
                    sagemaker.DescribeApp,
                ],
                [
                    recipes.arn("sagemaker", f"{kind}/*")
                    for kind in ("domain", "user-profile", "space", "app")
                ],
            ),
            iam.allow(
                "SeeWhatThereIs",
                [
                    sagemaker.ListDomains,
                    sagemaker.ListUserProfiles,
                    sagemaker.ListSpaces,
                    sagemaker.ListApps,
                    ec2.DescribeVpcs,
                    ec2.DescribeSubnets,
                    ec2.DescribeSecurityGroups,
                    ec2.DescribeVpcEndpoints,
                    ec2.DescribeRouteTables,
                    ec2.DescribeNetworkInterfaces,
                ],
                ["*"],
            ),
        ),
    )
)

# --- Those who let a model serve ----------------------------------------------------------------------------

stack.add(
    Role(
        "Approver",
        Condition=approver,
        DeletionPolicy="Delete",
        RoleName=recipes.named("model-deployment"),
        Description="People and workflows that approve models and deploy them",
        AssumeRolePolicyDocument=iam.policy(
            If(people_approve, people("People", "ApproverRole"), NoValue),
            If(environment_given, _github.trust("Environment", "environment:${GitHubEnvironment}"), NoValue),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "ApproverPolicy",
        Condition=approver,
        ManagedPolicyName=recipes.named("model-deployment"),
        Description="Approve the models of this project, deploy them, and nothing else",
        Roles=[Ref("Approver")],
        PolicyDocument=iam.policy(
            iam.allow(
                "ApproveModels",
                [
                    sagemaker.DescribeModelPackageGroup,
                    sagemaker.DescribeModelPackage,
                    sagemaker.ListModelPackages,
                    sagemaker.UpdateModelPackage,
                ],
                ours("model-package-group", "model-package"),
            ),
            iam.allow(
                "DeployModels",
                [
                    sagemaker.CreateModel,
                    sagemaker.DescribeModel,
                    sagemaker.DeleteModel,
                    sagemaker.CreateEndpointConfig,
                    sagemaker.DescribeEndpointConfig,
                    sagemaker.DeleteEndpointConfig,
                    sagemaker.CreateEndpoint,
                    sagemaker.DescribeEndpoint,
                    sagemaker.UpdateEndpoint,
                    sagemaker.DeleteEndpoint,
                    sagemaker.InvokeEndpoint,
                    sagemaker.AddTags,
                ],
                ours("model", "endpoint-config", "endpoint"),
            ),
            passes("PassRoleOfServing", SAGEMAKER_ROLE, "sagemaker.amazonaws.com"),
            _stores.finds_key(),
            _stores.lets_volumes_use_key(),
            iam.allow(
                "ReadLogsOfEndpoints",
                [cwlogs.DescribeLogStreams, cwlogs.GetLogEvents, cwlogs.FilterLogEvents],
                [recipes.arn("logs", "log-group:/aws/sagemaker/Endpoints/*")],
            ),
        ),
    )
)

# --- Glue ---------------------------------------------------------------------------------------------------

stack.add(
    Role(
        "GlueRole",
        Condition=glue_jobs,
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.GLUE_ROLE),
        Description="Glue jobs that make the data lake's silver and gold data out of its raw data",
        AssumeRolePolicyDocument=iam.service_trust(
            "glue.amazonaws.com", when=iam.only_for(recipes.arn("glue", "*"))
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "GluePolicy",
        Condition=glue_jobs,
        ManagedPolicyName=recipes.named("glue-job"),
        Description="Read the data of this project, write its silver and gold data",
        Roles=[Ref("GlueRole")],
        PolicyDocument=iam.policy(
            iam.allow("SeeBucket", [s3.ListBucket, s3.GetBucketLocation], [recipes.bucket_arn(data_bucket)]),
            iam.allow("ReadDataAndCode", [s3.GetObject], [recipes.objects(data_bucket, "*")]),
            iam.allow(
                "WriteRefinedData",
                [s3.PutObject, s3.DeleteObject, s3.AbortMultipartUpload],
                [
                    recipes.objects(data_bucket, f"{folder}/*")
                    for folder in ("silver", "gold", _naming.OUTPUT_PREFIX)
                ],
            ),
            use_key,
            iam.allow(
                "WriteLogs",
                [cwlogs.CreateLogGroup, cwlogs.CreateLogStream, cwlogs.PutLogEvents],
                [recipes.arn("logs", "log-group:/aws-glue/*")],
            ),
            iam.allow(
                "PublishMetrics",
                [cloudwatch.PutMetricData],
                ["*"],
                when={"StringEquals": {"cloudwatch:namespace": "Glue"}},
            ),
        ),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(
    stack, "RunnerRoleArn", "Role of those who start jobs", GetAtt("Runner", "Arn"), condition=runner
)
recipes.export(
    stack,
    "ApproverRoleArn",
    "Role of those who approve and deploy models",
    GetAtt("Approver", "Arn"),
    condition=approver,
)
recipes.export(stack, "GlueRoleArn", "Role of Glue jobs", GetAtt("GlueRole", "Arn"), condition=glue_jobs)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack))
stack.claim(*table.claims(stack, "job-roles", promises.cases))
