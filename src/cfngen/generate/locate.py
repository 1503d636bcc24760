"""Where in templates/ a logical id is written, for messages: looked up when needed, never stored in out/."""

from __future__ import annotations

import re

from cfngen.generate.definitions import find
from cfngen.project import Project


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
