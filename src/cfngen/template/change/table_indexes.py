"""What DynamoDB does not change of the indexes and attributes of an existing table; no schema says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import at
from cfngen.template.change.equality import canonical
from cfngen.template.change.property_change import UpdateVerdict
from cfngen.template.intrinsics import ABSENT, intrinsic

_TABLES: Final = frozenset({"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"})

_FIXED: Final = (
    "KeySchema and Projection of an existing global secondary index cannot change: the update fails"
)
_ONE: Final = "an update adds or deletes one global secondary index: the update of more than one fails"
_LOCAL: Final = "DynamoDB makes local secondary indexes only together with their table"
_ATTRIBUTE: Final = (
    "AWS documents that only a new resource can have another AttributeType of an attribute; "
    "its schema does not say so"
)

_CAPACITY: Final = re.compile("Throughput|ContributorInsights|AutoScaling")

_Named = dict[Any, Mapping[str, Any]]


def of_indexes(
    resource_type: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[UpdateVerdict]:
    """What the changes of a table's indexes and attributes do, beside what each property's rule says.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
    """
    if resource_type not in _TABLES:
        return
    yield from _of_global(before, after)
    both = _named(before, after, "LocalSecondaryIndexes", "IndexName")
    if both is None or both[0].keys() != both[1].keys() or _differ(*both, "KeySchema", "Projection"):
        yield UpdateVerdict(Consequence.MAYBE_REPLACE, _LOCAL, certain=False)
    both = _named(before, after, "AttributeDefinitions", "AttributeName")
    if both is None or _differ(*both, "AttributeType"):
        yield UpdateVerdict(Consequence.MAYBE_REPLACE, _ATTRIBUTE, certain=False)


def _of_global(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[UpdateVerdict]:
    both = _named(before, after, "GlobalSecondaryIndexes", "IndexName")
    if both is None:
        yield UpdateVerdict(Consequence.IMPOSSIBLE, _FIXED, certain=False)
    elif _differ(*both, "KeySchema", "Projection"):
        yield UpdateVerdict(Consequence.IMPOSSIBLE, _FIXED)
    elif len(both[0].keys() ^ both[1].keys()) > 1:
        yield UpdateVerdict(Consequence.IMPOSSIBLE, _ONE)


def _named(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str, name: str
) -> tuple[_Named, _Named] | None:
    """The items of a list by their name, before and after; None where they are computed, and not the same."""
    old, new = (_without_capacity(at(body, (path,))) for body in (before, after))
    if canonical(old) == canonical(new):
        return {}, {}
    both = []
    for items in (old, new):
        listed = [] if items is ABSENT else items
        if not isinstance(listed, list) or not all(_is_written_out(item, name) for item in listed):
            return None
        both.append({canonical(item[name]): item for item in listed})
    return both[0], both[1]


def _without_capacity(value: Any) -> Any:
    """The same without what an index can have otherwise at any time."""
    if isinstance(value, list):
        return [_without_capacity(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_capacity(item) for key, item in value.items() if not _CAPACITY.search(key)}


def _is_written_out(item: Any, name: str) -> bool:
    return isinstance(item, dict) and not intrinsic(item) and name in item


def _differ(old: _Named, new: _Named, *properties: str) -> bool:
    """Whether an item that stays has another value of one of the properties."""
    return any(
        canonical(item.get(name, ABSENT)) != canonical(new[key].get(name, ABSENT))
        for key, item in old.items()
        if key in new
        for name in properties
    )
