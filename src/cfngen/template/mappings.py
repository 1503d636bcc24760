"""Fn::FindInMap: what it reads where its keys are written out, and whether it may read an entry that changed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfngen.template.intrinsics import intrinsic
from cfngen.template.values import as_text

_FUNCTION: Final = "Fn::FindInMap"
_READERS: Final = ("Conditions", "Resources", "Outputs")
_KEYS: Final = 3


def looked_up(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with the value itself in the place of each Fn::FindInMap whose keys are plain values.

    >>> value = {"Fn::FindInMap": ["M", "eu", "Size"]}
    >>> looked_up({"Mappings": {"M": {"eu": {"Size": 1}}}, "Outputs": {"O": {"Value": value}}})["Outputs"]
    {'O': {'Value': 1}}
    """
    mappings = template.get("Mappings")
    if not isinstance(mappings, dict):
        return dict(template)
    return {
        section: _value(body, mappings) if section in _READERS and _FUNCTION in str(body) else body
        for section, body in template.items()
    }


def reads(value: Any, mapping: str) -> Iterator[tuple[str | None, str | None, bool]]:
    """Each reading of a mapping in a value: both keys, None for a computed one, and whether it has a default.

    >>> list(reads({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "Size"]}, "M"))
    [(None, 'Size', False)]
    """
    if isinstance(value, list):
        for item in value:
            yield from reads(item, mapping)
    elif isinstance(value, dict):
        match value:
            case {"Fn::FindInMap": [name, first, second, *options]} if _plain(name) in {mapping, None}:
                yield _plain(first), _plain(second), bool(options)
        for item in value.values():
            yield from reads(item, mapping)


def _value(node: Any, mappings: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_value(item, mappings) for item in node]
    if not isinstance(node, dict):
        return node
    if intrinsic(node) == _FUNCTION:
        keys = node[_FUNCTION][:_KEYS] if isinstance(node[_FUNCTION], list) else []
        entry: Any = mappings if len(keys) == _KEYS and None not in map(_plain, keys) else None
        for key in keys:
            entry = entry.get(_plain(key)) if isinstance(entry, dict) and not intrinsic(entry) else None
        if entry is not None and not isinstance(entry, dict):
            return entry
    return {key: _value(item, mappings) for key, item in node.items()}


def _plain(key: Any) -> str | None:
    """A key as text; None for a computed one."""
    return None if isinstance(key, dict | list) else as_text(key)
