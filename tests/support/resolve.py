"""What a template's properties come to in a deployed stack: intrinsics replaced by the stack's own facts.

Written apart from cfngen's own code, so that the two check each other.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Template = Mapping[str, Any]

NO_VALUE = object()

# What Fn::GetAtt gives, from the physical id: {id}, its last part {name}, {account}, {region}.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
_ATTRIBUTES = {
    ("AWS::AccessAnalyzer::Analyzer", "Arn"): "{id}",
    ("AWS::CE::AnomalyMonitor", "MonitorArn"): "{id}",
    ("AWS::CloudTrail::Trail", "Arn"): "arn:aws:cloudtrail:{region}:{account}:trail/{id}",
    ("AWS::CloudWatch::Alarm", "Arn"): "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    ("AWS::CodeBuild::Project", "Arn"): "arn:aws:codebuild:{region}:{account}:project/{id}",
    ("AWS::ECR::Repository", "Arn"): "arn:aws:ecr:{region}:{account}:repository/{id}",
    ("AWS::ECR::Repository", "RepositoryUri"): "{account}.dkr.ecr.{region}.amazonaws.com/{id}",
    ("AWS::Events::Rule", "Arn"): "arn:aws:events:{region}:{account}:rule/{id}",
    ("AWS::IAM::ManagedPolicy", "PolicyArn"): "{id}",
    ("AWS::IAM::OIDCProvider", "Arn"): "{id}",
    ("AWS::IAM::Role", "Arn"): "arn:aws:iam::{account}:role/{id}",
    ("AWS::KMS::Key", "Arn"): "arn:aws:kms:{region}:{account}:key/{id}",
    ("AWS::KMS::Key", "KeyId"): "{id}",
    ("AWS::Logs::LogGroup", "Arn"): "arn:aws:logs:{region}:{account}:log-group:{id}:*",
    ("AWS::S3::Bucket", "Arn"): "arn:aws:s3:::{id}",
    ("AWS::S3::Bucket", "RegionalDomainName"): "{id}.s3.{region}.amazonaws.com",
    ("AWS::SNS::Topic", "TopicArn"): "{id}",
    ("AWS::SNS::Topic", "TopicName"): "{name}",
}


@dataclass(frozen=True)
class Deployed:
    """The facts of one deployed stack."""

    template: Template
    stack_id: str
    stack_name: str
    parameters: Mapping[str, str]
    physical_ids: Mapping[str, str]
    account: str
    region: str
    _conditions: dict[str, bool] = field(default_factory=dict)

    def properties(self, logical_id: str) -> dict[str, Any]:
        """The properties of one resource, resolved."""
        return dict(self.resolve(self.template["Resources"][logical_id].get("Properties", {})))

    def exists(self, logical_id: str) -> bool:
        """Whether the resource's condition lets it exist."""
        name = self.template["Resources"][logical_id].get("Condition")
        return name is None or self._condition(name)

    def resolve(self, node: Any) -> Any:
        """`node` without intrinsics; members that are AWS::NoValue are gone."""
        if isinstance(node, Mapping):
            if len(node) == 1:
                ((name, argument),) = node.items()
                if name in {"Ref", "Condition"} or name.startswith("Fn::"):
                    return self._call(name, argument)
            resolved = {key: self.resolve(value) for key, value in node.items()}
            return {key: value for key, value in resolved.items() if value is not NO_VALUE}
        if isinstance(node, list):
            return [item for item in map(self.resolve, node) if item is not NO_VALUE]
        return node

    def _call(self, name: str, argument: Any) -> Any:  # noqa: PLR0911, PLR0912
        match name:
            case "Ref":
                return self._ref(argument)
            case "Condition":
                return self._condition(argument)
            case "Fn::GetAtt":
                return self._attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::If":
                condition, yes, no = argument
                return self.resolve(yes if self._condition(condition) else no)
            case "Fn::Join":
                separator, parts = argument
                return separator.join(str(part) for part in self.resolve(parts))
            case "Fn::Split":
                separator, text = argument
                return self.resolve(text).split(separator)
            case "Fn::Select":
                index, items = argument
                return self.resolve(items)[int(self.resolve(index))]
            case "Fn::FindInMap":
                table, first, second = (self.resolve(key) for key in argument[:3])
                return self.resolve(self.template["Mappings"][table][first][second])
            case "Fn::Base64":
                return base64.b64encode(self.resolve(argument).encode()).decode()
            case "Fn::Equals":
                left, right = self.resolve(argument)
                return str(left) == str(right)
            case "Fn::And":
                return all(map(self.resolve, argument))
            case "Fn::Or":
                return any(map(self.resolve, argument))
            case "Fn::Not":
                return not self.resolve(argument[0])
        raise NotImplementedError(name)

    def _condition(self, name: str) -> bool:
        if name not in self._conditions:
            self._conditions[name] = bool(self.resolve(self.template["Conditions"][name]))
        return self._conditions[name]

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            value = self.parameters[name]
            kind = self.template["Parameters"][name]["Type"]
            several = kind == "CommaDelimitedList" or kind.startswith("List<")
            return [item.strip() for item in value.split(",")] if several else value
        return self.physical_ids[name]

    def _attribute(self, logical_id: str, attribute: str) -> str:
        kind = self.template["Resources"][logical_id]["Type"]
        identifier = self.physical_ids[logical_id]
        return _ATTRIBUTES[kind, attribute].format(
            id=identifier, name=identifier.rpartition(":")[2], account=self.account, region=self.region
        )

    def _sub(self, argument: Any) -> str:
        text, local = (argument, {}) if isinstance(argument, str) else argument
        values = {name: self.resolve(value) for name, value in local.items()}

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in values:
                return str(values[name])
            if "." in name:
                return self._attribute(*name.split(".", 1))
            return str(self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)
