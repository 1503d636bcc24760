"""The roles that EKS and SageMaker work with, before there is a cluster or a job.

Choices, where the obvious one is wrong:

- No CloudWatch Logs permission for the cluster: EKS writes its control-plane logs through the service-linked
  role AWSServiceRoleForAmazonEKS. Plain trust, and `sts:TagSession` only for Auto Mode, which asks for it.
- No S3 policy on the nodes, whatever their description says: what a node may, every pod on it may. Pods get
  S3, CloudWatch and Secrets Manager by roles of their own (stack pod-roles). No Source condition on the
  nodes' trust either: EC2 sends none.
- `NodePolicies=minimal` takes the CNI and CloudWatch policies off the nodes, and lets them pull images only.
  Their DaemonSets then need the pod roles of stack pod-roles.
- AmazonSageMakerFullAccess and AmazonS3FullAccess would let a training job delete the audit logs. The
  default is a policy for the project's own buckets, repositories and names; the two are a parameter away.
- Jobs write to the model bucket and below `output/` of the data bucket; raw data is read only. SageMaker
  reads no image but the project's two repositories', has no network interfaces of its own (jobs in a VPC
  need EC2 permissions on `*`), and passes no role but its own, to SageMaker.
- `*` as a resource stands only where AWS offers no other: `ecr:GetAuthorizationToken`, and
  `cloudwatch:PutMetricData`, which its namespace narrows.
- The key of the artifacts is made by a later stack: its alias, not its id, is what the policy knows.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks.html
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
"""

from __future__ import annotations

from typing import Any

from awacs import cloudwatch, ecr, kms, s3, sagemaker
from awacs import iam as awsiam
from awacs import logs as cwlogs
from awacs.aws import Statement
from troposphere import Equals, GetAtt, If, Not, NoValue, Or, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from cfngen.define import iam
from cfngen.define.stack import Stack
from templates import _common, _naming
from templates._claims import facts, table
from templates._claims import platform_roles as promises

