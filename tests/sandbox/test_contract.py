"""What the sandbox needs of MiniStack: every private name that it touches is there, in the pinned version."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.private_names import private_names
from tests.support.projects import ROOT

SANDBOX = ROOT / "src" / "cfngen" / "sandbox"
NEEDED = sorted({name for path in SANDBOX.rglob("*.py") for name in private_names(path, "ministack")})


@pytest.mark.parametrize("name", NEEDED)
def test_it_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_there_are_some() -> None:
    assert "ministack.services.cloudtrail._trails" in NEEDED


def test_the_version_is_pinned() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'"ministack==([0-9.]+)"', declared) == [version("ministack")]


@pytest.mark.parametrize("path", sorted((ROOT / "src" / "cfngen").rglob("*.py")), ids=lambda path: path.name)
def test_nobody_else_touches_them(path: Path) -> None:
    assert path.is_relative_to(SANDBOX) or not private_names(path, "ministack")
