"""The pipeline: plans, deploys what was planned, and cannot make itself more powerful."""

from __future__ import annotations

from tests.proof.cases._case import INSECURE, OLD_TLS, PROJECT_NAME, Case, Here, lines
from tests.support.proof.account import FOREIGN
from tests.support.proof.tools import ACCOUNT

STACK = "delivery-pipeline"
ASSUME, PASS, PUT, GET = "sts:AssumeRole", "iam:PassRole", "s3:PutObject", "s3:GetObject"
CLOUDFORMATION, CODEBUILD = "cloudformation.amazonaws.com", "codebuild.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    if not here.everything:
        return []
    builds = [*_build(here, "plan", "deploy"), *_build(here, "deploy", "plan"), *_plan(here), *_deploy(here)]
    execution = [*_execution(here), *_execution_iam(here), *_execution_elsewhere(here)]
    return [*builds, *execution, *_templates(here), *(_key(here) if here.prod else [])]


def _stack(here: Here, name: str) -> str:
    return here.arn("cloudformation", f"stack/{name}/0f0e0d0c-0b0a-0908-0706-050403020100")


def _build(here: Here, own: str, other: str) -> list[Case]:
    """What holds for both builds."""
    role, execution = here.role(f"pipeline-{own}"), here.role("cfn-execution")
    may, may_not = lines(role)
    bucket = here.account.arn_of(STACK, "TemplateBucket")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": here.arn("codebuild", f"project/P-{own}")}
    others = ours | {"aws:SourceArn": here.arn("codebuild", f"project/P-{other}")}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    create, with_role = "cloudformation:CreateChangeSet", {"cloudformation:RoleArn": execution}
    trail, pipeline = _stack(here, "P-audit-trail"), _stack(here, "P-delivery-pipeline")
    keys = [here.account.arn_of("audit-trail", "Key")] if here.prod else []
    logs = "log-group:/aws/codebuild/P-pipeline:log-stream:"
    return [
        may("CodeBuild takes the role for its project", CODEBUILD, ASSUME, role, ours),
        may("makes a change set for the execution role", role, create, trail, with_role),
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
        may_not("makes a change set with its own power", role, create, trail),
        may_not(
            "makes a change set for another role",
            role,
            create,
            trail,
            {"cloudformation:RoleArn": here.administrator},
        ),
        may_not("changes the pipeline itself", role, create, pipeline, with_role),
        may_not(
            "makes another project's change set", role, create, _stack(here, "other-audit-trail"), with_role
        ),
        may_not("deletes a stack", role, "cloudformation:DeleteStack", trail),
        may_not("updates a stack without a change set", role, "cloudformation:UpdateStack", trail, with_role),
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
        may_not("reads audit logs", role, GET, here.account.arn_of("audit-trail", "TrailBucket") + "/x"),
        may_not("reads data", role, GET, here.bucket("dat") + "/raw/sales.csv"),
    ]


def _plan(here: Here) -> list[Case]:
    role = here.role("pipeline-plan")
    may, may_not = lines(role)
    trail, policy = _stack(here, "P-audit-trail"), "cloudformation:SetStackPolicy"
    return [
        may(
            "starts the plans of its batch",
            role,
            "codebuild:StartBuild",
            here.arn("codebuild", "project/P-plan"),
        ),
        may("deletes a change set", role, "cloudformation:DeleteChangeSet", trail),
        may_not(
            "starts a deployment", role, "codebuild:StartBuild", here.arn("codebuild", "project/P-deploy")
        ),
        may_not("executes a change set", role, "cloudformation:ExecuteChangeSet", trail),
        may_not("changes what a stack protects", role, policy, trail),
        may_not("lifts the protection", role, "cloudformation:UpdateTerminationProtection", trail),
    ]


def _deploy(here: Here) -> list[Case]:
    role = here.role("pipeline-deploy")
    may, may_not = lines(role)
    trail, pipeline = _stack(here, "P-audit-trail"), _stack(here, "P-delivery-pipeline")
    execute, protect = "cloudformation:ExecuteChangeSet", "cloudformation:UpdateTerminationProtection"
    return [
        may("executes a change set", role, execute, trail),
        may("protects a stack", role, protect, trail),
        may_not("executes a change set of the pipeline", role, execute, pipeline),
        may_not("lifts the pipeline's protection", role, protect, pipeline),
        may_not("executes another project's change set", role, execute, _stack(here, "other-audit-trail")),
        may_not("starts builds", role, "codebuild:StartBuild", here.arn("codebuild", "project/P-deploy")),
    ]


