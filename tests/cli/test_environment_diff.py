"""`cfngen diff --env`: the old template with the old values, the new one with the new."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import TOPIC, SmallProject, make
from tests.support.schemas import valid

ROLE = """\
from troposphere import Equals, If, Parameter, Ref, Sub
from troposphere.iam import Role
from troposphere.sqs import Queue

from cfngen.define.stack import Stack

stack = Stack("A role")
stack.template.add_parameter(Parameter("Access", Type="String", Default="scoped"))
stack.template.add_parameter(Parameter("Password", Type="String", NoEcho=True, Default=""))
stack.template.add_condition("Wide", Equals(Ref("Access"), "AmazonS3FullAccess"))
stack.add(Role(
    "Role",
    AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
    ManagedPolicyArns=If("Wide", [Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess")],
                         [Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonS3ReadOnlyAccess")]),
    Description=Ref("Password"),
))
"""


def _git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def _values(project: SmallProject, environment: str, access: str, more: str = "") -> Path:
    path = project.root / "deployments" / environment / "roles.yaml"
    path.write_text(f"template-file-path: out/roles.yaml\nparameters:\n  Access: {access}\n{more}")
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make(tmp_path_factory.mktemp("original") / "project", roles=ROLE, news=TOPIC)
    for name in ("dev", "prod"):
        folder = project.root / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text("region: eu-west-1\naccounts: ['123456789012']\n")
        _values(project, name, "scoped", "  Password: old-secret\n")
    assert project.render().returncode == 0
    _git(project.root, "init", "-q")
    _git(project.root, "add", "-A")
    _git(project.root, "commit", "-q", "-m", "first")
    return project.root


@pytest.fixture
def project(original: Path, tmp_path: Path) -> SmallProject:
    """Two environments with one stack each, committed."""
    return SmallProject(Path(shutil.copytree(original, tmp_path / "project")))


def _stacks(project: SmallProject, *arguments: str) -> list[Any]:
    run = project.cfngen("diff", *arguments, "--format", "json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    valid("diff", document)
    return list(document["stacks"])


def test_a_changed_value_tells_permissions_consequences_and_lint(project: SmallProject) -> None:
    _values(project, "prod", "AmazonS3FullAccess", "  Password: new-secret\n")
    run = project.cfngen("diff", "--env", "prod", "--exit-code")
    assert run.returncode == 3
    assert "prod · compared with HEAD\n  roles  1.0.0  other values, 1 to change, 1 wider\n" in run.stdout
    assert "parameter Access: scoped -> AmazonS3FullAccess" in run.stdout
    assert "parameter Password: **** -> ****" in run.stdout
    assert "secret" not in run.stdout + run.stderr
    assert "policy/AmazonS3FullAccess" in run.stdout
    assert "wider" in run.stdout
    assert "I9511" in run.stdout
    (stack,) = (stack for stack in _stacks(project, "--env", "prod") if stack["stack"] == "roles")
    assert [value["name"] for value in stack["values"]] == ["Access", "Password"]
    assert any(each["direction"] == "wider" for each in stack["permissions"])
    assert stack["findings"][0]["rule"] == "I9511"


def test_every_environment_is_in_the_markdown(project: SmallProject) -> None:
    _values(project, "prod", "AmazonS3FullAccess", "  Password: old-secret\n")
    _values(project, "dev", "scoped", "  Password: old-secret\ntags:\n  team: data\n")
    run = project.cfngen("diff", "--every-env", "--format", "markdown")
    assert run.returncode == 0, run.stderr
    assert "with the values of prod" in run.stdout
    assert "- **value** parameter Access: scoped -\\> AmazonS3FullAccess" in run.stdout
    assert "with the values of dev" in run.stdout
    assert "- **value** tag team: + data" in run.stdout
    assert "- informational I9511: " in run.stdout
    assert "No changes: news\n" in run.stdout


def test_values_before_a_release_are_those_it_was_committed_with(project: SmallProject) -> None:
    assert project.cfngen("release", "roles").returncode == 0
    _git(project.root, "add", "-A")
    _git(project.root, "commit", "-q", "-m", "release")
    _values(project, "prod", "AmazonS3FullAccess", "  Password: old-secret\n")
    _git(project.root, "commit", "-q", "-a", "-m", "wider")
    said = project.cfngen("diff", "roles", "--env", "prod").stdout
    assert "compared with release 1.0.0" in said
    assert "parameter Access: scoped -> AmazonS3FullAccess" in said


def test_a_removed_stack_is_told_with_what_it_holds(project: SmallProject) -> None:
    (project.root / "templates" / "roles.py").unlink()
    (project.root / "deployments" / "dev" / "roles.yaml").unlink()
    assert project.render().returncode == 0
    plain = project.cfngen("diff", "--exit-code")
    assert plain.returncode == 3
    assert "roles  1.0.0  removed: no definition has it, 1 to delete, 3 narrower\n" in plain.stdout
    assert "stays in the account" in plain.stdout
    assert "-   Role  AWS::IAM::Role  delete\n" in plain.stdout
    prod = project.cfngen("diff", "--env", "prod")
    assert "roles  1.0.0  removed from prod, 1 to delete" in prod.stdout
    assert "deployments/prod/roles.yaml still names it, so every plan fails: remove that file" in prod.stdout
    dev = project.cfngen("diff", "--env", "dev").stdout
    assert "removed from dev" in dev
    assert "still names it" not in dev
    assert "narrower" in dev


def test_a_stack_that_one_environment_ends_or_begins(project: SmallProject) -> None:
    (project.root / "deployments" / "prod" / "roles.yaml").unlink()
    _git(project.root, "commit", "-q", "-a", "-m", "not in prod")
    _values(project, "prod", "scoped", "  Password: x\n")
    assert (
        "prod · nothing to compare with\n  roles  1.0.0  new, 1 to add"
        in project.cfngen("diff", "--env", "prod").stdout
    )
    (project.root / "deployments" / "prod" / "roles.yaml").unlink()
    ended = project.cfngen("diff", "--env", "prod", "--against", "HEAD~1").stdout
    assert "prod · compared with HEAD~1\n  roles  1.0.0  removed from prod" in ended


def test_old_values_that_cannot_be_read_are_told(project: SmallProject) -> None:
    path = project.root / "deployments" / "prod" / "roles.yaml"
    good = path.read_text()
    path.write_text("no such key: 1\n")
    _git(project.root, "commit", "-q", "-a", "-m", "broken")
    path.write_text(good)
    run = project.cfngen("diff", "roles", "--env", "prod")
    assert run.returncode == 0, run.stderr
    assert (
        "the values of HEAD cannot be used, so the current ones are used instead: unknown key" in run.stdout
    )


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    project = make(tmp_path / "project", news=TOPIC)
    project.render()
    _git(project.root, "init", "-q")
    assert project.cfngen("diff").returncode in {0, 2}
