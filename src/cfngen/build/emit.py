"""A template's data to its canonical bytes: the same bytes for the same data, in the order people read.

YAML is written by hand rather than by a library: a library needs thirty times as long, and none writes
CloudFormation's short intrinsics, literal blocks for documents and customary order all at once. What is
written is checked against PyYAML and cfn-lint's own loader by the tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
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

_INTRINSIC = re.compile(r"Fn::[A-Za-z]+$|Ref$|Condition$")
# A string may stand unquoted if it starts harmlessly, holds no indicator and is read as a string again.
_PLAIN = re.compile(r"[A-Za-z0-9_/.$(<][^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]*")
_INDICATOR = re.compile(r": |:$| #|\s$|^(?:---|\.\.\.)")
# What YAML 1.1 reads as another type: null, booleans, numbers (0x1f, 1_000, 1:30, 1e5), dates.
_OTHER_TYPE = re.compile(
    r"(?i:null|true|false|yes|no|on|off|y|n|\.nan|\.inf|<<)$|[.]?[0-9][0-9A-Fa-fxoTtZz_.,:+ -]*$", re.ASCII
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
# What a literal block would not show, or not keep: spaces at the end of a line, empty lines at the very end.
_RAGGED = re.compile(r"[ \t](?:\n|$)|\n\n$")


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
        spaced = section in {"Resources", "Parameters"}
        if spaced and isinstance(value, dict) and value:
            lines.append(f"{section}:")
            for index, (name, entry) in enumerate(value.items()):
                if index and section == "Resources":
                    lines.append("")
                lines.extend(_entry(f"  {_scalar(name)}:", entry, 2))
        else:
            lines.extend(_entry(f"{_scalar(section)}:", value, 0))
    return ("\n".join(lines) + "\n").encode()


def _entry(head: str, value: Any, indent: int) -> Iterable[str]:
    """`head` (a key with its colon, or a dash) and the value behind or below it."""
    tag, value = _shorten(value)
    if tag:
        head = f"{head} {tag}"
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent + 2)
    elif isinstance(value, list) and value:
        yield head
        yield from _sequence(value, indent + 2)
    else:
        yield from _leaf(head, value, indent + 2)


def _mapping(value: Mapping[str, Any], indent: int) -> Iterable[str]:
    pad = " " * indent
    for key, child in value.items():
        yield from _entry(f"{pad}{_scalar(str(key))}:", child, indent)


def _sequence(value: Sequence[Any], indent: int) -> Iterable[str]:
    pad = " " * indent
    for child in value:
        tag, inner = _shorten(child)
        if not tag and isinstance(inner, dict | list) and inner:
            below = _mapping(inner, indent + 2) if isinstance(inner, dict) else _sequence(inner, indent + 2)
            first, *rest = below
            yield f"{pad}- {first[indent + 2 :]}"
            yield from rest
        else:
            yield from _entry(f"{pad}-", child, indent)


def _shorten(value: Any) -> tuple[str, Any]:
    """An intrinsic function as its short tag and argument; anything else untagged.

    A tag may not follow a tag, so an intrinsic directly inside another keeps its long form there.
    """
    if not (isinstance(value, dict) and len(value) == 1):
        return "", value
    ((name, argument),) = value.items()
    if not (isinstance(name, str) and _INTRINSIC.match(name)):
        return "", value
    if name == "Condition" and not isinstance(argument, str):  # a policy statement's, not the intrinsic
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


def _leaf(head: str, value: Any, indent: int) -> Iterable[str]:
    pad = " " * indent
    if isinstance(value, str) and not _UNPRINTABLE.search(value):
        if "\n" in value.rstrip("\n") and not value[0].isspace() and not _RAGGED.search(value):
            yield f"{head} |" if value.endswith("\n") else f"{head} |-"
            yield from (pad + line if line else "" for line in value.removesuffix("\n").split("\n"))
            return
        if len(head) + 1 + len(value) > WIDTH and (folded := _fold(value, WIDTH - indent)):
            yield f"{head} >-"
            yield from (pad + line for line in folded)
            return
    scalar = _scalar(value)
    if len(head) + 1 + len(scalar) > WIDTH and len(pad) < len(head):
        yield head
        yield pad + scalar
    else:
        yield f"{head} {scalar}"


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


def _string(value: str) -> str:
    if _PLAIN.fullmatch(value) and not _INDICATOR.search(value) and not _OTHER_TYPE.match(value):
        return value
    if _UNPRINTABLE.search(value) or "\n" in value or "\t" in value:
        quoted = json.dumps(value, ensure_ascii=False)
        return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
    return "'" + value.replace("'", "''") + "'"
