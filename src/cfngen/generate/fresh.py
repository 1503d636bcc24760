"""Whether the last complete run is still true, told from file times as git's index does: in a millisecond.

Nothing here may import more than the interpreter has loaded by itself: this is what `generate.py` costs when
there is nothing to do.
"""

from __future__ import annotations

import os
import sys
import time

_STAMP = os.path.join(".cfngen", "fresh")
_SKIPPED = ("__pycache__",)
# A file that changed this shortly before it was looked at may change again without its time changing.
_TICK_NS = 50_000_000


def inputs(root: str) -> str:
    """One line for each file that a run reads: path, size, times, inode."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    lines = [sys.version.replace("\n", " "), *map(_line, libraries)]
    for folder in (os.path.join(root, "templates"), os.path.join(root, "deployments"), package):
        _walk(folder, lines)
    lines.extend(_line(os.path.join(root, name)) for name in (".cfnlintrc", "pyproject.toml"))
    return "\n".join(lines)


def signature(root: str) -> str:
    """The same for all that a run reads and then what it writes."""
    lines: list[str] = [inputs(root)]
    _walk(os.path.join(root, "out"), lines)
    return "\n".join(lines)


def told(root: str) -> str | None:
    """What the last complete run said, if a new one would say the same."""
    try:
        with open(os.path.join(root, _STAMP), encoding="utf-8", opener=_at_once) as stream:
            said, _, rest = stream.read().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return said if rest == signature(root) else None


def remember(root: str, written: str, said: str) -> None:
    """Keep what a run said, if nothing changed since `written`, the signature when out/ was written.

    The stamp only saves time, so a folder that cannot be written is no error.
    """
    now = signature(root)
    path = os.path.join(root, _STAMP)
    try:
        if now == written and _settled(now):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path + ".new", "w", encoding="utf-8", opener=_at_once) as stream:
                stream.write(f"{said}\n{now}")
            os.replace(path + ".new", path)
        else:
            os.unlink(path)
    except OSError:
        pass


def _at_once(path: str, flags: int) -> int:
    """Open a file; a named pipe in its place is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _settled(now: str) -> bool:
    newest = max((int(line.rsplit(" ", 2)[1]) for line in now.split("\n")[1:]), default=0)
    return newest + _TICK_NS < time.time_ns()


def _walk(folder: str, lines: list[str]) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        lines.append(_line(folder))
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _SKIPPED:
                _walk(entry.path, lines)
        else:
            lines.append(_line(entry.path))


def _line(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return f"{path} 0 0 0 0"
    return f"{path} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
