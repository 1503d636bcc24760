"""Attributes that come out differently although their resource is only changed in place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from cfngen.template.change.resource_types import ResourceSchema
from cfngen.template.intrinsics import placeholders, substitution
from cfngen.template.values import Path

_COUNTS: Final = re.compile("(?<!Default)(Version|Revision)")
"""Attributes that count a resource's changes, such as LatestVersionNumber of a launch template."""

_STACK: Final = "AWS::CloudFormation::Stack"


def asked(value: Any, logical_id: str) -> Iterator[str]:
    """The attributes of one resource that a value is made of.

    >>> list(asked([{"Fn::GetAtt": ["A", "Arn"]}, {"Fn::Sub": "${A.Outputs.Id}${B.C}"}], "A"))
    ['Arn', 'Outputs.Id']
    """
    if isinstance(value, list):
        for item in value:
            yield from asked(item, logical_id)
    elif isinstance(value, dict):
        for key, argument in value.items():
            if key == "Fn::GetAtt":
                name = argument if isinstance(argument, str) else ".".join(map(str, argument))
                names: Iterable[str] = [name]
            elif key == "Fn::Sub" and (written := substitution(argument)):
                text, variables = written
                calls = (part for part in placeholders(text) if not isinstance(part, str))
                names = [call.argument for call in calls if call.argument not in variables]
                yield from asked(variables, logical_id)
            else:
                names = ()
                yield from asked(argument, logical_id)
            for name in names:
                resource, dot, attribute = name.partition(".")
                if resource == logical_id and dot:
                    yield attribute


def moves(attribute: str, resource_type: str, schema: ResourceSchema | None, changed: Iterable[Path]) -> bool:
    """Whether an attribute may come out differently when these parts of its resource change in place.

    It does where it is the changed property itself, an output of a changed nested stack, or a number that
    counts the changes; of any other attribute nothing says so.

    >>> moves("LatestVersionNumber", "AWS::EC2::LaunchTemplate", None, [("Properties", "LaunchTemplateData")])
    True
    >>> moves("Arn", "AWS::SNS::Topic", None, [("Properties", "DisplayName")])
    False
    """
    tags = schema.tags if schema is not None else "Tags"
    properties = {path[1] for path in changed if path[:1] == ("Properties",) and len(path) > 1} - {tags}
    names = attribute.split(".")
    if not properties:
        return False
    if resource_type == _STACK and names[0] == "Outputs":
        return True
    return bool(properties & {names[0], names[-1]}) or _COUNTS.search(names[-1]) is not None
