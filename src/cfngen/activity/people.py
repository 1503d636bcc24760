"""people.yaml: which identities of the log are which person."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cfngen.errors import DeploymentFileError
from cfngen.template.environment.strict_yaml import Mapped, Scalar, Sequence, read_mapping

_EXAMPLE: Final = "write 'Alice Nguyen: [alice, alice@example.com]' for each"


def people(path: Path, name: str) -> dict[str, str]:
    """The people's names, by the identities that stand for them.

    The file's `people` has one line a person: `Name: identity`, or `Name: [identity, identity]`.

    Raises:
        DeploymentFileError: it cannot be read, or one identity stands for two people.
    """
    missing = f"make {name} with a line 'people:', or leave out --people"
    content = read_mapping(path, name, allowed=("people",), required=("people",), missing=missing)
    listed = content.entries["people"]
    if not isinstance(listed, Mapped):
        raise DeploymentFileError("people is not a mapping", place=listed.place, remedy=_EXAMPLE)
    names: dict[str, str] = {}
    for person, node in listed.entries.items():
        for item in node.items if isinstance(node, Sequence) else (node,):
            if not isinstance(item, Scalar):
                raise DeploymentFileError(
                    f"{person} needs an identity or a list of them", place=item.place, remedy=_EXAMPLE
                )
            if names.setdefault(item.text, person) != person:
                raise DeploymentFileError(
                    f"{item.text} stands for {names[item.text]} and for {person}",
                    place=item.place,
                    remedy="leave it with one of them",
                )
    return names
