"""The project as earlier commits had it: its templates, its values, its stacks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from cfngen import git
from cfngen.project import Project


class Past:
    """Commits of a project, each written once to a temporary folder that goes with the `with` block."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folder = tempfile.TemporaryDirectory(prefix="cfngen-")
        self._known: dict[str, Project] = {}

    def at(self, commit: str) -> Project:
        """What `out/` and `deployments/` were at a commit."""
        if commit not in self._known:
            root = Path(self._folder.name) / commit
            folders = [
                self._project.relative(each) for each in (self._project.out, self._project.deployments)
            ]
            git.checkout(self._project.root, commit, folders, root)
            self._known[commit] = Project(root)
        return self._known[commit]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()
