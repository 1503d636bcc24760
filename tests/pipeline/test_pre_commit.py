"""`.pre-commit-hooks.yaml`, and the configuration of a new project: their commands, in a clone.

https://pre-commit.com/#new-hooks
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.codebuild import Repository, borrow
from tests.support.projects import ROOT, make

pytestmark = pytest.mark.unmeasured

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STARTER = ROOT / "src/cfngen/cli/starter/project/dot-pre-commit-config.yaml"
(LOCAL,) = yaml.safe_load(STARTER.read_text(encoding="utf-8"))["repos"]
ALL = [*HOOKS, *LOCAL["hooks"]]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = Repository.make(tmp_path_factory.mktemp("hooks") / "origin")
    source = repository.root.parent / "clone"
    subprocess.run(["git", "clone", "--quiet", str(repository.root), str(source)], check=True)
    borrow(source)
    return source


def _run(hook: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """As pre-commit does: the entry's words, in the repository's root; no file names are passed."""
    program, *arguments = shlex.split(hook["entry"])
    command = ROOT / ".venv" / "bin" / "cfngen" if program == "cfngen" else folder / program
    return subprocess.run(
        [str(command), *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize("hook", ALL, ids=lambda hook: f"{hook['id']}-{hook['language']}")
def test_a_hook_passes_what_is_in_order_and_fails_what_is_not(clone: Path, hook: dict[str, Any]) -> None:
    done = _run(hook, clone)
    assert done.returncode == 0, done.stdout + done.stderr
    template = clone / "out" / "cost-guard.yaml"
    before = template.read_bytes()
    template.write_bytes(before.replace(b"Type: AWS::Budgets::Budget", b"Type: AWS::Budgets::Bugdet"))
    assert template.read_bytes() != before
    done = _run(hook, clone)
    template.write_bytes(before)
    assert done.returncode == 1
    assert "cost-guard" in done.stdout


@pytest.mark.parametrize("hook", ALL, ids=lambda hook: f"{hook['id']}-{hook['language']}")
def test_a_hook_runs_for_the_files_that_it_looks_at(hook: dict[str, Any]) -> None:
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["pass_filenames"] is False
    for name in ("deployments/dev/news.yaml", "out/news.yaml", "lint/ours.py", ".cfnlintrc"):
        assert re.search(hook["files"], name), name
    for name in ("README.md", "tests/test_news.py", "docs/out/news.yaml"):
        assert not re.search(hook["files"], name), name
    if "generate" in hook["id"]:
        assert re.search(hook["files"], "templates/news.py")


def test_a_small_project_needs_nothing_but_the_command(tmp_path: Path) -> None:
    project = make(tmp_path / "project", news="raise ValueError('no')\n")
    done = project.cfngen(*shlex.split(HOOKS[0]["entry"])[1:])
    assert done.returncode == 1
    assert "templates/news.py:1: ValueError: no" in done.stderr
