"""Whatever a definition put into its template as plain data that every reader of the template takes."""

from __future__ import annotations

import math
from typing import Any, Final

from awacs import AWSObject
from awacs.aws import Condition
from troposphere import AWSHelperFn, BaseAWSObject

from cfngen.template.values import MAX_DEPTH

_READY: Final = frozenset({str, bool})
_LISTS: Final = frozenset({list, tuple})
_UNWRAPPED: Final = (BaseAWSObject, AWSHelperFn, Condition)
# What Python writes as decimal digits at all: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
_GREATEST: Final = 10**4000


class UnwritableError(Exception):
    """A value that a template cannot hold.

    Attributes:
        problem: what the value is, without a full stop.
        remedy: what to write instead.
        path: the keys and indices that lead to the value.
    """

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.path: list[str | int] = []

    @property
    def sentence(self) -> str:
        """The problem with the place where the value stands, of a deep one only the beginning."""
        shown = ".".join(map(str, self.path[:6])) + ("…" if len(self.path) > 6 else "")  # noqa: PLR2004
        return f"{shown} {self.problem}" if shown else f"the value {self.problem}"


class RepeatedOperatorError(UnwritableError):
    """A condition operator that awacs would lose."""


def plain(value: Any, depth: int = 0) -> Any:
    """What troposphere's own `encode_to_dict` makes of a value, in a third of the time.

    Keys become text, as JSON writes them. Subclasses of str, int and float become what they are made of.

    Raises:
        UnwritableError: a value that is not text, a number, true, false, a list or a mapping; a null; a
            nesting deeper than `load` reads, such as a value that contains itself.
        RepeatedOperatorError: a condition operator is given twice.

    >>> plain({111122223333: ("a", True)})
    {'111122223333': ['a', True]}
    """
    kind = type(value)
    if kind in _READY:
        return value
    if kind is dict:
        return _mapping(value, depth + 1)
    if kind in _LISTS:
        return _list(value, depth + 1)
    if isinstance(value, _UNWRAPPED):
        return plain(_unwrapped(value, kind), depth)
    # Of awacs: its instances look for every unknown name among their properties, and that is slow.
    if isinstance(value, AWSObject) and not hasattr(kind, "to_dict"):
        return plain(value.JSONrepr(), depth)
    if hasattr(value, "to_dict"):
        return plain(value.to_dict(), depth)
    return plain(value.JSONrepr(), depth) if hasattr(value, "JSONrepr") else _scalar(value)


def _unwrapped(value: Any, kind: type[Any]) -> Any:
    """What an object of troposphere or awacs stands for."""
    if isinstance(value, Condition):
        operators = [element.condition for element in value.conditions]
        if repeated := [operator for operator in operators if operators.count(operator) > 1]:
            raise RepeatedOperatorError(repeated[0])
        return {element.condition: element.get_dict() for element in value.conditions}
    if isinstance(value, AWSHelperFn) and kind.to_dict is AWSHelperFn.to_dict:
        return value.data
    if isinstance(value, BaseAWSObject) and kind.to_dict is BaseAWSObject.to_dict and value.properties:
        if value.do_validation:
            value._validate_props()
            value.validate()
        return value.resource
    return value.to_dict()


def _mapping(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise _too_deep()
    written: dict[str, Any] = {}
    for key, child in value.items():
        name = key if type(key) is str else _key(key)
        if name in written:
            raise UnwritableError(f"has the key {name} twice: as text and as a number")
        try:
            written[name] = child if type(child) in _READY else plain(child, depth)
        except UnwritableError as error:
            error.path.insert(0, name)
            raise
    return written


def _list(value: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
    if depth > MAX_DEPTH:
        raise _too_deep()
    written = []
    for index, child in enumerate(value):
        try:
            written.append(child if type(child) in _READY else plain(child, depth))
        except UnwritableError as error:
            error.path.insert(0, index)
            raise
    return written


def _too_deep() -> UnwritableError:
    return UnwritableError(
        f"nests deeper than {MAX_DEPTH} levels", "see whether the value contains itself; use fewer levels"
    )


def _key(key: Any) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, int):
        return str(_scalar(key)).lower() if isinstance(key, bool) else str(_scalar(key))
    raise UnwritableError(f"has a key that is a {type(key).__name__}: {key!r:.40}", "write the key as text")


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        if not -_GREATEST < value < _GREATEST:
            raise UnwritableError(
                "is a number of thousands of digits", "write a number that a service accepts"
            )
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnwritableError(f"is {value}, which JSON does not have", "write a finite number")
        return float(value)
    if value is None:
        raise UnwritableError("is null, which CloudFormation does not accept", "leave the key out")
    raise UnwritableError(
        f"is a {type(value).__name__}, which a template cannot hold: {repr(value)[:40]}",
        "write the value as text, a number, a list or a mapping",
    )
