"""Verdicts that are still true: what was found, kept under a hash of everything that decides it.

A verdict is never wrong, only missing: whatever changes, changes the key.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cfngen.lint.finding import Finding

FORMAT: Final = "1"
KEPT: Final = 200
"""Verdicts kept: twenty runs' worth for ten stacks of which all change each time."""

_CLEAN: Final = b"[]\n"


def toolchain(configuration: Path | None, rules: Path | None = None) -> bytes:
    """A hash of what is the same for every template: this package, cfn-lint, Python, the configuration.

    Arguments:
        rules: the folder of the project's own rules.
    """
    digest = hashlib.sha256(f"{FORMAT} {sys.version_info[:3]} {_cfn_lint()}\n".encode())
    here = Path(__file__).parent
    for source in sorted(here.rglob("*.py")):
        if "formats" not in source.parts:
            _add(digest, source.relative_to(here).as_posix(), source.read_bytes())
    for source in sorted(rules.rglob("*.py")) if rules else ():
        _add(digest, f"own/{source.name}", source.read_bytes())
    if configuration:
        _add(digest, configuration.name, configuration.read_bytes())
    return digest.digest()


def key(tools: bytes, files: Iterable[tuple[str, bytes]]) -> str:
    """The name of a verdict: of the toolchain and of the files that were read, in hexadecimal.

    >>> key(b"", [("a", b"bc")]) == key(b"", [("ab", b"c")])
    False
    """
    digest = hashlib.sha256(tools)
    for name, content in files:
        _add(digest, name, content)
    return digest.hexdigest()


def read(folder: Path, name: str) -> list[Finding] | None:
    """The findings kept under a key; None when there are none, or they cannot be read."""
    try:
        content = (folder / f"{name}.json").read_bytes()
    except OSError:
        return None
    if content == _CLEAN:
        return []
    import json

    try:
        return [Finding.from_dict(item) for item in json.loads(content)]
    except (ValueError, TypeError, KeyError):
        return None


def write(folder: Path, name: str, findings: list[Finding]) -> None:
    """Keep findings under a key. A folder that cannot be written costs time at the next run, nothing else."""
    import json

    content = json.dumps([item.to_dict() for item in findings]).encode() + b"\n" if findings else _CLEAN
    draft = folder / f"{name}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(folder / f"{name}.json")
    except OSError:
        with suppress(OSError):
            draft.unlink()


def prune(folder: Path, keep: int = KEPT) -> None:
    """Delete all but the newest verdicts."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for entry in entries[keep:]:
            entry.unlink(missing_ok=True)
    except OSError:
        return  # another run prunes too, or the folder cannot be read


def _add(digest: Any, name: str, content: bytes) -> None:
    digest.update(f"{name} {len(content)}\n".encode())
    digest.update(content)


def _cfn_lint() -> str:
    """The installed version, from its folder's name: importlib.metadata costs more than a cached run."""
    for entry in sys.path:
        try:
            with os.scandir(entry or ".") as found:
                for item in found:
                    if item.name.startswith("cfn_lint-") and item.name.endswith(".dist-info"):
                        return item.name
        except OSError:
            continue
    return ""
