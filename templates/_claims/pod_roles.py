"""Pods: one service account in one namespace of one cluster, with what its work needs."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, Case, Here, lines

STACK = "pod-roles"
POD_IDENTITY = "pods.eks.amazonaws.com"
ASSUME, TAG_SESSION, WEB_IDENTITY = "sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity"
ROLES = {
    "pod-model-access": ("${Namespace}", "${ModelServiceAccount}"),
    "pod-monitoring": ("${MonitoringNamespace}", "${MonitoringServiceAccount}"),
    "pod-secrets": ("${Namespace}", "${SecretsServiceAccount}"),
    "pod-network": ("kube-system", "aws-node"),
}


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    trusts = [case for name, of in ROLES.items() for case in _pod_identity(here, here.role(name), *of)]
    return [*trusts, *_models(here), *_monitoring(here), *_secrets(here), *_network(here)]


def _pod_identity(here: Here, role: str, namespace: str, account: str) -> list[Case]:
    may, may_not = lines(role)
    right = {
        "aws:RequestTag/eks-cluster-arn": here.arn("eks", "cluster/${Cluster}"),
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": account,
    }
    wrong_cluster = right | {"aws:RequestTag/eks-cluster-arn": here.arn("eks", "cluster/other")}
    their_cluster = right | {"aws:RequestTag/eks-cluster-arn": here.arn("eks", "cluster/${Cluster}", FOREIGN)}
    return [
        may("its pod", POD_IDENTITY, ASSUME, role, right),
        may("its pod tags the session", POD_IDENTITY, TAG_SESSION, role, right),
        may_not(
            "the service account in another namespace",
            POD_IDENTITY,
            ASSUME,
            role,
            right | {"aws:RequestTag/kubernetes-namespace": "default"},
        ),
        may_not(
            "another service account",
            POD_IDENTITY,
            ASSUME,
            role,
            right | {"aws:RequestTag/kubernetes-service-account": "default"},
        ),
        may_not("another cluster", POD_IDENTITY, ASSUME, role, wrong_cluster),
        may_not("another account's cluster", POD_IDENTITY, ASSUME, role, their_cluster),
        may_not("EKS without saying for which pod", POD_IDENTITY, ASSUME, role),
        may_not("EC2, for a pod that asks its node", "ec2.amazonaws.com", ASSUME, role, right),
        may_not("the nodes", here.role("eks-nodegroup-role"), ASSUME, role),
        may_not("an administrator", here.administrator, ASSUME, role),
        may_not("another account", here.stranger, ASSUME, role),
    ]


def _models(here: Here) -> list[Case]:
    role = here.role("pod-model-access")
    may, may_not = lines(role)
    models, prefix = here.arn_of("artifact-stores", "ModelBucket"), "s3:prefix"
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keys = [here.arn_of("audit-trail", "Key")] if here.prod else []
    return [
        may("reads a model", role, "s3:GetObject", here.model),
        may("lists the models", role, "s3:ListBucket", models, {prefix: "${ModelPrefix}/"}),
        may_not("lists all", role, "s3:ListBucket", models),
        may_not("lists another folder", role, "s3:ListBucket", models, {prefix: "other/"}),
        may_not("reads another folder", role, "s3:GetObject", f"{models}/other/m.tar.gz"),
        may_not("writes a model", role, "s3:PutObject", here.model),
        may_not("deletes a model", role, "s3:DeleteObject", here.model),
        *(may_not("uses the audit key", role, "kms:Decrypt", key, through_s3) for key in keys),
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
    ]


def _monitoring(here: Here) -> list[Case]:
    role = here.role("pod-monitoring")
    may, may_not = lines(role)
    group = "log-group:/aws/containerinsights/${Cluster}/application"
    publish, namespace = "cloudwatch:PutMetricData", "cloudwatch:namespace"
    retain = "logs:PutRetentionPolicy"
    return [
        may("publishes container metrics", role, publish, "*", {namespace: "ContainerInsights"}),
        may("publishes the project's metrics", role, publish, "*", {namespace: f"{here.prefix}/model"}),
        may("publishes the agent's own metrics", role, publish, "*", {namespace: "CWAgent"}),
        may("sees volumes", role, "ec2:DescribeVolumes", "*"),
        may("sends traces", role, "xray:PutTraceSegments", "*"),
        may("sees log groups", role, "logs:DescribeLogGroups", "*"),
        may("sets how long the cluster's logs keep", role, retain, here.arn("logs", group)),
        may_not("shortens another log group", role, retain, here.arn("logs", "log-group:audit")),
        may_not("reads logs", role, "logs:GetLogEvents", here.arn("logs", f"{group}:log-stream:x")),
        may(
            "writes the cluster's logs", role, "logs:PutLogEvents", here.arn("logs", f"{group}:log-stream:x")
        ),
        may_not("fakes AWS metrics", role, publish, "*", {namespace: "AWS/EC2"}),
        may_not(
            "writes another cluster's logs",
            role,
            "logs:PutLogEvents",
            here.arn("logs", f"{group}:log-stream:x".replace("${Cluster}", "other")),
        ),
        may_not(
            "writes the audit log group",
            role,
            "logs:PutLogEvents",
            here.arn("logs", "log-group:audit:log-stream:x"),
        ),
        may_not("deletes logs", role, "logs:DeleteLogGroup", here.arn("logs", group)),
        may_not(
            "silences alarms",
            role,
            "cloudwatch:DisableAlarmActions",
            here.arn("cloudwatch", "alarm:P-root-usage"),
        ),
        may_not(
            "reads models",
            role,
            "s3:GetObject",
            here.model,
        ),
    ]


def _secrets(here: Here) -> list[Case]:
    role = here.role("pod-secrets")
    may, may_not = lines(role)
    secret, read = here.arn("secretsmanager", "secret:P/db-AbCdEf"), "secretsmanager:GetSecretValue"
    keys = [here.arn_of("artifact-stores", "Key")] if here.prod else []
    decrypt, via = "kms:Decrypt", {"kms:ViaService": f"secretsmanager.{here.region}.amazonaws.com"}
    ours, theirs = (
        {"kms:EncryptionContext:SecretARN": arn}
        for arn in (secret, here.arn("secretsmanager", "secret:other/db-AbCdEf"))
    )
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    return [
        *(may("decrypts a secret under a key of ours", role, decrypt, key, via | ours) for key in keys),
        *(may_not("decrypts another's secret", role, decrypt, key, via | theirs) for key in keys),
        *(may_not("decrypts a model", role, decrypt, key, through_s3 | ours) for key in keys),
        *(may_not("decrypts by itself", role, decrypt, key, ours) for key in keys),
        may("reads a secret of the project", role, read, secret),
        may("describes a secret of the project", role, "secretsmanager:DescribeSecret", secret),
        may_not(
            "reads another project's secret", role, read, here.arn("secretsmanager", "secret:other/db-AbCdEf")
        ),
        may_not("reads a secret that begins alike", role, read, secret.replace("/db", "x/db")),
        may_not("reads another account's secret", role, read, secret.replace(ACCOUNT, FOREIGN)),
        may_not("changes a secret", role, "secretsmanager:PutSecretValue", secret),
        may_not("deletes a secret", role, "secretsmanager:DeleteSecret", secret),
        may_not("opens a secret to others", role, "secretsmanager:PutResourcePolicy", secret),
        may_not(
            "reads models",
            role,
            "s3:GetObject",
            here.model,
        ),
    ]


def _network(here: Here) -> list[Case]:
    role = here.role("pod-network")
    may, may_not = lines(role)
    interface = here.arn("ec2", "network-interface/eni-0abcdef1234567890")
    return [
        may("gives pods addresses", role, "ec2:AssignPrivateIpAddresses", interface),
        may_not("starts instances", role, "ec2:RunInstances", here.arn("ec2", "instance/*")),
        may_not(
            "opens security groups",
            role,
            "ec2:AuthorizeSecurityGroupIngress",
            here.arn("ec2", "security-group/sg-0abcdef1234567890"),
        ),
        may_not(
            "reads models",
            role,
            "s3:GetObject",
            here.model,
        ),
        may_not("pulls images", role, "ecr:BatchGetImage", here.arn("ecr", "repository/P-serving")),
    ]
