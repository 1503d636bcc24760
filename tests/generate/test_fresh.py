"""A run with nothing to do: told from file times, importing nothing, and never wrongly."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cfngen.generate import fresh
from tests.support.projects import ROOT, TOPIC, UNMEASURED, SmallProject, make

pytestmark = pytest.mark.unmeasured

SLOW = {
    "awacs",
    "boto3",
    "botocore",
    "cfn_flip",
    "cfnlint",
    "click",
    "importlib.metadata",
    "logging",
    "networkx",
    "sympy",
    "yaml",
}


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    project = make(tmp_path / "project", news=TOPIC)
    first = project.generate()
    assert first.returncode == 0, first.stdout + first.stderr
    time.sleep(0.1)  # a stamp needs files that have not changed just now
    second = project.generate()
    assert second.stdout == "out/ is up to date: 1 stack\n", second.stderr
    return project


def _imported(project: SmallProject, *arguments: str) -> set[str]:
    done = project.run("-X", "importtime", "generate.py", *arguments, **UNMEASURED)
    assert done.returncode == 0, done.stderr
    return {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }


def test_nothing_to_do_imports_nothing(project: SmallProject) -> None:
    imported = _imported(project)
    assert imported.isdisjoint(SLOW | {"troposphere", "argparse", "pathlib", "json", "re"})


def test_rendering_imports_nothing_slow_when_nothing_needs_linting(project: SmallProject) -> None:
    imported = _imported(project, "--check")
    assert "troposphere" in imported
    assert imported.isdisjoint(SLOW - {"awacs"})


def test_a_run_that_renders_nothing_imports_only_what_it_needs(project: SmallProject) -> None:
    imported = _imported(project, "--no-lint")
    assert "cfngen.generate.kept" in imported
    others = {"troposphere", "inspect", "dataclasses", "shutil", "tempfile", "cfngen.generate.render"}
    others |= {"cfngen.template.environment.deployment_file", "cfngen.present.layout.lines"}
    assert imported.isdisjoint(SLOW | others)


def test_all_that_a_template_can_depend_on_is_known(project: SmallProject) -> None:
    """What renders is of the folders that a kept rendering is held against; the others only print."""
    imported = {name for name in _imported(project, "--check") if name.startswith("cfngen.")}
    assert {"cfngen.generate.emit", "cfngen.define.stack", "cfngen.template.capabilities"} <= imported
    package = ROOT / "src" / "cfngen"
    folders = {name.split(".")[1] for name in imported if (package / name.split(".")[1]).is_dir()}
    assert folders - {"cli", "present", "lint"} == {*fresh.RENDERING}


@pytest.mark.parametrize("name", ["manifest.py", "define/stack.py", "template/values.py", "cli/main.py"])
def test_a_change_of_what_renders_is_noticed(name: str) -> None:
    path = ROOT / "src" / "cfngen" / name
    line = f"{path} {path.stat().st_size} "
    assert line in fresh.tools()
    assert (line in fresh.renderers()) is not name.startswith("cli/")


def test_it_says_the_same_as_the_run_before(project: SmallProject) -> None:
    assert project.generate().stdout == "out/ is up to date: 1 stack\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "templates" / "news.py").write_text(TOPIC.replace('"news"', '"heads"')),
        lambda root: (root / "templates" / "other.py").write_text(TOPIC),
        lambda root: (root / "out" / "news.yaml").write_bytes(
            b"#" + (root / "out" / "news.yaml").read_bytes()[1:]
        ),
        lambda root: (root / "out" / "news.yaml").unlink(),
        lambda root: (root / "out" / "manifest.json").unlink(),
    ],
)
def test_any_change_is_noticed(project: SmallProject, change: object) -> None:
    assert callable(change)
    change(project.root)
    assert fresh.last_summary(str(project.root)) is None
    assert "wrote" in project.generate().stdout


@pytest.mark.parametrize("name", [".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml"])
def test_a_configuration_of_cfn_lint_is_noticed(project: SmallProject, name: str) -> None:
    (project.root / name).write_text("regions: [eu-west-1]\n")
    assert fresh.last_summary(str(project.root)) is None


def test_a_file_in_a_linked_folder_of_templates_is_noticed(project: SmallProject, tmp_path: Path) -> None:
    linked = tmp_path / "elsewhere"
    linked.mkdir()
    (linked / "data.json").write_text("1")
    (linked / "loop").symlink_to(project.root / "templates")
    (project.root / "templates" / "data").symlink_to(linked)
    time.sleep(0.1)
    project.generate()
    assert fresh.last_summary(str(project.root)) is not None
    (linked / "data.json").write_text("2")
    assert fresh.last_summary(str(project.root)) is None


def test_a_file_that_a_definition_read_is_noticed(project: SmallProject, tmp_path: Path) -> None:
    data = tmp_path / "name.txt"
    data.write_text("first")
    source = f"NAME = open({str(data)!r}).read()\n" + TOPIC.replace('"news"', "NAME")
    project.define("news", source)
    time.sleep(0.1)
    project.generate()
    assert fresh.last_summary(str(project.root)) is not None
    data.write_text("second")
    assert fresh.last_summary(str(project.root)) is None
    assert "wrote out/news.yaml" in project.generate().stdout


def test_a_new_deployment_file_is_noticed(project: SmallProject) -> None:
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    assert fresh.last_summary(str(project.root)) is None


def test_an_edit_with_the_same_size_and_time_is_noticed(project: SmallProject) -> None:
    path = project.root / "templates" / "news.py"
    before = path.stat()
    path.write_text(TOPIC.replace('"news"', '"mews"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert fresh.last_summary(str(project.root)) is None


def test_a_broken_stamp_is_no_stamp(project: SmallProject) -> None:
    (project.root / ".cfngen" / "fresh").write_bytes(b"\xff\xfe")
    assert fresh.last_summary(str(project.root)) is None


def test_files_that_changed_just_now_are_not_trusted(tmp_path: Path) -> None:
    project = make(tmp_path / "project", news=TOPIC)
    root = str(project.root)
    fresh.remember(root, fresh.signature(root), "said", ())
    assert fresh.last_summary(root) is None


def test_our_own_generate_py_is_a_few_lines() -> None:
    assert len((ROOT / "generate.py").read_text().splitlines()) < 35
