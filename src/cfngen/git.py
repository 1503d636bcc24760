"""What git has: files at a revision, read by git itself."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
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
            f"{revision!r} is not a file, and this is not a git repository",
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


def exists(root: Path, revision: str) -> bool:
    """Whether there is such a commit; a repository without any has no HEAD."""
    return _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode == 0


def show(root: Path, revision: str, path: str) -> bytes | None:
    """A file's bytes at a commit, `path` relative to `root`; None where it was not there."""
    found = _git(root, "show", f"{revision}:./{path}")
    return found.stdout if found.returncode == 0 else None


def added(root: Path, path: str) -> str | None:
    """The commit that a file was added by; None where none is known."""
    found = _git(root, "log", "-1", "--diff-filter=A", "--format=%H", "--", path)
    return found.stdout.decode().strip() or None


def checkout(root: Path, revision: str, folders: Sequence[str], target: Path) -> None:
    """Write the files that a commit has in these folders (relative to `root`) below `target`."""
    listed = _git(root, "ls-tree", "-r", "-z", revision, "--", *folders).stdout.decode(
        errors="surrogateescape"
    )
    entries = [entry.partition("\t") for entry in listed.split("\0") if entry.startswith("100")]
    wanted = "".join(f"{head.split()[2]}\n" for head, _, _ in entries)
    stream = io.BytesIO(_git(root, "cat-file", "--batch", given=wanted.encode()).stdout)
    for _, _, name in entries:
        size = int(stream.readline().split()[2])
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stream.read(size))
        stream.read(1)  # the end of the line


def changed(root: Path, *paths: str) -> list[str]:
    """The files below these paths that are not as in the last commit, relative to `root`; new ones count.

    Empty where there is no git, no repository, or no commit yet.
    """
    try:
        if _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode != 0:
            return []
        top = _git(root, "rev-parse", "--show-prefix").stdout.decode().strip()
        told = _git(
            root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *paths
        )
    except CfngenError:
        return []
    names = [entry[3:] for entry in told.stdout.decode(errors="surrogateescape").split("\0") if entry]
    return sorted(name.removeprefix(top) for name in names)


def _git(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=root, input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CfngenError("git is not installed", remedy="install it, or compare with a file") from error
