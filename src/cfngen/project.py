"""Where the files of a project are: one repository with a `templates/` folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from cfngen.errors import UsageError

CLAIMS = ".claims.json"
"""What follows a stack's name in the name of the file of its claims."""
ENVIRONMENT_FILE: Final = "environment.yaml"
USAGE_FILE: Final = "usage.yaml"
"""What `cfngen cost` reads: how much is used in a month."""

NAME: Final = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""The regular expression of a project's name, which names of every AWS service may begin with."""

NAME_LENGTH: Final = 23
"""The most characters of it: what a bucket's name in the account-regional namespace leaves."""


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
    def lint_rules(self) -> Path:
        """The project's own lint rules: modules of cfn-lint rules."""
        return self.root / "lint"

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

    def make_cache(self) -> Path:
        """`cache`, made where it is missing; git ignores it whatever the project's own .gitignore says.

        Raises:
            OSError: it cannot be made.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        ignored = self.cache / ".gitignore"
        if not ignored.exists():
            draft = self.cache / f"new-{os.getpid()}"  # whole at once, whenever a run is killed
            draft.write_text("*\n", encoding="utf-8")
            draft.replace(ignored)
        return self.cache

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
            remedy="go to a project, name one with --project DIR, or begin one: cfngen init",
        )
