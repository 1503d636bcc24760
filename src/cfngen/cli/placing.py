"""Put new files into a folder: each whole or not at all, and never in the place of another one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cfngen.errors import CfngenError
from cfngen.project import Project


class Placed(NamedTuple):
    """What became of the files, in their order: paths relative to the project's root."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def existing(root: Path, names: Iterable[str]) -> list[str]:
    """Those of the files that are there already, a broken link included."""
    return [name for name in names if os.path.lexists(root / name)]


def place(project: Project, contents: Mapping[str, str]) -> Placed:
    """Write files (text by path relative to the project's root), in their order; what is there already stays.

    They are made in `.cfngen/`, then linked into place one by one: a run that is killed leaves whole files
    only, and the next one writes the others.

    Raises:
        CfngenError: a file cannot be written, or a file is in the place of a folder.
    """
    try:
        return _placed(project, contents)
    except OSError as error:
        path = Path(error.filename2 or error.filename or project.root)
        raise CfngenError(
            f"cannot be written: {error.strerror}",
            place=project.relative(path),
            remedy="free some space, then run this again",
        ) from error


def _placed(project: Project, contents: Mapping[str, str]) -> Placed:
    written: list[str] = []
    kept: list[str] = []
    with TemporaryDirectory(prefix="new-", dir=project.make_cache()) as staging:
        for number, text in enumerate(contents.values()):
            Path(staging, str(number)).write_text(text, encoding="utf-8")
        for name in contents:
            (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(contents):
            done = _link(Path(staging, str(number)), project.root / name)
            (written if done else kept).append(name)
    return Placed(tuple(written), tuple(kept))


def _link(source: Path, target: Path) -> bool:
    """Give a file its place, whole and at once; False where something is there."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links, such as FAT.
        if os.path.lexists(target):
            return False
        source.rename(target)
    return True
