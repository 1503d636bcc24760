"""Whether an environment's values fit a template's parameters, before CloudFormation refuses them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cfngen.errors import TemplateError
from cfngen.template.environment.rules import broken_rules
from cfngen.template.loops import is_function
from cfngen.template.values import as_text, is_list, items

if TYPE_CHECKING:
    from regex import Pattern

MAX_VALUE_BYTES = 4096
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

# What Java's regular expressions, CloudFormation's, know and Python's do not, or read differently.
_JAVA_ONLY = re.compile(r"\\[pPhHRXGzZQE]|&&|\(\?<[a-zA-Z]")
_PATTERN_SECONDS = 5
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Problem:
    """A value that CloudFormation would refuse.

    Attributes:
        parameter: its name; None for a rule of the Rules section, which may be about several.
        problem: one sentence without a full stop; never the value of a NoEcho parameter.
        remedy: what to write instead.
    """

    parameter: str | None
    problem: str
    remedy: str


def secret(template: Mapping[str, Any]) -> frozenset[str]:
    """The names of the NoEcho parameters, whose values are never shown.

    >>> secret({"Parameters": {"A": {"Type": "String", "NoEcho": "true"}, "B": {"Type": "String"}}})
    frozenset({'A'})
    """
    declared: Mapping[str, Any] = template.get("Parameters", {})
    return frozenset(
        name
        for name, definition in declared.items()
        if isinstance(definition, Mapping) and as_text(definition.get("NoEcho", False)) == "true"
    )


def check(template: Mapping[str, Any], values: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with `values`, in the order of the template; empty when nothing is.

    The defaults of what `values` leaves out are checked too, as CloudFormation does, and so is the Rules
    section, once each value by itself is right.

    Raises:
        TemplateError: an AllowedPattern that cannot be checked here.

    >>> trail = {"Parameters": {"Days": {"Type": "Number", "MinValue": 1}}}
    >>> [problem.problem for problem in check(trail, {"Days": "0"})]
    ["Days is '0', less than 1"]
    >>> check(trail, {"Dais": "5"})[0].remedy
    'did you mean Days?'
    """
    declared = {
        name: definition
        for name, definition in template.get("Parameters", {}).items()
        if not is_function(name)
    }
    problems = [_unknown(name, declared) for name in values if name not in declared]
    for name, definition in declared.items():
        if name in values or "Default" in definition:
            value = values.get(name, as_text(definition.get("Default", "")))
            problems += [
                Problem(name, *_sentence(name, value, definition, fault))
                for fault in _faults(name, value, definition)
            ]
        else:
            wanted = definition.get("Description", definition.get("ConstraintDescription"))
            problems.append(Problem(name, f"{name} has no value and no default", wanted or "give it a value"))
    if not problems:
        rules = broken_rules(template, effective(template, values))
        problems = [Problem(None, broken.problem, broken.remedy) for broken in rules]
    return problems


def effective(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """Each declared parameter's value: the one in `values`, or the default; without one it is left out.

    >>> effective({"Parameters": {"A": {"Default": 1}, "B": {}, "C": {}}}, {"C": "x", "D": "y"})
    {'A': '1', 'C': 'x'}
    """
    result = {}
    for name, definition in template.get("Parameters", {}).items():
        if is_function(name):
            continue
        if name in values:
            result[name] = values[name]
        elif "Default" in definition:
            result[name] = as_text(definition["Default"])
    return result


def _unknown(name: str, declared: Mapping[str, Any]) -> Problem:
    from difflib import get_close_matches

    near = get_close_matches(name, declared, n=1)
    known = (
        f"the template's parameters: {', '.join(declared)}" if declared else "the template has no parameters"
    )
    return Problem(
        name, f"{name} is not a parameter of the template", f"did you mean {near[0]}?" if near else known
    )


def _sentence(
    name: str, value: str, definition: Mapping[str, Any], fault: tuple[str, str]
) -> tuple[str, str]:
    what, remedy = fault
    hidden = secret({"Parameters": {name: definition}})
    shown = "its value (not shown)" if hidden else repr(value)
    constraint = definition.get("ConstraintDescription")
    return f"{name} is {shown}, {what}", str(constraint) if constraint else remedy


def _faults(name: str, value: str, definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with one value, each with its remedy."""
    kind = as_text(definition.get("Type", "String"))
    if len(value.encode()) > MAX_VALUE_BYTES:
        yield f"{len(value.encode())} bytes long", f"a value has at most {MAX_VALUE_BYTES} bytes"
    members = items(value) if is_list(kind) else [value]
    given = definition.get("AllowedValues", ())
    allowed = [as_text(each) for each in (given if isinstance(given, list | tuple) else [given])]
    if allowed and not set(members) <= set(allowed):
        yield "not an allowed value", f"allowed are: {', '.join(allowed)}"
    pattern = as_text(definition.get("AllowedPattern", ""))
    if pattern and not _match(name, pattern, members):
        yield f"which does not match {pattern}", "write a value that the whole pattern matches"
    if kind in {"Number", "List<Number>"}:
        yield from _number_faults(name, members, definition)
    if kind == "String":
        least, most = (_limit(name, definition, key) for key in ("MinLength", "MaxLength"))
        if least is not None and len(value) < least:
            yield f"shorter than {least} characters", f"write at least {least} characters"
        if most is not None and len(value) > most:
            yield f"longer than {most} characters", f"write at most {most} characters"


def _number_faults(name: str, members: list[str], definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    least, most = (_limit(name, definition, key) for key in ("MinValue", "MaxValue"))
    for member in members:
        if not _NUMBER.fullmatch(member):
            yield "not a number", "write an integer or a decimal number"
        elif least is not None and Decimal(member) < least:
            yield f"less than {least}", f"write {least} or more"
        elif most is not None and Decimal(member) > most:
            yield f"more than {most}", f"write {most} or less"


def _limit(name: str, definition: Mapping[str, Any], key: str) -> Decimal | None:
    written = as_text(definition.get(key, ""))
    if written and not _NUMBER.fullmatch(written):
        raise TemplateError(
            f"{key} is not a number: {written}", place=f"Parameters.{name}", remedy="write a number"
        )
    return Decimal(written) if written else None


def _match(name: str, pattern: str, members: list[str]) -> bool:
    """Whether the whole pattern matches each; there are patterns that try for years."""
    compiled = _compiled(name, pattern)
    try:
        return all(compiled.fullmatch(member, timeout=_PATTERN_SECONDS) for member in members)
    except TimeoutError as error:
        raise TemplateError(
            f"AllowedPattern {pattern} takes more than {_PATTERN_SECONDS} seconds to match a value",
            place=f"Parameters.{name}",
            remedy="write it without a repetition inside of a repetition",
        ) from error


def _compiled(name: str, pattern: str) -> Pattern[str]:
    """The pattern as Java reads it: ASCII classes only; the rest of what differs is refused."""
    import regex

    remedy = "use only what the regular expressions of Java and Python have in common"
    if _JAVA_ONLY.search(pattern):
        raise TemplateError(
            f"AllowedPattern {pattern} cannot be checked here", place=f"Parameters.{name}", remedy=remedy
        )
    try:
        return regex.compile(pattern, regex.ASCII)
    except regex.error as error:
        raise TemplateError(
            f"AllowedPattern {pattern} is not a regular expression: {error}",
            place=f"Parameters.{name}",
            remedy=remedy,
        ) from error
