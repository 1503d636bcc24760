"""What a new stack needs of the account, and what may be there only once: looked at and told, no more.

Every call only reads. A call that is denied, or gets no answer, is told once with what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.session import Account
from cfngen.deploy.account_look import Eyes, NewResource, UnseenError
from cfngen.deploy.changeset.prepare import resolved
from cfngen.deploy.request import Request
from cfngen.template.values import unknowns


def preflight(
    account: Account, requests: Sequence[Request], new: Sequence[str], environment: str
) -> list[str]:
    """What is in the way of new stacks, each with its remedy; then what could not be looked at.

    Arguments:
        requests: all that is asked for: what one stack makes, another one may need.
        new: the names of those stacks that are not deployed yet.
        environment: its name, for the commands that help.

    Raises:
        TemplateError: as `resolve`.
    """
    if not new:
        return []
    resources = [
        NewResource(request.stack, logical_id, str(body.get("Type")), body.get("Properties") or {})
        for request in requests
        for logical_id, body in resolved(account, request).get("Resources", {}).items()
        if isinstance(body, Mapping) and isinstance(body.get("Properties") or {}, Mapping)
    ]
    eyes = Eyes(account, resources, environment)
    notes: dict[str, None] = {}
    for resource in resources:
        for look in _LOOKS.get(resource.type, ()) if resource.stack in new else ():
            try:
                for note in look(eyes, resource):
                    notes[f"{resource.stack}: {resource.logical_id}: {note}"] = None
            except UnseenError:
                pass
    return [*notes, *eyes.unseen]


def _principals(eyes: Eyes, resource: NewResource) -> Iterator[str]:
    own = re.compile(rf"arn:[a-z-]+:iam::{eyes.account.id}:(role|user)/(?:[^*<>]*/)?([\w+=,.@-]+)")
    for arn in sorted(_named(resource.properties)):
        parts = own.fullmatch(arn)
        if parts is None or arn in eyes.planned:
            continue
        kind, name = parts.groups()
        if kind == "role":
            found = eyes.see("iam", "GetRole", RoleName=name)
        else:
            found = eyes.see("iam", "GetUser", UserName=name)
        actual = found and found[kind.capitalize()]["Arn"]
        if actual is None:
            yield (
                f"its policy names the {kind} {arn}, which does not exist, and AWS refuses such a principal: "
                f"make the {kind} first, or name one that exists"
            )
        elif actual != arn:
            yield f"its policy names the {kind} {arn}, and its ARN is {actual}: write its path, too"


def _named(policy: object) -> set[str]:
    """The AWS principals of every statement, wherever the policy is."""
    if isinstance(policy, list):
        return set().union(*map(_named, policy))
    if not isinstance(policy, Mapping):
        return set()
    found: set[str] = set()
    for key, value in policy.items():
        if key in {"Principal", "NotPrincipal"} and isinstance(value, Mapping):
            arns = value.get("AWS", [])
            found |= {arn for arn in (arns if isinstance(arns, list) else [arns]) if isinstance(arn, str)}
        else:
            found |= _named(value)
    return found


def _config_role(eyes: Eyes, resource: NewResource) -> Iterator[str]:
    name = "AWSServiceRoleForConfig"
    if eyes.config_role or not str(resource.properties.get("RoleARN", "")).endswith(f"/{name}"):
        return
    if eyes.see("iam", "GetRole", RoleName=name) is None:
        yield (
            f"the service-linked role {name} does not exist, and the recorder fails without it: "
            "aws iam create-service-linked-role --aws-service-name config.amazonaws.com"
        )


def _bucket(eyes: Eyes, resource: NewResource) -> Iterator[str]:
    name = resource.properties.get("BucketName")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        return
    ours = (
        f"the bucket {name} exists in this account: "
        f"import it with cfngen adopt {resource.stack} --env {eyes.environment}, or delete it"
    )
    try:
        listed = eyes.see("s3", "ListBuckets") or {}
        if name in {bucket["Name"] for bucket in listed.get("Buckets", [])}:
            yield ours
            return
    except UnseenError:
        pass  # the bucket itself may be looked at all the same
    found = eyes.ask("s3", "HeadBucket", Bucket=name, ExpectedBucketOwner=eyes.account.id)
    if isinstance(found, CallError) and found.trouble is Trouble.DENIED:
        # S3 answers 403 for another account's bucket and for a missing permission, and says no more.
        yield (
            f"the bucket {name} belongs to another account, or you are not allowed s3:ListBucket on it: "
            "choose another name, leave the name out, or allow that"
        )
    elif found is not None:
        eyes.see("s3", "HeadBucket", Bucket=name, ExpectedBucketOwner=eyes.account.id)
        yield ours


def _boundary(eyes: Eyes, resource: NewResource) -> Iterator[str]:
    arn = resource.properties.get("PermissionsBoundary")
    if not str(arn).startswith("arn:") or unknowns(arn) or arn in eyes.planned:
        return
    if eyes.see("iam", "GetPolicy", PolicyArn=arn) is None:
        yield (
            f"its permissions boundary {arn} does not exist, and no stack of this run makes it: "
            "deploy the stack that makes it first, or correct the ARN"
        )


def _listeners(eyes: Eyes, resource: NewResource) -> Iterator[str]:
    beside = eyes.types[resource.stack]
    subscribed = resource.properties.get("Subscription") or "AWS::SNS::Subscription" in beside
    if "AWS::CloudWatch::Alarm" in beside and not subscribed:
        yield (
            "the stack has alarms and subscribes nobody to this topic: they reach nobody until somebody "
            "subscribes, by the stack's values or by hand"
        )


@dataclass(frozen=True)
class _Only:
    """Something of which there may be one.

    Attributes:
        what: its name in a sentence.
        where: of which there may be one: a Region or an account.
        there: the names of what is there and takes its place.
    """

    what: str
    where: str
    there: Callable[[Eyes, Mapping[str, Any]], list[str]]

    def __call__(self, eyes: Eyes, resource: NewResource) -> Iterator[str]:
        if there := self.there(eyes, resource.properties):
            yield (
                f"{self.where} has one {self.what}, and {', '.join(there)} exists: "
                "leave this resource out and use the existing one, or delete the existing one first"
            )


def _recorders(eyes: Eyes, _properties: Mapping[str, Any]) -> list[str]:
    answer = eyes.see("config", "DescribeConfigurationRecorders") or {}
    return [each["name"] for each in answer.get("ConfigurationRecorders", [])]


def _channels(eyes: Eyes, _properties: Mapping[str, Any]) -> list[str]:
    answer = eyes.see("config", "DescribeDeliveryChannels") or {}
    return [each["name"] for each in answer.get("DeliveryChannels", [])]


def _analyzers(eyes: Eyes, properties: Mapping[str, Any]) -> list[str]:
    kind = str(properties.get("Type"))
    if kind.startswith("ORGANIZATION"):  # of which a Region may have several
        return []
    answer = eyes.see("accessanalyzer", "ListAnalyzers") or {}
    return [each["name"] for each in answer.get("analyzers", []) if each["type"] == kind]


def _providers(eyes: Eyes, properties: Mapping[str, Any]) -> list[str]:
    issuer = str(properties.get("Url", "")).removeprefix("https://").rstrip("/")
    answer = eyes.see("iam", "ListOpenIDConnectProviders") or {}
    arns = [str(each["Arn"]) for each in answer.get("OpenIDConnectProviderList", [])]
    return [arn for arn in arns if arn.partition(":oidc-provider/")[2] == issuer]


def _monitors(eyes: Eyes, properties: Mapping[str, Any]) -> list[str]:
    if properties.get("MonitorType") != "DIMENSIONAL":
        return []
    answer = eyes.see("ce", "GetAnomalyMonitors") or {}
    dimension = properties.get("MonitorDimension")
    return [
        each["MonitorArn"]
        for each in answer.get("AnomalyMonitors", [])
        if each["MonitorType"] == "DIMENSIONAL" and each.get("MonitorDimension") == dimension
    ]


def _detectors(eyes: Eyes, _properties: Mapping[str, Any]) -> list[str]:
    return list((eyes.see("guardduty", "ListDetectors") or {}).get("DetectorIds", []))


def _hubs(eyes: Eyes, _properties: Mapping[str, Any]) -> list[str]:
    hub = eyes.see("securityhub", "DescribeHub")
    return [hub["HubArn"]] if hub else []


_Look = Callable[[Eyes, NewResource], Iterator[str]]
# Which there may be one of:
# https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html (of an account, for each type)
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
# https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-guardduty-detector.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-hub.html
_LOOKS: Mapping[str, tuple[_Look, ...]] = {
    "AWS::KMS::Key": (_principals,),
    "AWS::S3::BucketPolicy": (_principals,),
    "AWS::ECR::Repository": (_principals,),
    "AWS::SNS::Topic": (_listeners,),
    "AWS::SNS::TopicPolicy": (_principals,),
    "AWS::S3::Bucket": (_bucket,),
    "AWS::IAM::Role": (_principals, _boundary),
    "AWS::IAM::User": (_boundary,),
    "AWS::Config::ConfigurationRecorder": (_config_role, _Only("recorder", "a Region", _recorders)),
    "AWS::Config::DeliveryChannel": (_Only("delivery channel", "a Region", _channels),),
    "AWS::AccessAnalyzer::Analyzer": (_Only("analyzer of this type", "a Region", _analyzers),),
    "AWS::IAM::OIDCProvider": (_Only("OIDC provider of this URL", "an account", _providers),),
    "AWS::CE::AnomalyMonitor": (_Only("monitor of this dimension", "an account", _monitors),),
    "AWS::GuardDuty::Detector": (_Only("detector", "a Region", _detectors),),
    "AWS::SecurityHub::Hub": (_Only("hub", "a Region", _hubs),),
}
