"""The name and ARN that a resource's own properties give it: what `Ref` and `Fn::GetAtt` will return.

From each type's page ("Return values") in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
and the ARN formats of https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cfngen.template.values import mark

Read = Callable[[str], Any]
"""A resolved property by its name, None where the resource has none."""


@dataclass(frozen=True)
class _Kind:
    """How a type is named. In formats, `{name}` is the name, `{Url}` a property, `{Region}` from the scope.

    Attributes:
        name: the property that names it; None where AWS does.
        arn: the format of its ARN.
        ref: what `Ref` returns.
        attributes: the formats of further attributes.
    """

    name: str | None
    arn: str | None = None
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)


def _arn(service: str, resource: str) -> str:
    return f"arn:{{Partition}}:{service}:{{Region}}:{{AccountId}}:{resource}"


def _iam(resource: str) -> str:
    return f"arn:{{Partition}}:iam::{{AccountId}}:{resource}"


_KINDS: Mapping[str, _Kind] = {
    "AWS::Athena::WorkGroup": _Kind("Name", _arn("athena", "workgroup/{name}")),
    "AWS::CloudTrail::Trail": _Kind("TrailName", _arn("cloudtrail", "trail/{name}")),
    "AWS::CloudWatch::Alarm": _Kind("AlarmName", _arn("cloudwatch", "alarm:{name}")),
    "AWS::CloudWatch::Dashboard": _Kind("DashboardName"),
    "AWS::CodeBuild::Project": _Kind("Name", _arn("codebuild", "project/{name}")),
    "AWS::Config::ConfigRule": _Kind("ConfigRuleName"),
    "AWS::Config::ConfigurationRecorder": _Kind("Name"),
    "AWS::Config::DeliveryChannel": _Kind("Name"),
    "AWS::DynamoDB::Table": _Kind("TableName", _arn("dynamodb", "table/{name}")),
    "AWS::ECR::Repository": _Kind(
        "RepositoryName",
        _arn("ecr", "repository/{name}"),
        attributes={"RepositoryUri": "{AccountId}.dkr.ecr.{Region}.{URLSuffix}/{name}"},
    ),
    "AWS::EKS::Cluster": _Kind("Name", _arn("eks", "cluster/{name}")),
    "AWS::Events::Rule": _Kind("Name", _arn("events", "rule/{name}")),
    "AWS::Glue::Database": _Kind("DatabaseInput.Name"),
    "AWS::Glue::Table": _Kind("TableInput.Name"),
    "AWS::IAM::Group": _Kind("GroupName", _iam("group{Path}{name}")),
    "AWS::IAM::InstanceProfile": _Kind("InstanceProfileName", _iam("instance-profile{Path}{name}")),
    "AWS::IAM::ManagedPolicy": _Kind(
        "ManagedPolicyName",
        _iam("policy{Path}{name}"),
        ref=_iam("policy{Path}{name}"),
        attributes={"PolicyArn": _iam("policy{Path}{name}")},
    ),
    "AWS::IAM::OIDCProvider": _Kind(None, _iam("oidc-provider/{Url}"), ref=_iam("oidc-provider/{Url}")),
    "AWS::IAM::Role": _Kind("RoleName", _iam("role{Path}{name}")),
    "AWS::IAM::User": _Kind("UserName", _iam("user{Path}{name}")),
    "AWS::KMS::Alias": _Kind("AliasName"),
    "AWS::KMS::Key": _Kind(None, _arn("kms", "key/{name}"), attributes={"KeyId": "{name}"}),
    "AWS::Lambda::Function": _Kind("FunctionName", _arn("lambda", "function:{name}")),
    "AWS::Logs::LogGroup": _Kind("LogGroupName", _arn("logs", "log-group:{name}:*")),
    "AWS::S3::Bucket": _Kind(
        "BucketName",
        "arn:{Partition}:s3:::{name}",
        attributes={
            "DomainName": "{name}.s3.{URLSuffix}",
            "RegionalDomainName": "{name}.s3.{Region}.{URLSuffix}",
        },
    ),
    "AWS::S3::BucketPolicy": _Kind("Bucket"),
    "AWS::SNS::Topic": _Kind(
        "TopicName",
        _arn("sns", "{name}"),
        ref=_arn("sns", "{name}"),
        attributes={"TopicArn": _arn("sns", "{name}"), "TopicName": "{name}"},
    ),
    "AWS::SQS::Queue": _Kind(
        "QueueName",
        _arn("sqs", "{name}"),
        ref="https://sqs.{Region}.{URLSuffix}/{AccountId}/{name}",
        attributes={"QueueName": "{name}"},
    ),
    "AWS::SSM::Parameter": _Kind("Name"),
}
_DEFAULTS = {"Path": "/"}


def reference(logical_id: str, kind: str, read: Read, scope: Mapping[str, str]) -> str:
    """What `Ref` of a resource returns.

    Arguments:
        logical_id: of the resource.
        kind: its type.
        read: gives its properties.
        scope: `AccountId`, `Region`, `Partition`, `URLSuffix`.

    >>> reference("R", "AWS::IAM::Role", {"RoleName": "admin"}.get, {})
    'admin'
    >>> reference("V", "AWS::EC2::VPC", {}.get, {})
    '<V>'
    """
    known = _KINDS.get(kind)
    return _format(known, known.ref, logical_id, read, scope) if known else mark(logical_id)


def attribute(logical_id: str, kind: str, key: str, read: Read, scope: Mapping[str, str]) -> Any:
    """What `Fn::GetAtt` of a resource returns: arguments as for `reference`, and the attribute.

    >>> scope = {"Partition": "aws", "AccountId": "123456789012"}
    >>> attribute("R", "AWS::IAM::Role", "Arn", {"RoleName": "a", "Path": "/x/"}.get, scope)
    'arn:aws:iam::123456789012:role/x/a'
    >>> attribute("R", "AWS::IAM::Role", "RoleId", {}.get, scope)
    '<R.RoleId>'
    """
    known = _KINDS.get(kind)
    if known and known.arn and key == "Arn":
        return _format(known, known.arn, logical_id, read, scope)
    if known and key in known.attributes:
        return _format(known, known.attributes[key], logical_id, read, scope)
    given = read(key)
    return mark(f"{logical_id}.{key}") if given is None else given


def naming_property(kind: str) -> str | None:
    """The property that names a resource of this type; None where AWS does, or where it is not known.

    >>> naming_property("AWS::S3::Bucket"), naming_property("AWS::KMS::Key")
    ('BucketName', None)
    """
    known = _KINDS.get(kind)
    return known.name if known else None


def _format(kind: _Kind, pattern: str, logical_id: str, read: Read, scope: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        word = match[1]
        if word in scope:
            return scope[word]
        if word == "name":
            value = _named(kind.name, read) if kind.name else None
            return mark(logical_id) if value is None else str(value)
        value = read(word)
        return str(
            _DEFAULTS.get(word, mark(f"{logical_id}.{word}")) if value is None else value
        ).removeprefix("https://")

    return re.sub(r"\{(\w+)\}", fill, pattern)


def _named(path: str, read: Read) -> Any:
    first, _, second = path.partition(".")
    value = read(first)
    return value.get(second) if second and isinstance(value, Mapping) else value
