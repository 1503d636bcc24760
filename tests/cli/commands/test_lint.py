from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfngen.cli.main import main

DEFINITION = """
from cfngen.define.stack import Stack

stack = Stack("A bucket")
stack.add("Bucket")
"""
BUCKET = "Resources: {Bucket: {Type: AWS::S3::Bucket}}\n"
WARNING = "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"
CLEAN = "Resources: {Handle: {Type: AWS::CloudFormation::WaitConditionHandle}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("templates", "out", "deployments/dev"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "templates" / "bucket.py").write_text(DEFINITION)
    (tmp_path / "deployments" / "dev" / "environment.yaml").write_text("region: eu-west-1\n")
    (tmp_path / ".cfnlintrc").write_text("configure_rules: {W9507: {keys: [Project]}}\n")
    return tmp_path


def out(project: Path, **templates: str) -> None:
    for stack, template in templates.items():
        (project / "out" / f"{stack}.yaml").write_text(template)


def lint(project: Path, *arguments: str) -> int:
    return main(["--project", str(project), "lint", *arguments])


def test_an_error_fails_and_is_shown_with_its_definition(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out(project, bucket=BUCKET)
    assert lint(project) == 1
    shown = capsys.readouterr()
    assert "error E9506" in shown.out
    assert "Bucket, defined in templates/bucket.py:5" in shown.out
    assert shown.err == "linted 1 stack: 1 error, 1 warning\n"


def test_a_warning_fails_only_when_it_is_asked_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out(project, topic=WARNING)
    assert lint(project) == 0
    assert "warning W9507" in capsys.readouterr().out
    assert lint(project, "--strict") == 1


def test_nothing_found_is_nothing_on_stdout(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out(project, clean=CLEAN)
    assert lint(project, "--strict") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "linted 1 stack: no findings\n")


def test_an_unknown_stack_is_a_usage_error_that_names_the_known_ones(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out(project, clean=CLEAN, topic=WARNING)
    assert lint(project, "clean") == 0
    assert lint(project, "cleen") == 2
    assert "choose from: clean, topic" in capsys.readouterr().err


def test_an_empty_out_and_an_unknown_environment_are_one_clear_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(project) == 1
    assert "cfngen generate" in capsys.readouterr().err
    out(project, clean=CLEAN)
    assert lint(project, "--env", "moon") == 2
    assert "choose from: dev" in capsys.readouterr().err


def test_one_environments_values_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out(project, clean=CLEAN)
    values = project / "deployments" / "dev" / "clean.yaml"
    values.write_text("template-file-path: out/clean.yaml\nparameters: {Typo: x}\n")
    other = project / "deployments" / "prod"
    other.mkdir()
    (other / "environment.yaml").write_text("region: eu-west-1\n")
    assert lint(project, "--env", "prod") == 0
    assert lint(project, "--env", "dev", "--env", "prod") == 1
    assert "deployments/dev/clean.yaml" in capsys.readouterr().out


def test_formats_go_to_stdout_or_into_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out(project, bucket=BUCKET, clean=CLEAN)
    assert lint(project, "--format", "json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["files"] == ["out/bucket.yaml", "out/clean.yaml"]
    report = project / "reports" / "lint.sarif"
    assert lint(project, "--format", "sarif", "--output", str(report)) == 1
    assert capsys.readouterr().out == ""
    assert json.loads(report.read_text())["version"] == "2.1.0"


def test_an_output_that_cannot_be_written_is_one_clear_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out(project, clean=CLEAN)
    assert lint(project, "--output", str(project / "out")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_no_cache_keeps_nothing(project: Path) -> None:
    out(project, clean=CLEAN)
    assert lint(project, "--no-cache") == 0
    assert not (project / ".cfngen").exists()
    assert lint(project) == 0
    assert (project / ".cfngen" / "lint").is_dir()
