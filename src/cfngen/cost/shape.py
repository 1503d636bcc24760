"""Properties as they are: a template may hold anything, and only a deployment knows some values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it is a mapping; else nothing.

    >>> mapping({"a": 1}), mapping("<Key>")
    ({'a': 1}, {})
    """
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list; nothing of anything else."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def number(value: Any) -> Decimal | None:
    """The number, also one that is written as text; None where only a deployment knows it.

    >>> number(30), number("30"), number("<Days>"), number(True)
    (Decimal('30'), Decimal('30'), None, None)
    """
    text = str(value)
    whole = isinstance(value, int | float | str) and not isinstance(value, bool)
    return Decimal(text) if whole and text.isascii() and text.replace(".", "", 1).isdigit() else None


def is_true(value: Any) -> bool:
    """Whether a property says true, also as text."""
    return str(value).lower() == "true"
