"""A template with an environment's values put in: no parameters, conditions, mappings or functions left.

What a deployment alone can tell (a key's id, a random suffix) stays visibly open, as `<Key>` or
`<Trail.SnsTopicArn>`; it is never made up. `cfngen.template.values.unknowns` finds such marks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cfngen.errors import TemplateError
from cfngen.template.environment.conditions import Conditions
from cfngen.template.environment.functions import FUNCTIONS, Resolver
from cfngen.template.environment.parameters import effective, secret
from cfngen.template.environment.physical_names import attribute, reference
from cfngen.template.loops import expanded, is_function
from cfngen.template.values import as_text, is_address, is_list, items, mark

SECTIONS = ("Resources", "Outputs")
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_NOTHING = object()  # AWS::NoValue: whatever holds it is left out
_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


def resolve(
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    *,
    account: str,
    region: str,
    partition: str = "aws",
    stack_name: str | None = None,
    named: bool = True,
    sections: Collection[str] = SECTIONS,
) -> dict[str, Any]:
    """The template that these values make: Description, Metadata, Resources and Outputs, plain data.

    Resources, outputs and properties under a false condition are left out. A reference to a resource
    becomes the name or ARN that its own properties give it, as far as they do. Loops are written out; one
    over what only CloudFormation knows stays as it is.

    Arguments:
        template: with intrinsic functions in their long form.
        parameters: values by name; the defaults stand in for the rest.
        account: the account id, twelve digits.
        region: the Region.
        partition: `aws`, `aws-cn`, …
        stack_name: for `AWS::StackName`; None leaves it open.
        named: False leaves every reference to a resource open: `<Key>`, `<Trail.Arn>`.
        sections: only these of Resources and Outputs.

    Raises:
        TemplateError: a parameter without value and default, a reference to what is not there, a function
            that is unknown or has wrong arguments. The place is the path inside of the template, after the
            stack where cfngen made the template.

    >>> resolve(
    ...     {
    ...         "Resources": {
    ...             "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "AWS::Region"}}},
    ...             "Key": {"Type": "AWS::KMS::Key"},
    ...         },
    ...         "Outputs": {
    ...             "Logs": {"Value": {"Fn::GetAtt": ["Logs", "Arn"]}}, "Key": {"Value": {"Ref": "Key"}}
    ...         },
    ...     },
    ...     {}, account="123456789012", region="eu-west-1",
    ... )["Outputs"]
    {'Logs': {'Value': 'arn:aws:s3:::eu-west-1'}, 'Key': {'Value': '<Key>'}}
    """
    pseudo = {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::Partition": partition,
        "AWS::URLSuffix": _SUFFIXES.get(partition, mark("AWS::URLSuffix")),
        "AWS::StackName": stack_name or mark("AWS::StackName"),
        "AWS::StackId": mark("AWS::StackId"),
        "AWS::NotificationARNs": [],
        "AWS::NoValue": _NOTHING,
    }
    values = effective(template, parameters)
    try:
        return _Resolution(expanded(template, values), values, pseudo, named=named).template(sections)
    except TemplateError as error:
        match template.get("Metadata"):
            case {"cfngen": {"Stack": str() as stack}}:
                place = f"stack {stack}, {error.place}"
                raise TemplateError(error.problem, place=place, remedy=error.remedy) from error
        raise


def resolve_open(
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    *,
    account: str | None,
    region: str,
    stack_name: str | None = None,
    named: bool = True,
) -> dict[str, Any]:
    """Resources and Outputs as they come out in one environment; what is not known there stays open.

    Open stay the value of a NoEcho parameter, that of a parameter without a value, and an unknown account.

    Arguments:
        stack_name: for `AWS::StackName`; None leaves it open.
        named: False leaves every reference to a resource open, too: `<Key>`, `<Trail.Arn>`.

    Raises:
        TemplateError: as `resolve`.

    >>> resolve_open({}, {}, account=None, region="eu-west-1")
    {}
    """
    if "Resources" not in template:
        return dict(template)
    resolved = resolve(
        template,
        open_values(template, parameters),
        account=account or mark("AWS::AccountId"),
        region=region,
        partition=partition_of(region),
        stack_name=stack_name,
        named=named,
    )
    return {section: resolved[section] for section in SECTIONS if section in resolved}


def open_values(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
    """The values with a mark for each that is secret or not given."""
    known = dict(parameters)
    hidden = secret(template)
    for name, definition in template.get("Parameters", {}).items():
        if name in hidden or (name not in known and "Default" not in definition):
            known[name] = mark(name)
    return known


def partition_of(region: str) -> str:
    """The partition that a Region is in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html

    >>> partition_of("cn-north-1"), partition_of("eu-west-1")
    ('aws-cn', 'aws')
    """
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


class _Resolution(Resolver):
    """One template, one set of values; conditions, names and references are worked out once each."""

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        pseudo: Mapping[str, Any],
        *,
        named: bool,
    ) -> None:
        self._named = named
        self._template = template
        self._parameters = parameters
        self._pseudo = pseudo
        self._conditions = Conditions(template.get("Conditions", {}), self.value)
        self._known: dict[tuple[str, str | None], Any] = {}

    def template(self, sections: Collection[str]) -> dict[str, Any]:
        result = {
            key: self._template[key]
            for key in ("AWSTemplateFormatVersion", "Description", "Metadata")
            if key in self._template
        }
        for section in SECTIONS:
            if section in sections and section in self._template:
                result[section] = {
                    name: body if is_function(name) else self._body(body, f"{section}.{name}")
                    for name, body in self._template[section].items()
                    if is_function(name) or self._stays(body, section)
                }
        return result

    def _stays(self, body: Mapping[str, Any], section: str) -> bool:
        return "Condition" not in body or self._conditions.hold(body["Condition"], section)

    def _body(self, body: Mapping[str, Any], path: str) -> dict[str, Any]:
        plain = {key: item for key, item in body.items() if key not in {"Condition", "DependsOn"}}
        result: dict[str, Any] = self.value(plain, path)
        named = body.get("DependsOn", [])
        listed = named if isinstance(named, list) else [named]
        depends_on = [name for name in listed if isinstance(name, str) and self._exists(name)]
        return {**result, "DependsOn": depends_on} if depends_on else result

    def value(self, node: Any, path: str) -> Any:
        """A node with everything in it worked out."""
        if isinstance(node, list):
            members = [self.value(item, f"{path}.{index}") for index, item in enumerate(node)]
            return [member for member in members if member is not _NOTHING]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            ((key, argument),) = node.items()
            if key == "Ref":
                return self.reference(argument, path)
            if key == "Fn::GetAtt":
                return self._attribute(argument, path)
            if key == "Fn::If":
                return self._if(argument, path)
            if key in FUNCTIONS:
                return FUNCTIONS[key](self, argument, path)
            if key.startswith("Fn::"):
                return self._conditions.truth(node, path)
        pairs = ((key, self.value(item, f"{path}.{key}")) for key, item in node.items())
        return {key: item for key, item in pairs if item is not _NOTHING}

    @property
    def mappings(self) -> Mapping[str, Any]:
        """The Mappings section."""
        mappings: Mapping[str, Any] = self._template.get("Mappings", {})
        return mappings

    def reference(self, name: Any, path: str) -> Any:
        """What `Ref` gives."""
        if not isinstance(name, str):
            raise TemplateError("Ref needs a name", place=path, remedy="name a parameter or a resource")
        declared = self._template.get("Parameters", {})
        if name in declared and not is_function(name):
            return self._parameter(name, declared[name].get("Type", "String"), path)
        if name in self._pseudo:
            return self._pseudo[name]
        return self._physical(name, None, path)

    def attribute(self, name: str, key: str, path: str) -> Any:
        """What `Fn::GetAtt` gives."""
        return self._physical(name, key, path)

    def _parameter(self, name: str, kind: str, path: str) -> Any:
        if name not in self._parameters:
            raise TemplateError(f"parameter {name} has no value", place=path, remedy=f"give {name} a value")
        if is_address(kind):
            return mark(name)
        value = self._parameters[name]
        return items(value) if is_list(kind) else value

    def _exists(self, name: str) -> bool:
        body = self._template.get("Resources", {}).get(name)
        return isinstance(body, Mapping) and self._stays(body, "Resources")

    def _physical(self, name: str, key: str | None, path: str) -> Any:
        if not self._exists(name):
            left_out = name in self._template.get("Resources", {})
            problem = f"{name} is left out by its condition" if left_out else f"the template has no {name}"
            raise TemplateError(
                problem, place=path, remedy="refer to a parameter or a resource that is there"
            )
        if not self._named:
            return mark(name if key is None else f"{name}.{key}")
        if (name, key) in self._known:
            value = self._known[name, key]
            if value is _NOTHING:
                raise TemplateError(
                    f"{name} refers to itself", place=path, remedy="remove the circular reference"
                )
            return value
        self._known[name, key] = _NOTHING
        body = self._template["Resources"][name]
        properties = body.get("Properties", {})

        def read(property_name: str) -> Any:
            value = self.value(properties.get(property_name), f"Resources.{name}.Properties.{property_name}")
            return None if value is _NOTHING else value

        scope = {
            key.rpartition(":")[2]: value for key, value in self._pseudo.items() if isinstance(value, str)
        }
        kind = as_text(body.get("Type", ""))
        value = reference(name, kind, read, scope) if key is None else attribute(name, kind, key, read, scope)
        self._known[name, key] = value
        return value

    def _attribute(self, argument: Any, path: str) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        match parts:
            case [str() as name, key]:
                return self._physical(name, as_text(self.value(key, path)), path)
        raise TemplateError("Fn::GetAtt needs a resource and an attribute", place=path)

    def _if(self, argument: Any, path: str) -> Any:
        match argument:
            case [str() as name, yes, no]:
                holds = self._conditions.hold(name, path)
                return self.value(yes if holds else no, f"{path}.Fn::If.{1 if holds else 2}")
        raise TemplateError("Fn::If needs a condition's name and two values", place=path)
