"""Who starts jobs, who lets a model serve, and Glue's jobs: each does its own part and no other."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, Case, Here, lines

STACK = "job-roles"
ASSUME, WEB_IDENTITY, PASS = "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "iam:PassRole"
GET, PUT, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
SAGEMAKER, GLUE, ISSUER = (
    "sagemaker.amazonaws.com",
    "glue.amazonaws.com",
    "token.actions.githubusercontent.com",
)
APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
PENDING = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
DOMAIN = "d-0123456789ab"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    runner = [*_runner_trust(here), *_runner(here), *_runner_may_not(here)]
    return [*runner, *_approver_trust(here), *_approver(here), *_glue(here)]


def _person(here: Here, name: str) -> str:
    return here.arn("iam", f"role/{name}")


def _token(place: str) -> dict[str, str]:
    return {f"{ISSUER}:sub": f"repo:octo-org/octo-repo:{place}", f"{ISSUER}:aud": "sts.amazonaws.com"}


def _runner_trust(here: Here) -> list[Case]:
    role = here.role("job-runner")
    may, may_not = lines(role)
    provider = here.arn("iam", f"oidc-provider/{ISSUER}")
    scientist = _person(here, "${RunnerRole}")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": here.arn("sagemaker", f"user-profile/{DOMAIN}/me")}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    main = _token("ref:refs/heads/main")
    return [
        may("a data scientist", scientist, ASSUME, role, holds="everything"),
        may_not("an administrator", here.administrator, ASSUME, role),
        may_not("another account's role of that name", scientist.replace(ACCOUNT, FOREIGN), ASSUME, role,
                holds="everything"),
        may_not("the approvers", _approvers(here), ASSUME, role, holds="everything"),
        may_not("training code", here.role("sagemaker-execution"), ASSUME, role),
        may_not("another branch", provider, WEB_IDENTITY, role, _token("ref:refs/heads/feature")),
        may_not("a pull request", provider, WEB_IDENTITY, role, _token("pull_request")),
        may_not("the environment that deploys", provider, WEB_IDENTITY, role,
                _token("environment:production")),
        may_not("another audience", provider, WEB_IDENTITY, role, main | {f"{ISSUER}:aud": "x"}),
        may_not("SageMaker, for another account", SAGEMAKER, ASSUME, role, theirs),
        may_not("SageMaker, for nobody", SAGEMAKER, ASSUME, role),
    ]  # fmt: skip


def _approvers(here: Here) -> str:
    return _person(here, "${ApproverRole}")


def _runner(here: Here) -> list[Case]:
    role = here.role("job-runner")
    may, _ = lines(role)
    data = here.data
    sagemaker, glue = here.role("sagemaker-execution"), here.role("glue-job")
    job = here.arn("sagemaker", "training-job/P-1")
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keys = [here.arn_of("artifact-stores", "Key")] if here.prod else []
    stream = here.arn("logs", "log-group:/aws/sagemaker/TrainingJobs:log-stream:P-1/algo-1")
    return [
        may("trains", role, "sagemaker:CreateTrainingJob", job),
        may("processes", role, "sagemaker:CreateProcessingJob", here.arn("sagemaker", "processing-job/P-1")),
        may("tags its job", role, "sagemaker:AddTags", job),
        may("watches its job", role, "sagemaker:DescribeTrainingJob", job),
        may("stops its job", role, "sagemaker:StopTrainingJob", job),
        may("hands SageMaker its role", role, PASS, sagemaker, {"iam:PassedToService": SAGEMAKER}),
        may("registers a model", role, "sagemaker:CreateModelPackage",
            here.arn("sagemaker", "model-package/P-sales/1"), PENDING),
        may("rejects a model", role, "sagemaker:UpdateModelPackage",
            here.arn("sagemaker", "model-package/P-sales/1"), {"sagemaker:ModelApprovalStatus": "Rejected"}),
        may("starts a Glue job", role, "glue:StartJobRun", here.arn("glue", "job/P-silver"),
            only_if="UseGlueJobs"),
        may("hands Glue its role", role, PASS, glue, {"iam:PassedToService": GLUE}, only_if="UseGlueJobs"),
        may("lists data", role, "s3:ListBucket", data),
        may("reads data", role, GET, f"{data}/gold/sales.parquet"),
        may("reads a model", role, GET, here.model),
        may("brings its code", role, PUT, f"{data}/code/train/sourcedir.tar.gz"),
        may("reads a job's log", role, "logs:GetLogEvents", stream),
        *(may("reads through S3 with our key", role, "kms:Decrypt", key, through_s3) for key in keys),
        *(may("finds our key", role, "kms:DescribeKey", key) for key in keys),
        *(may("lets EC2 encrypt volumes with our key", role, "kms:CreateGrant", key,
              {"kms:GrantIsForAWSResource": "true"}) for key in keys),
    ]  # fmt: skip


def _runner_may_not(here: Here) -> list[Case]:
    role = here.role("job-runner")
    _, may_not = lines(role)
    data = here.data
    other_model = here.arn_of("artifact-stores", "ModelBucket") + "/other/m.tar.gz"
    package, log = here.arn("sagemaker", "model-package/P-sales/1"), _audit_log(here)
    key = here.arn_of("artifact-stores", "Key") if here.prod else None
    audit_key = here.arn_of("audit-trail", "Key") if here.prod else None
    other = here.arn("sagemaker", "training-job/${Project}-x-1")
    return [
        may_not("registers a model as approved", role, "sagemaker:CreateModelPackage", package, APPROVED),
        may_not("approves a model", role, "sagemaker:UpdateModelPackage", package, APPROVED),
        may_not("makes a model", role, "sagemaker:CreateModel", here.arn("sagemaker", "model/P-sales")),
        may_not("deploys", role, "sagemaker:CreateEndpoint", here.arn("sagemaker", "endpoint/P-sales")),
        may_not("changes an endpoint", role, "sagemaker:UpdateEndpoint",
                here.arn("sagemaker", "endpoint/P-sales")),
        may_not("opens a notebook", role, "sagemaker:CreateNotebookInstance",
                here.arn("sagemaker", "notebook-instance/P-1")),
        may_not("trains for another project", role, "sagemaker:CreateTrainingJob", other),
        may_not("watches another project's job", role, "sagemaker:DescribeTrainingJob", other),
        may_not("opens another person's Studio", role, "sagemaker:CreatePresignedDomainUrl",
                here.arn("sagemaker", f"user-profile/{DOMAIN}/you")),
        may_not("hands SageMaker another role", role, PASS, here.role("eks-nodegroup-role"),
                {"iam:PassedToService": SAGEMAKER}),
        may_not("hands EC2 the role of SageMaker", role, PASS, here.role("sagemaker-execution"),
                {"iam:PassedToService": "ec2.amazonaws.com"}),
        may_not("hands Glue the role of SageMaker", role, PASS, here.role("sagemaker-execution"),
                {"iam:PassedToService": GLUE}),
        may_not("hands Lambda the role of Glue", role, PASS, here.role("glue-job"),
                {"iam:PassedToService": "lambda.amazonaws.com"}),
        may_not("starts another project's Glue job", role, "glue:StartJobRun",
                here.arn("glue", "job/other")),
        may_not("opens a Glue endpoint", role, "glue:CreateDevEndpoint", "*"),
        may_not("changes data", role, PUT, f"{data}/raw/sales.csv"),
        may_not("deletes data", role, DELETE, f"{data}/raw/sales.csv"),
        may_not("changes a model", role, PUT, here.model),
        may_not("reads beside the models", role, GET, other_model),
        may_not("reads the audit logs", role, "logs:GetLogEvents", log),
        may_not("writes a job's log", role, "logs:PutLogEvents",
                here.arn("logs", "log-group:/aws/sagemaker/TrainingJobs:log-stream:x")),
        *([may_not("decrypts by itself", role, "kms:Decrypt", key),
           may_not("grants the key to a person", role, "kms:CreateGrant", key,
                   {"kms:GrantIsForAWSResource": "false"})] if key else []),
        *([may_not("uses the audit key", role, "kms:Decrypt", audit_key,
                   {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}),
           may_not("looks at the audit key", role, "kms:DescribeKey", audit_key),
           may_not("grants the audit key to EC2", role, "kms:CreateGrant", audit_key,
                   {"kms:GrantIsForAWSResource": "true"})] if audit_key else []),
    ]  # fmt: skip


def _audit_log(here: Here) -> str:
    group = here.reference("audit-trail", "LogGroup")
    return here.arn("logs", f"log-group:{group}:log-stream:x")


def _approver_trust(here: Here) -> list[Case]:
    role = here.role("model-deployment")
    may, may_not = lines(role)
    provider = here.arn("iam", f"oidc-provider/{ISSUER}")
    production = _token("environment:production")
    return [
        may("an approver", _approvers(here), ASSUME, role, holds="everything"),
        may_not("a data scientist", _person(here, "${RunnerRole}"), ASSUME, role, holds="everything"),
        may_not("an administrator", here.administrator, ASSUME, role),
        may_not("who starts jobs", here.role("job-runner"), ASSUME, role),
        may_not("training code", here.role("sagemaker-execution"), ASSUME, role),
        may_not("the branch", provider, WEB_IDENTITY, role, _token("ref:refs/heads/main")),
        may_not("another environment", provider, WEB_IDENTITY, role, _token("environment:test")),
        may_not("another audience", provider, WEB_IDENTITY, role, production | {f"{ISSUER}:aud": "x"}),
        may_not("SageMaker", SAGEMAKER, ASSUME, role, {"aws:SourceAccount": ACCOUNT}),
        may_not("another account", here.stranger, ASSUME, role),
    ]


def _approver(here: Here) -> list[Case]:
    role = here.role("model-deployment")
    may, may_not = lines(role)
    package, endpoint = (
        here.arn("sagemaker", "model-package/P-sales/1"),
        here.arn("sagemaker", "endpoint/P-sales"),
    )
    sagemaker = here.role("sagemaker-execution")
    keys = [here.arn_of("artifact-stores", "Key")] if here.prod else []
    return [
        may("approves a model", role, "sagemaker:UpdateModelPackage", package, APPROVED),
        may("makes a model", role, "sagemaker:CreateModel", here.arn("sagemaker", "model/P-sales")),
        may("deploys", role, "sagemaker:CreateEndpoint", endpoint),
        may("hands SageMaker its role", role, PASS, sagemaker, {"iam:PassedToService": SAGEMAKER}),
        may("reads an endpoint's log", role, "logs:GetLogEvents",
            here.arn("logs", "log-group:/aws/sagemaker/Endpoints/P-sales:log-stream:x")),
        *(may("finds our key", role, "kms:DescribeKey", key) for key in keys),
        *(may_not("looks at the audit key", role, "kms:DescribeKey", here.arn_of("audit-trail", "Key"))
          for _ in keys),
        *(may("lets EC2 encrypt volumes with our key", role, "kms:CreateGrant", key,
              {"kms:GrantIsForAWSResource": "true"}) for key in keys),
        *(may_not("grants the key to a person", role, "kms:CreateGrant", key,
                  {"kms:GrantIsForAWSResource": "false"}) for key in keys),
        *(may_not("grants the audit key to EC2", role, "kms:CreateGrant",
                  here.arn_of("audit-trail", "Key"), {"kms:GrantIsForAWSResource": "true"})
          for _ in keys),
        *(may_not("decrypts", role, "kms:Decrypt", key) for key in keys),
        may_not("registers a model itself", role, "sagemaker:CreateModelPackage", package),
        may_not("trains", role, "sagemaker:CreateTrainingJob", here.arn("sagemaker", "training-job/P-1")),
        may_not("deploys for another project", role, "sagemaker:CreateEndpoint",
                here.arn("sagemaker", "endpoint/other")),
        may_not("hands SageMaker another role", role, PASS, here.role("eks-nodegroup-role"),
                {"iam:PassedToService": SAGEMAKER}),
        may_not("hands EC2 the role that serves", role, PASS, sagemaker,
                {"iam:PassedToService": "ec2.amazonaws.com"}),
        may_not("reads a model", role, GET, here.model),
        may_not("changes a model", role, PUT, here.model),
        may_not("reads the audit logs", role, "logs:GetLogEvents", _audit_log(here)),
    ]  # fmt: skip


def _glue(here: Here) -> list[Case]:
    role = here.role("glue-job")
    may, may_not = lines(role)
    data = here.data
    job = here.arn("glue", "job/P-silver")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": job}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keys = [here.arn_of("artifact-stores", "Key")] if here.prod else []
    publish, namespace = "cloudwatch:PutMetricData", "cloudwatch:namespace"
    return [
        may("Glue takes the role for our job", GLUE, ASSUME, role, ours),
        may_not("Glue takes it for another account", GLUE, ASSUME, role, theirs),
        may_not("Glue does not say for whom", GLUE, ASSUME, role),
        may_not("SageMaker takes it", SAGEMAKER, ASSUME, role, ours),
        may_not("an administrator takes it", here.administrator, ASSUME, role),
        may("lists data", role, "s3:ListBucket", data),
        may("reads raw data", role, GET, f"{data}/raw/sales.csv"),
        may("writes silver data", role, PUT, f"{data}/silver/sales.parquet"),
        may("writes gold data anew", role, DELETE, f"{data}/gold/sales.parquet"),
        may("writes its log", role, "logs:PutLogEvents",
            here.arn("logs", "log-group:/aws-glue/jobs/output:log-stream:x")),
        may("publishes its metrics", role, publish, "*", {namespace: "Glue"}),
        *(may("writes with our key", role, "kms:GenerateDataKey", key, through_s3) for key in keys),
        may_not("changes raw data", role, PUT, f"{data}/raw/sales.csv"),
        may_not("deletes raw data", role, DELETE, f"{data}/raw/sales.csv"),
        may_not("changes its code", role, PUT, f"{data}/code/etl.py"),
        may_not("reads a model", role, GET, here.model),
        may_not("opens the bucket", role, "s3:PutBucketPolicy", data),
        may_not("writes the audit log group", role, "logs:PutLogEvents", _audit_log(here)),
        may_not("fakes AWS metrics", role, publish, "*", {namespace: "AWS/EC2"}),
        may_not("starts a job", role, "glue:StartJobRun", job),
        may_not("hands out roles", role, PASS, role, {"iam:PassedToService": GLUE}),
        may_not("trains", role, "sagemaker:CreateTrainingJob", here.arn("sagemaker", "training-job/P-1")),
        *(may_not("decrypts by itself", role, "kms:Decrypt", key) for key in keys),
        *(may_not("uses the audit key", role, "kms:Decrypt", here.arn_of("audit-trail", "Key"),
                  through_s3) for _ in keys),
    ]  # fmt: skip
