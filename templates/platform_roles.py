"""The roles that EKS and SageMaker work with, before there is a cluster or a job.

Choices, where the obvious one is wrong:

- No CloudWatch Logs permission for the cluster: EKS writes its control-plane logs through the service-linked
  role AWSServiceRoleForAmazonEKS. EKS takes the role for clusters of this account and Region only, and
  `sts:TagSession` is only for Auto Mode, which asks for it.
- No S3 policy on the nodes, whatever their description says: what a node may, every pod on it may. Pods get
  S3, CloudWatch and Secrets Manager by roles of their own (stack pod-roles). No Source condition on the
  nodes' trust either: EC2 sends none.
- CloudWatchAgentServerPolicy, which the page gives to the nodes, allows logs:PutLogEvents and
  logs:PutRetentionPolicy on every log group: a pod could forge or shorten the audit trail's. The nodes are
  denied that log group by name. CloudTrail's own delivery role must never carry such a denial.
- `NodePolicies=minimal` takes the CNI and CloudWatch policies off the nodes, and lets them pull images only.
  Their DaemonSets then need the pod roles of stack pod-roles.
- AmazonSageMakerFullAccess and AmazonS3FullAccess would let a training job delete the audit logs. The
  default is a policy for the project's own buckets, repositories and names; the two are a parameter away.
- Jobs write to the folder of the models and below `output/` of the data bucket; all other data is read only.
  SageMaker passes no role but its own, to SageMaker.
- Training code registers its models, and neither approves nor deploys them: CreateModel, CreateEndpoint and
  the approval are for the approver of stack job-roles. The denial of the approval holds with the page's full
  access, too.
- Built-in algorithms' images are pulled by SageMaker itself. Deep-learning containers are pulled with this
  role, and of script mode and hosting nobody says: `AwsImages` opens AWS's own registries of one Region, and
  no others. Their ids differ by Region, so a Region is added here when it is needed.
- Jobs in a VPC make network interfaces (`VpcJobs`); EC2's descriptions know no resource.
- SageMaker Pipelines names its jobs `pipelines-...` (`Pipelines`), unless its steps use
  `use_custom_job_prefix`.
- A job that encrypts its volumes with our key (VolumeKmsKeyId) makes a grant for EC2: allowed for AWS
  services only.
- `*` as a resource stands only where AWS offers no other: `ecr:GetAuthorizationToken`, EC2's descriptions,
  and `cloudwatch:PutMetricData`, which its namespace narrows.
- The key of the artifacts is made by a later stack: its alias, not its id, is what the policy knows.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks.html
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/ecr-ap-southeast-1.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
"""

from __future__ import annotations

from awacs import cloudwatch, ec2, ecr, kms, s3, sagemaker
from awacs import iam as awsiam
from awacs import logs as cwlogs
from awacs.aws import Action, Statement
from troposphere import And, Condition, Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from cfngen.define.suppress import suppressed
from templates import _common, _naming, _stores, _trail
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
SAGEMAKER.choice(
    "Pipelines",
    "enabled: also jobs that SageMaker Pipelines names, pipelines-...",
    ["enabled", "disabled"],
    default="disabled",
    label="SageMaker Pipelines",
)
SAGEMAKER.choice(
    "VpcJobs",
    "enabled: jobs and models may have network interfaces in a VPC of yours.",
    ["enabled", "disabled"],
    default="disabled",
    label="Jobs in a VPC",
)
SAGEMAKER.choice(
    "AwsImages",
    "Region of AWS's own image registries to pull from: script mode and deep-learning containers.",
    ["none", "ap-southeast-1"],
    label="AWS's own images",
)
layout = _stores.add_layout(STORES)
data_bucket = _stores.add_data_bucket(STORES, layout)
model_bucket = _stores.add_model_bucket(STORES, layout, data_bucket)
_stores.add_model_prefix(STORES)
_stores.refuse_mixtures(stack)
_trail.add_log_group_name(stack.group("Audit trail"))

boundary = _common.permissions_boundary(stack)

