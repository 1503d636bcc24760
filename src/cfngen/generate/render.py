"""A Stack to its template's data, with the mistakes found that neither troposphere nor awacs report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from troposphere import Template

from cfngen.define.stack import Stack
from cfngen.errors import DefinitionError
from cfngen.generate.load_definition import sentence
from cfngen.generate.name_lengths import too_long
from cfngen.generate.plain import RepeatedOperatorError, Room, UnwritableError, plain

# What CloudFormation, and the editor of its console, take without a bucket in between:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BYTES = 51_200

Locate = Callable[[str], str | None]

_NAMED = ("Parameters", "Resources", "Outputs")
_MAPPINGS = ("Metadata", "Rules", "Mappings", "Conditions", *_NAMED)


def render(stack: Stack, locate: Locate) -> dict[str, Any]:
    """The template's data, intrinsics in their long form.

    Arguments:
        locate: where a logical id is defined, for the errors.

    Raises:
        DefinitionError: a required property is missing, a condition operator is repeated,
            or a name can become longer than AWS allows.
    """
    template = stack.template
    if not isinstance(template, Template):
        raise DefinitionError(
            f"stack.template is a {type(template).__name__}, and no longer the stack's troposphere template",
            place=locate(""),
            remedy="change the template that Stack(...) made; do not replace it",
        )
    room = Room()
    data: dict[str, Any] = {}
    for section, content in _sections(template).items():
        if section in _NAMED and not isinstance(content, dict):
            raise DefinitionError(f"{section} is not a mapping", place=locate(""), remedy=_HELP[section])
        if not content:
            continue
        if section in _NAMED:
            names = _written(section, dict.fromkeys(content, 0), partial(locate, ""), room)
            data[section] = {
                name: _written(name, item, partial(locate, name), room, depth=2)
                for name, item in zip(names, content.values(), strict=True)
            }
        else:
            data[section] = _written(section, content, partial(locate, ""), room)
    if "Resources" not in data:
        raise DefinitionError(
            "the stack has no resources", place=locate(""), remedy="add one: stack.add(...)"
        )
    _check_shape(data, locate)
    for logical_id, problem in too_long(data):
        raise DefinitionError(
            f"{logical_id}: {problem}",
            place=locate(logical_id),
            remedy="shorten the name, or lower the MaxLength of the parameters in it",
        )
    return data


def _sections(template: Template) -> dict[str, Any]:
    """What the definition put into each section; those that a class of its own adds are among them."""
    if type(template).to_dict is not Template.to_dict:
        return dict(template.to_dict())
    return {
        "AWSTemplateFormatVersion": template.version,
        "Transform": template.transform,
        "Description": template.description,
        "Metadata": template.metadata,
        "Globals": template.globals,
        "Rules": template.rules,
        "Mappings": template.mappings,
        "Conditions": template.conditions,
        "Parameters": template.parameters,
        "Resources": template.resources,
        "Outputs": template.outputs,
    }


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


def _written(name: str, value: Any, place: Callable[[], str | None], room: Room, depth: int = 1) -> Any:
    """A section, or an item of one, as plain data.

    Arguments:
        name: of the section or item, for the errors.
        room: what the template has left for it.
        depth: how many levels the template has above the value.
    """
    try:
        return plain(value, depth, room)
    except RepeatedOperatorError as error:
        raise DefinitionError(
            f"{name}: condition operator {error.problem} is given twice, awacs would drop the first",
            place=place(),
            remedy=f"give all its keys in one {error.problem}({{key: value, ...}})",
        ) from error
    except UnwritableError as error:
        raise DefinitionError(f"{name}: {error.sentence}", place=place(), remedy=error.remedy) from error
    except KeyboardInterrupt:
        raise
    # Validators of troposphere raise what they like; whatever it is, it is about this item.
    except BaseException as error:
        said = str(error) if isinstance(error, ValueError) else ""
        raise DefinitionError(f"{name}: {said or sentence(error)}", place=place()) from error


def _check_shape(data: dict[str, Any], locate: Locate) -> None:
    """Refuse what no reader of a template could make sense of: those of `template.load` stop at the same."""
    for section in _MAPPINGS:
        if not isinstance(data.get(section, {}), dict):
            raise DefinitionError(f"{section} is not a mapping", place=locate(""))
    for section in _NAMED:
        for name, body in data.get(section, {}).items():
            if name.startswith("Fn::"):
                continue  # a language extension such as Fn::ForEach, which CloudFormation expands
            problem = None
            if not isinstance(body, dict):
                problem = "is not a mapping"
            elif section == "Resources" and not isinstance(body.get("Type"), str):
                problem = "has no Type"
            elif section == "Resources" and not isinstance(body.get("Properties", {}), dict):
                problem = "has Properties that are not a mapping"
            if problem:
                raise DefinitionError(f"{name} {problem}", place=locate(name), remedy=_HELP[section])


_HELP = {
    "Parameters": "add it with stack.parameter(...)",
    "Resources": "add it with stack.add(...), as an object of troposphere",
    "Outputs": "add it with stack.output(...)",
}
