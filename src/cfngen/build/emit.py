"""A template's data to its canonical bytes: the same bytes for the same data, in the order people read.

YAML is written by hand rather than by a library: a library needs thirty times as long, and none writes
CloudFormation's short intrinsics, literal blocks for documents and customary order all at once. What is
written is checked against PyYAML and cfn-lint's own loader by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
ATTRIBUTES = (
    "Type",
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)
PARAMETER = (
    "Type",
    "Description",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "ConstraintDescription",
    "NoEcho",
)
OUTPUT = ("Description", "Condition", "Value", "Export")
STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
DOCUMENT = ("Version", "Id", "Statement")

# A line stays readable beside another in a pull request. Only a string with spaces is ever broken.
WIDTH = 120

# A string may stand unquoted if it starts harmlessly, holds no indicator and is read as a string again.
_HARMLESS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/.$(<")
_INDICATORS = (": ", " #")
# What YAML 1.1 reads as another type: null, booleans, merge keys; numbers (0x1f, 1_000, 1:30) and dates.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "<<"})
_NUMERIC = frozenset("0123456789ABCDEFabcdefxoTtZz_.,:+ -")


def ordered(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with its sections and their keys in the order people read them.

    Parameters, resources and outputs keep the order of their definition.

    >>> list(ordered({"Resources": {}, "Description": "d"}))
    ['Description', 'Resources']
    """
    result = _sort(template, SECTIONS)
    for section, keys in (("Parameters", PARAMETER), ("Resources", ATTRIBUTES), ("Outputs", OUTPUT)):
        if section in result:
            result[section] = {name: _sort(entry, keys) for name, entry in result[section].items()}
    for resource in result.get("Resources", {}).values():
        if "Properties" in resource:
            resource["Properties"] = _order_policies(resource["Properties"])
    return result


