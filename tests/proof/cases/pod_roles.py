"""Pods that come through the cluster's OIDC provider, where it is given."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines
from tests.support.proof.account import FOREIGN
from tests.support.proof.tools import ACCOUNT, OIDC_ISSUER

POD_IDENTITY = "pods.eks.amazonaws.com"
ASSUME, WEB_IDENTITY = "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"
ROLES = {
    "pod-model-access": ("retail-prediction", "model-server"),
    "pod-monitoring": ("amazon-cloudwatch", "cloudwatch-agent"),
    "pod-secrets": ("retail-prediction", "secrets-reader"),
    "pod-network": ("kube-system", "aws-node"),
}


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    if here.scenario != "prod with IRSA":
        return []
    made = {name: of for name, of in ROLES.items() if here.role(name) in here.account.roles}
    return [case for name, of in made.items() for case in _irsa(here, here.role(name), *of)]


def _irsa(here: Here, role: str, namespace: str, account: str) -> list[Case]:
    may, may_not = lines(role)
    provider = here.arn("iam", f"oidc-provider/{OIDC_ISSUER}")
    sub, aud = f"{OIDC_ISSUER}:sub", f"{OIDC_ISSUER}:aud"
    right = {sub: f"system:serviceaccount:{namespace}:{account}", aud: "sts.amazonaws.com"}

    def subject(text: str) -> dict[str, str]:
        return right | {sub: f"system:serviceaccount:{text}"}

    return [
        may("its pod", provider, WEB_IDENTITY, role, right),
        may_not(
            "the service account in another namespace",
            provider,
            WEB_IDENTITY,
            role,
            subject(f"default:{account}"),
        ),
        may_not("another service account", provider, WEB_IDENTITY, role, subject(f"{namespace}:default")),
        may_not(
            "a namespace that begins alike", provider, WEB_IDENTITY, role, subject(f"{namespace}-x:{account}")
        ),
        may_not(
            "a service account that begins alike",
            provider,
            WEB_IDENTITY,
            role,
            subject(f"{namespace}:{account}-x"),
        ),
        may_not("another audience", provider, WEB_IDENTITY, role, right | {aud: "kubernetes.default.svc"}),
        may_not("no audience", provider, WEB_IDENTITY, role, {sub: right[sub]}),
        may_not("no subject", provider, WEB_IDENTITY, role, {aud: right[aud]}),
        may_not(
            "another cluster",
            provider.replace("EXAMPLED", "FXAMPLED"),
            WEB_IDENTITY,
            role,
            {name.replace("EXAMPLED", "FXAMPLED"): text for name, text in right.items()},
        ),
        may_not("another account's provider", provider.replace(ACCOUNT, FOREIGN), WEB_IDENTITY, role, right),
        may_not("EKS Pod Identity", POD_IDENTITY, ASSUME, role),
        may_not("an administrator", here.administrator, ASSUME, role),
    ]
