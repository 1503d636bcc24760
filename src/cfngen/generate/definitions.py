"""Which definitions templates/ holds, and where they say what: told from the files, without running any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cfngen.errors import DefinitionError, UsageError
from cfngen.project import Project


class Definition(NamedTuple):
    """One module of templates/.

    >>> Definition(Path("templates/audit_trail.py")).stack
    'audit-trail'
    """

    path: Path

    @property
    def stack(self) -> str:
        """The stack's name: the module's, with hyphens, as CloudFormation names may not hold underscores."""
        return self.path.stem.replace("_", "-")

    @property
    def module(self) -> str:
        """The name that it is imported by."""
        return f"templates.{self.path.stem}"


def find(project: Project) -> list[Definition]:
    """All definitions by name. Modules that start with an underscore are shared, not stacks.

    Raises:
        DefinitionError: two modules make one stack.
    """
    found: dict[str, Definition] = {}
    for path in sorted(project.templates.glob("*.py")):
        if path.name.startswith("_"):
            continue
        definition = Definition(path)
        other = found.setdefault(definition.stack, definition)
        if other is not definition:
            raise DefinitionError(
                f"makes the stack {definition.stack}, and so does {project.relative(other.path)}",
                place=project.relative(path),
                remedy="rename or remove one of the two",
            )
    return list(found.values())


def select(definitions: Sequence[Definition], stacks: Sequence[str]) -> list[Definition]:
    """Those that are asked for, all when none is.

    Raises:
        UsageError: a stack that no module defines.
    """
    known = {definition.stack for definition in definitions}
    for stack in stacks:
        if stack not in known:
            raise unknown_stack(stack, known)
    return [definition for definition in definitions if not stacks or definition.stack in stacks]


def unknown_stack(stack: str, known: set[str]) -> UsageError:
    """The error for a name that is no stack, with the nearest one."""
    from difflib import get_close_matches

    near = get_close_matches(stack, known, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return UsageError(
        f"there is no stack {stack!r}", remedy=f"{hint}known: {', '.join(sorted(known)) or 'none yet'}"
    )


def locate(project: Project, stack: str, logical_id: str) -> str | None:
    """`templates/<module>.py:<line>` of the first place that creates `logical_id`, or None.

    A logical id is a string in the definition: the first argument of a call. One that is computed in a loop
    stands nowhere; then the line of the module's own first mention of it is the best there is, or nothing.
    """
    for definition in find(project):
        if definition.stack != stack:
            continue
        quoted = re.compile(rf"""\(\s*(["']){re.escape(logical_id)}\1""")
        try:
            source = definition.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        match = quoted.search(source) or re.search(rf"""(["']){re.escape(logical_id)}\1""", source)
        if match:
            line = source.count("\n", 0, match.start(1)) + 1
            return f"{project.relative(definition.path)}:{line}"
    return None
