"""What this package needs of cfn-lint: its private names are touched in one file, and are there."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from cfnlint.context import Context
from cfnlint.runner.template import runner as template_runner
from cfnlint.template import Template

from tests.support.private_names import imported, private_names
from tests.support.projects import ROOT

ADAPTER = ROOT / "src" / "cfngen" / "lint" / "engine.py"
SOURCES = sorted((ROOT / "src" / "cfngen").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_only_the_engine_touches_private_names(path: Path) -> None:
    names = private_names(path, "cfnlint")
    assert not names or path == ADAPTER, names


def test_the_private_names_are_these_and_exist() -> None:
    assert private_names(ADAPTER, "cfnlint") == {"cfnlint.runner.template.runner._run_template_per_config"}
    parameters = inspect.signature(template_runner._run_template_per_config).parameters
    assert list(parameters) == ["cfn", "config", "rules"]


def test_what_the_engine_replaces_is_as_it_expects() -> None:
    assert {"ref_values", "parameter_sets", "parameters", "resources"} <= set(Context.__dataclass_fields__)
    assert list(inspect.signature(Context.ref_value).parameters) == ["self", "instance"]
    assert "context" in vars(Template("a.yaml", {"Resources": {}}, ["us-east-1"]))


def test_a_private_name_elsewhere_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("from cfnlint import rules as r\nfrom cfnlint.a import _b\nr._hidden\nself._own\n")
    assert private_names(path, "cfnlint") == {"cfnlint.a._b", "cfnlint.rules._hidden"}
    assert imported(ast.parse(path.read_text()), "cfnlint") == {"r": "cfnlint.rules", "_b": "cfnlint.a._b"}
