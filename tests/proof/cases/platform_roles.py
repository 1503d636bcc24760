"""What the two AWS managed policies of the page would open, were they attached: all but the audit logs."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines

ASSUME, TAG_SESSION, PASS = "sts:AssumeRole", "sts:TagSession", "iam:PassRole"
EKS, EC2, SAGEMAKER = "eks.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    return _page(here) if here.scenario == "prod with the page's roles" else []


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
            "with Auto Mode, EKS tags the session", EKS, TAG_SESSION, here.role("eks-cluster-role")
        ),
    ]
