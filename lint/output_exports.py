from __future__ import annotations

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

_PREFIX = "${Project}-${Environment}-"


class OutputExports(CloudFormationLintRule):
    """Every output can be found by its name."""

    id = "E9601"
    shortdesc = "Export each output under project, environment and its own name"
    description = (
        "People and other tools find an output in the list of exports by project, environment and its name. "
        "Our stacks themselves import nothing, so an export keeps no stack from changing."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
    tags = ["outputs"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Topic:
          Type: AWS::SNS::Topic
    """
    outputs = "TopicArn: {Value: !Ref Topic}"
    right_outputs = "TopicArn: {Value: !Ref Topic, Export: {Name: !Sub '${Project}-${Environment}-TopicArn'}}"
    parameters = "Project: {Type: String, Default: shop}\nEnvironment: {Type: String, Default: dev}"

    def match(self, cfn: Template) -> list[RuleMatch]:
        outputs = cfn.template.get("Outputs")
        return [
            RuleMatch(["Outputs", name], f"{name} is not exported as {_PREFIX}{name}")
            for name, output in (outputs.items() if isinstance(outputs, dict) else ())
            if _exported(output) != {"Fn::Sub": f"{_PREFIX}{name}"}
        ]


def _exported(output: Any) -> Any:
    export = output.get("Export") if isinstance(output, dict) else None
    return export.get("Name") if isinstance(export, dict) else None
