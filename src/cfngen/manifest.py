"""out/manifest.json: what each generated template is, so that nobody has to open it to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cfngen import files
from cfngen.errors import OutError

FORMAT_VERSION = "1.0"
MAX_BYTES = 16 * files.MEBIBYTE  # ten thousand stacks
CONFLICT = b"<<<<<<< "
"""What git begins a conflict with: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented"""
FIRST_VERSION = "1.0.0"  # of a stack that was never released

_NONE: Mapping[str, Any] = MappingProxyType({})


class StackEntry(NamedTuple):
    """One stack of the manifest.

    Attributes:
        version: semantic version of the template's content.
        sha256: of the bytes of `out/<stack>.yaml`, in lower-case hexadecimal.
        size: of the same, in bytes.
        capabilities: what CloudFormation must be told to accept, e.g. `CAPABILITY_NAMED_IAM`.
        depends_on: the stacks to deploy before this one.
        termination_protection: whether the deployed stack refuses to be deleted.
        stack_policy: the stack policy document, or None.
        parameters: each parameter's default, None where a value must be given.
        releases: sha256 of each frozen version of `out/releases/<stack>/`.
        claims: sha256 of `out/<stack>.claims.json`; None where the stack declares no claim.
        released_claims: the same of the claims that were frozen with a version.
    """

    version: str
    sha256: str
    size: int
    capabilities: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    termination_protection: bool = False
    stack_policy: Mapping[str, Any] | None = None
    parameters: Mapping[str, str | None] = _NONE
    releases: Mapping[str, str] = _NONE
    claims: str | None = None
    released_claims: Mapping[str, str] = _NONE

    def to_dict(self) -> dict[str, Any]:
        """The entry as the manifest's JSON writes it."""
        data = {**self._asdict(), "parameters": dict(self.parameters), "releases": dict(self.releases)}
        del data["claims"], data["released_claims"]
        if self.claims is not None:
            data["claims"] = self.claims
        if self.released_claims:
            data["released_claims"] = dict(self.released_claims)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StackEntry:
        """The entry that `to_dict` gave.

        Raises:
            KeyError, TypeError, ValueError: it did not give this.
        """
        texts, flag, mapping = (list, str), (bool, None), (dict, str)
        wanted: dict[str, tuple[type, type | None]]
        wanted = {"version": (str, None), "sha256": (str, None), "size": (int, None)}
        wanted |= {"capabilities": texts, "depends_on": texts, "termination_protection": flag}
        wanted |= {"parameters": mapping, "releases": mapping}
        for key, (kind, item) in wanted.items():
            if type(data[key]) is not kind:
                raise TypeError(f"{key} is not a {kind.__name__}")
            inner = data[key].values() if kind is dict else data[key] if kind is list else ()
            optional = key == "parameters"
            if not all(type(each) is item or (optional and each is None) for each in inner):
                raise TypeError(f"{key} holds something else than strings")
        if not isinstance(data["stack_policy"], dict | None):
            raise TypeError("stack_policy is not a mapping")
        listed = {key: tuple(data[key]) for key in ("capabilities", "depends_on")}
        return cls(**{**data, **listed})


class Manifest(NamedTuple):
    """All stacks by name."""

    stacks: Mapping[str, StackEntry] = _NONE

    def order(self) -> list[str]:
        """The stacks so that each comes after those it depends on; by name where the order is free.

        Raises:
            OutError: they depend on each other in a circle.
        """
        from graphlib import CycleError, TopologicalSorter

        sorter = TopologicalSorter(
            {name: sorted(self.stacks[name].depends_on) for name in sorted(self.stacks)}
        )
        try:
            return [name for name in sorter.static_order() if name in self.stacks]
        except CycleError as error:
            raise OutError(
                f"the stacks depend on each other in a circle: {' -> '.join(error.args[1])}",
                remedy="correct depends_on in templates/, then: cfngen generate",
            ) from error

    def to_bytes(self) -> bytes:
        """The file's bytes: the same for the same content, stacks by name, a new line at the end."""
        stacks = {name: self.stacks[name].to_dict() for name in sorted(self.stacks)}
        return (
            json.dumps({"format_version": FORMAT_VERSION, "stacks": stacks}, indent=2, ensure_ascii=False)
            + "\n"
        ).encode()

    @classmethod
    def from_bytes(cls, content: bytes, name: str) -> Manifest:
        """Read what `to_bytes` wrote.

        Raises:
            OutError: the content is no manifest of this format.
        """
        if content.startswith(CONFLICT) or b"\n" + CONFLICT in content:
            raise OutError(
                "holds a merge conflict",
                place=name,
                remedy="resolve it: cfngen generate makes the file again from templates/ and "
                f"{name.rpartition('/')[0] or '.'}/releases/",
            )
        try:
            data = json.loads(content)
            if data["format_version"] != FORMAT_VERSION:
                raise ValueError(f"format_version is {data['format_version']!r}, not {FORMAT_VERSION!r}")
            return cls({_name(stack): StackEntry.from_dict(entry) for stack, entry in data["stacks"].items()})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise OutError(
                f"not a manifest: {reason}", place=name, remedy="make it again: cfngen generate"
            ) from error

    @classmethod
    def read(cls, path: Path, name: str) -> Manifest:
        """The manifest at `path`.

        Raises:
            OutError: the file is missing, unreadable or no manifest.
        """
        try:
            content = files.read(path, MAX_BYTES)
        except OSError as error:
            raise OutError(
                f"cannot be read: {error.strerror}", place=name, remedy="make it: cfngen generate"
            ) from error
        return cls.from_bytes(content, name)


def _name(stack: str) -> str:
    if not stack or not stack.isprintable() or "/" in stack or stack.startswith("."):
        raise ValueError(f"{stack!r} is not a stack's name")
    return stack
