"""Only what was generated is deployed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from cfngen.deploy.request import verified
from cfngen.errors import OutError
from cfngen.manifest import StackEntry
from cfngen.project import Project

CONTENT, OLD = b"Resources: {}\n", b"Resources: {Old: {}}\n"
ENTRY = StackEntry(
    "1.1.0", sha256(CONTENT).hexdigest(), len(CONTENT), releases={"1.0.0": sha256(OLD).hexdigest()}
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    frozen = tmp_path / "out" / "releases" / "one"
    frozen.mkdir(parents=True)
    (tmp_path / "out" / "one.yaml").write_bytes(CONTENT)
    (tmp_path / "out" / "two.yaml").write_bytes(CONTENT)
    (frozen / "1.0.0.yaml").write_bytes(OLD)
    return Project(tmp_path)


def test_the_current_template_and_a_release(project: Project) -> None:
    assert verified(project, "one", ENTRY, Path("out/one.yaml")) == CONTENT
    assert verified(project, "one", ENTRY, Path("out/releases/one/1.0.0.yaml")) == OLD


@pytest.mark.parametrize("path", ["out/one.yaml", "out/releases/one/1.0.0.yaml"])
def test_one_byte_is_enough(project: Project, path: str) -> None:
    (project.root / path).write_bytes((project.root / path).read_bytes() + b"\n")
    with pytest.raises(OutError, match="is not what the manifest says"):
        verified(project, "one", ENTRY, Path(path))


def test_another_stacks_template_is_not_it(project: Project) -> None:
    with pytest.raises(OutError, match="does not list this template of one"):
        verified(project, "one", ENTRY, Path("out/two.yaml"))


def test_one_that_cannot_be_read(project: Project) -> None:
    (project.root / "out" / "one.yaml").unlink()
    with pytest.raises(OutError, match="cannot be read"):
        verified(project, "one", ENTRY, Path("out/one.yaml"))
