"""Whether the last complete run is still true, told from file times as git's index does: in a millisecond.

Nothing here may import more than the interpreter has loaded by itself: this is what `generate.py` costs when
there is nothing to do.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

RENDERING = ("define", "generate", "template")
"""The folders of this package that a template can depend on."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_STAMP = os.path.join(".cfngen", "fresh")
_SKIPPED = ("__pycache__",)
_CONFIGURATION = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml", "pyproject.toml")
# A file that changed this shortly before it was looked at may change again without its time changing.
TICK_NS = 50_000_000


def tools() -> str:
    """One line for each thing that runs: Python, its libraries, and every file of this package."""
    lines = _libraries()
    _walk(_PACKAGE, lines)
    return "\n".join(lines)


def renderers() -> str:
    """The same for what renders: of this package, the folders of `RENDERING` and what all may import."""
    lines = _libraries()
    names = sorted(entry.name for entry in os.scandir(_PACKAGE) if entry.is_file())
    lines.extend(_line(os.path.join(_PACKAGE, name)) for name in names)
    for folder in RENDERING:
        _walk(os.path.join(_PACKAGE, folder), lines)
    return "\n".join(lines)


def _libraries() -> list[str]:
    version = f"{sys.version} {sys.flags}".replace("\n", " ")
    return [version, *(_line(path) for path in sys.path if path.endswith("site-packages"))]


def inputs(root: str) -> str:
    """One line for each file that a run reads: path, size, times, inode."""
    return "\n".join((tools(), *sources(root)))


def sources(root: str, others: tuple[str, ...] = ()) -> list[str]:
    """One line for each file that people write: definitions, values, rules, configuration; then `others`."""
    lines: list[str] = []
    for name in ("templates", "deployments", "lint"):
        _walk(os.path.join(root, name), lines)
    lines.extend(_line(os.path.join(root, name)) for name in _CONFIGURATION)
    lines.extend(map(_line, others))
    return lines


def signature(root: str, others: tuple[str, ...] = ()) -> str:
    """The same for all that a run reads, then what it writes, then `others`, which definitions read."""
    lines = [inputs(root)]
    _walk(os.path.join(root, "out"), lines)
    lines.extend(map(_line, others))
    return "\n".join(lines)


def last_summary(root: str) -> str | None:
    """What the last complete run said, if a new one would say the same."""
    try:
        with open(
            os.path.join(root, _STAMP), encoding="utf-8", errors="surrogateescape", opener=_at_once
        ) as stream:
            summary, read, rest = stream.read().split("\n", 2)
    except (OSError, ValueError):
        return None
    return summary if rest == signature(root, _others(read)) else None


def remember(root: str, written: str, summary: str, others: tuple[str, ...] | None) -> None:
    """Keep what a run said, if nothing changed since `written`, the signature when out/ was written.

    The stamp only saves time, so a folder that cannot be written is not an error.

    Arguments:
        others: what definitions read outside of templates/; None where nobody can tell.
    """
    path = os.path.join(root, _STAMP)
    try:
        if others is not None and signature(root) == written:
            now = "\n".join((written, *map(_line, others)))
            if _settled(now):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(
                    path + ".new", "w", encoding="utf-8", errors="surrogateescape", opener=_at_once
                ) as stream:
                    stream.write("\n".join((summary, "\0".join(others), now)))
                os.replace(path + ".new", path)
                return
        os.unlink(path)
    except OSError:
        pass


def _open(path: str, mode: str = "r") -> IO[str]:
    return open(path, mode, encoding="utf-8", errors="surrogateescape", opener=_at_once)


def _at_once(path: str, flags: int) -> int:
    """Open a file; a named pipe in its place is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _others(read: str) -> tuple[str, ...]:
    return tuple(read.split("\0")) if read else ()


def _settled(now: str) -> bool:
    newest = max((int(line.rsplit(" ", 2)[1]) for line in now.split("\n")[1:]), default=0)
    return newest + TICK_NS < time.time_ns()


def _walk(folder: str, lines: list[str], above: tuple[str, ...] = ()) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        lines.append(_line(folder))
        return
    for entry in entries:
        if not entry.is_dir():
            lines.append(_line(entry.path))
        elif entry.name not in _SKIPPED:
            # A linked folder may lead back to where it stands.
            real = os.path.realpath(entry.path) if entry.is_symlink() else ""
            if real and real in above:
                lines.append(_line(entry.path))
            else:
                _walk(entry.path, lines, (*above, real) if real else above)


def _line(path: str) -> str:
    try:
        status = os.stat(path)
    except OSError:
        return f"{path} 0 0 0 0"
    return f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
