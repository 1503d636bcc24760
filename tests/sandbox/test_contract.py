"""What the sandbox needs of MiniStack: every private name that it touches is there, in the pinned version."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from cfngen.sandbox import private
from tests.support.private_names import private_names
from tests.support.projects import ROOT

ROOMS = {name: room for name, room in vars(private).items() if isinstance(room, private.Private)}
NEEDED = sorted(name for room in ROOMS.values() for name in room.names())
SOURCES = sorted((ROOT / "src" / "cfngen").rglob("*.py"))


@pytest.mark.parametrize("name", NEEDED)
def test_it_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_each_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    for name, room in ROOMS.items():
        for each in room.names():
            used = f"private.{name}.{each.rpartition('._')[2]}"
            assert re.search(rf"{re.escape(used)}\b", text), f"{used} is used nowhere"


def test_the_version_is_pinned() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'"ministack==([0-9.]+)"', declared) == [version("ministack")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nobody_touches_them_but_by_that_room(path: Path) -> None:
    assert not private_names(path, "ministack")


def test_a_name_that_is_not_listed_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"ministack\.services\.iam\._groups is not among the names"):
        _ = private.iam.groups
    with pytest.raises(AttributeError, match="is not among the names"):
        private.iam.groups = {}