auto_mode = stack.condition("UseAutoMode", Equals(Ref("AutoMode"), "enabled"))
minimal_nodes = stack.condition("UseMinimalNodes", Equals(Ref("NodePolicies"), "minimal"))
page_nodes = stack.condition("UsePageNodes", Equals(Ref("NodePolicies"), "page"))
scoped = stack.condition("UseScopedSageMaker", Equals(Ref("SageMakerPolicies"), "scoped"))
pipelines = stack.condition("UsePipelines", Equals(Ref("Pipelines"), "enabled"))
in_vpc = stack.condition("UseVpcJobs", And(Condition(scoped), Equals(Ref("VpcJobs"), "enabled")))
aws_images = stack.condition("UseAwsImages", And(Condition(scoped), Not(Equals(Ref("AwsImages"), "none"))))


def managed(*names: str) -> list[Sub]:
    """The ARNs of AWS managed policies."""
    return [Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}") for name in names]


def ours(*kinds: str) -> list[Sub]:
    """SageMaker's things of these kinds that bear the project's name; SageMaker has ARNs in lower case."""
    return [recipes.arn("sagemaker", f"{kind}/{_naming.P}-*") for kind in kinds]


# --- EKS ----------------------------------------------------------------------------------------------------

FOR_CLUSTERS = iam.only_for(recipes.arn("eks", "cluster/*"))

stack.add(
    Role(
        "ClusterRole",
        DeletionPolicy="Delete",
        RoleName=recipes.named("eks-cluster-role"),
        Description="EKS cluster service role for retail prediction MLOps platform",
        AssumeRolePolicyDocument=If(
            auto_mode,
            iam.service_trust("eks.amazonaws.com", when=FOR_CLUSTERS, tag_session=True),
            iam.service_trust("eks.amazonaws.com", when=FOR_CLUSTERS),
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

stack.add(
    ManagedPolicy(
        "NodeGuard",
        Condition=page_nodes,
        ManagedPolicyName=recipes.named("eks-nodegroup-guard"),
        Description="Nodes and their pods neither write nor shorten the log group of the audit trail",
        Roles=[Ref("NodeRole")],
        PolicyDocument=iam.policy(
            iam.deny(
                "AuditLogsStay",
                [
                    cwlogs.CreateLogStream,
                    cwlogs.DeleteLogGroup,
                    cwlogs.DeleteLogStream,
                    cwlogs.DeleteRetentionPolicy,
                    cwlogs.PutLogEvents,
                    Action("logs", "PutLogGroupDeletionProtection"),
                    cwlogs.PutRetentionPolicy,
                ],
                [recipes.arn("logs", f"log-group:${{LogGroupName}}{rest}") for rest in ("", ":*")],
            )
        ),
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
            "sagemaker.amazonaws.com", when=iam.only_for(recipes.arn("sagemaker", "*"))
        ),
        ManagedPolicyArns=If(scoped, NoValue, managed("AmazonSageMakerFullAccess", "AmazonS3FullAccess")),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)


storage: list[Statement] = [
    iam.allow(
        "SeeBuckets",
        [s3.ListBucket, s3.GetBucketLocation],
        [recipes.bucket_arn(data_bucket), recipes.bucket_arn(model_bucket)],
    ),
    iam.allow("ReadData", [s3.GetObject], [recipes.objects(data_bucket, "*")]),
    iam.allow(
        "WriteOutput",
        [s3.PutObject, s3.AbortMultipartUpload],
        [recipes.objects(data_bucket, f"{_naming.OUTPUT_PREFIX}/*")],
    ),
    iam.allow(
        "ReadAndWriteModels",
        [s3.GetObject, s3.PutObject, s3.AbortMultipartUpload],
        [recipes.objects(model_bucket, "${ModelPrefix}/*")],
    ),
    iam.allow(
        "UseKeyOfArtifacts",
        [kms.Encrypt, kms.Decrypt, kms.GenerateDataKey],
        [recipes.arn("kms", "key/*")],
        when=_stores.through("s3"),
    ),
    _stores.lets_volumes_use_key(),
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
            sagemaker.AddTags,
        ],
        [
            *ours("training-job", "processing-job"),
            *(
                If(pipelines, recipes.arn("sagemaker", f"{kind}/pipelines-*"), NoValue)
                for kind in ("training-job", "processing-job")
            ),
        ],
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
            sagemaker.AddTags,
        ],
        ours("model-package-group", "model-package"),
    ),
    iam.allow(
        "PassItselfToSageMaker",
        [awsiam.PassRole],
        [recipes.role_arn(_naming.SAGEMAKER_ROLE)],
        when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    ),
]
PULL = [ecr.BatchCheckLayerAvailability, ecr.GetDownloadUrlForLayer, ecr.BatchGetImage]
surroundings: list[Statement] = [
    iam.allow("SignInToRegistry", [ecr.GetAuthorizationToken], ["*"]),
    iam.allow(
        "PullImages",
        PULL,
        [recipes.arn("ecr", f"repository/{name}") for name in _naming.REPOSITORIES],
    ),
    iam.allow(
        "WriteLogs",
        [
            cwlogs.CreateLogGroup,
            cwlogs.CreateLogStream,
            cwlogs.DescribeLogStreams,
            cwlogs.PutLogEvents,
        ],
        [recipes.arn("logs", "log-group:/aws/sagemaker/*")],
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
        ManagedPolicyName=recipes.named("sagemaker-execution"),
        # A named policy cannot be replaced, and another description would replace it.
        Description="Train, register and deploy the models of this project, and nothing else",
        Roles=[Ref("SageMakerRole")],
        PolicyDocument=iam.policy(*storage, *work, *surroundings),
    )
)

