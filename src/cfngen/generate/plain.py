"""Whatever a definition put into its template as plain data that every reader of the template takes."""

from __future__ import annotations

import math
from typing import Any, Final

from awacs import AWSObject
from awacs.aws import Condition
from troposphere import AWSHelperFn, BaseAWSObject

from cfngen.template.values import MAX_BYTES, MAX_DEPTH

_READY: Final = frozenset({str, bool})
_LISTS: Final = frozenset({list, tuple})
# What Python writes as decimal digits at all: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
_GREATEST: Final = 10**4000


_SHOWN: Final = 40


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


class Room:
    """How many more characters and values a template may have.

    What a definition holds in two places is written twice; ten lists of ten of the last one would fill every
    memory.
    """

    def __init__(self) -> None:
        self._left = MAX_BYTES

    def take(self, size: int) -> None:
        """Use so much of it.

        Raises:
            UnwritableError: more than there is.
        """
        self._left -= size
        if self._left < 0:
            raise UnwritableError(
                f"makes the template larger than the {MAX_BYTES:,} bytes that CloudFormation takes",
                "see whether the value holds another one many times; split the stack",
            )


def plain(value: Any, depth: int = 0, room: Room | None = None) -> Any:
    """What troposphere's own `encode_to_dict` makes of a value, in a third of the time.

    Keys become text, as JSON writes them. What is of a subclass of str, int, float, dict, list or
    tuple becomes what it is made of.

    Arguments:
        depth: how many levels there are above the value.
        room: what is left for it; a template's own where none is given.

    Raises:
        UnwritableError: a value that is not text, a number, true, false, a list or a mapping; a null; a
            nesting deeper than `load` reads, such as a value that contains itself; more than there is room.
        RepeatedOperatorError: a condition operator is given twice.

    >>> plain({111122223333: ("a", True)})
    {'111122223333': ['a', True]}
    """
    kind = type(value)
    if kind in _READY:
        return value
    room = room or Room()
    if kind is dict:
        return _mapping(value, depth + 1, room)
    if kind in _LISTS:
        return _list(value, depth + 1, room)
    inner = _unwrapped(value, kind)
    if inner is not value:
        return plain(inner, depth, room)
    if isinstance(value, dict):
        return _mapping(value, depth + 1, room)
    if isinstance(value, list | tuple):
        return _list(value, depth + 1, room)
    scalar = _scalar(value)
    room.take(len(str(scalar)))
    return scalar


def _unwrapped(value: Any, kind: type[Any]) -> Any:
    """What an object of troposphere or awacs, or one like theirs, stands for; any other value itself."""
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
    # Instances of awacs look for every unknown name among their properties, and that is slow.
    if hasattr(kind if isinstance(value, AWSObject) else value, "to_dict"):
        return value.to_dict()
    return value.JSONrepr() if hasattr(value, "JSONrepr") else value


def _mapping(value: dict[Any, Any], depth: int, room: Room) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise _too_deep()
    room.take(len(value))
    written: dict[str, Any] = {}
    for key, child in value.items():
        name = key if type(key) is str else _key(key)
        if name in written:
            raise UnwritableError(f"has the key {name} twice: as text and as a number")
        try:
            if type(child) is str:
                room.take(len(name) + len(child))
                written[name] = child
            else:
                room.take(len(name))
                written[name] = plain(child, depth, room)
        except UnwritableError as error:
            error.path.insert(0, name)
            raise
    return written


def _list(value: list[Any] | tuple[Any, ...], depth: int, room: Room) -> list[Any]:
    if depth > MAX_DEPTH:
        raise _too_deep()
    room.take(len(value))
    written = []
    for index, child in enumerate(value):
        try:
            if type(child) is str:
                room.take(len(child))
                written.append(child)
            else:
                written.append(plain(child, depth, room))
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
    raise UnwritableError(f"has a key that is a {type(key).__name__}{_shown(key)}", "write the key as text")


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
        f"is a {type(value).__name__}, which a template cannot hold{_shown(value)}",
        "write the value as text, a number, a list or a mapping",
    )


def _shown(value: Any) -> str:
    """The value as Python writes it, after a colon; nothing where that says only where it is in memory."""
    try:
        written = repr(value)
    # It is somebody's program that writes it, and this is the error about it.
    except Exception:  # noqa: BLE001
        return ""
    return "" if " at 0x" in written else f": {written[:_SHOWN]}"
