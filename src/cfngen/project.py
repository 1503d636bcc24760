"""Where the files of a project are: one repository with a `templates/` folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cfngen.errors import UsageError

CLAIMS = ".claims.json"
"""What follows a stack's name in the name of the file of its claims."""


class Project(NamedTuple):
    """The folders of one project.

    >>> Project(Path("/repo")).manifest.as_posix()
    '/repo/out/manifest.json'
    """

    root: Path

    @property
    def templates(self) -> Path:
        """The definitions: one Python module a stack."""
        return self.root / "templates"

    @property
    def deployments(self) -> Path:
        """The values: `<environment>/<stack>.yaml`."""
        return self.root / "deployments"

    @property
    def out(self) -> Path:
        """The generated templates."""
        return self.root / "out"

    @property
    def manifest(self) -> Path:
        """What out/ holds."""
        return self.out / "manifest.json"

    @property
    def releases(self) -> Path:
        """The frozen templates: `<stack>/<version>.yaml`."""
        return self.out / "releases"

    @property
    def cache(self) -> Path:
        """What may be deleted at any time; not in git."""
        return self.root / ".cfngen"

    def relative(self, path: Path) -> str:
        """`path` as the messages write it: relative to the root, with forward slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    @classmethod
    def find(cls, start: Path) -> Project:
        """The project that `start` stands in: the nearest folder upwards that holds `templates/`.

        Raises:
            UsageError: there is none.
        """
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / "templates").is_dir():
                return cls(folder)
        raise UsageError(
            "no templates/ folder here or in any folder above",
            place=str(start),
            remedy="run cfngen inside a project, or make the folder and put a stack's module into it",
        )
