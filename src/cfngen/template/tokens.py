"""A template's text as a flat stream of events, the same for YAML and JSON, read without recursion.

CloudFormation reads YAML 1.1 without timestamps, anchors, aliases, merge keys and null values:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn

from cfngen.errors import TemplateError


class Event(NamedTuple):
    """One step through a document: `{` `}` `[` `]` open and close, `=` is a scalar, keys included."""

    kind: str
    value: Any
    tag: str | None
    line: int
    column: int


SHORT_FORMS: Final = {"!Ref": "Ref", "!Condition": "Condition"} | {
    f"!{name}": f"Fn::{name}"
    for name in (
        *("And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap"),
        *(
            "GetAtt",
            "GetAZs",
            "GetStackOutput",
            "If",
            "ImportValue",
            "Join",
            "Length",
            "Not",
            "Or",
            "RefAll",
            "Select",
            "Split",
        ),
        *("Sub", "ToJsonString", "Transform", "ValueOf", "ValueOfAll"),
    )
}
_PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("bool", "float", "int", "map", "seq", "str")
)
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:"{}\[\]]+')


def fail(name: str, line: int, column: int, problem: str, remedy: str | None = None) -> NoReturn:
    """Raise the TemplateError that points at a place in the text; line and column count from 1."""
    raise TemplateError(problem, place=f"{name}:{line}:{column}", remedy=remedy)


def json_events(text: str, name: str) -> Iterator[Event]:
    """Events of a JSON text. Raises TemplateError at the first place that is not JSON."""

    try:
        json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        fail(
            name,
            error.lineno,
            error.colno,
            problem,
            "see whether the file is complete" if error.pos >= len(text) else None,
        )
    except RecursionError:
        pass  # the reader of these events counts the levels and knows the line

    line, line_start, seen = 1, 0, 0
    for token in _TOKEN.finditer(text):
        start = token.start()
        if breaks := text.count("\n", seen, start):
            line, line_start = line + breaks, text.rindex("\n", seen, start) + 1
        seen = start
        word, column = token.group(), start - line_start + 1
        if word in "{}[]":
            yield Event(word, None, None, line, column)
        else:
            yield Event("=", _json_scalar(word, name, line, column), None, line, column)


def _json_scalar(word: str, name: str, line: int, column: int) -> Any:
    try:
        return _finite(json.loads(word), name, line, column)
    except ValueError:
        fail(name, line, column, "holds a number with too many digits")


def yaml_events(text: str, name: str) -> Iterator[Event]:
    """Events of a YAML text. Raises TemplateError where it is not YAML, or CloudFormation refuses it."""
    import yaml

    loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            mark: Any = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            if type(event) is yaml.ScalarEvent:  # two of three events, so the quickest test comes first
                plain = event.tag is None and event.anchor is None
                tag = "" if plain else _tag(event, name, line, column)
                value = event.value if plain and event.style else _scalar(event, name, line, column)
                yield Event("=", value, SHORT_FORMS.get(tag) if tag else None, line, column)
            elif isinstance(event, yaml.CollectionStartEvent):
                tag = _tag(event, name, line, column)
                kind = "{" if isinstance(event, yaml.MappingStartEvent) else "["
                yield Event(kind, None, SHORT_FORMS.get(tag), line, column)
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Event("}" if isinstance(event, yaml.MappingEndEvent) else "]", None, None, line, column)
            elif isinstance(event, yaml.AliasEvent):
                _tag(event, name, line, column)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    fail(name, line, column, "holds a second YAML document")
    except yaml.MarkedYAMLError as error:
        at: Any = error.problem_mark or error.context_mark
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        fail(name, at.line + 1, at.column + 1, f"is not YAML: {problem}")
    except yaml.YAMLError as error:
        fail(name, 1, 1, f"is not YAML: {str(error).splitlines()[0]}")


def _tag(event: Any, name: str, line: int, column: int) -> str:
    """The event's tag, empty without one. Raises TemplateError for what CloudFormation does not know."""
    if event.anchor is not None:
        what = "anchor &" if hasattr(event, "tag") else "alias *"
        problem = f"holds the YAML {what}{event.anchor}, which CloudFormation does not support"
        fail(name, line, column, problem, "write the value out where it is used")
    tag: str = event.tag or ""
    if tag and tag != "!" and tag not in SHORT_FORMS and tag not in _PLAIN_TAGS:
        fail(name, line, column, f"holds the unknown tag {tag.replace('tag:yaml.org,2002:', '!!')}")
    return tag


def _scalar(event: Any, name: str, line: int, column: int) -> Any:
    """The value as YAML 1.1 has it, save that dates stay the strings that CloudFormation sees."""
    text, tag = event.value, event.tag
    if tag is None:
        tag = None if event.style else _implicit_tag(text)
    if tag is None or tag == "!" or tag in SHORT_FORMS:
        return text
    kind = tag.rpartition(":")[2]
    if kind == "merge":
        fail(name, line, column, "holds a YAML merge key <<, which CloudFormation does not support")
    try:
        value = _construct(kind, text)
    except (ValueError, KeyError, IndexError):
        fail(name, line, column, f"holds a value that is not of the type {kind}: {text[:40]}")
    return _finite(value, name, line, column)


@lru_cache(maxsize=4096)
def _implicit_tag(text: str) -> str | None:
    from yaml import SafeLoader

    for tag, pattern in SafeLoader.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return str(tag)
    return None


@lru_cache(maxsize=1024)
def _construct(kind: str, text: str) -> Any:
    from yaml import ScalarNode
    from yaml.constructor import SafeConstructor

    constructor = SafeConstructor()
    node = ScalarNode(f"tag:yaml.org,2002:{kind}", text)
    match kind:
        case "null":
            return None
        case "bool":
            return constructor.construct_yaml_bool(node)
        case "int":
            return constructor.construct_yaml_int(node)
        case "float":
            return constructor.construct_yaml_float(node)
        case _:
            return text


def _finite(value: Any, name: str, line: int, column: int) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        fail(name, line, column, "holds a number that is not finite")
    return value
