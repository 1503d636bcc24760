"""Change out/ as a whole: whoever looks, or whatever is killed, finds it as it was or as it will be."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cfngen.errors import BusyError, OutError
from cfngen.project import Project

Files = Mapping[str, bytes | None]


@contextmanager
def lock(project: Project) -> Iterator[None]:
    """Hold the right to change out/; it ends with the process, however that ends.

    Raises:
        BusyError: another run holds it.
        OutError: the lock's file cannot be made.
    """
    import fcntl

    path = project.cache / "lock"
    try:
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(error, project.relative(path)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BusyError(
            "another run is writing out/",
            place=project.relative(path),
            remedy="wait for it, then run this again",
        ) from error
    finally:
        os.close(handle)


def apply(project: Project, files: Files) -> None:
    """Write the files (paths relative to out/; None removes one) all at once. Call it under `lock`.

    The new out/ is made beside the old one, sharing the files that stay, and takes its place in one step.
    Where a system has no such step, or the caller's own shell stands in out/ and would be left behind, files
    are renamed into place one by one, the manifest last, so that a half-done change shows as a stale one.

    Raises:
        OutError: something cannot be written; out/ is as it was.
    """
    if not files:
        return
    import shutil

    staging = project.cache / "out"
    out = project.out
    try:
        _refuse_read_only(out)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        out.mkdir(exist_ok=True)
        if Path.cwd().is_relative_to(out):
            _write(staging, files)
            _rename_each(staging, out, files)
        else:
            shutil.copytree(out, staging, dirs_exist_ok=True, copy_function=_share, symlinks=True)
            _write(staging, files)
            if not _exchange(staging, out):
                _rename_each(staging, out, files)
    except OSError as error:
        raise _unwritable(
            error, project.relative(Path(error.filename)) if error.filename else "out"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.unlink(missing_ok=True)  # it may be shared with the old out/
        if content is None:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


def _share(source: str, target: str) -> None:
    """A hard link keeps the file's time and costs nothing; a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        from shutil import copy2

        copy2(source, target)


def _rename_each(staging: Path, out: Path, files: Files) -> None:
    for name in sorted(files, key=lambda name: (name == "manifest.json", name)):
        target = out / name
        if files[name] is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(target)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders swap names in one step; False where the system cannot.

    Linux: https://man7.org/linux/man-pages/man2/rename.2.html (RENAME_EXCHANGE); macOS: renamex_np(2).
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = library.renamex_np(*names, 2)
    elif hasattr(library, "renameat2"):
        at_working_directory = -100
        failed = library.renameat2(at_working_directory, names[0], at_working_directory, names[1], 2)
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EBUSY, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _refuse_read_only(out: Path) -> None:
    """A folder without write permission is somebody's wish, even where the superuser could write on."""
    if out.exists() and not (out.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))


def _unwritable(error: OSError, place: str) -> OutError:
    remedies = {
        errno.ENOSPC: "free some space, then run this again; nothing was changed",
        errno.EDQUOT: "free some space, then run this again; nothing was changed",
    }
    return OutError(
        f"cannot be written: {error.strerror}",
        place=place,
        remedy=remedies.get(error.errno or 0, "make it writable, then run this again; nothing was changed"),
    )
