"""Condition operators, on the values that a request carries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cfngen.report.access.patterns import expanded, matches

Context = Mapping[str, Sequence[str]]
"""The values of each condition key that a request sends, by the key in lower case."""

_ARN_PARTS: Final = 6


@dataclass(frozen=True)
class ConditionTest:
    """One line of a statement's Condition."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {' or '.join(self.values)}"


def holds(test: ConditionTest, context: Context) -> bool:
    """Whether one line of a Condition holds in a request; its operator is one that is known.

    >>> holds(ConditionTest("StringLike", "s3:prefix", ("a/*",)), {"s3:prefix": ["a/b"]})
    True
    >>> holds(ConditionTest("StringNotEquals", "s3:prefix", ("a",)), {})
    True
    """
    values = context.get(test.key.lower())
    quantifier, _, name = test.operator.rpartition(":")
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    if name == "Null":
        return (values is None) == (test.values[:1] == ("true",))
    positive, negated = _operator(name)
    if values is None:
        return if_exists or (quantifier == "ForAllValues") or (negated and not quantifier)

    listed = [expanded(value, lambda key: first(context, key)) for value in test.values]

    def one(value: str) -> bool:
        return any(positive(value, wanted) for wanted in listed if wanted is not None) != negated

    return any(map(one, values)) if quantifier == "ForAnyValue" else all(map(one, values))


def first(context: Context, key: str) -> str | None:
    """The value of a key that has one; None where it is not sent."""
    return next(iter(context.get(key, ())), None)


def unknown(name: str) -> str:
    """Why an operator is not judged here; empty where it is."""
    base = name.rpartition(":")[2].removesuffix("IfExists")
    known = base == "Null" or base in _OPERATORS or base in _NEGATED
    return "" if known else f"the condition operator {name} is not judged here"


def _operator(name: str) -> tuple[Callable[[str, str], bool], bool]:
    """The comparison of one value with one of the policy's, and whether its result is turned round."""
    return _OPERATORS[_NEGATED.get(name, name)], name in _NEGATED


def _arn(value: str, wanted: str) -> bool:
    if wanted == "*":
        return True
    mine, theirs = value.split(":", _ARN_PARTS - 1), wanted.split(":", _ARN_PARTS - 1)
    return len(mine) == len(theirs) == _ARN_PARTS and all(map(matches, theirs, mine))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compared(value: str, wanted: str) -> bool:
        try:
            return compare(float(value), float(wanted))
        except ValueError:
            return False

    return compared


def _address(value: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _without_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _without_case,
    "StringLike": lambda value, wanted: matches(wanted, value),
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _without_case,
    "BinaryEquals": operator.eq,
    "IpAddress": _address,
    "NumericEquals": _number(operator.eq),
    "NumericLessThan": _number(operator.lt),
    "NumericLessThanEquals": _number(operator.le),
    "NumericGreaterThan": _number(operator.gt),
    "NumericGreaterThanEquals": _number(operator.ge),
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}
