"""One loaded cfn-lint for all tests of the wing: loading it is most of what a lint run costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from cfngen.lint.engine import Engine
from cfngen.lint.finding import Finding
from cfngen.lint.work import Values, Work
from cfngen.project import Project
from tests.support.projects import ROOT

REGION = "eu-west-1"

Check = Callable[..., list[Finding]]
MakeProject = Callable[..., Project]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine(ROOT / ".cfnlintrc", ROOT / "lint")


@pytest.fixture
def check(engine: Engine, tmp_path: Path) -> Check:
    """Lints a template, given as YAML, with the values of environments; takes the findings of one rule."""

    def run(template: str, rule: str = "", **environments: Mapping[str, str]) -> list[Finding]:
        path = tmp_path / "stack.yaml"
        path.write_text(dedent(template), encoding="utf-8")
        values = tuple(
            Values(name, REGION, f"deployments/{name}/stack.yaml", parameters)
            for name, parameters in environments.items()
        )
        findings = engine.check(Work(path, "out/stack.yaml", (REGION,), values))
        return [finding for finding in findings if finding.rule.startswith(rule)]

    return run


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """A project on disk: templates by stack, deployment files by environment and stack."""

    def make(
        templates: Mapping[str, str],
        deployments: Mapping[str, Mapping[str, str]] | None = None,
        region: str = REGION,
    ) -> Project:
        project = Project(tmp_path / "project")
        for folder in (project.templates, project.out):
            folder.mkdir(parents=True, exist_ok=True)
        for stack, template in templates.items():
            (project.out / f"{stack}.yaml").write_text(dedent(template), encoding="utf-8")
        for environment, files in (deployments or {}).items():
            folder = project.deployments / environment
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "environment.yaml").write_text(f"region: {region}\n", encoding="utf-8")
            for stack, content in files.items():
                head = "" if "template-file-path" in content else f"template-file-path: out/{stack}.yaml\n"
                (folder / f"{stack}.yaml").write_text(head + dedent(content), encoding="utf-8")
        return project

    return make
