"""The whole wing on projects on disk."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cfngen.errors import DeploymentFileError, OutError, UsageError
from cfngen.lint import workers
from cfngen.lint.finding import Finding
from cfngen.lint.runner import lint_project
from cfngen.lint.work import stacks
from cfngen.project import Project
from tests.lint.conftest import MakeProject

BUCKET = "Resources: {Bucket: {Type: AWS::S3::Bucket}}"
TOPIC = """
    Parameters: {Name: {Type: String, Default: ''}}
    Resources:
      Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
"""
DAYS = """
    Parameters: {Days: {Type: Number, Default: 30}}
    Resources: {Group: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}}
"""
TEMPLATES = {"bucket": BUCKET, "days": DAYS, "topic": TOPIC, "broken": "Resources: ["}
VALUES = {"dev": {"days": "parameters: {Days: '31'}", "topic": "parameters: {Nam: x}"}, "prod": {"days": ""}}


def lint(project: Project) -> list[Finding]:
    return lint_project(project, stacks(project))


def test_findings_of_all_stacks_are_sorted_by_file_and_line(make_project: MakeProject) -> None:
    findings = lint(make_project(TEMPLATES, VALUES))
    assert findings == sorted(findings, key=lambda finding: finding.order)
    found = {(finding.file, finding.rule) for finding in findings}
    assert found >= {
        ("out/bucket.yaml", "E9506"),
        ("out/broken.yaml", "E0000"),
        ("out/days.yaml", "W1030"),
        ("deployments/dev/topic.yaml", "E9512"),
    }


def test_one_process_and_two_find_the_same(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(TEMPLATES, VALUES)
    forked = lint_project(project, stacks(project), cached=False)
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    assert lint_project(project, stacks(project), cached=False) == forked
    assert len(forked) > 3


def test_only_the_stacks_asked_for(make_project: MakeProject) -> None:
    findings = lint_project(make_project(TEMPLATES, VALUES), ["bucket"])
    assert {finding.file for finding in findings} == {"out/bucket.yaml"}
    assert lint_project(make_project(TEMPLATES), []) == []


def test_only_the_environments_asked_for(make_project: MakeProject) -> None:
    project = make_project({"days": DAYS}, VALUES)
    with_dev = lint_project(project, ["days"], environments=["dev"])
    assert ("W1030", ("dev",)) in {(finding.rule, finding.environments) for finding in with_dev}
    with_prod = lint_project(project, ["days"], environments=["prod"])
    assert "W1030" not in {finding.rule for finding in with_prod}
    with pytest.raises(UsageError, match="no environment 'moon'"):
        lint_project(project, ["days"], environments=["moon"])


def test_a_frozen_version_is_checked_with_the_values_that_hold_on_to_it(make_project: MakeProject) -> None:
    frozen = "template-file-path: out/releases/days/1.0.0.yaml\nparameters: {Days: '31'}"
    project = make_project({"days": DAYS}, {"dev": {"days": frozen}})
    release = project.releases / "days" / "1.0.0.yaml"
    release.parent.mkdir(parents=True)
    release.write_bytes((project.out / "days.yaml").read_bytes())
    values = [finding for finding in lint(project) if finding.rule == "W1030"]
    assert [(each.file, each.environments) for each in values] == [("out/releases/days/1.0.0.yaml", ("dev",))]


def test_a_finding_names_the_python_definition(make_project: MakeProject) -> None:
    asked = []

    def locate(stack: str, logical_id: str) -> str:
        asked.append((stack, logical_id))
        return "templates/bucket.py:7"

    findings = lint_project(make_project({"bucket": BUCKET}), ["bucket"], locate=locate)
    assert {finding.definition for finding in findings} == {"templates/bucket.py:7"}
    assert set(asked) == {("bucket", "Bucket")}


def test_a_definition_that_moved_is_found_though_the_verdict_was_kept(make_project: MakeProject) -> None:
    project = make_project({"bucket": BUCKET})
    for line in ("a.py:1", "a.py:2"):
        findings = lint_project(project, ["bucket"], locate=lambda *_, line=line: line)
        assert {finding.definition for finding in findings} == {line}


def test_progress_names_each_template(make_project: MakeProject) -> None:
    said: list[str] = []
    lint_project(make_project({"days": DAYS, "topic": TOPIC}), ["days", "topic"], progress=said.append)
    assert said[0].startswith("Loading")
    assert said[-1].endswith("(2 of 2)")


def test_a_broken_deployment_file_is_one_clear_error(make_project: MakeProject) -> None:
    project = make_project({"days": DAYS}, {"dev": {"days": "parameters: ["}})
    with pytest.raises(DeploymentFileError) as caught:
        lint(project)
    assert str(caught.value).startswith("deployments/dev/days.yaml:")


def test_an_environment_without_a_region_is_one_clear_error(make_project: MakeProject) -> None:
    project = make_project({"days": DAYS}, {"dev": {"days": ""}})
    (project.deployments / "dev" / "environment.yaml").write_text("accounts: []\n")
    with pytest.raises(DeploymentFileError, match="region"):
        lint(project)


def test_a_template_that_is_not_there_is_one_clear_error(make_project: MakeProject) -> None:
    with pytest.raises(OutError) as caught:
        lint_project(make_project({}), ["missing"])
    assert str(caught.value).startswith("out/missing.yaml: cannot be read")


def test_a_kept_verdict_needs_no_cfn_lint(make_project: MakeProject) -> None:
    project = make_project(TEMPLATES, VALUES)
    first = lint(project)
    program = (
        "import sys; from pathlib import Path; from cfngen.lint.runner import lint_project\n"
        "from cfngen.project import Project; from cfngen.lint.work import stacks\n"
        "project = Project(Path(sys.argv[1]))\n"
        "print(len(lint_project(project, stacks(project))))\n"
        "print(sorted({'cfnlint', 'yaml', 'sympy', 'logging', 'importlib.metadata'} & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(project.root)], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [str(len(first)), "[]"]
    assert lint(project) == first


def test_whatever_decides_a_verdict_makes_it_anew(make_project: MakeProject) -> None:
    project = make_project({"days": DAYS}, {"dev": {"days": ""}, "prod": {"days": ""}})
    folder = project.cache / "lint"

    def kept() -> int:
        lint(project)
        return len(list(folder.iterdir()))

    assert (kept(), kept()) == (1, 1)
    (project.out / "days.yaml").write_text("Resources: {T: {Type: AWS::SNS::Topic}}\n")
    assert kept() == 2
    with (project.deployments / "dev" / "days.yaml").open("a") as file:
        file.write("tags: {A: b}\n")
    assert kept() == 3
    (project.deployments / "prod" / "environment.yaml").write_text("region: ap-southeast-1\n")
    assert kept() == 4
    (project.root / ".cfnlintrc").write_text("ignore_checks: [W9507]\n")
    assert kept() == 5
    assert kept() == 5
