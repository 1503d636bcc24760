"""A project is found from any folder inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfngen.errors import UsageError
from cfngen.project import Project


def test_found_from_inside(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    inside = tmp_path / "out" / "releases"
    inside.mkdir(parents=True)
    assert Project.find(inside) == Project(tmp_path)


def test_none_to_find(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no templates/ folder here or in any folder above"):
        Project.find(tmp_path)


def test_paths_in_messages_are_relative(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert project.relative(project.manifest) == "out/manifest.json"
    assert project.relative(Path("/elsewhere/x")) == "/elsewhere/x"
