"""The pipeline: plans, deploys what was planned by itself, and cannot make itself more powerful."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, INSECURE, OLD_TLS, PROJECT_NAME, Case, Here, lines

STACK = "delivery-pipeline"
ASSUME, PASS, PUT, GET = "sts:AssumeRole", "iam:PassRole", "s3:PutObject", "s3:GetObject"
CLOUDFORMATION, CODEBUILD = "cloudformation.amazonaws.com", "codebuild.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    builds = [*_build(here, "plan", "deploy"), *_build(here, "deploy", "plan"), *_plan(here), *_deploy(here)]
    return [*builds, *_batch(here), *_templates(here), *(_key(here) if here.prod else [])]


def _stack(here: Here, name: str) -> str:
    return here.arn("cloudformation", f"stack/{name}/0f0e0d0c-0b0a-0908-0706-050403020100")


def _build(here: Here, own: str, other: str) -> list[Case]:
    """What holds for both builds."""
    role, execution = here.role(f"pipeline-{own}"), here.role("cfn-execution")
    may, may_not = lines(role)
    bucket = here.arn_of(STACK, "TemplateBucket")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": here.arn("codebuild", f"project/P-{own}")}
    others = ours | {"aws:SourceArn": here.arn("codebuild", f"project/P-{other}")}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    create, delete = "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"
    named, as_arn = _named(here, own)
    others_name, others_arn = _named(here, other)
    for_role = {"cloudformation:RoleArn": execution}
    with_role = for_role | named
    roles = _stack(here, "P-delivery-roles")
    trail, pipeline = _stack(here, "P-audit-trail"), _stack(here, "P-delivery-pipeline")
    keys = [here.arn_of("audit-trail", "Key")] if here.prod else []
    logs = "log-group:/aws/codebuild/P-pipeline:log-stream:"
    return [
        may("CodeBuild takes the role for its project", CODEBUILD, ASSUME, role, ours),
        may("makes a change set for the execution role", role, create, trail, with_role),
        may("makes it, told by its ARN", role, create, trail, with_role | as_arn),
        may("deletes a change set of its own", role, delete, trail, named),
        may("deletes it by its ARN", role, delete, trail, as_arn),
        may("describes the other's change set", role, "cloudformation:DescribeChangeSet", trail, others_name),
        may(
            "passes the execution role to CloudFormation",
            role,
            PASS,
            execution,
            {"iam:PassedToService": CLOUDFORMATION},
        ),
        may("reads a stack's template", role, "cloudformation:GetTemplate", trail),
        may("reads a published template", role, GET, f"{bucket}/audit-trail/1.0.0.yaml"),
        may("sees a stack", role, "cloudformation:DescribeStacks", trail),
        may("writes its log", role, "logs:PutLogEvents", here.arn("logs", f"{logs}{own}/1")),
        may("leaves its artifacts", role, PUT, f"{bucket}/builds/{own}/1/artifacts.zip"),
        may_not("CodeBuild takes it for the other project", CODEBUILD, ASSUME, role, others),
        may_not("CodeBuild takes it for another account", CODEBUILD, ASSUME, role, theirs),
        may_not("CodeBuild does not say for whom", CODEBUILD, ASSUME, role),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("GitHub takes the role", here.role("github-push"), ASSUME, role),
        may_not("makes a change set with its own power", role, create, trail, named),
        may_not("makes one under the other's name", role, create, trail, with_role | others_name),
        may_not("makes one under the other's ARN", role, create, trail, with_role | others_arn),
        may_not("makes one under any name", role, create, trail, with_role | _any_name("mine")),
        may_not("makes one under a name that begins alike", role, create, trail, with_role | _any_name(own)),
        may_not("deletes the other's change set", role, delete, trail, others_name),
        may_not("deletes the other's by its ARN", role, delete, trail, others_arn),
        may_not("deletes a person's change set", role, delete, trail, _any_name("mine")),
        may_not("changes the roles of the pipeline", role, create, roles, with_role),
        may_not(
            "makes a change set for another role",
            role,
            create,
            trail,
            named | {"cloudformation:RoleArn": here.administrator},
        ),
        may_not("changes the pipeline itself", role, create, pipeline, with_role),
        may_not(
            "makes another project's change set", role, create, _stack(here, "other-audit-trail"), with_role
        ),
        may_not("deletes a stack", role, "cloudformation:DeleteStack", trail),
        may_not("updates a stack without a change set", role, "cloudformation:UpdateStack", trail, for_role),
        may_not(
            "passes the execution role to EC2",
            role,
            PASS,
            execution,
            {"iam:PassedToService": "ec2.amazonaws.com"},
        ),
        may_not(
            "passes another role",
            role,
            PASS,
            here.role("sagemaker-execution"),
            {"iam:PassedToService": CLOUDFORMATION},
        ),
        may_not("takes the execution role", role, ASSUME, execution),
        may_not(
            "publishes a template", role, PUT, f"{bucket}/audit-trail/9.9.9.yaml", {"s3:if-none-match": "*"}
        ),
        may_not("forges the other's artifacts", role, PUT, f"{bucket}/builds/{other}/1/artifacts.zip"),
        may_not("forges the other's log", role, "logs:PutLogEvents", here.arn("logs", f"{logs}{other}/1")),
        *(may_not("uses the audit key", role, "kms:Decrypt", key) for key in keys),
        may_not("makes a role", role, "iam:CreateRole", here.role("new")),
        may_not("reads audit logs", role, GET, here.arn_of("audit-trail", "TrailBucket") + "/x"),
        may_not("reads data", role, GET, here.bucket("dat") + "/raw/sales.csv"),
    ]


def _named(here: Here, goal: str) -> tuple[dict[str, str], dict[str, str]]:
    """The key for a change set that a build of this goal makes, as its name and as its ARN."""
    name = f"cfngen-{goal}-0a1b2c"
    arn = here.arn("cloudformation", f"changeSet/{name}/0f0e0d0c-0b0a-0908-0706-050403020100")
    return _any_name(name), _any_name(arn)


def _any_name(name: str) -> dict[str, str]:
    return {"cloudformation:ChangeSetName": name}


def _plan(here: Here) -> list[Case]:
    role = here.role("pipeline-plan")
    _, may_not = lines(role)
    trail, execute = _stack(here, "P-audit-trail"), "cloudformation:ExecuteChangeSet"
    start, project = "codebuild:StartBuild", here.arn("codebuild", "project/P-plan")
    return [
        may_not("starts a build of its own project", role, start, project),
        may_not("retries a build", role, "codebuild:RetryBuild", project),
        may_not("starts a batch", role, "codebuild:StartBuildBatch", project),
        may_not("starts a deployment", role, start, here.arn("codebuild", "project/P-deploy")),
        *(
            may_not(f"executes a change set, {how}", role, execute, trail, name)
            for goal in ("plan", "deploy")
            for how, name in zip((f"a {goal} by name", f"a {goal} by ARN"), _named(here, goal), strict=True)
        ),
        may_not("changes what a stack protects", role, "cloudformation:SetStackPolicy", trail),
        may_not("lifts the protection", role, "cloudformation:UpdateTerminationProtection", trail),
    ]


def _batch(here: Here) -> list[Case]:
    role = here.role("pipeline-batch")
    may, may_not = lines(role)
    plan, deploy = here.arn("codebuild", "project/P-plan"), here.arn("codebuild", "project/P-deploy")
    start, privileged = "codebuild:StartBuild", "codebuild:environment.privilegedMode"
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": plan}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    named, _ = _named(here, "plan")
    with_role = {"cloudformation:RoleArn": here.role("cfn-execution")} | named
    return [
        may("CodeBuild takes the role for the plans", CODEBUILD, ASSUME, role, ours),
        may("starts a plan of its batch", role, start, plan),
        may("starts one that says it needs no privileges", role, start, plan, {privileged: "false"}),
        may("stops a plan", role, "codebuild:StopBuild", plan),
        may_not("starts a plan with privileges", role, start, plan, {privileged: "true"}),
        may_not("starts a deployment", role, start, deploy),
        may_not("starts another batch", role, "codebuild:StartBuildBatch", plan),
        may_not("retries a build", role, "codebuild:RetryBuild", plan),
        may_not("changes the project", role, "codebuild:UpdateProject", plan),
        may_not(
            "CodeBuild takes it for the deployment", CODEBUILD, ASSUME, role, ours | {"aws:SourceArn": deploy}
        ),
        may_not("CodeBuild takes it for another account", CODEBUILD, ASSUME, role, theirs),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("makes a change set", role, "cloudformation:CreateChangeSet", _stack(here, "P-x"), with_role),
        may_not("reads templates", role, GET, here.arn_of(STACK, "TemplateBucket") + "/x/1.0.0.yaml"),
    ]


def _deploy(here: Here) -> list[Case]:
    role = here.role("pipeline-deploy")
    may, may_not = lines(role)
    trail, pipeline = _stack(here, "P-audit-trail"), _stack(here, "P-delivery-pipeline")
    execute, protect = "cloudformation:ExecuteChangeSet", "cloudformation:UpdateTerminationProtection"
    (own, own_arn), (planned, planned_arn) = _named(here, "deploy"), _named(here, "plan")
    return [
        may("executes a change set of its own", role, execute, trail, own),
        may("executes it by its ARN", role, execute, trail, own_arn),
        may("protects a stack", role, protect, trail),
        may_not("executes what a pull request prepared", role, execute, trail, planned),
        may_not("executes what a pull request prepared, by its ARN", role, execute, trail, planned_arn),
        may_not("executes a change set without a name", role, execute, trail),
        may_not("executes a change set of the pipeline", role, execute, pipeline, own),
        may_not("executes one of the pipeline's roles", role, execute, _stack(here, "P-delivery-roles"), own),
        may_not("lifts the pipeline's protection", role, protect, pipeline),
        may_not("executes another project's change set", role, execute, _stack(here, "other-trail"), own),
        may_not("starts builds", role, "codebuild:StartBuild", here.arn("codebuild", "project/P-deploy")),
    ]


def _templates(here: Here) -> list[Case]:
    may, may_not = lines("TemplateBucketPolicy")
    bucket, someone = here.arn_of(STACK, "TemplateBucket"), here.administrator
    template = f"{bucket}/audit-trail/1.0.0.yaml"
    created, once = {"s3:ObjectCreationOperation": "true"}, {"s3:if-none-match": "*"}
    source, keeper = f"{bucket}/source/source.zip", here.arn("iam", "role/PlatformAdministrator")
    return [
        may("an administrator publishes a version", someone, PUT, template, created | once),
        may("an administrator publishes it in parts", someone, PUT, template, {next(iter(created)): "false"}),
        may("the named role leaves the source", keeper, PUT, source, created, holds="everything"),
        may("the named role takes it away", keeper, "s3:DeleteObject", source, holds="everything"),
        may("an administrator reads", someone, GET, template),
        may("the deployment reads", here.role("pipeline-deploy"), GET, template),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
        may_not("an administrator leaves another source", someone, PUT, source, created),
        may_not("an administrator deletes the source", someone, "s3:DeleteObject", source),
        may_not("an administrator brings an older source back", someone, "s3:DeleteObjectVersion", source),
        may_not("the deployment changes the source", here.role("pipeline-deploy"), PUT, source, created),
        may_not("an administrator overwrites a version", someone, PUT, template, created),
        may_not("an administrator deletes a version", someone, "s3:DeleteObject", template),
        may_not("an administrator deletes what was overwritten", someone, "s3:DeleteObjectVersion", template),
        may_not("over HTTP", someone, GET, template, INSECURE),
        may_not("over TLS 1.1", someone, GET, template, OLD_TLS),
        may_not("written over HTTP", someone, PUT, template, created | once | INSECURE),
        may_not("the plan writes", here.role("pipeline-plan"), PUT, template, created | once),
        may_not("the execution role deletes", here.role("cfn-execution"), "s3:DeleteObject", template),
        may_not("another account's administrator reads", here.stranger, GET, template),
        may_not("another account's administrator writes", here.stranger, PUT, template, created | once),
        may_not("anyone", "anonymous", GET, template),
    ]


def _key(here: Here) -> list[Case]:
    key = here.arn_of(STACK, "Key")
    may, may_not = lines("Key")
    logs, context = f"logs.{here.region}.amazonaws.com", "kms:EncryptionContext:aws:logs:arn"
    group = here.arn("logs", "log-group:/aws/codebuild/P-pipeline")
    keeper, grant, for_aws = (
        here.arn("iam", "role/PlatformAdministrator"),
        "kms:CreateGrant",
        "kms:GrantIsForAWSResource",
    )
    role, change = here.role("cfn-execution"), "kms:PutKeyPolicy"
    of_ours = {"aws:ResourceTag/Project": PROJECT_NAME, "aws:ResourceTag/Environment": here.environment}
    of_others = of_ours | {"aws:ResourceTag/Project": "other"}
    of_test = of_ours | {"aws:ResourceTag/Environment": "test"}
    to_be_ours = {"aws:RequestTag/Project": PROJECT_NAME, "aws:RequestTag/Environment": here.environment}
    return [
        may("the execution role changes the policy of a key of ours", role, change, key, of_ours),
        may_not("the execution role changes another project's key", role, change, key, of_others),
        may_not("the execution role changes another environment's key", role, change, key, of_test),
        may("a grant for an AWS service", here.administrator, grant, key, {for_aws: "true"}),
        may("the execution role tags a new key", role, "kms:TagResource", key, to_be_ours),
        may_not(
            "the execution role makes another's key its own",
            role,
            "kms:TagResource",
            key,
            of_others | to_be_ours,
        ),
        may_not("the execution role changes a key without tags", role, change, key),
        may_not(
            "the execution role deletes another project's key",
            role,
            "kms:ScheduleKeyDeletion",
            key,
            of_others,
        ),
        may("the build's log group", logs, "kms:Encrypt", key, {context: group}),
        may("the plan decrypts", here.role("pipeline-plan"), "kms:Decrypt", key),
        may("the deployment encrypts", here.role("pipeline-deploy"), "kms:GenerateDataKey", key),
        may("the key's keeper changes its policy", keeper, "kms:PutKeyPolicy", key, holds="nothing"),
        may_not("another log group", logs, "kms:Encrypt", key, {context: f"{group}-x"}),
        may_not("the key's keeper reads", keeper, "kms:Decrypt", key, holds="nothing"),
        may_not(
            "another role changes its policy", here.administrator, "kms:PutKeyPolicy", key, holds="nothing"
        ),
        may_not("a grant for a person", here.administrator, grant, key, {for_aws: "false"}),
        may_not("a grant for nobody in particular", here.administrator, grant, key),
        may_not("the plan deletes it", here.role("pipeline-plan"), "kms:ScheduleKeyDeletion", key),
        may_not("the SageMaker role", here.role("sagemaker-execution"), "kms:Decrypt", key),
        may_not("another account's administrator", here.stranger, "kms:Decrypt", key),
        may_not("a role without permissions", here.administrator, "kms:Decrypt", key, holds="nothing"),
    ]
