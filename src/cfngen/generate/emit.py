"""A template's data to its canonical bytes: the same bytes for the same data, in the order people read.

YAML is written by hand rather than by a library: a library needs thirty times as long, and none writes
CloudFormation's short intrinsics, literal blocks for documents and customary order all at once. What is
written is checked against PyYAML and cfn-lint's own loader by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cfngen.template.tokens import SHORT_FORMS

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Globals",
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
# What YAML 1.1 reads as another type: null, booleans, merge keys; numbers (0x1f, 1_000, 1:30) and dates.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "<<"})
_REMEMBERED = 4096
# A longer key stands behind a question mark: https://yaml.org/spec/1.1/#id904245
_LONGEST_KEY = 1000
# The functions whose short tag every reader knows; a newer one is written in its long form.
_SHORT = frozenset(SHORT_FORMS.values())
_TAGGABLE = frozenset({str, list, dict})
_NUMERIC_START = frozenset(".0123456789")
_NUMERIC = frozenset("0123456789ABCDEFabcdefxoTtZz_.,:+ -")


def ordered(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with its sections and their keys in the order people read them.

    Parameters, resources and outputs keep the order of their definition; policies are put in order as they
    are written.

    >>> list(ordered({"Resources": {}, "Description": "d"}))
    ['Description', 'Resources']
    """
    result = _sort(template, SECTIONS)
    for section, keys in (("Parameters", PARAMETER), ("Resources", ATTRIBUTES), ("Outputs", OUTPUT)):
        if section in result:
            result[section] = {
                name: _sort(entry, keys) if isinstance(entry, dict) else entry
                for name, entry in result[section].items()
            }
    return result


def _sort(mapping: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    first = {key: mapping[key] for key in keys if key in mapping}
    return (
        first
        if len(first) == len(mapping)
        else first | {key: mapping[key] for key in mapping if key not in first}
    )


def _policy_sorted(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy document or statement, wherever it is, in the order in which AWS's documentation writes it."""
    if "Statement" in mapping:
        return _sort(mapping, DOCUMENT)
    return _sort(mapping, STATEMENT) if "Effect" in mapping else mapping


def to_json(template: Mapping[str, Any]) -> bytes:
    """The template as JSON, two spaces deep, in the same order as the YAML."""

    def policies_sorted(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: policies_sorted(child) for key, child in _policy_sorted(value).items()}
        return [policies_sorted(child) for child in value] if isinstance(value, list) else value

    text = json.dumps(policies_sorted(ordered(template)), indent=2, ensure_ascii=False) + "\n"
    return "".join(
        character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]
        for character in text
    ).encode()


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
            for logical_id, resource in value.items():
                _mapping(lines, {logical_id: resource}, "  ")
                lines.append("")
            lines.pop()
        else:
            _mapping(lines, {section: value}, "")
    lines.append("")
    return "\n".join(lines).encode()


def _mapping(lines: list[str], mapping: Mapping[str, Any], pad: str) -> None:
    if "Effect" in mapping or "Statement" in mapping:
        mapping = _policy_sorted(mapping)
    for key, value in mapping.items():
        written = _WRITTEN[key]
        if len(written) > _LONGEST_KEY:
            lines.append(f"{pad}? {written}")
            _entry(lines, f"{pad}:", value, pad)
        else:
            _entry(lines, f"{pad}{written}:", value, pad)


def _entry(lines: list[str], head: str, value: Any, pad: str) -> None:
    """`head` (a key with its colon, or a dash) and the value behind it, or below it deeper than `pad`."""
    kind = type(value)
    if kind is dict and len(value) == 1:
        tag, value = _shorten(value)
        if tag:
            head, kind = f"{head} {tag}", type(value)
    if kind is str:
        line = f"{head} {_WRITTEN[value]}"
        if len(line) <= WIDTH and '"' not in line:
            lines.append(line)
            return
    elif value and kind is dict:
        lines.append(head)
        _mapping(lines, value, pad + "  ")
        return
    elif value and kind is list:
        lines.append(head)
        _sequence(lines, value, pad + "  ")
        return
    _leaf(lines, head, value, pad + "  ")


def _sequence(lines: list[str], sequence: Sequence[Any], pad: str) -> None:
    head = pad + "-"
    for value in sequence:
        kind = type(value)
        if value and (kind is list or (kind is dict and not _shorten(value)[0])):
            first = len(lines)
            if kind is dict:
                _mapping(lines, value, pad + "  ")
            else:
                _sequence(lines, value, pad + "  ")
            lines[first] = f"{head} {lines[first][len(pad) + 2 :]}"
        else:
            _entry(lines, head, value, pad)


def _shorten(value: dict[str, Any]) -> tuple[str, Any]:
    """An intrinsic function as its short tag and argument; anything else untagged.

    A tag may not follow a tag, so an intrinsic directly inside another keeps its long form there.
    """
    if len(value) != 1:
        return "", value
    ((name, argument),) = value.items()
    kind = type(argument)
    if name == "Ref":
        return ("!Ref", argument) if kind is str else ("", value)
    if name == "Condition":
        return ("!Condition", argument) if kind is str else ("", value)
    if name not in _SHORT or (kind is dict and _shorten(argument)[0]) or kind not in _TAGGABLE:
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


def _leaf(lines: list[str], head: str, value: Any, pad: str) -> None:
    """A scalar that may need a block, a fold, or a line of its own."""
    scalar = _scalar(value)
    wide = len(head) + 1 + len(scalar) > WIDTH
    if isinstance(value, str) and (body := value.removesuffix("\n")).replace("\n", "").isprintable():
        if "\n" in body and not value[0].isspace() and not _is_ragged(value):
            lines.append(f"{head} |" if body != value else f"{head} |-")
            lines.extend(pad + line if line else "" for line in body.split("\n"))
            return
        if wide and body == value and (folded := _fold(value, WIDTH - len(pad))):
            lines.append(f"{head} >-")
            lines.extend(pad + line for line in folded)
            return
    if wide and len(pad) < len(head):
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
        return _WRITTEN[value]
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, float):
        # YAML 1.1 reads a number with an exponent as text unless there is a point in front of the exponent.
        digits, exponent, power = repr(value).partition("e")
        return digits + (".0" if exponent and "." not in digits else "") + exponent + power
    return json.dumps(value)


class _Written(dict[str, str]):
    """Strings as YAML writes them, remembered: a template says the same few hundred over and over."""

    def __missing__(self, value: str) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
        self[value] = written = _string(value)
        return written


def _string(value: str) -> str:
    if not value.isprintable():
        return _escaped(value)
    if value[:1] in _HARMLESS and not (
        value[-1] in ": "
        or ": " in value
        or " #" in value
        or value.startswith("...")
        or value.lower() in _WORDS
        or (value[0] in _NUMERIC_START and _NUMERIC.issuperset(value))
    ):
        return value
    return "'" + value.replace("'", "''") + "'"


def _is_ragged(value: str) -> bool:
    """Whether a literal block would hide spaces at a line's end, or lose empty lines at its own."""
    return " \n" in value or value.endswith((" ", "\n\n"))


def _escaped(value: str) -> str:
    """In double quotes, with every character that has no shape of its own as an escape.

    Raises:
        UnicodeEncodeError: half of a surrogate pair, which no reader takes, not even as an escape.
    """
    value.encode()
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in quoted
    )


_WRITTEN = _Written()