stack.add(
    ManagedPolicy(
        "SageMakerGuard",
        ManagedPolicyName=recipes.named("sagemaker-guard"),
        Description="Training code does not approve its own models",
        Roles=[Ref("SageMakerRole")],
        PolicyDocument=iam.policy(_stores.approves_nothing()),
    )
)
stack.add(
    ManagedPolicy(
        "SageMakerVpcPolicy",
        Condition=in_vpc,
        ManagedPolicyName=recipes.named("sagemaker-vpc"),
        Description="Network interfaces of jobs and models in a VPC",
        Roles=[Ref("SageMakerRole")],
        PolicyDocument=iam.policy(
            iam.allow(
                "NetworkInterfaces",
                [
                    ec2.CreateNetworkInterface,
                    ec2.CreateNetworkInterfacePermission,
                    ec2.DeleteNetworkInterface,
                    ec2.DeleteNetworkInterfacePermission,
                ],
                [
                    recipes.arn("ec2", f"{kind}/*")
                    for kind in ("network-interface", "security-group", "subnet")
                ],
            ),
            iam.allow(
                "SeeNetworks",
                [
                    ec2.DescribeDhcpOptions,
                    ec2.DescribeNetworkInterfaces,
                    ec2.DescribeSecurityGroups,
                    ec2.DescribeSubnets,
                    ec2.DescribeVpcs,
                ],
                ["*"],
            ),
        ),
    )
)
# Of SageMaker's and the deep-learning containers' pages for ap-southeast-1, see above.
AWS_REGISTRIES = (
    *("022667117163", "121021644041", "245545462676", "475088953585"),
    *("759080221371", "763104351884", "834264404009", "972752614525"),
)
stack.add(
    ManagedPolicy(
        "SageMakerImagesPolicy",
        Condition=aws_images,
        Metadata=suppressed({"E9508": "The ids are those of AWS's own registries, which are public."}),
        ManagedPolicyName=recipes.named("sagemaker-aws-images"),
        Description="Pull AWS's own images of one Region",
        Roles=[Ref("SageMakerRole")],
        PolicyDocument=iam.policy(
            iam.allow(
                "PullAwsImages",
                PULL,
                [
                    Sub(f"arn:${{AWS::Partition}}:ecr:${{AwsImages}}:{registry}:repository/*")
                    for registry in AWS_REGISTRIES
                ],
            )
        ),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "ClusterRoleArn", "Role of the EKS cluster", GetAtt("ClusterRole", "Arn"))
recipes.export(stack, "NodeRoleArn", "Role of the EKS nodes", GetAtt("NodeRole", "Arn"))
recipes.export(stack, "SageMakerRoleArn", "Execution role of SageMaker", GetAtt("SageMakerRole", "Arn"))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "platform-roles", promises.cases))
