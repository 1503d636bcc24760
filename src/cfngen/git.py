"""What git has: files at a revision, read by git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cfngen.errors import CfngenError, UsageError


def is_repository(root: Path) -> bool:
    """Whether git knows the folder."""
    return _git(root, "rev-parse", "--git-dir").returncode == 0


def commit(root: Path, revision: str) -> str:
    """The commit that a revision names.

    Raises:
        UsageError: it names none, or the folder is in no git repository.
        CfngenError: there is no git.
    """
    if not is_repository(root):
        raise UsageError(
            f"{revision!r} is no file, and this is no git repository",
            place=str(root),
            remedy="compare with a file, or inside of a repository",
        )
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode != 0:
        raise UsageError(
            f"{revision!r} is neither a file nor a revision of this repository",
            remedy="name a file, a commit, a branch or a tag; a shallow clone knows few",
        )
    return found.stdout.decode().strip()


def show(root: Path, revision: str, path: str) -> bytes | None:
    """A file's bytes at a commit, `path` relative to `root`; None where it was not there."""
    found = _git(root, "show", f"{revision}:./{path}")
    return found.stdout if found.returncode == 0 else None


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError as error:
        raise CfngenError("git is not installed", remedy="install it, or compare with a file") from error
