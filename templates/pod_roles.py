"""The roles that pods work with: each for one Kubernetes service account of one cluster.

They are made before the cluster is, and attached to it later. What trusts them has two stages:

- Without an issuer: EKS Pod Identity, for the pods of the cluster named here. It needs the
  eks-pod-identity-agent add-on and one association for each role. EKS says by session tags whose pod asks;
  the trust policy wants exactly this cluster, namespace and service account.
- With the cluster's OIDC issuer (OidcIssuer): IAM roles for service accounts. The condition keys hold the
  issuer, and CloudFormation evaluates nothing in keys, so the trust policy is one string. One OIDC provider
  for each issuer may exist in an account: eksctl makes it too, then OidcProvider is `existing`.

Choices, where the obvious one is wrong:

- An association that turns session tags off (`disableSessionTags`) cannot take a role here: the tags are what
  the trust asks for.
- The bucket may be in another Region than the cluster; its key must then be, too, and this stack decrypts
  with keys of its own Region only: read across Regions where the bucket's encryption is aws-managed.
- Exact `sub` and `aud`. `system:serviceaccount:*:name` lets anybody who may create a namespace in.
- A service account has one role, so the accounts must differ.
- Models are read in their folder (ModelPrefix) only, and listing needs that prefix: a pod does not see what
  training leaves beside them, nor raw data where there is one bucket for all.
- The monitoring policy is for this project's metrics and this cluster's log groups; CloudWatch's own
  CloudWatchAgentServerPolicy allows every log group of the account, the audit trail's too. Log groups of
  Container Insights are named after the cluster, and the agent sets how long they keep; Application Signals
  has one for the account, and traces. Descriptions, traces and metrics know no resource.
- A secret under a key of one's own is decrypted by Secrets Manager for whoever reads it: allowed for the
  project's secrets, which the encryption context names, and not directly.
- VpcCniRole gives the VPC CNI the policy that minimal nodes (stack platform-roles) no longer have. The
  add-on's service account is fixed: aws-node in kube-system.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchAgentServerPolicy.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

from typing import Any

from awacs import cloudwatch, ec2, kms, s3, secretsmanager, xray
from awacs import logs as cwlogs
from awacs.aws import Statement
from troposphere import And, Condition, Equals, GetAtt, If, Not, Ref, Sub
from troposphere.iam import ManagedPolicy, OIDCProvider, Role

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _naming, _stores
from templates._claims import facts, table
from templates._claims import pod_roles as promises

stack = Stack(
    "Pod roles: S3 model access, CloudWatch monitoring, Secrets Manager and the network add-on, each for one "
    "service account.",
    depends_on=["delivery-roles", "platform-roles", "artifact-stores"],
    protected=["ModelAccessRole", "MonitoringRole", "SecretsRole"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

CLUSTER = stack.group("EKS cluster")
PODS = stack.group("Pods")
STORES = stack.group("What pods read")


def kubernetes_name(name: str, default: str, label: str) -> None:
    """Add a parameter for a Kubernetes name; no wildcard, quote or colon gets into a trust policy by it."""
    PODS.text(
        name,
        "As it is in Kubernetes; the pods of this one only get the role.",
        default=default,
        pattern="[a-z0-9]([a-z0-9-]*[a-z0-9])?",
        max_length=63,
        allowed="1 to 63 lower-case letters, digits and inner hyphens",
        label=label,
    )


CLUSTER.text(
    "ClusterName",
    "Name that the cluster has or will have. Empty: <Project>-<Environment>-cluster.",
    pattern="[0-9A-Za-z][0-9A-Za-z_-]*",
    max_length=100,
    allowed="1 to 100 letters, digits, hyphens and underscores",
    optional=True,
)
CLUSTER.text(
    "OidcIssuer",
    "Issuer of the cluster without https://. Empty: EKS Pod Identity, also before a cluster.",
    pattern=r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/[0-9A-Z]{32}",
    max_length=128,
    allowed="oidc.eks.<region>.amazonaws.com/id/ and 32 digits and capitals",
    optional=True,
    label="OIDC issuer",
)
CLUSTER.choice(
    "OidcProvider",
    "create, or existing where IAM has a provider for this issuer already, as after eksctl.",
    ["create", "existing"],
    label="OIDC provider",
)
CLUSTER.choice(
    "VpcCniRole",
    "enabled: a role for the VPC CNI, which nodes with minimal policies cannot do without.",
    ["enabled", "disabled"],
    default="disabled",
    label="Role for the VPC CNI",
)
kubernetes_name("Namespace", "retail-prediction", "Namespace of the project's pods")
kubernetes_name("ModelServiceAccount", "model-server", "Service account that reads models")
kubernetes_name("SecretsServiceAccount", "secrets-reader", "Service account that reads secrets")
kubernetes_name("MonitoringNamespace", "amazon-cloudwatch", "Namespace of the CloudWatch agent")
kubernetes_name("MonitoringServiceAccount", "cloudwatch-agent", "Service account of the CloudWatch agent")
layout = _stores.add_layout(STORES)
model_bucket = _stores.add_model_bucket(STORES, layout, _stores.data_name(layout))
_stores.add_model_prefix(STORES)

boundary = _common.permissions_boundary(stack)

stack.rule(
    "ExistingProviderHasIssuer",
    [
        {
            "Assert": Not(Equals(Ref("OidcIssuer"), "")),
            "AssertDescription": "An existing OIDC provider is that of an OidcIssuer: give it.",
        }
    ],
    when=Equals(Ref("OidcProvider"), "existing"),
)
stack.rule(
    "ServiceAccountHasOneRole",
    [
        {
            "Assert": Not(Equals(Ref("ModelServiceAccount"), Ref("SecretsServiceAccount"))),
            "AssertDescription": "ModelServiceAccount and SecretsServiceAccount must differ.",
        }
    ],
)

cluster_named = stack.given("ClusterName")
by_issuer = stack.condition("UseOidcIssuer", Not(Equals(Ref("OidcIssuer"), "")))
new_provider = stack.condition(
    "CreateOidcProvider", And(Condition(by_issuer), Equals(Ref("OidcProvider"), "create"))
)
network = stack.condition("UseNetworkRole", Equals(Ref("VpcCniRole"), "enabled"))

cluster = If(cluster_named, Ref("ClusterName"), recipes.named("cluster"))


def of_cluster(service: str, resource: str) -> Sub:
    """The ARN of something that is named after the cluster: `resource` holds `${Cluster}`."""
    return Sub(
        f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}", Cluster=cluster
    )


def trust(namespace: str, service_account: str) -> If:
    """One service account's pods; both are text that may hold a `${Parameter}`."""
    return If(
        by_issuer,
        iam.irsa_trust("${OidcIssuer}", namespace, service_account),
        iam.pod_identity_trust(
            of_cluster("eks", "cluster/${Cluster}"), _text(namespace), _text(service_account)
        ),
    )


