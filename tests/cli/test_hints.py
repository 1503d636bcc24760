"""What a message tells the reader to run can be run, in any project that has a templates/ folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfngen.cli.main import COMMANDS
from tests.support.projects import ROOT

MODULES = sorted((ROOT / "src" / "cfngen").rglob("*.py"))
# What follows the name where a sentence is about cfngen itself.
PROSE = {"asks", "inside", "with"}


def _strings(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings, which the program never prints."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _unknown(text: str) -> list[str]:
    """The commands of a text that do not exist; `generate.py` stands in this project only."""
    named = re.findall(r"\bcfngen ([a-z][a-z-]*)", text)
    unknown = [command for command in named if command not in {*COMMANDS, "help", *PROSE}]
    return [*unknown, *re.findall(r"\bgenerate\.py\b", text)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_every_command_that_a_message_names_exists(path: Path) -> None:
    assert [word for text in _strings(path) for word in _unknown(text)] == []


def test_a_command_that_is_gone_is_seen() -> None:
    assert _unknown("make it: cfngen build") == ["build"]
    assert _unknown("make it: python generate.py") == ["generate.py"]
