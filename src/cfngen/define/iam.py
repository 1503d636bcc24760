"""Typed builders over awacs that make the safe policy the short one to write.

Conditions are given as `{operator: {key: value}}`, so an operator cannot be lost: awacs's own list form keeps
only the last of two equal operators, silently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from awacs import aws
from awacs.aws import Action, PolicyDocument, Principal, Statement
from troposphere import AccountId, If, Sub

Conditions = Mapping[str, Mapping[str, Any]]

_ASSUME_ROLE = Action("sts", "AssumeRole")
_TAG_SESSION = Action("sts", "TagSession")
_WEB_IDENTITY = Action("sts", "AssumeRoleWithWebIdentity")


class _PolicyDocument(PolicyDocument):
    """Takes a statement under `Fn::If` too, as CloudFormation does and awacs does not."""

    props = {**PolicyDocument.props, "Statement": ([Statement, If], True)}  # noqa: RUF012 - as awacs has it


def policy(*statements: Statement | If) -> PolicyDocument:
    """A policy document of the current version; a statement may stand under a condition, as `If`."""
    return _PolicyDocument(Version="2012-10-17", Statement=list(statements))


def allow(
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Any] = (),
    *,
    to: Principal | None = None,
    when: Conditions | None = None,
) -> Statement:
    """A statement that allows. Resource and trust policies give `to`; all but trust policies `resources`."""
    return _statement(aws.Allow, sid, actions, resources, to, when)


def deny(
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Any] = (),
    *,
    to: Principal | None = None,
    when: Conditions | None = None,
) -> Statement:
    """A statement that denies, whatever others allow."""
    return _statement(aws.Deny, sid, actions, resources, to, when)


def conditions(*parts: Conditions) -> dict[str, dict[str, Any]]:
    """Several conditions as one: all must hold.

    Raises:
        ValueError: two parts give the same key of the same operator, so one of them would be lost.

    >>> conditions({"Bool": {"a": "true"}}, {"Bool": {"b": "true"}})
    {'Bool': {'a': 'true', 'b': 'true'}}
    """
    merged: dict[str, dict[str, Any]] = {}
    for part in parts:
        for operator, keys in part.items():
            if twice := merged.get(operator, {}).keys() & keys.keys():
                raise ValueError(f"{operator} on {', '.join(sorted(twice))} is given twice")
            merged.setdefault(operator, {}).update(keys)
    return merged


def service(name: str) -> Principal:
    """An AWS service by its principal, e.g. `cloudtrail.amazonaws.com`."""
    return Principal("Service", name)


def anyone() -> Principal:
    """Every principal: for statements that deny, or whose conditions choose."""
    return Principal("*")


def account() -> Principal:
    """This account: what its own identity policies allow."""
    return Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def only_for(source_arn: Any) -> dict[str, dict[str, Any]]:
    """The service acts for this account's resource only, never for a stranger's (the confused deputy).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return {
        "StringEquals": {"aws:SourceAccount": AccountId},
        "ArnLike": {"aws:SourceArn": source_arn},
    }


def service_trust(name: str, *, when: Conditions | None = None, tag_session: bool = False) -> PolicyDocument:
    """Let a service assume the role.

    Arguments:
        when: the Source conditions, for services that send them (see `only_for`). EC2 never does, and
            CloudTrail's delivery to CloudWatch Logs breaks with them: leave them out there.
        tag_session: also allow `sts:TagSession`, which EKS Auto Mode needs.
    """
    actions = [_ASSUME_ROLE, _TAG_SESSION] if tag_session else [_ASSUME_ROLE]
    return policy(allow("Trust", actions, to=service(name), when=when))


def pod_identity_trust(cluster_arn: Any, namespace: Any, service_account: Any) -> PolicyDocument:
    """Let EKS Pod Identity assume the role for one Kubernetes service account of one cluster.

    EKS tells whose pod it is by session tags, which the caller cannot choose; an association that disables
    them cannot assume the role.
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    """
    tags = {
        "aws:RequestTag/eks-cluster-arn": cluster_arn,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
    return service_trust("pods.eks.amazonaws.com", when={"StringEquals": tags}, tag_session=True)


def irsa_trust(issuer: str, namespace: str, service_account: str, **variables: Any) -> Sub:
    """Let one Kubernetes service account assume the role through the cluster's OIDC provider.

    The condition keys hold the issuer, and CloudFormation evaluates no intrinsics in keys: so the whole
    document is one string that Fn::Sub fills in.
    https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html

    Arguments:
        issuer, namespace, service_account: text that may hold `${Variables}`; the issuer without `https://`.
        variables: values for variables that are neither parameters nor resources.
    """
    return _web_identity_trust(
        issuer,
        {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
        },
        variables,
    )


def github_trust(subject: str, **variables: Any) -> Sub:
    """Let GitHub Actions assume the role, from exactly one branch, environment or tag.

    https://docs.github.com/en/actions/reference/security/oidc

    Raises:
        ValueError: the subject holds a wildcard or names no repository: anybody's workflow could match.
    """
    if "*" in subject or "?" in subject or not subject.startswith("repo:"):
        raise ValueError(f"a GitHub subject names one repository and one ref exactly, not {subject!r}")
    issuer = "token.actions.githubusercontent.com"
    return _web_identity_trust(
        issuer, {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}, variables
    )


def tls_only(*resources: Any) -> list[Statement]:
    """Refuse plain HTTP, and TLS older than 1.2.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    everything = [Action("s3", "*")]
    return [
        deny(
            "DenyInsecureTransport",
            everything,
            resources,
            to=anyone(),
            when={"Bool": {"aws:SecureTransport": "false"}},
        ),
        deny(
            "DenyOldTls",
            everything,
            resources,
            to=anyone(),
            when={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ),
    ]


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Any],
    to: Principal | None,
    when: Conditions | None,
) -> Statement:
    optional: dict[str, Any] = {}
    if to is not None:
        optional["Principal"] = to
    if resources:
        optional["Resource"] = list(resources)
    if when:
        optional["Condition"] = aws.Condition(
            [getattr(aws, operator.replace(":", ""))(dict(keys)) for operator, keys in when.items()]
        )
    return Statement(Sid=sid, Effect=effect, Action=list(actions), **optional)


def _web_identity_trust(issuer: str, equals: Mapping[str, str], variables: Mapping[str, Any]) -> Sub:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Trust",
                "Effect": "Allow",
                "Principal": {
                    "Federated": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{issuer}"
                },
                "Action": f"sts:{_WEB_IDENTITY.action}",
                "Condition": {"StringEquals": dict(equals)},
            }
        ],
    }
    return Sub(json.dumps(document, indent=2), **variables)
