"""Which modules of troposphere and awacs a project's definitions import, told by their syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

LIBRARIES = ("awacs", "troposphere")


def imported(project: Path, stacks: Iterable[str], package: Path) -> list[str]:
    """The modules that a run over these stacks imports, sorted.

    Arguments:
        package: cfngen itself, which imports the libraries, too.
    """
    folder = project / "templates"
    waiting = [folder / f"{stack.replace('-', '_')}.py" for stack in stacks]
    waiting += sorted(package.rglob("*.py"))
    seen: set[Path] = set()
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        for name in _names(path.read_text(encoding="utf-8")):
            if name.startswith("templates."):
                waiting.append(folder / f"{name.split('.')[1]}.py")
            elif name.split(".")[0] in LIBRARIES and _is_module(name):
                found.add(name)
    return sorted(found)


def _names(source: str) -> Iterator[str]:
    """What is imported: every module, and everything that is taken from one, which may be a module.

    >>> list(_names("import a.b as c; from d import e"))
    ['a.b', 'd', 'd.e']
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_module(name: str) -> bool:
    """Whether there is such a module, without importing anything."""
    path: list[str] | None = None
    for depth in range(len(name.split("."))):
        spec = PathFinder.find_spec(".".join(name.split(".")[: depth + 1]), path)
        if spec is None:
            return False
        path = list(spec.submodule_search_locations or [])
    return True