def _execution(here: Here) -> list[Case]:
    role = here.role("cfn-execution")
    may, _ = lines(role)
    tags = {
        "aws:RequestTag/Project": "mlops-retail-prediction",
        "aws:RequestTag/Environment": here.environment,
    }
    group = here.account.reference("audit-trail", "LogGroup")
    database = here.account.reference("audit-queries", "Database")
    return [
        may("CloudFormation takes the role", CLOUDFORMATION, ASSUME, role),
        may("makes the trail", role, "cloudtrail:CreateTrail", here.account.arn_of("audit-trail", "Trail")),
        may(
            "sets the trail bucket's policy",
            role,
            "s3:PutBucketPolicy",
            here.account.arn_of("audit-trail", "TrailBucket"),
        ),
        may("makes the data bucket", role, "s3:CreateBucket", here.bucket("dat")),
        may("makes metric filters", role, "logs:PutMetricFilter", here.arn("logs", f"log-group:{group}")),
        may("makes alarms", role, "cloudwatch:PutMetricAlarm", here.arn("cloudwatch", "alarm:P-root-usage")),
        may("makes the topic", role, "sns:CreateTopic", here.arn("sns", "P-audit-alerts")),
        may("makes the repositories", role, "ecr:CreateRepository", here.arn("ecr", "repository/P-training")),
        may("makes a key with our tags", role, "kms:CreateKey", "*", tags),
        may("names a key", role, "kms:CreateAlias", here.arn("kms", "alias/P-audit")),
        may("sees trails", role, "cloudtrail:DescribeTrails", "*"),
        may("keeps queries", role, "logs:PutQueryDefinition", "*"),
        may("makes the tables", role, "glue:GetDatabase", here.arn("glue", f"database/{database}")),
        may(
            "sets the budget",
            role,
            "budgets:ModifyBudget",
            f"arn:aws:budgets::{ACCOUNT}:budget/{here.prefix}",
        ),
        may("lets Athena check its results", role, PUT, here.bucket("qry") + "/x"),
    ]


