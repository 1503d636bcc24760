"""The values of a condition key that tell requests apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cfngen.report.access.conditions import ConditionTest
from cfngen.report.access.patterns import filled

OTHER: Final = "any-other"
_OTHER_ARN: Final = "arn:aws:other:other-region-1:000011112222:any-other"


def all_values(tests: Sequence[ConditionTest]) -> Iterator[tuple[str, ...]]:
    """Every value of one key that makes a difference; an empty one for a request that does not send it."""
    return _values(tests, slice(None))


def first_values(tests: Sequence[ConditionTest]) -> Iterator[tuple[str, ...]]:
    """The same, with the first value of each condition alone: fewer, where all are too many."""
    return _values(tests, slice(1))


def _values(tests: Sequence[ConditionTest], which: slice) -> Iterator[tuple[str, ...]]:
    listed: dict[tuple[str, ...], None] = {(): None} if tests else {(): None, (OTHER,): None}
    for test in tests:
        quantifier, _, operator = test.operator.removesuffix("IfExists").rpartition(":")
        other = OTHER
        wanted = [filled(value) for value in test.values[which]]
        if operator == "Bool":
            wanted, other = ["true"], "false"
        elif operator == "Null":
            wanted = []
        elif operator.startswith("Numeric"):
            number = float(wanted[0]) if _is_number(wanted[0]) else 0
            wanted, other = [f"{number + step:g}" for step in (-1, 0)], f"{number + 1:g}"
        elif operator.startswith("Arn"):
            other = _OTHER_ARN
        elif operator in {"IpAddress", "NotIpAddress"}:
            wanted, other = [value.partition("/")[0] for value in test.values[which]], "203.0.113.1"
        for value in (*wanted, other):
            listed[(value,)] = None
        if quantifier and wanted:
            listed[(wanted[0], other)] = None
    return iter(listed)


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()
