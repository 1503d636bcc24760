"""`generate.py` where it cannot run: one sentence and the command that can, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.projects import ROOT, UNMEASURED, make


def test_without_its_environment_it_names_the_command_that_makes_one() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "generate.py", "--check"],
        cwd=ROOT,
        env=UNMEASURED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"error: {sys.executable} has no module troposphere\n  run: make generate\n"


def test_a_module_that_a_definition_misses_is_an_error_of_the_definition(tmp_path: Path) -> None:
    project = make(tmp_path / "project", news="import nowhere_to_be_found\n")
    done = project.generate()
    assert done.returncode == 1
    assert (
        "error: templates/news.py:1: ModuleNotFoundError: No module named 'nowhere_to_be_found'"
        in done.stderr
    )
