"""Which private names of a library a module touches, told by its syntax."""

from __future__ import annotations

import ast
from pathlib import Path


def private_names(path: Path, library: str) -> set[str]:
    """`module._name` of every private name that is imported, or taken from what is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = imported(tree, library)
    names = {name for name in known.values() if _private(name.rpartition(".")[2])}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        if _private(node.attr) and node.value.id in known:
            names.add(f"{known[node.value.id]}.{node.attr}")
    return names


def imported(tree: ast.AST, library: str) -> dict[str, str]:
    """What a module imports from a library, by the name that it gives it."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == library:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and alias.name.partition(".")[0] == library:
                    known[alias.asname] = alias.name
    return known


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
