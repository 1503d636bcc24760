"""Which definitions templates/ holds, and where they say what: told from the files, without running any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cfngen.errors import DefinitionError, unknown
from cfngen.project import ENVIRONMENT_FILE, USAGE_FILE, Project

MOST_CHARACTERS = 128
"""Of a deployed stack's name, which begins with what its environment says and ends with this one."""


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
        DefinitionError: two modules make one stack, or the name of one is not a stack's.
    """
    definitions: dict[str, Definition] = {}
    for path in sorted(project.templates.glob("*.py")):
        if path.name.startswith("_"):
            continue
        definition = Definition(path)
        if problem := unfit(definition.stack):
            raise DefinitionError(
                f"makes the stack {definition.stack!r}: {problem}",
                place=project.relative(path),
                remedy="rename the module; one that stacks share begins with an underscore",
            )
        other = definitions.setdefault(definition.stack, definition)
        if other is not definition:
            raise DefinitionError(
                f"makes the stack {definition.stack}, and so does {project.relative(other.path)}",
                place=project.relative(path),
                remedy="rename or remove one of the two",
            )
    return list(definitions.values())


def unfit(stack: str) -> str | None:
    """Why a stack cannot have this name; None where it can.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html

    >>> unfit("audit-trail"), unfit("usage")
    (None, 'deployments/<environment>/usage.yaml is not a file of a stack')
    """
    if f"{stack}.yaml" in {ENVIRONMENT_FILE, USAGE_FILE}:
        return f"deployments/<environment>/{stack}.yaml is not a file of a stack"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", stack):
        return "a stack's name has letters, digits and hyphens, a letter first"
    if len(stack) > MOST_CHARACTERS:
        return f"it has {len(stack)} characters, and a stack's name has at most {MOST_CHARACTERS}"
    return None


def select(definitions: Sequence[Definition], stacks: Sequence[str]) -> list[Definition]:
    """Those that are asked for, all when none is.

    Raises:
        UsageError: a stack that no module defines.
    """
    known = {definition.stack for definition in definitions}
    for stack in stacks:
        if stack not in known:
            raise unknown("stack", stack, known, remedy="write a module of templates/ first")
    return [definition for definition in definitions if not stacks or definition.stack in stacks]


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
