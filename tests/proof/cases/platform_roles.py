"""What parameters open: the page's own policies, jobs of pipelines, jobs in a VPC, AWS's own images."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines
from tests.support.proof.account import FOREIGN
from tests.support.proof.tools import ACCOUNT

ASSUME, TAG_SESSION, PASS = "sts:AssumeRole", "sts:TagSession", "iam:PassRole"
EKS, EC2, SAGEMAKER = "eks.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    if here.scenario == "dev without the boundary":
        return _nodes(here)
    if here.scenario == "prod with the page's roles":
        return _page(here)
    return _next_tasks(here) if here.everything else []


def _nodes(here: Here) -> list[Case]:
    """The page's nodes may write every log group; their guard alone keeps them from the audit trail's."""
    role = here.role("eks-nodegroup-role")
    may, may_not = lines(role)
    group = here.arn("logs", f"log-group:{here.account.reference('audit-trail', 'LogGroup')}")
    return [
        may(
            "writes another log group",
            role,
            "logs:PutLogEvents",
            here.arn("logs", "log-group:x:log-stream:y"),
        ),
        may_not("forges the audit trail's log", role, "logs:PutLogEvents", f"{group}:log-stream:x"),
        may_not("shortens the audit trail's log", role, "logs:PutRetentionPolicy", group),
    ]


def _next_tasks(here: Here) -> list[Case]:
    """What parameters open: jobs of pipelines, jobs in a VPC, AWS's own images."""
    role = here.role("sagemaker-execution")
    may, may_not = lines(role)
    if_asked = may if here.next else may_not
    create, delete = "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"
    interface, subnet = (
        here.arn("ec2", name)
        for name in ("network-interface/eni-0abcdef1234567890", "subnet/subnet-0abcdef1234567890")
    )

    def image(registry: str, region: str = here.region) -> str:
        return f"arn:aws:ecr:{region}:{registry}:repository/pytorch-training"

    return [
        if_asked(
            "starts a job that a pipeline names",
            role,
            "sagemaker:CreateTrainingJob",
            here.arn("sagemaker", "training-job/pipelines-x"),
        ),
        if_asked("makes a network interface", role, create, interface),
        if_asked("makes it in a subnet", role, create, subnet),
        if_asked("removes a network interface", role, delete, interface),
        if_asked("sees networks", role, "ec2:DescribeSubnets", "*"),
        if_asked("pulls AWS's deep-learning container", role, "ecr:BatchGetImage", image("763104351884")),
        may_not("pulls it in another Region", role, "ecr:BatchGetImage", image("763104351884", "us-east-1")),
        may_not("pulls a stranger's image", role, "ecr:BatchGetImage", image(FOREIGN)),
        may_not("pushes to AWS's registry", role, "ecr:PutImage", image("763104351884")),
        may_not(
            "starts an instance", role, "ec2:RunInstances", here.arn("ec2", "instance/i-0abcdef1234567890")
        ),
        may_not(
            "opens a security group",
            role,
            "ec2:AuthorizeSecurityGroupIngress",
            here.arn("ec2", "security-group/sg-0abcdef1234567890"),
        ),
    ]


def _page(here: Here) -> list[Case]:
    """What the two AWS managed policies would open, were they attached: all but the audit logs."""
    role, nodes = here.role("sagemaker-execution"), here.role("eks-nodegroup-role")
    may, may_not = lines(role)
    log = here.account.arn_of("audit-trail", "TrailBucket")
    other = here.arn("sagemaker", "training-job/somebody-elses")
    return [
        may("deletes any other bucket", role, "s3:DeleteBucket", "arn:aws:s3:::somebody-elses"),
        may("deletes any other object", role, "s3:DeleteObject", "arn:aws:s3:::somebody-elses/x"),
        may("deletes its data", role, "s3:DeleteObject", here.bucket("dat") + "/raw/sales.csv"),
        may("stops anybody's training job", role, "sagemaker:StopTrainingJob", other),
        may("changes the trail bucket's policy", role, "s3:PutBucketPolicy", log),
        may_not("deletes audit logs all the same", role, "s3:DeleteObject", f"{log}/mlops-logs/AWSLogs/x"),
        may_not("overwrites audit logs all the same", role, "s3:PutObject", f"{log}/mlops-logs/AWSLogs/x"),
        may_not("passes itself to EC2 all the same", role, PASS, role, {"iam:PassedToService": EC2}),
        may_not(
            "stops the trail all the same",
            role,
            "cloudtrail:StopLogging",
            here.account.arn_of("audit-trail", "Trail"),
        ),
        lines(nodes)[0](
            "the page's nodes publish metrics",
            nodes,
            "cloudwatch:PutMetricData",
            "*",
            {"cloudwatch:namespace": "X"},
        ),
        lines(nodes)[1](
            "the page's nodes push", nodes, "ecr:PutImage", here.arn("ecr", "repository/P-training")
        ),
        lines(here.role("eks-cluster-role"))[0](
            "with Auto Mode, EKS tags the session",
            EKS,
            TAG_SESSION,
            here.role("eks-cluster-role"),
            {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": here.arn("eks", "cluster/x")},
        ),
    ]
