"""Read a file that somebody else may have put there: a regular one, and no longer than it can sensibly be."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MEBIBYTE = 1024 * 1024


def read(path: Path, limit: int, *, pipe: bool = False) -> bytes:
    """The bytes of a file. A named pipe or a device in its place is never waited for.

    Arguments:
        limit: the most bytes that the file may have.
        pipe: whether a pipe will do, too, as a shell's `<(command)` gives one.

    Raises:
        OSError: it does not exist, cannot be read, is longer, or is neither a file nor a pipe that will do.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not (stat.S_ISREG(mode) or (pipe and stat.S_ISFIFO(mode))):
            raise OSError(errno.EINVAL, "Not a regular file", str(path))
        os.set_blocking(handle, True)  # a pipe whose writer is there is read to its end
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"Longer than {limit:,} bytes", str(path))
    return content
