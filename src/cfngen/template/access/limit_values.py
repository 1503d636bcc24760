"""The values of a condition's test, compared: whether all that one list matches is matched by another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cfngen.template.access.patterns import holds

_ARN_PARTS: Final = 6
_COLON: Final = re.compile(r":(?![^{]*\})")


def within(operator: str, values: Sequence[str], other: str, others: Sequence[str]) -> bool:
    """Whether whatever one of the values matches is matched by one of the others; False where not known.

    Arguments:
        operator, other: without qualifier and `IfExists`; of one family, such as `StringEquals` and
            `StringLike`. Of a negation, what it excludes is compared.

    >>> within("StringEquals", ["repo:a:x"], "StringLike", ["repo:*"])
    True
    >>> within("NumericLessThan", ["300"], "NumericLessThanEquals", ["300"])
    True
    """
    return all(any(_matches(operator, value, other, wanted) for wanted in others) for value in values)


def _matches(operator: str, value: str, other: str, wanted: str) -> bool:  # noqa: PLR0911 one for each family
    exact = operator.replace("Like", "Equals") == other.replace("Like", "Equals")
    if operator.startswith("Arn"):
        return value == wanted or _arn(wanted, value)
    if operator.startswith("String"):
        if "IgnoreCase" in other:
            return "Like" not in operator and value.lower() == wanted.lower()
        if "IgnoreCase" in operator:
            return "Like" in other and wanted == "*"
        if "Like" in other:
            return holds(wanted, value)
        return value == wanted and not ("Like" in operator and set("*?") & set(value))
    if "IpAddress" in operator:
        return value == wanted or _addresses(wanted, value)
    if "Than" in operator:
        return _bound(operator, value, other, wanted)
    if operator in {"Bool", "Null"}:
        return value.lower() == wanted.lower()
    return exact and value == wanted


def _arn(outer: str, inner: str) -> bool:
    """Each of an ARN's six parts is matched on its own."""
    pairs = _COLON.split(outer, _ARN_PARTS - 1), _COLON.split(inner, _ARN_PARTS - 1)
    if any(len(pair) != _ARN_PARTS for pair in pairs):
        return False
    return all(holds(*pair) for pair in zip(*pairs, strict=True))


def _addresses(outer: str, inner: str) -> bool:
    import ipaddress

    try:
        small, large = (ipaddress.ip_network(word, strict=False) for word in (inner, outer))
    except ValueError:
        return False
    first, last = int(small.network_address), int(small.broadcast_address)
    return (
        small.version == large.version
        and int(large.network_address) <= first
        and last <= int(large.broadcast_address)
    )


def _bound(operator: str, value: str, other: str, wanted: str) -> bool:
    """Whether a limit that a number or a date must not pass is inside of another one."""
    inner, outer = _number(value), _number(wanted)
    if value == wanted or (inner is not None and inner == outer):
        return operator == other or other.endswith("Equals")
    if inner is None or outer is None:
        return False
    return inner < outer if "LessThan" in operator else inner > outer


def _number(word: str) -> float | None:
    """A number, or a date in seconds since 1970."""
    try:
        return float(word)
    except ValueError:
        pass
    try:
        date = datetime.fromisoformat(word)
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
