"""Change out/ as a whole: whoever looks, or whatever is killed, finds it as it was or as it will be.

The new out/ is made beside the old one and takes its place in one step (exchange.py). Where there is no such
step, its files are put into place one by one, by a journal that the next run completes (journal.py).
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cfngen.errors import BusyError, OutError
from cfngen.project import Project

Files = Mapping[str, bytes | None]

_MOUNTS = Path("/proc/self/mountinfo")


@contextmanager
def lock(project: Project) -> Iterator[None]:
    """Hold the right to change out/; it ends with the process, however that ends.

    What a run left half done is completed first.

    Raises:
        BusyError: another run holds it.
        OutError: the lock's file cannot be made, or what was left cannot be completed.
    """
    import fcntl

    path = project.cache / "lock"
    try:
        project.make_cache()
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(error, project.relative(path)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _complete(project)
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

    A link in the place of out/ stays, and the folder that it leads to is written.

    Raises:
        OutError: something cannot be written, and out/ is as it was, or a volume is mounted below it.
    """
    if not files:
        return
    from cfngen.generate import exchange, journal

    try:
        out = _folder(project)
        out.mkdir(parents=True, exist_ok=True)
        _refuse_read_only(out)
        _refuse_volumes(project, out)
        # A shell that stands in out/ would be left behind in a folder that is gone.
        if _somebody_stands_in(out) or not exchange.write(out, files, project.cache):
            journal.write(out, files)
    except journal.HalfDoneError as error:
        raise OutError(
            f"cannot be written: {error}",
            place=project.relative(project.out),
            remedy="some files are new, some are old: make it writable, then run this again to complete it",
        ) from error
    except OSError as error:
        place = project.relative(Path(error.filename)) if isinstance(error.filename, str) else "out"
        raise _unwritable(error, place) from error


def _complete(project: Project) -> None:
    from cfngen.generate import journal

    try:
        journal.complete(_folder(project))
    except OSError as error:
        raise OutError(
            f"an earlier run wrote a part of it, and the rest cannot be written: {error.strerror}",
            place=project.relative(project.out),
            remedy="make it writable, then run this again",
        ) from error


def _folder(project: Project) -> Path:
    """The folder itself, where out/ is a link.

    Raises:
        OSError: the link leads to itself.
    """
    circle = OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(project.out))
    try:
        folder = project.out.resolve()
    except RuntimeError as error:  # Python 3.11 and 3.12 say so of a circle; 3.13 leaves the link as it is
        raise circle from error
    if folder.is_symlink():
        raise circle
    return folder


def _somebody_stands_in(out: Path) -> bool:
    """Whether this process, or one that can be looked at, has out/ as its working directory."""
    links = [*Path("/proc").glob("[0-9]*/cwd")]
    for link in links:
        try:
            if link.readlink().is_relative_to(out):
                return True
        except OSError:  # somebody else's process, or one that has ended
            continue
    try:
        return Path.cwd().is_relative_to(out)
    except OSError:
        return False


def _refuse_read_only(out: Path) -> None:
    """A folder without write permission is somebody's wish, even where the superuser could write on."""
    if not (out.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))


def _refuse_volumes(project: Project, out: Path) -> None:
    """What is mounted below out/ is somebody else's, and would move with it.

    https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
    """
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        mounted = [folder for folder, _, _ in os.walk(out) if folder != str(out) and os.path.ismount(folder)]
    else:
        points = [_unescaped(line.split()[4]) for line in lines]
        mounted = [point for point in points if point.startswith(f"{out}/")]
    if mounted:
        raise OutError(
            "a volume is mounted below out/, which holds only what is generated",
            place=project.relative(project.out / Path(mounted[0]).relative_to(out)),
            remedy="unmount it, then run this again; nothing was changed",
        )


def _unescaped(point: str) -> str:
    """
    >>> _unescaped(r"/mnt/my\\040disk")
    '/mnt/my disk'
    """
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)


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
