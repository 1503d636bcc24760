"""EKS and SageMaker: each service takes its own role, and each role does its own work."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, Case, Here, lines

STACK = "platform-roles"
ASSUME, TAG_SESSION, PASS = "sts:AssumeRole", "sts:TagSession", "iam:PassRole"
APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
GRANT, FOR_AWS = "kms:CreateGrant", {"kms:GrantIsForAWSResource": "true"}
EKS, EC2, SAGEMAKER = "eks.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    sagemaker = [*_sagemaker_trust(here), *_sagemaker(here), *_sagemaker_may_not(here)]
    return [*_cluster(here), *_nodes(here), *sagemaker]


def _cluster(here: Here) -> list[Case]:
    role = here.role("eks-cluster-role")
    may, may_not = lines(role)
    cluster = here.arn("eks", "cluster/x")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": cluster}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    elsewhere = ours | {"aws:SourceArn": cluster.replace(here.region, "us-east-1")}
    balancer = here.arn("elasticloadbalancing", "loadbalancer/net/web/50dc6c495c0c9188")
    return [
        may("EKS takes the role for our cluster", EKS, ASSUME, role, ours),
        may("sees instances", role, "ec2:DescribeInstances", "*"),
        may("sees autoscaling groups", role, "autoscaling:DescribeAutoScalingGroups", "*"),
        may("makes a load balancer", role, "elasticloadbalancing:CreateLoadBalancer", balancer),
        may_not("EKS takes the role for another account", EKS, ASSUME, role, theirs),
        may_not("EKS takes the role in another Region", EKS, ASSUME, role, elsewhere),
        may_not("EKS does not say for whom", EKS, ASSUME, role),
        may_not("EKS tags the session without Auto Mode", EKS, TAG_SESSION, role, ours),
        may_not("EC2 takes the role", EC2, ASSUME, role, ours),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("another account takes the role", here.stranger, ASSUME, role),
        may_not(
            "writes logs: the service-linked role does",
            role,
            "logs:PutLogEvents",
            here.arn("logs", "log-group:/aws/eks/x:log-stream:y"),
        ),
        may_not(
            "reads data",
            role,
            "s3:GetObject",
            here.data + "/raw/sales.csv",
        ),
        may_not("pushes images", role, "ecr:PutImage", here.arn("ecr", "repository/P-training")),
        may_not(
            "hands out roles", role, PASS, here.role("sagemaker-execution"), {"iam:PassedToService": EC2}
        ),
        may_not(
            "ends instances", role, "ec2:TerminateInstances", here.arn("ec2", "instance/i-0abcdef1234567890")
        ),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
    ]


def _nodes(here: Here) -> list[Case]:
    role = here.role("eks-nodegroup-role")
    may, may_not = lines(role)
    training = here.arn("ecr", "repository/P-training")
    serving = here.arn("ecr", "repository/P-serving")
    interface = here.arn("ec2", "network-interface/eni-0abcdef1234567890")
    audit = here.arn("logs", f"log-group:{here.reference('audit-trail', 'LogGroup')}")
    in_dev, log = (
        (may_not if here.prod else may),
        here.arn("logs", "log-group:/aws/containerinsights/x:log-stream:y"),
    )
    return [
        may("EC2 takes the role", EC2, ASSUME, role),
        may("signs in to the registry", role, "ecr:GetAuthorizationToken", "*"),
        may("pulls our training image", role, "ecr:BatchGetImage", training),
        may("pulls our serving image", role, "ecr:GetDownloadUrlForLayer", serving),
        may(
            "gives pods their identity",
            role,
            "eks-auth:AssumeRoleForPodIdentity",
            here.arn("eks", "cluster/x"),
        ),
        in_dev("gives pods addresses itself", role, "ec2:AssignPrivateIpAddresses", interface),
        in_dev(
            "publishes metrics itself",
            role,
            "cloudwatch:PutMetricData",
            "*",
            {"cloudwatch:namespace": "CWAgent"},
        ),
        in_dev("writes logs itself", role, "logs:PutLogEvents", log),
        in_dev("sets how long logs keep", role, "logs:PutRetentionPolicy", log.partition(":log-stream")[0]),
        may_not("forges the audit trail's log", role, "logs:PutLogEvents", f"{audit}:log-stream:x"),
        may_not("makes a stream in it", role, "logs:CreateLogStream", f"{audit}:log-stream:x"),
        may_not("shortens the audit trail's log", role, "logs:PutRetentionPolicy", audit),
        may_not("SageMaker takes the role", SAGEMAKER, ASSUME, role),
        may_not("EKS takes the role", EKS, ASSUME, role),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("pushes our training image", role, "ecr:PutImage", training),
        may_not("starts a push", role, "ecr:InitiateLayerUpload", serving),
        may_not("deletes images", role, "ecr:BatchDeleteImage", training),
        may_not(
            "reads models: pods do, as themselves",
            role,
            "s3:GetObject",
            here.model,
        ),
        may_not(
            "reads data",
            role,
            "s3:GetObject",
            here.data + "/raw/sales.csv",
        ),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
        may_not(
            "hands out roles",
            role,
            PASS,
            here.role("sagemaker-execution"),
            {"iam:PassedToService": SAGEMAKER},
        ),
    ]


def _sagemaker_trust(here: Here) -> list[Case]:
    role = here.role("sagemaker-execution")
    may, may_not = lines(role)
    job = here.arn("sagemaker", "training-job/P-1")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": job}
    theirs = {"aws:SourceAccount": FOREIGN, "aws:SourceArn": job.replace(ACCOUNT, FOREIGN)}
    elsewhere = ours | {"aws:SourceArn": job.replace(here.region, "us-east-1")}
    return [
        may("SageMaker takes the role for our job", SAGEMAKER, ASSUME, role, ours),
        may_not("SageMaker takes it for another account", SAGEMAKER, ASSUME, role, theirs),
        may_not("SageMaker takes it in another Region", SAGEMAKER, ASSUME, role, elsewhere),
        may_not("SageMaker does not say for whom", SAGEMAKER, ASSUME, role),
        may_not("EC2 takes the role", EC2, ASSUME, role, ours),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("another account takes the role", here.stranger, ASSUME, role),
    ]


def _sagemaker(here: Here) -> list[Case]:
    role = here.role("sagemaker-execution")
    may, _ = lines(role)
    data = here.data
    stream = here.arn("logs", "log-group:/aws/sagemaker/TrainingJobs:log-stream:P-1/algo-1")
    keys = [here.arn_of("artifact-stores", "Key")] if here.prod else []
    return [
        may("lists data", role, "s3:ListBucket", data),
        may("reads data", role, "s3:GetObject", f"{data}/raw/sales.csv"),
        may("writes its output", role, "s3:PutObject", f"{data}/output/predictions.csv"),
        may("reads a model", role, "s3:GetObject", here.model),
        may("writes a model", role, "s3:PutObject", here.model),
        may("trains", role, "sagemaker:CreateTrainingJob", here.arn("sagemaker", "training-job/P-1")),
        may("processes", role, "sagemaker:CreateProcessingJob", here.arn("sagemaker", "processing-job/P-1")),
        may("tags its job", role, "sagemaker:AddTags", here.arn("sagemaker", "training-job/P-1")),
        may(
            "registers",
            role,
            "sagemaker:CreateModelPackage",
            here.arn("sagemaker", "model-package/P-sales/1"),
        ),
        *(may("lets EC2 encrypt volumes with our key", role, GRANT, key, FOR_AWS) for key in keys),
        may("passes itself to SageMaker", role, PASS, role, {"iam:PassedToService": SAGEMAKER}),
        may("signs in to the registry", role, "ecr:GetAuthorizationToken", "*"),
        may("pulls our image", role, "ecr:BatchGetImage", here.arn("ecr", "repository/P-training")),
        may("writes logs", role, "logs:PutLogEvents", stream),
        may(
            "publishes metrics",
            role,
            "cloudwatch:PutMetricData",
            "*",
            {"cloudwatch:namespace": f"{here.prefix}/model"},
        ),
    ]


def _sagemaker_may_not(here: Here) -> list[Case]:
    role = here.role("sagemaker-execution")
    _, may_not = lines(role)
    data, models = here.data, here.arn_of("artifact-stores", "ModelBucket")
    other = f"training-job/mlops-energy-prediction-{here.environment}-1"
    log = here.arn_of("audit-trail", "TrailBucket")
    trail = here.arn_of("audit-trail", "Trail")
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keys = [here.arn_of("audit-trail", "Key")] if here.prod else []
    package = here.arn("sagemaker", "model-package/P-sales/1")
    return [
        may_not("reads another bucket", role, "s3:GetObject", "arn:aws:s3:::somebody-elses/x"),
        may_not("lists another bucket", role, "s3:ListBucket", "arn:aws:s3:::somebody-elses"),
        may_not("reads audit logs", role, "s3:GetObject", f"{log}/mlops-logs/AWSLogs/x"),
        may_not("deletes audit logs", role, "s3:DeleteObject", f"{log}/mlops-logs/AWSLogs/x"),
        may_not("writes the data it only reads", role, "s3:PutObject", f"{data}/raw/sales.csv"),
        may_not("deletes data", role, "s3:DeleteObject", f"{data}/raw/sales.csv"),
        may_not("deletes a model", role, "s3:DeleteObject", here.model),
        may_not("opens the bucket", role, "s3:PutBucketPolicy", models),
        may_not("writes beside the models", role, "s3:PutObject", f"{models}/other/m.tar.gz"),
        may_not("approves its own model", role, "sagemaker:UpdateModelPackage", package, APPROVED),
        may_not("registers a model as approved", role, "sagemaker:CreateModelPackage", package, APPROVED),
        may_not("makes a model", role, "sagemaker:CreateModel", here.arn("sagemaker", "model/P-sales")),
        may_not("deploys", role, "sagemaker:CreateEndpoint", here.arn("sagemaker", "endpoint/P-sales")),
        may_not("passes itself to EC2", role, PASS, role, {"iam:PassedToService": EC2}),
        may_not(
            "passes another role",
            role,
            PASS,
            here.role("eks-nodegroup-role"),
            {"iam:PassedToService": SAGEMAKER},
        ),
        may_not(
            "uses another project's training job",
            role,
            "sagemaker:CreateTrainingJob",
            here.arn("sagemaker", other),
        ),
        may_not(
            "stops another project's job", role, "sagemaker:StopTrainingJob", here.arn("sagemaker", other)
        ),
        may_not(
            "opens a notebook",
            role,
            "sagemaker:CreateNotebookInstance",
            here.arn("sagemaker", "notebook-instance/P-1"),
        ),
        may_not("pushes an image", role, "ecr:PutImage", here.arn("ecr", "repository/P-training")),
        may_not("pulls another image", role, "ecr:BatchGetImage", here.arn("ecr", "repository/other")),
        may_not(
            "fakes AWS metrics", role, "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EC2"}
        ),
        may_not(
            "writes the audit log group",
            role,
            "logs:PutLogEvents",
            here.arn("logs", "log-group:audit:log-stream:x"),
        ),
        may_not("stops the trail", role, "cloudtrail:StopLogging", trail),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
        *(may_not("uses the audit key", role, "kms:Decrypt", key, through_s3) for key in keys),
        *(may_not("grants the audit key to EC2", role, GRANT, key, FOR_AWS) for key in keys),
    ]
