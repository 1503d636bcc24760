"""Bytes of a template file -> the template as data, strictly, with the line of every value at hand.

Intrinsic functions come out in their long form, `!GetAtt A.Arn` as `{"Fn::GetAtt": ["A", "Arn"]}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cfngen.errors import TemplateError
from cfngen.template.tokens import Event, fail, json_events, yaml_events
from cfngen.template.values import MAX_BYTES, MAX_DEPTH, Path

_SECTIONS: Final = ("Metadata", "Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs")
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True)
class Document:
    """A template as data, and where in its file each value stands."""

    data: dict[str, Any]
    name: str
    text: str

    def position(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the key or item at `path`, or of the nearest one above it.

        >>> load(b"Resources:\\n  T:\\n    Type: AWS::SNS::Topic\\n", "a.yaml").position(("Resources", "T"))
        (2, 3)
        """
        while path and path not in self._positions:
            path = path[:-1]
        return self._positions.get(path, (1, 1))

    @cached_property
    def _positions(self) -> dict[Path, tuple[int, int]]:
        return dict(_places(_events(self.text, self.name)))


def load(data: bytes, name: str) -> Document:
    """The template in `data`, YAML or JSON. `name` is the file's, for messages.

    Raises TemplateError, with line and column, for everything that CloudFormation could not read as a
    template: bad UTF-8, YAML or JSON, duplicate keys, anchors, unknown tags, nulls, no Resources, size.

    >>> load(b"Resources: {T: {Type: AWS::SNS::Topic, Condition: Yes}}", "a").data["Resources"]
    {'T': {'Type': 'AWS::SNS::Topic', 'Condition': True}}
    """
    text = _decode(data, name)
    template = _build(_events(text, name), name)
    if not isinstance(template, dict):
        fail(
            name,
            1,
            1,
            "is not a CloudFormation template: it is not a mapping",
            "a template has a Resources section",
        )
    document = Document(template, name, text)
    _check_shape(document)
    return document


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        line, column = _line_column(data[:MAX_BYTES].decode("utf-8", "replace"), MAX_BYTES)
        fail(name, line, column, f"has {len(data):,} bytes, and a template at most {MAX_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        fail(name, *_line_column(before, len(before)), "is not UTF-8 text", "save the file as UTF-8")
    if bad := _UNPRINTABLE.search(text):
        problem = f"holds the control character U+{ord(bad.group()):04X}"
        fail(name, *_line_column(text, bad.start()), problem)
    return text


def _line_column(text: str, offset: int) -> tuple[int, int]:
    """
    >>> _line_column("ab\\ncd", 4)
    (2, 2)
    """
    offset = min(offset, len(text))
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _events(text: str, name: str) -> Iterator[Event]:
    return json_events(text, name) if text.lstrip().startswith("{") else yaml_events(text, name)


def _build(events: Iterable[Event], name: str) -> Any:
    """One value out of the events, with a stack of our own instead of recursion."""
    root: list[Any] = []
    stack: list[tuple[Any, str | None]] = [(root, None)]  # open containers, each with its intrinsic
    keys: list[str | None] = [None]  # for an open mapping: the key that waits for its value
    for kind, value, tag, line, column in events:
        top = stack[-1][0]
        if kind in "{[":
            if len(stack) > MAX_DEPTH:
                fail(name, line, column, f"nests deeper than {MAX_DEPTH} levels")
            if isinstance(top, dict) and keys[-1] is None:
                fail(name, line, column, "has a key that is not a string")
            stack.append(({} if kind == "{" else [], tag))
            keys.append(None)
            continue
        if kind in "}]":
            value, tag = stack.pop()  # noqa: PLW2901
            keys.pop()
            value, top = _canonical(value), stack[-1][0]  # noqa: PLW2901
        elif isinstance(top, dict) and keys[-1] is None:
            key = _key(value)
            if key in top:
                fail(name, line, column, f"has the key {key} twice", "keep one of the two")
            top[key] = None
            keys[-1] = key
            continue
        elif value is None:
            fail(
                name,
                line,
                column,
                "has a null value, which CloudFormation does not allow",
                "leave the key out",
            )
        if tag is not None:
            value = _canonical({tag: value})  # noqa: PLW2901
        if isinstance(top, dict):
            top[keys[-1]] = value
            keys[-1] = None
        else:
            top.append(value)
    if not root:
        fail(name, 1, 1, "is empty")
    return root[0]


def _key(value: Any) -> str:
    """The key as the string that CloudFormation compares with."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _canonical(value: Any) -> Any:
    """`Fn::GetAtt` in its list form, whichever form was written."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(target := value.get("Fn::GetAtt"), str):
        return {"Fn::GetAtt": target.split(".", 1)}
    return value


def _places(events: Iterable[Event]) -> Iterator[tuple[Path, tuple[int, int]]]:
    """The place of each path: a key's own place for members of mappings."""
    path: list[str | int | None] = []
    for kind, value, _, line, column in events:
        if kind in "}]":
            path.pop()
        elif path and path[-1] is None:  # a key, which the next event gives its value
            path[-1] = _key(value)
            yield tuple(step for step in path if step is not None), (line, column)
            continue
        elif path and isinstance(path[-1], int):
            yield tuple(step for step in path if step is not None), (line, column)
        if kind in "{[":
            path.append(None if kind == "{" else 0)
            continue
        if path:
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None


def _check_shape(document: Document) -> None:
    """Refuse what no later step could make sense of; the rest is cfn-lint's to judge."""
    data = document.data
    if "Resources" not in data:
        fail(document.name, 1, 1, "is not a CloudFormation template: it has no Resources section")
    for section in _SECTIONS:
        if section in data and not isinstance(data[section], dict):
            _misshapen(document, (section,), "is not a mapping")
    if not data["Resources"]:
        _misshapen(document, ("Resources",), "is empty")
    for section in ("Parameters", "Resources", "Outputs"):
        for logical_id, body in data.get(section, {}).items():
            if logical_id.startswith("Fn::"):
                continue  # a language extension such as Fn::ForEach, which only CloudFormation expands
            if not isinstance(body, dict):
                _misshapen(document, (section, logical_id), "is not a mapping")
            if section == "Resources":
                if not isinstance(body.get("Type"), str):
                    _misshapen(document, (section, logical_id), "has no Type")
                if not isinstance(body.get("Properties", {}), dict):
                    _misshapen(document, (section, logical_id, "Properties"), "is not a mapping")


def _misshapen(document: Document, path: Path, problem: str) -> None:
    line, column = document.position(path)
    raise TemplateError(f"{'/'.join(map(str, path))} {problem}", place=f"{document.name}:{line}:{column}")