def _execution_iam(here: Here) -> list[Case]:
    """Whoever changes templates can make roles, but none that is more powerful than the boundary."""
    role = here.role("cfn-execution")
    may, may_not = lines(role)
    own, new = here.arn("iam", "policy/P-cfn-iam"), here.role("new")
    boundary = here.account.reference(STACK, "Boundary")
    under, policy_arn = {"iam:PermissionsBoundary": boundary}, "iam:PolicyARN"
    other = {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
    create, attach, version = "iam:CreateRole", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    cluster = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    deliver = here.account.arn_of("audit-trail", "DeliveryRole")
    passed = {"iam:PassedToService": "cloudtrail.amazonaws.com"}
    linked, linked_for = "iam:CreateServiceLinkedRole", "iam:AWSServiceName"
    linked_role = here.arn("iam", "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
    return [
        may("makes a role under the boundary", role, create, new, under),
        may("attaches what EKS wants, under the boundary", role, attach, new, under | {policy_arn: cluster}),
        may("changes a policy of ours", role, version, here.arn("iam", "policy/P-sagemaker-execution")),
        may("passes the delivery role to CloudTrail", role, PASS, deliver, passed),
        may(
            "lets Access Analyzer have its role",
            role,
            linked,
            linked_role,
            {linked_for: "access-analyzer.amazonaws.com"},
        ),
        may_not(
            "lets another service have its role", role, linked, linked_role, {linked_for: "ecs.amazonaws.com"}
        ),
        may_not("makes a role without a boundary", role, create, new),
        may_not("makes a role under another boundary", role, create, new, other),
        may_not("makes a role under another name", role, create, here.arn("iam", "role/other"), under),
        may_not("attaches without a boundary", role, attach, new, {policy_arn: cluster}),
        may_not("attaches AdministratorAccess", role, attach, new, under | {policy_arn: administrator}),
        may_not("puts an inline policy into a role", role, "iam:PutRolePolicy", new, under),
        may_not("takes the boundary off a role", role, "iam:DeleteRolePermissionsBoundary", new, under),
        may_not("raises the boundary", role, version, boundary),
        may_not("changes its own policy", role, version, own),
        may_not("changes the builds' policy", role, version, here.arn("iam", "policy/P-pipeline")),
        may_not("opens itself to others", role, "iam:UpdateAssumeRolePolicy", role, under),
        may_not(
            "opens a build's role to others",
            role,
            "iam:UpdateAssumeRolePolicy",
            here.role("pipeline-deploy"),
            under,
        ),
        may_not("gives itself a policy", role, attach, role, under | {policy_arn: administrator}),
        may_not("makes a person", role, "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/new"),
        may_not("makes a person's key", role, "iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/new"),
        may_not("passes a role to EC2", role, PASS, new, {"iam:PassedToService": "ec2.amazonaws.com"}),
        may_not("passes a role to Lambda", role, PASS, new, {"iam:PassedToService": "lambda.amazonaws.com"}),
        may_not("passes somebody's role to CloudTrail", role, PASS, here.administrator, passed),
    ]


def _execution_elsewhere(here: Here) -> list[Case]:
    role = here.role("cfn-execution")
    _, may_not = lines(role)
    tags = {"aws:RequestTag/Project": PROJECT_NAME, "aws:RequestTag/Environment": here.environment}
    bucket, log = (
        here.account.arn_of(STACK, "TemplateBucket"),
        here.account.arn_of("audit-trail", "TrailBucket"),
    )
    return [
        may_not("CodeBuild takes the role", CODEBUILD, ASSUME, role),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("another account takes the role", here.stranger, ASSUME, role),
        may_not(
            "stops the trail", role, "cloudtrail:StopLogging", here.account.arn_of("audit-trail", "Trail")
        ),
        may_not(
            "deletes another trail", role, "cloudtrail:DeleteTrail", here.arn("cloudtrail", "trail/other")
        ),
        may_not("reads audit logs", role, GET, f"{log}/x"),
        may_not("deletes audit logs", role, "s3:DeleteObject", f"{log}/x"),
        may_not("reads data", role, GET, here.bucket("dat") + "/raw/sales.csv"),
        may_not("deletes the template bucket", role, "s3:DeleteBucket", bucket),
        may_not("opens the template bucket", role, "s3:PutBucketPolicy", bucket),
        may_not("writes templates", role, PUT, f"{bucket}/audit-trail/9.9.9.yaml", {"s3:if-none-match": "*"}),
        may_not("makes another project's bucket", role, "s3:CreateBucket", "arn:aws:s3:::somebody-elses"),
        *(
            may_not(
                f"makes a key with another {tag}",
                role,
                "kms:CreateKey",
                "*",
                tags | {f"aws:RequestTag/{tag}": "x"},
            )
            for tag in ("Project", "Environment")
        ),
        may_not("makes a key without our tags", role, "kms:CreateKey", "*"),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
        may_not("pushes images", role, "ecr:PutImage", here.arn("ecr", "repository/P-training")),
        may_not("makes functions", role, "lambda:CreateFunction", here.arn("lambda", "function:P-x")),
        may_not(
            "starts instances", role, "ec2:RunInstances", here.arn("ec2", "instance/i-0abcdef1234567890")
        ),
    ]


def _templates(here: Here) -> list[Case]:
    may, may_not = lines("template bucket")
    bucket, someone = here.account.arn_of(STACK, "TemplateBucket"), here.administrator
    template = f"{bucket}/audit-trail/1.0.0.yaml"
    created, once = {"s3:ObjectCreationOperation": "true"}, {"s3:if-none-match": "*"}
    return [
        may("an administrator publishes a version", someone, PUT, template, created | once),
        may("an administrator publishes it in parts", someone, PUT, template, {next(iter(created)): "false"}),
        may("an administrator leaves the source", someone, PUT, f"{bucket}/source/source.zip", created),
        may("an administrator reads", someone, GET, template),
        may("the deployment reads", here.role("pipeline-deploy"), GET, template),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
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
    key = here.account.arn_of(STACK, "Key")
    may, may_not = lines("pipeline key")
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
        may_not("a grant for a person", here.administrator, grant, key, {for_aws: "false"}),
        may_not("a grant for nobody in particular", here.administrator, grant, key),
        may_not("the plan deletes it", here.role("pipeline-plan"), "kms:ScheduleKeyDeletion", key),
        may_not("the SageMaker role", here.role("sagemaker-execution"), "kms:Decrypt", key),
        may_not("another account's administrator", here.stranger, "kms:Decrypt", key),
        may_not("a role without permissions", here.administrator, "kms:Decrypt", key, holds="nothing"),
    ]
