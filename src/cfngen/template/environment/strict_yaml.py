"""YAML in which each value is one string that every reader of YAML agrees on.

YAML turns `0123`, `no` and `2026-01-01` into a number, a boolean and a date, and its readers do so
differently. What CloudFormation gets is a string, so a value that could become another one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence as Listing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cfngen import files
from cfngen.errors import DeploymentFileError

if TYPE_CHECKING:
    import yaml


# Tags that may be named: any other may be a secret that is not in quotes.
_FUNCTIONS = {"!Ref", "!Sub", "!GetAtt", "!ImportValue", "!Join", "!If", "!FindInMap", "!Select"}


@dataclass(frozen=True)
class Scalar:
    """One value: its string, and `file:line` of where it stands."""

    text: str
    place: str


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: str


@dataclass(frozen=True)
class Mapped:
    """A mapping, with each key's line, from 1."""

    entries: Mapping[str, Node]
    lines: Mapping[str, int]
    place: str


Node = Scalar | Sequence | Mapped

MAX_DEPTH = 20
MAX_NODES = 20_000
"""A file of a mebibyte can stand for any number of values, by aliases of aliases."""

# What is the same number or boolean, written the same way, for every reader.
_PLAIN_VALUE = re.compile(r"0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,5})\.[0-9]{0,3}[1-9]|true|false")
PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
"""What is the same number for every reader, though one may keep it as `1.50` and another as `1.5`."""

# Digits that one reader takes for a number (octal, hexadecimal, sexagesimal, 1_000) and another for a string.
_NUMBER_LIKE = re.compile(r"[-+.]*[0-9][0-9_]*([.:][0-9_]*)*([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+")


def read_mapping(
    path: Path,
    name: str,
    *,
    allowed: Listing[str],
    required: Listing[str],
    missing: str,
    numbers: bool = False,
) -> Mapped:
    """The mapping that a file holds.

    Arguments:
        path: the file.
        name: what the messages call it.
        allowed: the keys it may have.
        required: those it must have.
        missing: the remedy for a file that does not exist.
        numbers: whether the values are numbers, so that it does not matter how each is written.

    Raises:
        DeploymentFileError: the file cannot be read, is not YAML, holds anything but a mapping of these
            keys, or a value whose string is not certain.
    """
    node = _parse(path, name, missing, numbers=numbers)
    if not isinstance(node, Mapped):
        raise DeploymentFileError("is not a mapping", place=f"{name}:1", remedy=f"write {', '.join(allowed)}")
    for key, line in node.lines.items():
        if key not in allowed:
            raise DeploymentFileError(
                f"unknown key {key!r}", place=f"{name}:{line}", remedy=f"known are: {', '.join(allowed)}"
            )
    for key in required:
        if key not in node.entries:
            raise DeploymentFileError(f"{key} is missing", place=name, remedy=f"add a line '{key}: …'")
    return node


def _parse(path: Path, name: str, missing: str, *, numbers: bool) -> Node:
    import yaml

    try:
        text = files.read(path, files.MEBIBYTE).decode("utf-8")
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError as error:
        raise DeploymentFileError("does not exist", place=name, remedy=missing) from error
    except OSError as error:
        raise DeploymentFileError(f"cannot be read: {error.strerror}", place=name) from error
    except UnicodeDecodeError as error:
        raise DeploymentFileError("is not UTF-8", place=name, remedy="save it as UTF-8") from error
    except RecursionError as error:
        raise DeploymentFileError(
            "nests too deep", place=name, remedy=f"{MAX_DEPTH} levels are enough"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise DeploymentFileError(
            f"is not YAML: {_without_values(error.problem or error.context)}",
            place=place,
            remedy="write valid YAML there",
        ) from error
    except yaml.YAMLError as error:
        raise DeploymentFileError(f"is not YAML: {error}", place=name, remedy="write valid YAML") from error
    if root is None:
        raise DeploymentFileError("is empty", place=name, remedy=missing)
    return _Converter(name, numbers=numbers).convert(root, frozenset())


def _without_values(problem: str | None) -> str:
    """What YAML finds wrong, without the words of the file: any of them may be a secret.

    >>> _without_values("found undefined alias 'hunter2'")
    'found undefined alias'
    """
    return re.sub(r" (['\"]).{2,}\1", "", problem or "")


class _Converter:
    """Nodes to values, as many as one file may stand for."""

    def __init__(self, name: str, *, numbers: bool) -> None:
        self._name = name
        self._numbers = numbers
        self._left = MAX_NODES

    def convert(self, node: yaml.Node, above: frozenset[int]) -> Node:
        """The node as plain values; `above` are those that it stands in."""
        import yaml

        name = self._name
        self._left -= 1
        place = f"{name}:{node.start_mark.line + 1}"
        if id(node) in above:
            raise DeploymentFileError("contains itself", place=place, remedy="write the value out")
        if len(above) > MAX_DEPTH or self._left < 0:
            problem = "nests too deep" if len(above) > MAX_DEPTH else "holds too many values"
            raise DeploymentFileError(
                problem, place=place, remedy="write few values, and no aliases of aliases"
            )
        above |= {id(node)}
        if isinstance(node, yaml.SequenceNode):
            return Sequence(tuple(self.convert(item, above) for item in node.value), place)
        if isinstance(node, yaml.MappingNode):
            entries: dict[str, Node] = {}
            lines: dict[str, int] = {}
            for key_node, value_node in node.value:
                line = key_node.start_mark.line + 1
                if not isinstance(key_node, yaml.ScalarNode):
                    raise DeploymentFileError(
                        "has a key that is not a name", place=f"{name}:{line}", remedy="write 'Name: value'"
                    )
                key = key_node.value
                if key in entries:
                    raise DeploymentFileError(
                        f"{key} is given twice",
                        place=f"{name}:{line}",
                        remedy=f"keep one; the other: line {lines[key]}",
                    )
                entries[key], lines[key] = self.convert(value_node, above), line
            return Mapped(entries, lines, place)
        return Scalar(_scalar(node, place, numbers=self._numbers), place)


def _scalar(node: yaml.Node, place: str, *, numbers: bool) -> str:
    text = str(node.value)
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        raise DeploymentFileError(
            "has no value here", place=place, remedy="write '' for an empty string, or leave it out"
        )
    if not node.tag.startswith("tag:yaml.org,2002:") or kind not in {
        "str",
        "int",
        "float",
        "bool",
        "timestamp",
    }:
        raise DeploymentFileError(
            f"{node.tag if node.tag in _FUNCTIONS else 'a YAML tag'} is not allowed in this file",
            place=place,
            remedy="write the plain value",
        )
    plain = not node.style  # type: ignore[attr-defined]
    uncertain = kind != "str" or _NUMBER_LIKE.fullmatch(text)
    certain = _PLAIN_VALUE.fullmatch(text) or (numbers and PLAIN_NUMBER.fullmatch(text))
    if plain and uncertain and not certain:
        raise DeploymentFileError(
            "not every program reads this value as the same string, because it has no quotes",
            place=place,
            remedy="write it in quotes",
        )
    return text
