"""The intrinsic functions that compute a value from values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cfngen.errors import TemplateError
from cfngen.template.intrinsics import placeholders, substitution, valid_name
from cfngen.template.values import as_text, is_mark, mark


class Resolver(Protocol):
    """What a function may ask for."""

    def value(self, node: Any, path: str) -> Any:
        """A node with everything in it worked out."""

    def reference(self, name: Any, path: str) -> Any:
        """What `Ref` gives."""

    def attribute(self, name: str, key: str, path: str) -> Any:
        """What `Fn::GetAtt` gives."""

    @property
    def mappings(self) -> Mapping[str, Any]:
        """The Mappings section."""


def _sub(values: Resolver, argument: Any, path: str) -> str:
    template = substitution(argument)
    if template is None:
        raise _wrong("Fn::Sub", "a string, or a string and a mapping", path)
    text, variables = template
    given = values.value(variables, path)
    return "".join(
        part if isinstance(part, str) else _placeholder(values, part.argument, given, path)
        for part in placeholders(text)
    )


def _placeholder(values: Resolver, name: str, given: Mapping[str, Any], path: str) -> str:
    if not valid_name(name):
        raise TemplateError(
            f"${{{name}}} in Fn::Sub is not a name",
            place=path,
            remedy="a name has letters, digits, '_', '.' and ':'; ${!Text} stands for ${Text} itself",
        )
    if name in given:
        return as_text(given[name])
    resource, dot, key = name.partition(".")
    value = values.attribute(resource, key, path) if dot else values.reference(name, path)
    if isinstance(value, list | dict):
        raise TemplateError(f"${{{name}}} is a list", place=path, remedy="join its items with Fn::Join")
    return as_text(value)


def _join(values: Resolver, argument: Any, path: str) -> str:
    match values.value(argument, path):
        case [str() as delimiter, [*parts]]:
            return delimiter.join(map(as_text, parts))
        case [str(), str() as unknown]:
            return _open("Fn::Join", unknown, path)
    raise _wrong("Fn::Join", "a delimiter and a list", path)


def _split(values: Resolver, argument: Any, path: str) -> list[str]:
    match values.value(argument, path):
        case [str() as delimiter, str() as text] if delimiter:
            return text.split(delimiter)
    raise _wrong("Fn::Split", "a delimiter and a string", path)


def _select(values: Resolver, argument: Any, path: str) -> Any:
    match values.value(argument, path):
        case [index, [*parts]] if as_text(index).isdecimal():
            if int(as_text(index)) < len(parts):
                return parts[int(as_text(index))]
            raise TemplateError(f"Fn::Select: the list has no item {index} (the first is 0)", place=path)
        case [_, str() as unknown]:
            return _open("Fn::Select", unknown, path)
    raise _wrong("Fn::Select", "an index and a list", path)


def _find_in_map(values: Resolver, argument: Any, path: str) -> Any:
    match values.value(argument, path):
        case [name, first, second, *options]:
            entry: Any = values.mappings
            for key in (name, first, second):
                entry = entry.get(as_text(key)) if isinstance(entry, Mapping) else None
            if entry is None and options and "DefaultValue" in options[0]:
                entry = options[0]["DefaultValue"]
            if entry is not None:
                return entry
            raise TemplateError(f"Fn::FindInMap: there is no {name}.{first}.{second}", place=path)
    raise _wrong("Fn::FindInMap", "a mapping and two keys", path)


def _base64(values: Resolver, argument: Any, path: str) -> str:
    return base64.b64encode(as_text(values.value(argument, path)).encode()).decode()


def _cidr(values: Resolver, argument: Any, path: str) -> list[str] | str:
    import ipaddress
    from itertools import islice

    match values.value(argument, path):
        case [str() as block, *_] if is_mark(block):
            return mark("Fn::Cidr")
        case [block, count, *bits] if as_text(count).isdecimal():
            try:
                network = ipaddress.ip_network(as_text(block))
                host_bits = int(as_text(bits[0])) if bits else 8
                subnets = network.subnets(new_prefix=network.max_prefixlen - host_bits)
                return [str(subnet) for subnet in islice(subnets, int(as_text(count)))]
            except ValueError as error:
                raise TemplateError(f"Fn::Cidr: {error}", place=path) from error
    raise _wrong("Fn::Cidr", "an IP block, a count and, if wanted, the host bits", path)


def _length(values: Resolver, argument: Any, path: str) -> int:
    items = values.value(argument, path)
    if isinstance(items, list):
        return len(items)
    raise _wrong("Fn::Length", "a list", path)


def _to_json(values: Resolver, argument: Any, path: str) -> str:
    return json.dumps(values.value(argument, path), separators=(",", ":"))


def _import(values: Resolver, argument: Any, path: str) -> str:
    """Another stack's export is known to the account alone."""
    return mark(f"Fn::ImportValue:{re.sub('[^A-Za-z0-9.]', '.', as_text(values.value(argument, path)))}")


def _known_later(function: str) -> Callable[[Resolver, Any, str], str]:
    """A function that CloudFormation alone can work out; what it is asked with is worked out here."""

    def later(values: Resolver, argument: Any, path: str) -> str:
        values.value(argument, path)
        return mark(function)

    return later


def _open(function: str, unknown: str, path: str) -> str:
    """A function of a list that only a deployment knows gives what only a deployment knows."""
    if is_mark(unknown):
        return unknown
    raise _wrong(function, "a list", path)


def _wrong(function: str, wanted: str, path: str) -> TemplateError:
    return TemplateError(
        f"{function} needs {wanted}", place=path, remedy="see CloudFormation's function reference"
    )


FUNCTIONS: Mapping[str, Callable[[Resolver, Any, str], Any]] = {
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _known_later("Fn::GetAZs"),
    "Fn::GetStackOutput": _known_later("Fn::GetStackOutput"),
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _known_later("Fn::Transform"),
}
"""Each by its name, as `function(values, argument, path)`."""