stack = Stack(
    "Roles of the EKS cluster, of its nodes and of SageMaker, each with the least that its work needs.",
    depends_on=["audit-trail", "delivery-roles"],
    protected=["ClusterRole", "NodeRole", "SageMakerRole"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

EKS = stack.group("EKS")
SAGEMAKER = stack.group("SageMaker")
STORES = stack.group("Buckets that SageMaker works on")

EKS.choice(
    "AutoMode",
    "Whether the cluster will use EKS Auto Mode, which manages nodes, disks and balancers.",
    ["enabled", "disabled"],
    default="disabled",
    label="EKS Auto Mode",
)
EKS.choice(
    "NodePolicies",
    "page: with CNI, ECR read and CloudWatch. minimal: join and pull; pods have own roles.",
    ["page", "minimal"],
    label="Policies of the nodes",
)
SAGEMAKER.choice(
    "SageMakerPolicies",
    "scoped: the project's own things. aws-managed: all of SageMaker and S3, audit logs too.",
    ["scoped", "aws-managed"],
    label="Policies of SageMaker",
)
data_bucket = _common.existing_bucket(
    STORES, "DataBucketName", "dat", label="Data bucket, as in artifact-stores"
)
model_bucket = _common.existing_bucket(
    STORES, "ModelBucketName", "mdl", label="Model bucket, as in artifact-stores"
)

boundary = _common.permissions_boundary(stack)

stack.rule(
    "BucketsDiffer",
    [
        {
            "Assert": Or(
                Equals(Ref("DataBucketName"), ""),
                Not(Equals(Ref("DataBucketName"), Ref("ModelBucketName"))),
            ),
            "AssertDescription": "DataBucketName and ModelBucketName must differ: raw data is read only.",
        }
    ],
)

auto_mode = stack.condition("UseAutoMode", Equals(Ref("AutoMode"), "enabled"))
minimal_nodes = stack.condition("UseMinimalNodes", Equals(Ref("NodePolicies"), "minimal"))
scoped = stack.condition("UseScopedSageMaker", Equals(Ref("SageMakerPolicies"), "scoped"))


def managed(*names: str) -> list[Sub]:
    """The ARNs of AWS managed policies."""
    return [Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}") for name in names]


def ours(*kinds: str) -> list[Sub]:
    """SageMaker's things of these kinds that bear the project's name; SageMaker has ARNs in lower case."""
    return [_naming.arn("sagemaker", f"{kind}/{_naming.P}-*") for kind in kinds]


# --- EKS ----------------------------------------------------------------------------------------------------

stack.add(
    Role(
        "ClusterRole",
        DeletionPolicy="Delete",
        RoleName=_naming.named("eks-cluster-role"),
        Description="EKS cluster service role for retail prediction MLOps platform",
        AssumeRolePolicyDocument=If(
            auto_mode,
            iam.service_trust("eks.amazonaws.com", tag_session=True),
            iam.service_trust("eks.amazonaws.com"),
        ),
        ManagedPolicyArns=If(
            auto_mode,
            managed(
                "AmazonEKSClusterPolicy",
                "AmazonEKSComputePolicy",
                "AmazonEKSBlockStoragePolicy",
                "AmazonEKSLoadBalancingPolicy",
                "AmazonEKSNetworkingPolicy",
            ),
            managed("AmazonEKSClusterPolicy"),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
stack.add(
    Role(
        "NodeRole",
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.NODE_ROLE),
        Description="EKS node group role with ECR, S3, and CloudWatch access for retail prediction",
        AssumeRolePolicyDocument=iam.service_trust("ec2.amazonaws.com"),
        ManagedPolicyArns=If(
            minimal_nodes,
            managed("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"),
            managed(
                "AmazonEKSWorkerNodePolicy",
                "AmazonEKS_CNI_Policy",
                "AmazonEC2ContainerRegistryReadOnly",
                "CloudWatchAgentServerPolicy",
            ),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)

# --- SageMaker ----------------------------------------------------------------------------------------------

stack.add(
    Role(
        "SageMakerRole",
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.SAGEMAKER_ROLE),
        Description=("SageMaker execution role for retail prediction training jobs and model deployment"),
        AssumeRolePolicyDocument=iam.service_trust(
            "sagemaker.amazonaws.com", when=iam.only_for(_naming.arn("sagemaker", "*"))
        ),
        ManagedPolicyArns=If(scoped, NoValue, managed("AmazonSageMakerFullAccess", "AmazonS3FullAccess")),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)


def in_bucket(name: Any, path: str = "") -> Sub:
    """The ARN of a bucket, or of objects in it."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::${{Bucket}}{path}", Bucket=name)


storage: list[Statement] = [
    iam.allow(
        "SeeBuckets",
        [s3.ListBucket, s3.GetBucketLocation],
        [in_bucket(data_bucket), in_bucket(model_bucket)],
    ),
    iam.allow("ReadData", [s3.GetObject], [in_bucket(data_bucket, "/*")]),
    iam.allow(
        "WriteOutput",
        [s3.PutObject, s3.AbortMultipartUpload],
        [in_bucket(data_bucket, f"/{_naming.OUTPUT_PREFIX}/*")],
    ),
    iam.allow(
        "ReadAndWriteModels",
        [s3.GetObject, s3.PutObject, s3.AbortMultipartUpload],
        [in_bucket(model_bucket, "/*")],
    ),
    iam.allow(
        "UseKeyOfArtifacts",
        [kms.Encrypt, kms.Decrypt, kms.GenerateDataKey],
        [_naming.arn("kms", "key/*")],
        when={
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.ARTIFACT_KEY)},
            "StringEquals": {"kms:ViaService": Sub("s3.${AWS::Region}.${AWS::URLSuffix}")},
        },
    ),
]
work: list[Statement] = [
    iam.allow(
        "RunJobs",
        [
            sagemaker.CreateTrainingJob,
            sagemaker.DescribeTrainingJob,
            sagemaker.StopTrainingJob,
            sagemaker.CreateProcessingJob,
            sagemaker.DescribeProcessingJob,
            sagemaker.StopProcessingJob,
        ],
        ours("training-job", "processing-job"),
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
        ],
        ours("model", "endpoint-config", "endpoint"),
    ),
    iam.allow(
        "TagOwn",
        [sagemaker.AddTags],
        ours(
            "training-job",
            "processing-job",
            "model",
            "model-package-group",
            "model-package",
            "endpoint-config",
            "endpoint",
        ),
    ),
    iam.allow(
        "PassItselfToSageMaker",
        [awsiam.PassRole],
        [_naming.role_arn(_naming.SAGEMAKER_ROLE)],
        when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    ),
]
surroundings: list[Statement] = [
    iam.allow("SignInToRegistry", [ecr.GetAuthorizationToken], ["*"]),
    iam.allow(
        "PullImages",
        [ecr.BatchCheckLayerAvailability, ecr.GetDownloadUrlForLayer, ecr.BatchGetImage],
        [_naming.arn("ecr", f"repository/{name}") for name in _naming.REPOSITORIES],
    ),
    iam.allow(
        "WriteLogs",
        [
            cwlogs.CreateLogGroup,
            cwlogs.CreateLogStream,
            cwlogs.DescribeLogStreams,
            cwlogs.PutLogEvents,
        ],
        [_naming.arn("logs", "log-group:/aws/sagemaker/*")],
    ),
    iam.allow(
        "PublishMetrics",
        [cloudwatch.PutMetricData],
        ["*"],
        when={"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", Sub(f"{_naming.P}/*")]}},
    ),
]
stack.add(
    ManagedPolicy(
        "SageMakerPolicy",
        Condition=scoped,
        ManagedPolicyName=_naming.named("sagemaker-execution"),
        Description="Train, register and deploy the models of this project, and nothing else",
        Roles=[Ref("SageMakerRole")],
        PolicyDocument=iam.policy(*storage, *work, *surroundings),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

_common.output(stack, "ClusterRoleArn", "Role of the EKS cluster", GetAtt("ClusterRole", "Arn"))
_common.output(stack, "NodeRoleArn", "Role of the EKS nodes", GetAtt("NodeRole", "Arn"))
_common.output(stack, "SageMakerRoleArn", "Execution role of SageMaker", GetAtt("SageMakerRole", "Arn"))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "platform-roles", promises.cases))
