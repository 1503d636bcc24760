"""The ceiling over every role that the pipeline makes or changes, whatever its own policies say.

It holds what the project's workloads need, and is wider than each of their policies: it does not grant, it
caps. What is not in it, no template can give a role: changing IAM, the audit trail, AWS Config, budgets,
keys, or the buckets themselves. EKS Auto Mode's policies are not in it either (they make instance profiles
and pass roles): its cluster role is for a person to make.

Agents of clusters write to log groups of any name, so the ceiling has them all, and takes the audit trail's
own out again: CloudWatchAgentServerPolicy, which the workshop page gives to the nodes, allows
`logs:PutRetentionPolicy` and `logs:PutLogEvents` on `*`, and a pod on the node could shorten or forge what
the alarms look at. CloudTrail's delivery role is excepted by name, should it ever be under this boundary: a
denial without that exception stops the delivery, and every alarm goes silent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSClusterPolicy.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodePolicy.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKS_CNI_Policy.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryReadOnly.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
"""

from __future__ import annotations

from typing import Any

from awacs.aws import Statement
from troposphere import Sub

from cfngen.define import iam, recipes
from templates import _naming
from templates._execution import global_arn, of


def ceiling(buckets: list[Any]) -> list[Statement]:
    """The most that a role can be given; `buckets` are the ARNs of those with data and models."""
    return [*_things(buckets), *_telling(), *_work(), *_cluster()]


def _things(buckets: list[Any]) -> list[Statement]:
    return [
        # An action applies to its own service's resources only.
        iam.allow(
            "DataLogsAndCluster",
            [
                *of("ecr", "*Layer* PutImage"),
                *of("eks", "DescribeCluster"),
                *of("eks-auth", "AssumeRoleForPodIdentity"),
                *of("kms", "Decrypt DescribeKey Encrypt GenerateDataKey"),
                *of("logs", "CreateLog* DescribeLog* PutLogEvents PutRetentionPolicy"),
                *of("s3", "*MultipartUpload* DeleteObject GetBucketLocation GetObject ListBucket PutObject"),
                *of("secretsmanager", "DescribeSecret GetSecretValue"),
                *of("sns", "Publish"),
                *of("ssm", "GetParameter"),
            ],
            [
                recipes.arn("ecr", f"repository/{_naming.P}-*"),
                recipes.arn("eks", "cluster/*"),
                recipes.arn("kms", "key/*"),
                recipes.arn("logs", "log-group:*"),
                *buckets,
                *(Sub("${Arn}/*", Arn=bucket) for bucket in buckets),
                recipes.arn("secretsmanager", f"secret:{_naming.P}/*"),
                recipes.arn("sns", f"{_naming.P}-*"),
                Sub("arn:${AWS::Partition}:ssm:*:*:parameter/AmazonCloudWatch-*"),
            ],
        ),
        iam.deny(
            "AuditLogGroupIsCloudTrails",
            of("logs", "CreateLogStream PutLogEvents PutRetentionPolicy"),
            [recipes.arn("logs", f"log-group:${{LogGroupName}}{rest}") for rest in ("", ":*")],
            when={"ArnNotEquals": {"aws:PrincipalArn": global_arn("iam", "role/${DeliveryRoleName}")}},
        ),
        # Nodes pull EKS's own add-ons from AWS's accounts, too.
        iam.allow(
            "PullImages",
            of("ecr", "Batch* Describe* Get* List*"),
            [Sub("arn:${AWS::Partition}:ecr:*:*:repository/*")],
        ),
    ]


def _telling() -> list[Statement]:
    return [
        # None of these can be narrowed to a resource.
        iam.allow(
            "MetricsTracesAndDescriptions",
            [
                *of("autoscaling", "DescribeAutoScalingGroups"),
                *of("cloudwatch", "PutMetricData"),
                *of("ec2", "Describe*"),
                *of("ecr", "GetAuthorizationToken"),
                *of("logs", "DescribeLogGroups"),
                *of("elasticloadbalancing", "Describe*"),
                *of("sagemaker", "List*"),
                *of("xray", "GetSampling* Put*"),
            ],
            ["*"],
        ),
    ]


def _work() -> list[Statement]:
    return [
        iam.allow(
            "SageMaker",
            of(
                "sagemaker",
                "AddTags Create* De* Invoke* List* RetryPipelineExecution StartPipelineExecution Stop* "
                "Update*",
            ),
            # IAM takes no wildcard in the place of a resource type:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
            [
                *(
                    recipes.arn("sagemaker", f"{kind}/{_naming.P}-*")
                    for kind in (
                        *("training-job", "processing-job", "model", "model-package-group", "model-package"),
                        *("endpoint-config", "endpoint", "pipeline"),
                    )
                ),
                # SageMaker Pipelines names these.
                *(
                    recipes.arn("sagemaker", f"{kind}/pipelines-*")
                    for kind in ("training-job", "processing-job")
                ),
            ],
        ),
        # Whoever opens Studio as another user profile, or changes one, has the role of that profile.
        iam.allow(
            "Studio",
            of("sagemaker", "*App *Space AddTags Describe*"),
            [recipes.arn("sagemaker", f"{kind}/*") for kind in ("domain", "user-profile", "space", "app")],
        ),
        iam.allow(
            "GlueJobs",
            of("glue", "*JobRun* CreateJob GetJob UpdateJob"),
            [recipes.arn("glue", f"job/{_naming.P}-*")],
        ),
        iam.allow(
            "LogsOfJobs",
            of("logs", "FilterLogEvents GetLogEvents"),
            [recipes.arn("logs", f"log-group:/{group}/*") for group in ("aws/sagemaker", "aws-glue")],
        ),
        # Volumes of jobs, encrypted with a key of ours; no grant for a person.
        iam.allow(
            "GrantsForServices",
            of("kms", "CreateGrant"),
            [recipes.arn("kms", "key/*")],
            when={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        iam.allow(
            "PassItselfToSageMaker",
            of("iam", "PassRole"),
            [global_arn("iam", f"role/{_naming.SAGEMAKER_ROLE}")],
            when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        iam.allow(
            "PassRoleToGlue",
            of("iam", "PassRole"),
            [global_arn("iam", f"role/{_naming.GLUE_ROLE}")],
            when={"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
        ),
    ]


def _cluster() -> list[Statement]:
    return [
        iam.allow(
            "NetworkAndDisks",
            of(
                "ec2",
                "*Addresses *NetworkInterface* *Route *SecurityGroup* *Volume CreateTags "
                "ModifyInstanceAttribute",
            ),
            [recipes.arn("ec2", "*")],
        ),
        iam.allow(
            "Balancers",
            [
                *of("autoscaling", "UpdateAutoScalingGroup"),
                *of("elasticloadbalancing", "A* C* De* Modify* Register* Set*"),
            ],
            [
                recipes.arn("autoscaling", "autoScalingGroup:*"),
                recipes.arn("elasticloadbalancing", "*"),
            ],
        ),
        iam.allow(
            "BalancersServiceLinkedRole",
            of("iam", "CreateServiceLinkedRole"),
            [global_arn("iam", "role/aws-service-role/*")],
            when={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
        ),
    ]
