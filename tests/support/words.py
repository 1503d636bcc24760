"""The sentences of the page, as its code and its templates write them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

import cfngen.report

PACKAGE = Path(cfngen.report.__file__).parent
SAYING = {"_", "plain", "text"}
COUNTING = {"plural"}  # two sentences, after the number


def of_templates() -> Iterator[tuple[str, str]]:
    """Each sentence with the file that says it."""
    environment = jinja2.Environment(autoescape=True)
    for path in sorted(PACKAGE.rglob("*.j2")):
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name):
                for argument in _sentences(call.node.name, call.args):
                    if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
                        yield argument.value, path.name


def of_code() -> Iterator[tuple[str, str]]:
    """Each sentence with the file that says it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                for argument in _sentences(call.func.id, call.args):
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value, path.relative_to(PACKAGE).as_posix()


def _sentences(function: str, arguments: list[Any]) -> list[Any]:
    if function in SAYING:
        return arguments[:1]
    return arguments[1:3] if function in COUNTING else []
