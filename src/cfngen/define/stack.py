"""What a module of templates/ defines: a troposphere template and how its stack is to be treated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from troposphere import AWSObject, Equals, Export, Not, Output, Parameter, Ref, Template

from cfngen.define.claims import DeclaredClaim
from cfngen.define.parameters import ParameterGroup

_Resource = TypeVar("_Resource", bound=AWSObject)


class Stack:
    """One stack: `stack = Stack("What it is for")`, then parameters, resources and outputs in reading order.

    Arguments:
        description: the template's Description; at most 1,024 bytes
            (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
        depends_on: the names of the stacks that must be deployed before this one.
        termination_protection: whether the deployed stack refuses to be deleted.
        protected: logical ids that the stack policy protects from replacement and deletion.

    Raises:
        TypeError: `depends_on` or `protected` is not a collection of names, or `termination_protection` is
            neither True nor False.

    >>> stack = Stack("A place for reports")
    >>> naming = stack.group("Naming")
    >>> prefix = naming.text("Prefix", "Start of every name.", pattern="[a-z]+", allowed="lower-case letters")
    >>> stack.template.to_dict()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    [{'Label': {'default': 'Naming'}, 'Parameters': ['Prefix']}]
    """

    def __init__(
        self,
        description: str,
        *,
        depends_on: Iterable[str] = (),
        termination_protection: bool = False,
        protected: Iterable[str] = (),
    ) -> None:
        self.template = Template(Description=description)
        self.template.set_version("2010-09-09")
        self.depends_on = _names("depends_on", depends_on)
        self.termination_protection = termination_protection
        self.protected = _names("protected", protected)
        self.claims: list[DeclaredClaim] = []

    def __setattr__(self, attribute: str, value: Any) -> None:
        """Hold what is set later against the same demands as what is given at first."""
        if attribute in {"depends_on", "protected"}:
            value = _names(attribute, value)
        elif attribute == "termination_protection" and not isinstance(value, bool):
            raise TypeError(f"termination_protection is True or False, not {value!r:.60}")
        super().__setattr__(attribute, value)

    def group(self, name: str) -> ParameterGroup:
        """A heading of the console's form, which parameters are added to."""
        return ParameterGroup(self, name)

    def parameter(self, parameter: Parameter, *, group: str, label: str) -> Parameter:
        """Add a parameter under a heading of the console's form, with the words the form shows."""
        self.template.add_parameter(parameter)
        self.template.add_parameter_to_group(parameter, group)
        self.template.set_parameter_label(parameter, label)
        return parameter

    def rule(self, name: str, assertions: list[dict[str, Any]], *, when: Any = None) -> None:
        """Refuse parameter values that do not go together, before anything is deployed.

        Arguments:
            assertions: `{"Assert": ..., "AssertDescription": ...}` each.
            when: the rule condition; without one the assertions always hold
                (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html).
        """
        condition = {} if when is None else {"RuleCondition": when}
        self.template.add_rule(name, {**condition, "Assertions": assertions})

    def condition(self, name: str, expression: Any) -> str:
        """Add a condition; returns its name, for `Condition=` and `If`."""
        self.template.add_condition(name, expression)
        return name

    def given(self, parameter: str) -> str:
        """Add the condition `Has<parameter>`: an optional parameter is not empty; returns its name."""
        return self.condition(f"Has{parameter}", Not(Equals(Ref(parameter), "")))

    def claim(self, *claims: DeclaredClaim) -> None:
        """Promise what `cfngen verify` checks in the account; see `define.claims`."""
        if wrong := [each for each in claims if not isinstance(each, DeclaredClaim)]:
            raise TypeError(f"a claim is made by a function of define.claims, not {wrong[0]!r:.60}")
        self.claims += claims

    def add(self, resource: _Resource) -> _Resource:
        """Add a resource."""
        self.template.add_resource(resource)
        return resource

    def output(
        self, name: str, description: str, value: Any, *, export: Any = None, condition: str | None = None
    ) -> None:
        """Add an output, exported under `export` where one is given."""
        output = Output(name, Description=description, Value=value)
        if export is not None:
            output.Export = Export(export)
        if condition is not None:
            output.Condition = condition
        self.template.add_output(output)

    def policy(self) -> dict[str, Any] | None:
        """The stack policy: everything may be updated, the protected resources not replaced or deleted.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
        """
        if not self.protected:
            return None
        return {
            "Statement": [
                {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
                {
                    "Effect": "Deny",
                    "Action": ["Update:Replace", "Update:Delete"],
                    "Principal": "*",
                    "Resource": [f"LogicalResourceId/{logical_id}" for logical_id in self.protected],
                },
            ]
        }


def _names(argument: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names; a text alone would be taken for a collection of its letters."""
    collected = (names,) if isinstance(names, str) else tuple(names)
    if isinstance(names, str) or not all(isinstance(name, str) for name in collected):
        raise TypeError(f'{argument} takes a list of names, such as ["audit-trail"], not {names!r:.60}')
    return collected
