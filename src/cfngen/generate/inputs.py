"""What a definition read while it ran: its modules, their files and folders, or that nobody can tell.

A definition is a Python program, and could look at anything. What is known to see nothing but files may be
imported without loss; a definition that imports anything else, such as `os` or `datetime`, is never kept, but
rendered at every run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import PathFinder, SourceFileLoader
from opcode import opmap
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PACKAGE = "templates"

# Modules, with all that is below them, that see files at most; those, the audit events tell.
# fmt: off
_SEE_ONLY_FILES = frozenset({
    "__future__", "abc", "awacs", "base64", "bisect", "cfngen.define", "collections", "copy", "csv",
    "dataclasses", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "html", "ipaddress",
    "itertools", "json", "math", "operator", "pathlib", "re", "statistics", "string", "templates",
    "textwrap", "tomllib", "troposphere", "types", "typing", "urllib.parse", "yaml", "zlib",
})
# fmt: on
# What looks at something else than a file's content or a folder's names, without an event that tells.
# fmt: off
_UNTOLD = frozenset({
    "__import__", "eval", "exec", "exists", "is_dir", "is_file", "is_symlink", "stat", "lstat", "cwd",
    "home", "expanduser", "readlink",
})
# fmt: on
# Of cfngen's own public names, those that depend on more than what renders, or ask an account.
MORE_THAN_RENDERING = frozenset({"Finding", "StackResult", "lint", "plan"})
_EVENTS = frozenset({"open", "os.listdir", "os.scandir"})
_IMPORT_NAME, _EXTENDED_ARG = opmap["IMPORT_NAME"], opmap["EXTENDED_ARG"]


class Module:
    """What one module of templates/ read.

    Attributes:
        file: its own path.
        names: all names of its code; a module that it imports is among them.
        paths: the files that were opened, and the folders that were listed, while its code ran.
        untold: why nobody can tell all that it read; None where this is all.
    """

    def __init__(self, file: str, names: frozenset[str], untold: str | None) -> None:
        self.file = file
        self.names = names
        self.paths: set[str] = set()
        self.untold = untold


class Reads:
    """Collects what the modules of templates/ read, while it is `watching`."""

    def __init__(self) -> None:
        self._modules: dict[str, Module] = {}

    def of(self, name: str) -> tuple[frozenset[str], str | None]:
        """All paths that a module and the modules it imports read, and why there may be more, if so."""
        paths: set[str] = set()
        untold: str | None = None
        waiting, seen = [name], {name}
        while waiting:
            module = self._modules[waiting.pop()]
            paths |= {module.file, *module.paths}
            untold = untold or module.untold
            for other in self._modules.keys() - seen:
                if not module.names.isdisjoint((other, other.rpartition(".")[2])):
                    seen.add(other)
                    waiting.append(other)
        return frozenset(paths), untold

    def loaded(self, name: str, file: str, code: CodeType) -> None:
        """A module's code is about to run."""
        names: set[str] = set()
        imported: set[str] = set()
        for part in _parts(code):
            names.update(part.co_names)
            imported.update(_imported(part))
        others = sorted(module for module in imported if module and not _sees_only_files(module))
        if "cfngen" in imported:
            others += [f"cfngen.{name}" for name in sorted(names & MORE_THAN_RENDERING)]
        untold = sorted(names & _UNTOLD)
        reason = f"imports {others[0]}" if others else f"uses {untold[0]}" if untold else None
        self._modules[name] = Module(file, frozenset(names), reason)

    def seen(self, event: str, args: tuple[Any, ...], frame: FrameType | None) -> None:
        """Something was opened or listed; it counts for every module of templates/ that is being run."""
        if frame is None or frame.f_code.co_filename.startswith("<frozen importlib"):
            return  # what is imported is known by its name
        running = [module for module in self._running(frame) if module is not None]
        if not running:
            return
        path, *rest = args
        for module in running:
            if isinstance(path, str) and os.path.isabs(path) and not _writes(event, rest):
                module.paths.add(path)
            else:
                module.untold = module.untold or f"{event} of {path!r}"

    def _running(self, frame: FrameType | None) -> Iterator[Module | None]:
        while frame is not None:
            yield self._modules.get(frame.f_globals.get("__name__", ""))
            frame = frame.f_back


def forget() -> None:
    """Let go of the modules that definitions share."""
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]


class Finder:
    """Finds the modules below `templates`, and tells `Reads` what they are."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(f"{PACKAGE}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path, self._reads)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, reads: Reads) -> None:
        super().__init__(name, path)
        self._reads = reads

    def get_code(self, fullname: str) -> CodeType | None:
        code = super().get_code(fullname)
        if code is not None:
            self._reads.loaded(fullname, self.path, code)
        return code

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Python holds bytecode against the source's size and whole seconds; two edits may share both."""
        status = os.stat(path)
        # Hashed together: both times of a file that was just written are equal, and cancel each other out.
        times = hash((status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
        return {"mtime": times & 0xFFFFFFFF, "size": status.st_size}


class _Hook:
    """An audit hook stays until its process ends, so there is one, and it serves whoever watches."""

    def __init__(self) -> None:
        self.reads: Reads | None = None
        self._added = False

    def serve(self, reads: Reads | None) -> None:
        self.reads = reads
        if not self._added and reads is not None:
            self._added = True
            sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if self.reads is not None and event in _EVENTS:
            self.reads.seen(event, args, sys._getframe(1))


_HOOK = _Hook()


@contextmanager
def watching(reads: Reads | None) -> Iterator[None]:
    """Let `reads` hear of every file that this process opens meanwhile."""
    _HOOK.serve(reads)
    try:
        yield
    finally:
        _HOOK.serve(None)


@cache
def _sees_only_files(module: str) -> bool:
    if module == "cfngen":  # its public names, see `MORE_THAN_RENDERING`
        return True
    parts = module.split(".")
    return any(".".join(parts[: depth + 1]) in _SEE_ONLY_FILES for depth in range(len(parts)))


def _parts(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)


def _imported(code: CodeType) -> Iterator[str]:
    """The modules that a code object imports, by the names its instructions hold (two bytes each)."""
    instructions = code.co_code
    place = instructions.find(_IMPORT_NAME)
    while place >= 0:
        if place % 2 == 0:
            index, before, shift = instructions[place + 1], place - 2, 8
            while before >= 0 and instructions[before] == _EXTENDED_ARG:
                index |= instructions[before + 1] << shift
                before, shift = before - 2, shift + 8
            yield code.co_names[index]
        place = instructions.find(_IMPORT_NAME, place + 1)


def _writes(event: str, rest: Sequence[Any]) -> bool:
    return event == "open" and bool(rest[1] & (os.O_WRONLY | os.O_RDWR))
