from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from cfnlint.context import ParameterSet
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.errors import TemplateError
from cfngen.lint.rules._walk import Path
from cfngen.template.environment.parameters import check


class DeploymentValue(CloudFormationLintRule):
    """CloudFormation takes the values of each deployment file."""

    id = "E9512"
    shortdesc = "Give parameters values that the template accepts"
    description = (
        "CloudFormation refuses a deployment file that names a parameter the template does not have, leaves "
        "out one without a default, or has a value against the parameter's type, AllowedValues, "
        "AllowedPattern, lengths or limits, or against the Rules section. It does so after the upload; "
        "this is before. cfn-lint's own E2900 sees a part of it."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    )
    tags = ["parameters", "deployment files"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Topic:
          Type: AWS::SNS::Topic
          Properties: {TopicName: !Ref Name}
    """
    parameters = "Name: {Type: String, AllowedPattern: '^[a-z]+$'}"
    wrong_values: ClassVar = {"Name": "News"}
    right_values: ClassVar = {"Name": "news"}

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [found for given in cfn.context.parameter_sets or () for found in _problems(cfn, given)]


def _problems(cfn: Template, given: ParameterSet) -> Iterator[RuleMatch]:
    # The engine keeps secret values from all rules but this one, which never repeats them.
    whole = getattr(given, "given", given.parameters)
    values = {name: _written(value) for name, value in whole.items()}
    try:
        for found in check(cfn.template, values):
            path: Path = ["Parameters", found.parameter] if found.parameter else ["Rules"]
            yield RuleMatch(path, f"{found.problem}: {found.remedy}", filename=given.source)
    except TemplateError as error:
        yield RuleMatch(["Parameters"], error.problem)
    except (AttributeError, KeyError, TypeError):
        return  # not shaped like a template: cfn-lint's own rules say where


def _written(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