def _text(text: str) -> Any:
    return Ref(text[2:-1]) if text.startswith("${") else text


def pod_role(
    logical_id: str, suffix: str, description: str, namespace: str, service_account: str, *grants: Statement
) -> None:
    """A role for one service account's pods, and the policy that is all it may do."""
    stack.add(
        Role(
            f"{logical_id}Role",
            DeletionPolicy="Delete",
            RoleName=recipes.named(suffix),
            Description=description,
            AssumeRolePolicyDocument=trust(namespace, service_account),
            PermissionsBoundary=boundary,
            Tags=_common.tags(),
        )
    )
    stack.add(
        ManagedPolicy(
            f"{logical_id}Policy",
            ManagedPolicyName=recipes.named(suffix),
            Description=description,
            Roles=[Ref(f"{logical_id}Role")],
            PolicyDocument=iam.policy(*grants),
        )
    )


# --- The cluster's identity provider ------------------------------------------------------------------------

stack.add(
    OIDCProvider(
        "IdentityProvider",
        Condition=new_provider,
        Url=Sub("https://${OidcIssuer}"),
        ClientIdList=["sts.amazonaws.com"],
        Tags=_common.tags(),
    )
)

# --- The roles ----------------------------------------------------------------------------------------------

pod_role(
    "ModelAccess",
    "pod-model-access",
    "Pods that serve predictions read the models",
    "${Namespace}",
    "${ModelServiceAccount}",
    iam.allow(
        "ListModels",
        [s3.ListBucket],
        [recipes.bucket_arn(model_bucket)],
        when={"StringLike": {"s3:prefix": Sub("${ModelPrefix}/*")}},
    ),
    iam.allow(
        "ReadModels",
        [s3.GetObject],
        [recipes.objects(model_bucket, "${ModelPrefix}/*")],
    ),
    iam.allow(
        "DecryptModels",
        [kms.Decrypt],
        [recipes.arn("kms", "key/*")],
        when=_stores.through("s3"),
    ),
)
pod_role(
    "Monitoring",
    "pod-monitoring",
    "The CloudWatch agent publishes metrics and logs of the cluster",
    "${MonitoringNamespace}",
    "${MonitoringServiceAccount}",
    iam.allow(
        "PublishMetrics",
        [cloudwatch.PutMetricData],
        ["*"],
        when={
            "StringLike": {
                "cloudwatch:namespace": [
                    "ApplicationSignals",
                    "ContainerInsights",
                    "ContainerInsights/*",
                    "CWAgent",
                    Sub(f"{_naming.P}/*"),
                ]
            }
        },
    ),
    iam.allow(
        "WriteClusterLogs",
        [
            cwlogs.CreateLogGroup,
            cwlogs.CreateLogStream,
            cwlogs.DescribeLogStreams,
            cwlogs.PutLogEvents,
            cwlogs.PutRetentionPolicy,
        ],
        [
            of_cluster("logs", "log-group:/aws/containerinsights/${Cluster}/*"),
            recipes.arn("logs", "log-group:/aws/application-signals/*"),
        ],
    ),
    iam.allow(
        "SeeNodesAndSendTraces",
        [
            cwlogs.DescribeLogGroups,
            ec2.DescribeTags,
            ec2.DescribeVolumes,
            xray.GetSamplingRules,
            xray.GetSamplingStatisticSummaries,
            xray.GetSamplingTargets,
            xray.PutTelemetryRecords,
            xray.PutTraceSegments,
        ],
        ["*"],
    ),
)
pod_role(
    "Secrets",
    "pod-secrets",
    "Pods read the secrets of the project",
    "${Namespace}",
    "${SecretsServiceAccount}",
    iam.allow(
        "ReadSecrets",
        [secretsmanager.GetSecretValue, secretsmanager.DescribeSecret],
        [recipes.arn("secretsmanager", f"secret:{_naming.P}/*")],
    ),
    iam.allow(
        "DecryptSecrets",
        [kms.Decrypt],
        [recipes.arn("kms", "key/*")],
        when={
            "StringEquals": {"kms:ViaService": Sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}")},
            "StringLike": {
                "kms:EncryptionContext:SecretARN": recipes.arn("secretsmanager", f"secret:{_naming.P}/*")
            },
        },
    ),
)
stack.add(
    Role(
        "NetworkRole",
        Condition=network,
        DeletionPolicy="Delete",
        RoleName=recipes.named("pod-network"),
        Description="The VPC CNI manages the network interfaces of the nodes",
        AssumeRolePolicyDocument=trust("kube-system", "aws-node"),
        ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonEKS_CNI_Policy")],
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "ModelAccessRoleArn", "Role of pods that read models", GetAtt("ModelAccessRole", "Arn"))
recipes.export(stack, "MonitoringRoleArn", "Role of the CloudWatch agent", GetAtt("MonitoringRole", "Arn"))
recipes.export(stack, "SecretsRoleArn", "Role of pods that read secrets", GetAtt("SecretsRole", "Arn"))
recipes.export(
    stack, "NetworkRoleArn", "Role of the VPC CNI", GetAtt("NetworkRole", "Arn"), condition=network
)
recipes.export(
    stack,
    "OidcProviderArn",
    "OIDC provider of the cluster",
    GetAtt("IdentityProvider", "Arn"),
    condition=new_provider,
)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "pod-roles", promises.cases))
