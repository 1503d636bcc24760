"""The longest name that a template can ask AWS for, and whether AWS would take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.template.intrinsics import Call, choice, parts, references

# The longest value of each pseudo parameter; the longest Region today has 14 characters
# (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html).
_PSEUDO = {
    "AWS::AccountId": 12,
    "AWS::Partition": len("aws-us-gov"),
    "AWS::Region": len("ap-southeast-1"),
    "AWS::URLSuffix": len("amazonaws.com.cn"),
    "AWS::StackName": 128,
    "AWS::NoValue": 0,
}

# Property and greatest length in characters, from each type's page in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html
LIMITS: Mapping[str, tuple[str, int]] = {
    "AWS::AccessAnalyzer::Analyzer": ("AnalyzerName", 255),
    "AWS::Athena::NamedQuery": ("Name", 128),
    "AWS::Athena::WorkGroup": ("Name", 128),
    "AWS::CE::AnomalyMonitor": ("MonitorName", 1024),
    "AWS::CloudTrail::Trail": ("TrailName", 128),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::CodeBuild::Project": ("Name", 150),
    "AWS::Config::ConfigRule": ("ConfigRuleName", 128),
    "AWS::Config::ConfigurationRecorder": ("Name", 256),
    "AWS::Config::DeliveryChannel": ("Name", 256),
    "AWS::ECR::Repository": ("RepositoryName", 256),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", 128),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", 128),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::KMS::Alias": ("AliasName", 256),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
    "AWS::Logs::QueryDefinition": ("Name", 255),
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
}


def too_long(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each logical id whose name can become longer than AWS allows, with the sentence that says so.

    A parameter counts with its longest allowed value; one without MaxLength or AllowedValues has no longest.
    """
    parameters = template.get("Parameters", {})
    for logical_id, resource in template["Resources"].items():
        if logical_id.startswith("Fn::"):
            continue  # the names that a loop makes are known to CloudFormation only
        name, limit = LIMITS.get(resource["Type"], ("", 0))
        value = resource.get("Properties", {}).get(name)
        if value is None:
            continue
        unbounded = [
            name
            for (_, name), _ in references(value)
            if name in parameters and _longest(parameters[name]) is None
        ]
        if unbounded:
            yield logical_id, f"{name} uses parameter {unbounded[0]}, which has no MaxLength or AllowedValues"
            continue
        longest = length(value, parameters)
        if longest is not None and longest > limit:
            yield logical_id, f"{name} can have {longest} characters, AWS allows {limit}"


def length(value: Any, parameters: Mapping[str, Any]) -> int | None:
    """The length of the longest string that `value` can become, None where only a deployment can tell."""
    if not isinstance(value, str | dict):
        return None
    return _total([_part(part, parameters) for part in parts(value)])


def _part(part: str | Call, parameters: Mapping[str, Any]) -> int | None:
    if isinstance(part, str):
        return len(part)
    if part.function == "Ref":
        name = part.argument
        return _longest(parameters[name]) if name in parameters else _PSEUDO.get(name)
    if chosen := choice({part.function: part.argument}):
        return _greatest([length(branch, parameters) for branch in chosen[1:]])
    return None


def _longest(parameter: Mapping[str, Any]) -> int | None:
    match parameter:
        case {"AllowedValues": [*values]} if values:
            return max(len(str(value)) for value in values)
        case {"MaxLength": int() | str() as most} if str(most).isdecimal():
            return int(most)
    return None


def _greatest(lengths: list[int | None]) -> int | None:
    known = [length for length in lengths if length is not None]
    return max(known) if len(known) == len(lengths) else None


def _total(lengths: list[int | None]) -> int | None:
    known = [length for length in lengths if length is not None]
    return sum(known) if len(known) == len(lengths) else None
