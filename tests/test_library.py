"""The public interface: what docs/library.md says can be imported, is typed, and runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from flit_core.wheel import make_wheel_in

import cfngen
from tests.support.projects import ROOT, TOPIC, UNMEASURED, make
from tests.support.sandbox_account import Aws

PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_public_names_are_these() -> None:
    """Whoever removes or renames one breaks a program of somebody else."""
    assert sorted(cfngen.__all__) == [
        "CfngenError",
        "Comparison",
        "Finding",
        "Manifest",
        "ParameterGroup",
        "Project",
        "Stack",
        "StackResult",
        "compare",
        "iam",
        "lint",
        "load_template",
        "parameters",
        "plan",
        "recipes",
        "render",
        "suppressed",
    ]


@pytest.mark.parametrize("name", cfngen.__all__)
def test_every_name_can_be_imported_and_is_documented(name: str) -> None:
    assert getattr(cfngen, name) is not None
    assert name in dir(cfngen)
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", cfngen.recipes.__all__)
def test_every_recipe_is_documented(name: str) -> None:
    assert getattr(cfngen.recipes, name) is not None
    assert f"`{name}`" in PAGE.partition("## Recipes")[2]


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'cfngen' has no attribute 'nothing'"):
        _ = cfngen.nothing  # type: ignore[attr-defined]


def test_importing_the_package_loads_nothing() -> None:
    source = "import sys; before = set(sys.modules); import cfngen; print(set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", source], env=UNMEASURED, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'cfngen'}", done.stderr


@pytest.mark.parametrize("first", ["cfngen", "cfngen.lint", "cfngen.lint.runner"])
def test_lint_is_a_function_whatever_was_imported_before(tmp_path: Path, first: str) -> None:
    """The package of that name takes the same attribute of `cfngen`."""
    project = make(tmp_path / "project", news=TOPIC)
    assert project.render().returncode == 0
    source = f"import {first}; from cfngen import Project, lint; print(lint(Project.find('.'), ['news']))"
    done = project.run("-c", source.replace("'.'", "__import__('pathlib').Path.cwd()"))
    assert done.stdout == "[]\n", done.stderr


def test_the_wheel_says_that_it_is_typed(tmp_path: Path) -> None:
    wheel = make_wheel_in(ROOT / "pyproject.toml", tmp_path, editable=False)
    with ZipFile(wheel.file) as archive:
        assert "cfngen/py.typed" in archive.namelist()


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_run(tmp_path: Path, example: str, aws: Aws) -> None:
    project = make(tmp_path / "project", news=TOPIC)
    values = project.root / "deployments" / "dev"
    values.mkdir(parents=True)
    (values / "environment.yaml").write_text(f"region: {aws.region}\n", encoding="utf-8")
    (values / "news.yaml").write_text("template-file-path: out/news.yaml\n", encoding="utf-8")
    assert project.render().returncode == 0
    done = project.run("-c", example, **aws.environment)
    assert done.returncode == 0, done.stderr


def test_a_project_that_uses_it_passes_the_strict_type_checker(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    (tmp_path / "wrong.py").write_text("from cfngen import Stack\n\nStack(1)\n", encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict = True\n[mypy-troposphere.*]\nfollow_untyped_imports = True\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "."],
        cwd=tmp_path,
        env={**UNMEASURED, "MYPYPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.partition(":")[0] for line in errors] == ["wrong.py"], done.stdout
    assert "arg-type" in errors[0]