def _order_policies(value: Any) -> Any:
    """Policy documents, wherever they are, in the order in which AWS's documentation writes them."""
    if isinstance(value, dict):
        if "Statement" in value:
            value = _sort(value, DOCUMENT)
        elif "Effect" in value:
            value = _sort(value, STATEMENT)
        return {key: _order_policies(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_order_policies(child) for child in value]
    return value


def _sort(mapping: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    first = {key: mapping[key] for key in keys if key in mapping}
    return first | {key: value for key, value in mapping.items() if key not in first}


def to_json(template: Mapping[str, Any]) -> bytes:
    """The template as JSON, two spaces deep, in the same order as the YAML."""
    return (json.dumps(ordered(template), indent=2, ensure_ascii=False) + "\n").encode()


def to_yaml(template: Mapping[str, Any]) -> bytes:
    r"""The template as YAML in UTF-8: block style, short intrinsics, documents as literal blocks.

    >>> print(to_yaml({"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}).decode(), end="")
    Resources:
      A:
        Type: AWS::SNS::Topic
    """
    lines: list[str] = []
    for section, value in ordered(template).items():
        if lines and isinstance(value, dict):
            lines.append("")
        if section == "Resources" and value:
            lines.append("Resources:")
            for index, (logical_id, resource) in enumerate(value.items()):
                if index:
                    lines.append("")
                _entry(lines, f"  {_string(logical_id)}:", resource, 2)
        else:
            _entry(lines, f"{_string(section)}:", value, 0)
    lines.append("")
    return "\n".join(lines).encode()


def _entry(lines: list[str], head: str, value: Any, indent: int) -> None:
    """`head` (a key with its colon, or a dash) and the value behind or below it."""
    if isinstance(value, dict) and len(value) == 1:
        tag, value = _shorten(value)
        if tag:
            head = f"{head} {tag}"
    if isinstance(value, dict) and value:
        lines.append(head)
        _mapping(lines, value, indent + 2)
    elif isinstance(value, list) and value:
        lines.append(head)
        _sequence(lines, value, indent + 2)
    else:
        _leaf(lines, head, value, indent + 2)


def _mapping(lines: list[str], value: Mapping[str, Any], indent: int) -> None:
    pad = " " * indent
    for key, child in value.items():
        _entry(lines, f"{pad}{_string(key)}:", child, indent)


def _sequence(lines: list[str], value: Sequence[Any], indent: int) -> None:
    pad = " " * indent
    for child in value:
        if isinstance(child, dict | list) and child and not _shorten(child)[0]:
            first = len(lines)
            if isinstance(child, dict):
                _mapping(lines, child, indent + 2)
            else:
                _sequence(lines, child, indent + 2)
            lines[first] = f"{pad}- {lines[first][indent + 2 :]}"
        else:
            _entry(lines, f"{pad}-", child, indent)


def _shorten(value: Any) -> tuple[str, Any]:
    """An intrinsic function as its short tag and argument; anything else untagged.

    A tag may not follow a tag, so an intrinsic directly inside another keeps its long form there.
    """
    if not (isinstance(value, dict) and len(value) == 1):
        return "", value
    ((name, argument),) = value.items()
    if not (name.startswith("Fn::") or name == "Ref" or (name == "Condition" and isinstance(argument, str))):
        return "", value
    if not isinstance(argument, str | list | dict) or _shorten(argument)[0]:
        return "", value
    if name == "Fn::GetAtt" and _is_attribute(argument):
        argument = ".".join(argument)
    return "!" + name.removeprefix("Fn::"), argument


def _is_attribute(argument: Any) -> bool:
    return (
        isinstance(argument, list)
        and len(argument) == 2  # noqa: PLR2004 - a logical id and an attribute
        and all(isinstance(part, str) for part in argument)
        and "." not in argument[0]
    )


def _leaf(lines: list[str], head: str, value: Any, indent: int) -> None:
    scalar = _scalar(value)
    if len(head) + 1 + len(scalar) <= WIDTH and scalar[0] != '"':
        lines.append(f"{head} {scalar}")
        return
    pad = " " * indent
    if isinstance(value, str) and (body := value.removesuffix("\n")).replace("\n", "").isprintable():
        if "\n" in body and not value[0].isspace() and not _is_ragged(value):
            lines.append(f"{head} |" if body != value else f"{head} |-")
            lines.extend(pad + line if line else "" for line in body.split("\n"))
            return
        if body == value and len(head) + 1 + len(value) > WIDTH and (folded := _fold(value, WIDTH - indent)):
            lines.append(f"{head} >-")
            lines.extend(pad + line for line in folded)
            return
    if len(head) + 1 + len(scalar) > WIDTH and len(pad) < len(head):
        lines.extend((head, pad + scalar))
    else:
        lines.append(f"{head} {scalar}")


def _fold(value: str, width: int) -> list[str] | None:
    """The string in lines that YAML joins again with one space each; None where that cannot be.

    >>> _fold("one two three", 8)
    ['one two', 'three']
    """
    words = value.split(" ")
    if len(words) == 1 or "\n" in value or "\t" in value or "" in words:
        return None
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return json.dumps(value)


@lru_cache(maxsize=4096)
def _string(value: str) -> str:
    if not value.isprintable():
        return _escaped(value)
    if value[:1] in _HARMLESS and not _has_indicator(value) and not _is_other_type(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def _has_indicator(value: str) -> bool:
    return value.endswith((":", " ")) or value.startswith("...") or any(mark in value for mark in _INDICATORS)


def _is_other_type(value: str) -> bool:
    return value.lower() in _WORDS or (value.lstrip(".")[:1].isdecimal() and _NUMERIC.issuperset(value))


def _is_ragged(value: str) -> bool:
    """Whether a literal block would hide spaces at a line's end, or lose empty lines at its own."""
    return " \n" in value or value.endswith((" ", "\n\n"))


def _escaped(value: str) -> str:
    """In double quotes, with every character that has no shape of its own as an escape."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in quoted
    )
