"""A Stack to its template's data, with the mistakes found that neither troposphere nor awacs report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from awacs.aws import Condition
from troposphere import AWSHelperFn, BaseAWSObject

from cfngen.define.stack import Stack
from cfngen.errors import DefinitionError
from cfngen.generate.name_lengths import too_long

# What CloudFormation, and the editor of its console, take without a bucket in between:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BYTES = 51_200

Locate = Callable[[str], str | None]

_SCALARS = frozenset({str, int, float, bool, type(None)})
_LISTS = frozenset({list, tuple})


def render(stack: Stack, locate: Locate) -> dict[str, Any]:
    """The template's data, intrinsics in their long form.

    Arguments:
        locate: where a logical id is defined, for the errors.

    Raises:
        DefinitionError: a required property is missing, a condition operator is repeated,
            or a name can become longer than AWS allows.
    """
    template = stack.template
    data: dict[str, Any] = {
        section: _plain(value)
        for section, value in (
            ("AWSTemplateFormatVersion", template.version),
            ("Transform", template.transform),
            ("Description", template.description),
            ("Metadata", template.metadata),
            ("Rules", template.rules),
            ("Mappings", template.mappings),
            ("Conditions", template.conditions),
        )
        if value
    }
    for section, items in (
        ("Parameters", template.parameters),
        ("Resources", template.resources),
        ("Outputs", template.outputs),
    ):
        if items:
            data[section] = {
                logical_id: _item(logical_id, item, locate) for logical_id, item in items.items()
            }
    if "Resources" not in data:
        raise DefinitionError(
            "the stack has no resources", place=locate(""), remedy="add one: stack.add(...)"
        )
    for logical_id, problem in too_long(data):
        raise DefinitionError(
            f"{logical_id}: {problem}",
            place=locate(logical_id),
            remedy="shorten the name, or lower the MaxLength of the parameters in it",
        )
    return data


def check_size(content: bytes, place: str) -> None:
    """Refuse a template that the console and an inline API call would refuse.

    Raises:
        DefinitionError: more than 51,200 bytes.
    """
    if len(content) > MAX_BYTES:
        raise DefinitionError(
            f"the template has {len(content):,} bytes, CloudFormation takes {MAX_BYTES:,} inline",
            place=place,
            remedy="split the stack in two",
        )


def _item(logical_id: str, item: BaseAWSObject, locate: Locate) -> Any:
    try:
        return _plain(item)
    except _RepeatedOperatorError as error:
        operator = error.args[0]
        raise DefinitionError(
            f"{logical_id}: condition operator {operator} is given twice, awacs would drop the first",
            place=locate(logical_id),
            remedy=f"give all its keys in one {operator}({{key: value, ...}})",
        ) from error
    # Validators of troposphere raise what they like; whatever it is, it is about this resource.
    except Exception as error:
        raise DefinitionError(f"{logical_id}: {error}", place=locate(logical_id)) from error


class _RepeatedOperatorError(Exception):
    pass


def _plain(value: Any) -> Any:
    """What troposphere's own `encode_to_dict` makes of a value, in a third of the time, watching awacs."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is dict:
        return {key: child if type(child) in _SCALARS else _plain(child) for key, child in value.items()}
    if kind in _LISTS:
        return [child if type(child) in _SCALARS else _plain(child) for child in value]
    if isinstance(value, Condition):
        operators = [element.condition for element in value.conditions]
        if repeated := [operator for operator in operators if operators.count(operator) > 1]:
            raise _RepeatedOperatorError(repeated[0])
        return {element.condition: _plain(element.get_dict()) for element in value.conditions}
    if isinstance(value, AWSHelperFn) and kind.to_dict is AWSHelperFn.to_dict:
        return _plain(value.data)
    if isinstance(value, BaseAWSObject) and kind.to_dict is BaseAWSObject.to_dict and value.properties:
        if value.do_validation:
            value._validate_props()
            value.validate()
        return _plain(value.resource)
    return _plain(value.to_dict()) if hasattr(value, "to_dict") else _plain(value.JSONrepr())
