"""A new folder in the place of an old one, in one step."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from cfngen.generate import staged

_FULL = {errno.ENOSPC, errno.EDQUOT}


def write(out: Path, files: Mapping[str, bytes | None], cache: Path) -> bool:
    """Make the new folder in `cache`, sharing the files that stay, and exchange the two.

    Returns:
        False where that cannot be done here, and nothing was changed: no such step, another file system, a
        file that may not be shared, an owner that cannot be kept.

    Raises:
        OSError: the disk is full, or a file cannot be written; nothing was changed.
    """
    for left in cache.glob("out-*"):  # by runs that were killed
        shutil.rmtree(left, ignore_errors=True)
    staging = cache / f"out-{os.getpid()}"  # only the run that holds the lock comes here
    staging.mkdir(mode=0o700)
    known: set[Path] = set()
    try:
        if not _share(out, staging, known):
            return False
        _write(staging, out, files)
        if not _exchange(staging, out):
            return False
        _clear(staging, out, known)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return True


def _share(old: Path, new: Path, known: set[Path]) -> bool:
    """Give `new` all that `old` has, as hard links; False where one cannot be made."""
    try:
        for folder, folders, names in os.walk(old, onerror=_raise):
            here = new / Path(folder).relative_to(old)
            here.mkdir(exist_ok=True)
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in (*names, *links):
                os.link(Path(folder) / name, here / name, follow_symlinks=False)
                known.add((here / name).relative_to(new))
            if not staged.keep(Path(folder), here):
                return False
    except OSError as error:
        if error.errno in _FULL:
            raise
        return False
    return True


def _raise(error: OSError) -> None:
    raise error


def _write(staging: Path, out: Path, files: Mapping[str, bytes | None]) -> None:
    for name, content in files.items():
        path = staging / name
        path.unlink(missing_ok=True)  # the old file's, too
        if content is not None:
            staged.write(path, content, out / name)


def _clear(old: Path, new: Path, known: set[Path]) -> None:
    """Let go of the old names; what somebody put there meanwhile moves to the new folder."""
    for folder, _, names in os.walk(old):
        for name in names:
            path = Path(folder) / name
            relative = path.relative_to(old)
            if relative not in known and not (new / relative).exists():
                (new / relative).parent.mkdir(parents=True, exist_ok=True)
                path.rename(new / relative)


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders swap names in one step; False where the system cannot.

    Linux: https://man7.org/linux/man-pages/man2/rename.2.html (RENAME_EXCHANGE); macOS: renamex_np(2).
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin":
        failed = library.renamex_np(*names, 2)
    elif hasattr(library, "renameat2"):
        at_working_directory = -100
        failed = library.renameat2(at_working_directory, names[0], at_working_directory, names[1], 2)
    else:
        return False
    return not failed
