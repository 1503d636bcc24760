from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import PropertyValue, resources, text

# Where a resource's own name is neither `Name` nor the type's last part and `Name`.
_ELSEWHERE: Final = {
    "AWS::AccessAnalyzer::Analyzer": ("AnalyzerName",),
    "AWS::Budgets::Budget": ("Budget", "BudgetName"),
    "AWS::CE::AnomalyMonitor": ("MonitorName",),
    "AWS::CE::AnomalySubscription": ("SubscriptionName",),
    "AWS::Glue::Database": ("DatabaseInput", "Name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::KMS::Alias": ("AliasName",),
}
# `Name` is a title for people, or another resource's name.
_UNNAMED: Final = {"AWS::Glue::Table", "AWS::Route53::RecordSet", "AWS::SSM::Parameter"}


class NamingConvention(CloudFormationLintRule):
    """A resource's name says whose it is."""

    id = "W9501"
    shortdesc = "Begin the names of resources with project and environment"
    description = (
        "Names that begin with the project and the environment can be told apart in an account that holds "
        "several, and can be granted in one policy ('<project>-<environment>-*'). The prefix is the rule's "
        "'prefix' setting in .cfnlintrc, such as ${Project}-${Environment}; without it nothing is asked for, "
        "nor in a template without the parameters that it names. "
        "A parameter without a default, or with an empty one, may replace the name."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
    tags = ["resources", "naming"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Topic:
          Type: AWS::SNS::Topic
          Properties: {TopicName: alarms}
    """
    right = """
        Topic:
          Type: AWS::SNS::Topic
          Properties: {TopicName: !Sub '${Project}-${Environment}-alarms'}
    """
    parameters = "Project: {Type: String, Default: shop}\nEnvironment: {Type: String, Default: dev}"

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"prefix": {"default": "", "type": "string"}}
        self.configure()  # type: ignore[no-untyped-call]

    def match(self, cfn: Template) -> list[RuleMatch]:
        parameters = cfn.template.get("Parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        prefix = str(self.config["prefix"])
        if not prefix or any(name not in parameters for name in re.findall(r"\$\{(\w+)\}", prefix)):
            return []
        return [
            RuleMatch(name.path, f"the name {text(name.data)} does not begin with {prefix}")
            for name in _names(cfn)
            if not _conforms(text(name.data), prefix, parameters)
        ]


def _names(cfn: Template) -> Iterator[PropertyValue]:
    for _, resource, properties in resources(cfn):
        kind = str(resource.get("Type"))
        if kind in _UNNAMED:
            continue
        last = kind.rsplit("::", 1)[-1]
        paths = [_ELSEWHERE[kind]] if kind in _ELSEWHERE else [("Name",), (f"{last}Name",)]
        for path in paths:
            places = [properties]
            for key in path:
                places = [found for place in places for found in place.get(key)]
            yield from places


def _conforms(name: str, prefix: str, parameters: dict[str, Any]) -> bool:
    """
    >>> _conforms("alias/${P}-log", "${P}", {}), _conforms("log-${P}", "${P}", {})
    (True, False)
    >>> [_conforms("${Name}", "${P}", {"Name": {"Default": default}}) for default in ("", "x")]
    [True, False]
    """
    chosen = parameters.get(name[2:-1]) if name.startswith("${") else None
    if isinstance(chosen, dict):
        return not chosen.get("Default")
    # Some names have folders: /aws/eks/<name>, alias/<name>.
    return name == "${?}" or any(part.startswith(prefix) for part in name.split("/"))
