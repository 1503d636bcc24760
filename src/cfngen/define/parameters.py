"""Parameters in one call each: the words of the console's form are derived from what is allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import Parameter

if TYPE_CHECKING:
    from cfngen.define.stack import Stack

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class ParameterGroup:
    """A heading of the console's form; every parameter that is added stands under it, in that order.

    Each method adds one parameter, of a name that is unique in the stack, and returns it. What all take:

    Arguments:
        description: what the value is for; the form shows it under the field.
        label: what the form calls the field; by default the words of the name.
        default: what the value is where none is given; without one a value must be given.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html

    >>> from cfngen.define.stack import Stack
    >>> storage = Stack("A place for reports").group("Storage")
    >>> days = storage.days("ReportDays", "Days that reports are kept.", default=90)
    >>> days.to_dict()["ConstraintDescription"]
    '1 to 3650 days.'
    """

    stack: Stack
    name: str

    def text(
        self,
        name: str,
        description: str,
        *,
        pattern: str,
        allowed: str,
        default: str | None = None,
        optional: bool = False,
        max_length: int | None = None,
        label: str | None = None,
    ) -> Parameter:
        """A string.

        Arguments:
            pattern: the regular expression that the whole value must match.
            allowed: what the pattern and the length allow, in words: "1 to 64 letters and digits".
            optional: whether the value may be empty, which it then is by default.
            max_length: in characters.
        """
        properties: dict[str, Any] = {
            "AllowedPattern": f"|{pattern}" if optional else pattern,
            "ConstraintDescription": _sentence(f"empty, or {allowed}" if optional else allowed),
        }
        if max_length is not None:
            properties["MaxLength"] = max_length
        return self._add(
            name, "String", description, "" if optional and default is None else default, label, properties
        )

    def choice(
        self,
        name: str,
        description: str,
        values: Sequence[str] | Sequence[int],
        *,
        default: str | int | None = None,
        allowed: str | None = None,
        label: str | None = None,
    ) -> Parameter:
        """One of several strings or numbers.

        Arguments:
            default: by default the first of `values`.
            allowed: the values in words; by default all of them.

        Raises:
            ValueError: the default is not one of the values.
        """
        default = values[0] if default is None else default
        if default not in values:
            raise ValueError(f"the default of {name}, {default!r}, is not one of {list(values)}")
        *others, last = (str(value) for value in values)
        words = f"{', '.join(others)} or {last}" if others else last
        # A value is case-sensitive: a list of values keeps its first letter.
        constraint = f"{words}." if allowed is None else _sentence(allowed)
        properties = {"AllowedValues": list(values), "ConstraintDescription": constraint}
        kind = "String" if isinstance(default, str) else "Number"
        return self._add(name, kind, description, default, label, properties)

    def number(
        self,
        name: str,
        description: str,
        *,
        least: int,
        most: int,
        unit: str,
        default: int | None = None,
        label: str | None = None,
    ) -> Parameter:
        """A whole or decimal number from `least` to `most`, both included; `unit` in the plural: "images"."""
        properties = {
            "MinValue": least,
            "MaxValue": most,
            "ConstraintDescription": _sentence(f"{least} to {most} {unit}"),
        }
        return self._add(name, "Number", description, default, label, properties)

    def days(
        self,
        name: str,
        description: str,
        *,
        default: int | None = None,
        least: int = 1,
        most: int = 3650,
        label: str | None = None,
    ) -> Parameter:
        """A number of days: up to ten years, unless `most` says otherwise."""
        return self.number(
            name, description, least=least, most=most, unit="days", default=default, label=label
        )

    def add(self, parameter: Parameter, *, label: str | None = None) -> Parameter:
        """Any other parameter, such as a list or one of an AWS-specific type."""
        return self.stack.parameter(parameter, group=self.name, label=label or _words(str(parameter.title)))

    def _add(
        self,
        name: str,
        kind: str,
        description: str,
        default: str | int | None,
        label: str | None,
        properties: dict[str, Any],
    ) -> Parameter:
        if default is not None:
            properties["Default"] = default
        return self.add(Parameter(name, Type=kind, Description=description, **properties), label=label)


def _words(name: str) -> str:
    """The words of a logical id, as a label.

    >>> _words("TrailBucketName")
    'Trail bucket name'
    """
    return _sentence_case(" ".join(_WORD.split(name)).lower())


def _sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end, unless it ends with a sign that is meant.

    >>> _sentence("letters and digits"), _sentence("1 to 9 of ._/#-")
    ('Letters and digits.', '1 to 9 of ._/#-')
    """
    return _sentence_case(text) + ("." if text[-1].isalnum() else "")


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
