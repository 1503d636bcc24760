"""The Rules section: which combinations of parameter values a template accepts.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.errors import TemplateError
from cfngen.template.values import as_text, is_list, items


@dataclass(frozen=True)
class BrokenRule:
    """An assertion that does not hold."""

    problem: str
    remedy: str


def broken_rules(template: Mapping[str, Any], values: Mapping[str, str]) -> list[BrokenRule]:
    """The assertions that do not hold for these parameter values, in the template's order.

    An assertion about what only an account can tell (`Fn::ValueOf`, a pseudo parameter) is left to it.

    Arguments:
        template: the template.
        values: the value of every parameter.

    Raises:
        TemplateError: the Rules section is broken.

    >>> template = {
    ...     "Parameters": {"Key": {"Type": "String"}},
    ...     "Rules": {"NeedsKey": {"Assertions": [
    ...         {"Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, ""]}]}, "AssertDescription": "Give"}
    ...     ]}},
    ... }
    >>> broken_rules(template, {"Key": ""})
    [BrokenRule(problem='the rule NeedsKey does not hold', remedy='Give')]
    >>> broken_rules(template, {"Key": "k"})
    []
    """
    broken = []
    for name, rule in template.get("Rules", {}).items():
        evaluation = _Evaluation(template.get("Parameters", {}), values, f"Rules.{name}")
        if "RuleCondition" in rule and evaluation.truth(rule["RuleCondition"]) is not True:
            continue
        for assertion in rule.get("Assertions", ()):
            if evaluation.truth(assertion.get("Assert")) is False:
                remedy = assertion.get("AssertDescription", "see the template's Rules section")
                broken.append(BrokenRule(f"the rule {name} does not hold", remedy))
    return broken


@dataclass(frozen=True)
class _Evaluation:
    """Three-valued: None is what only the account can tell."""

    parameters: Mapping[str, Any]
    values: Mapping[str, str]
    place: str

    def truth(self, node: object) -> bool | None:
        """Whether a rule's expression holds."""
        if isinstance(node, bool):
            return node
        function, arguments = self._call(node)
        match function, arguments:
            case "Fn::And", [*parts]:
                return _all([self.truth(part) for part in parts])
            case "Fn::Or", [*parts]:
                return _not(_all([_not(self.truth(part)) for part in parts]))
            case "Fn::Not", [part]:
                return _not(self.truth(part))
            case "Fn::Equals", [left, right]:
                return _known(lambda a, b: a == b, self._value(left), self._value(right))
            case "Fn::Contains", [listed, value]:
                return _known(lambda many, one: one in many, self._value(listed), self._value(value))
            case "Fn::EachMemberEquals", [listed, value]:
                return _known(
                    lambda many, one: all(each == one for each in many),
                    self._value(listed),
                    self._value(value),
                )
            case "Fn::EachMemberIn", [listed, among]:
                return _known(lambda many, of: set(many) <= set(of), self._value(listed), self._value(among))
        raise self._refuse(function)

    def _value(self, node: object) -> Any:
        """A string, a list of strings, or None."""
        if isinstance(node, list):
            members = [self._value(item) for item in node]
            return None if None in members else members
        if not isinstance(node, Mapping):
            return as_text(node)
        function, argument = self._call(node)
        if function == "Ref" and argument in self.parameters:
            kind, value = self.parameters[argument].get("Type", "String"), self.values.get(argument, "")
            if kind.startswith("AWS::SSM::Parameter::Value"):
                return None
            return items(value) if is_list(kind) else value
        if function == "Fn::RefAll":
            named = [name for name, each in self.parameters.items() if each.get("Type") == argument]
            return [self.values.get(name, "") for name in named]
        if function in {"Fn::ValueOf", "Fn::ValueOfAll"} or (
            function == "Ref" and str(argument).startswith("AWS::")
        ):
            return None
        raise self._refuse(f"{function} {argument}" if function == "Ref" else function)

    def _call(self, node: object) -> tuple[str, Any]:
        if isinstance(node, Mapping) and len(node) == 1:
            return next(iter(node.items()))
        raise self._refuse(str(node))

    def _refuse(self, what: str) -> TemplateError:
        return TemplateError(
            f"a rule cannot evaluate {what}",
            place=self.place,
            remedy="use the rule functions, with as many arguments as each takes",
        )


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _known(compare: Any, left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else bool(compare(left, right))
