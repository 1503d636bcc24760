"""Whether what an account holds is what a template gave: value by value, whichever way each is written.

A service answers with more than it was given (defaults, ids, times), with numbers for text, with policies as
text or as data, and with lists in an order of its own. None of that is a difference.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from cfngen.template.values import unknowns


class Unlike(NamedTuple):
    """One value that is not as it was given; None where one side has no value.

    Attributes:
        path: from the resource's properties down, as people write it: `Tags[Project]`, `Rules[0].Days`.
    """

    path: str
    given: Any
    actual: Any


def differences(given: Any, actual: Any, path: str = "") -> list[Unlike]:
    """Where `actual` is not what was `given`; what it has beside that does not count, save in a policy.

    A value that only the deployment knows (`<Key.Arn>`) is not compared.

    >>> differences({"Tags": [{"Key": "a", "Value": "1"}]}, {"tags": [{"Key": "b", "Value": "2"}]}, "Bucket")
    [Unlike(path='Bucket.Tags[a]', given='1', actual=None)]
    >>> differences({"RetentionInDays": "365"}, {"RetentionInDays": 365})
    []
    """
    return list(_differences(given, actual, path, exact=False))


def without(node: Any, hidden: Collection[tuple[str, ...]], path: tuple[str, ...] = ()) -> Any:
    """The same without the properties of these paths, such as a schema's write-only ones.

    >>> without({"Name": "a", "Rules": [{"Id": "1", "Text": "b"}]}, {("Rules", "*", "Text")})
    {'Name': 'a', 'Rules': [{'Id': '1'}]}
    """
    if isinstance(node, Mapping):
        return {
            key: without(item, hidden, (*path, key))
            for key, item in node.items()
            if (*path, key) not in hidden
        }
    if isinstance(node, list):
        return [without(item, hidden, (*path, "*")) for item in node]
    return node


def is_policy(value: Any) -> bool:
    """Whether a value is a policy document: in one, what was added counts as much as what was taken."""
    return isinstance(value, Mapping) and "Statement" in value


def _differences(given: Any, actual: Any, path: str, *, exact: bool) -> Iterator[Unlike]:
    given, actual = _parsed(given, actual), _parsed(actual, given)
    if isinstance(given, str) and unknowns(given):
        return
    if isinstance(given, Mapping):
        yield from _in_mapping(given, actual, path, exact=exact or is_policy(given))
    elif isinstance(given, list) or (exact and isinstance(actual, list)):
        yield from _in_list(given if isinstance(given, list) else [given], actual, path, exact=exact)
    elif not _same(given, actual) and not (exact and _everyone(given) and _everyone(actual)):
        yield Unlike(path, given, actual)


def _parsed(value: Any, other: Any) -> Any:
    """JSON text as data, where the other side has data."""
    if isinstance(value, str) and isinstance(other, Mapping | list):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _in_mapping(given: Mapping[str, Any], actual: Any, path: str, *, exact: bool) -> Iterator[Unlike]:
    if not isinstance(actual, Mapping):
        if exact and _everyone(given) and _everyone(actual):
            return
        yield Unlike(path, given, actual)
        return
    names = {name.lower(): value for name, value in actual.items()}
    for name, value in given.items():
        found = actual.get(name, None if exact else names.get(name.lower()))
        yield from _differences(value, found, _join(path, name), exact=exact)
    if exact:
        for name in actual:
            if name not in given and name not in {"Id", "Version"}:
                yield Unlike(_join(path, name), None, actual[name])


def _everyone(principal: Any) -> bool:
    return principal in ("*", {"AWS": "*"}, {"AWS": ["*"]})


def _in_list(given: list[Any], actual: Any, path: str, *, exact: bool) -> Iterator[Unlike]:
    if actual is None:
        if given:
            yield Unlike(path, given, None)
        return
    actual = actual if isinstance(actual, list) else [actual]
    if given and all(isinstance(item, Mapping) and set(item) == {"Key", "Value"} for item in given):
        yield from _in_tags(given, actual, path)
        return
    left = list(actual)
    unmatched: list[tuple[int, Any]] = []
    for number, item in enumerate(given):
        match = next(
            (at for at, other in enumerate(left) if not any(_differences(item, other, "", exact=exact))), None
        )
        if match is None:
            unmatched.append((number, item))
        else:
            del left[match]
    for (number, item), other in zip(unmatched, left, strict=False):
        yield from _differences(item, other, f"{path}[{_label(item, number)}]", exact=exact)
    for number, item in unmatched[len(left) :]:
        yield Unlike(f"{path}[{_label(item, number)}]", item, None)
    for item in left[len(unmatched) :]:
        yield Unlike(f"{path}[{_label(item, len(given))}]", None, item)


def _label(item: Any, number: int) -> str:
    """What tells a list's item from the others: its own name, or its place."""
    if isinstance(item, Mapping):
        for name in ("Sid", "Id", "Name", "PolicyName", "RuleName"):
            if isinstance(item.get(name), str):
                return str(item[name])
    return str(number)


def _in_tags(given: list[Any], actual: list[Any], path: str) -> Iterator[Unlike]:
    tags = {item.get("Key", item.get("key")): item.get("Value", item.get("value")) for item in actual}
    for item in given:
        found = tags.get(item["Key"])
        if isinstance(item["Value"], str) and unknowns(item["Value"]):
            continue
        if not _same(item["Value"], found):
            yield Unlike(f"{path}[{item['Key']}]", item["Value"], found)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(given: Any, actual: Any) -> bool:
    """Whether two scalars are the same; a number is the same as its text."""
    if _text(given) == _text(actual):
        return True
    if isinstance(given, str) and isinstance(actual, str):
        return False
    try:
        return float(given) == float(actual)
    except (TypeError, ValueError):
        return False
