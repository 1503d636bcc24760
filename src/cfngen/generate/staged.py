"""One file that is written before it is put into its place."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, content: bytes, old: Path) -> None:
    """Write a file so that it is on the disk, with mode, owner and group of the one that it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        if old.is_file():
            keep(old, path)
        stream.flush()
        os.fsync(stream.fileno())
    os.utime(path)


def keep(old: Path, new: Path) -> bool:
    """Give `new` mode, attributes, owner and group of `old`; False where owner or group cannot be kept."""
    import shutil

    before, after = old.stat(), new.stat()
    kept = True
    for owner, group in ((before.st_uid, -1), (-1, before.st_gid)):
        if (owner, group) not in {(after.st_uid, -1), (-1, after.st_gid)}:
            try:
                os.chown(new, owner, group)
            except PermissionError:  # only the superuser gives files away
                kept = False
    with suppress(PermissionError):
        shutil.copystat(old, new)
    return kept
