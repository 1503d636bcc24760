"""What is deployed is what was generated: the bytes of out/ against the manifest's sha256."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cfngen.errors import OutError
from cfngen.manifest import StackEntry
from cfngen.project import Project


def verified(project: Project, stack: str, entry: StackEntry, path: Path) -> bytes:
    """The bytes of a stack's template: its current one, or one of its releases.

    Arguments:
        path: the template, relative to the project's root.

    Raises:
        OutError: it cannot be read, is no template of this stack, or is not what the manifest says.
    """
    wanted = _known(project, stack, entry).get(path)
    name = path.as_posix()
    if wanted is None:
        raise OutError(
            f"the manifest knows no such template of {stack}",
            place=name,
            remedy=f"name out/{stack}.yaml, or one of its releases, as template-file-path",
        )
    try:
        content = (project.root / path).read_bytes()
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=name) from error
    if hashlib.sha256(content).hexdigest() != wanted:
        raise OutError(
            "is not what the manifest says: it was changed after it was generated",
            place=name,
            remedy="generate it anew (python generate.py) and review what changes; nothing was deployed",
        )
    return content


def _known(project: Project, stack: str, entry: StackEntry) -> dict[Path, str]:
    """sha256 by path."""
    out, releases = (folder.relative_to(project.root) for folder in (project.out, project.releases))
    frozen = {releases / stack / f"{version}.yaml": sha256 for version, sha256 in entry.releases.items()}
    return {out / f"{stack}.yaml": entry.sha256, **frozen}
