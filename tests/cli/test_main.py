"""The command line as a whole: help, versions, errors, pipes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cfngen.cli.main import COMMANDS
from tests.support.projects import ROOT, TOPIC, SmallProject, make


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return make(tmp_path / "project", news=TOPIC)


def test_help_names_every_command(project: SmallProject) -> None:
    done = project.cfngen("--help")
    assert done.returncode == 0
    for name, summary in COMMANDS.items():
        assert name in done.stdout
        assert " ".join(summary.split()[:4]) in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(project: SmallProject, command: str) -> None:
    done = project.cfngen(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: cfngen {command}" in done.stdout


def test_every_command_is_a_module_and_the_other_way_round() -> None:
    modules = {path.stem for path in (ROOT / "src" / "cfngen" / "cli" / "commands").glob("*.py")}
    assert modules - {"__init__"} == set(COMMANDS)


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["generate", "--nonsense"], ["--nonsense", "generate"]]
)
def test_usage_errors_are_2(project: SmallProject, arguments: list[str]) -> None:
    done = project.cfngen(*arguments)
    assert done.returncode == 2
    assert "usage: cfngen" in done.stderr
    assert done.stdout == ""


def test_version(project: SmallProject) -> None:
    done = project.cfngen("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "cfngen")


def test_outside_a_project(tmp_path: Path) -> None:
    done = SmallProject(tmp_path).cfngen("list")
    assert done.returncode == 2
    assert "no templates/ folder here or in any folder above" in done.stderr


def test_another_project_by_option(project: SmallProject, tmp_path: Path) -> None:
    done = SmallProject(tmp_path).cfngen("--project", str(project.root), "generate", "--no-lint")
    assert done.returncode == 0, done.stderr
    assert "news.yaml" in project.out()


def test_a_folder_may_have_the_name_of_a_command(project: SmallProject, tmp_path: Path) -> None:
    project.render()
    project.root.rename(tmp_path / "lint")
    done = SmallProject(tmp_path).cfngen("--project", "lint", "list")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "news", "")


def test_a_closed_pipe_is_no_failure(project: SmallProject) -> None:
    project.render()
    with subprocess.Popen(
        [sys.executable, "-m", "cfngen", "list"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")


def test_list_tells_the_order(project: SmallProject) -> None:
    project.define("again", TOPIC.replace('"A topic"', '"A topic", depends_on=["news"]'))
    project.render()
    lines = project.cfngen("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["news", "again"]
    assert lines[1].endswith("after news")
    document = json.loads(project.cfngen("list", "--format", "json").stdout)
    assert [stack["stack"] for stack in document["stacks"]] == ["news", "again"]


def test_list_before_anything_is_generated(project: SmallProject) -> None:
    done = project.cfngen("list")
    assert done.returncode == 1
    assert "out/manifest.json: cannot be read" in done.stderr
    assert "make it: cfngen generate" in done.stderr


def test_show_prints_what_generate_writes(project: SmallProject) -> None:
    shown = project.cfngen("show", "news")
    assert "out" not in {path.name for path in project.root.iterdir()}
    project.render()
    assert shown.stdout.encode() == project.out()["news.yaml"]


def test_show_as_json(project: SmallProject) -> None:
    document = json.loads(project.cfngen("show", "news", "--format", "json").stdout)
    assert document["Resources"]["Topic"]["Type"] == "AWS::SNS::Topic"
