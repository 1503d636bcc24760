"""Every test runs: each file of tests, and each example in a docstring, is collected by the plain command."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import ROOT, UNMEASURED


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The files that pytest, with the project's own settings, takes tests from."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=UNMEASURED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}


def test_every_file_of_tests_is_collected(collected: set[str]) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert files - collected == {file for file in files if "node_modules" in file}


def test_every_example_in_a_docstring_is_collected(collected: set[str]) -> None:
    sources = (ROOT / "src").rglob("*.py")
    files = {path.relative_to(ROOT).as_posix() for path in sources if _has_example(path)}
    assert files
    assert files - collected == set()


def _has_example(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (node for node in ast.walk(tree) if isinstance(node, _DOCUMENTED))
    return any(">>> " in (ast.get_docstring(node) or "") for node in documented)


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
