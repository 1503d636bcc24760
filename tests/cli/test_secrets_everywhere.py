"""A dozen kinds of NoEcho value over every command and format: no word of them is ever written."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.support.account_world import World
from tests.support.nasty import SECRETS
from tests.support.projects import SmallProject, make

WORDS = {
    word
    for value in SECRETS.values()
    for word in "".join(c if c.isalnum() else " " for c in value).split()
    if len(word) > 4 and word not in {"first", "second", "quoted", "spaces", "secret", "table", "reader"}
} | {"q7x", "p%40ss"}

DEFINITION = """\
from troposphere import Parameter, Ref
from troposphere.logs import LogGroup
from troposphere.ssm import Parameter as Stored

from cfngen.define.stack import Stack

stack = Stack("Secrets")
for name in {names}:
    stack.template.add_parameter(Parameter(name, Type="String", NoEcho=True))
    stack.add(Stored("Stored" + name, Type="String", Value=Ref(name), Tier=Ref(name)))
    stack.add(LogGroup("Logs" + name, RetentionInDays=Ref(name), KmsKeyId=Ref(name),
                       DeletionPolicy="Delete", UpdateReplacePolicy="Delete"))
"""


def _words(text: str) -> list[str]:
    return sorted(word for word in WORDS if word in text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """Every secret in a property that it does not fit."""
    project = make(tmp_path_factory.mktemp("secrets") / "project")
    project.define("vault", DEFINITION.format(names=list(SECRETS)))
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: eu-west-1\n")
    values = {"template-file-path": "out/vault.yaml", "parameters": SECRETS}
    (folder / "vault.yaml").write_text(yaml.safe_dump(values, allow_unicode=False, default_style='"'))
    assert project.generate("--no-lint").returncode == 0
    return project


@pytest.mark.parametrize(
    "command",
    [
        ["lint"],
        ["lint", "--format", "json"],
        ["lint", "--format", "junit"],
        ["lint", "--format", "sarif"],
        ["generate", "--format", "json"],
        ["diff", "--env", "dev"],
        ["diff", "--every-env", "--format", "json"],
        ["diff", "--every-env", "--format", "markdown"],
        ["release"],
        ["list", "--format", "json"],
        ["show", "vault"],
        ["publish", "--env", "dev", "--template-configuration", "configuration"],
    ],
    ids=" ".join,
)
def test_without_an_account(project: SmallProject, command: list[str]) -> None:
    done = project.cfngen(*command)
    assert "Traceback" not in done.stderr
    assert _words(done.stdout + done.stderr) == []
    deployments = project.root / "deployments"
    for path in project.root.rglob("*"):
        if path.is_file() and deployments not in path.parents and path.suffix != ".pyc":
            assert _words(path.read_bytes().decode("utf-8", "replace")) == [], path


@pytest.mark.parametrize(
    "text", ["0918273645546", "!q7x", "*correct-horse-battery", "[correct-horse-battery", "%q7x"]
)
def test_a_value_that_cannot_be_read_is_not_repeated(project: SmallProject, text: str) -> None:
    path = project.root / "deployments" / "dev" / "vault.yaml"
    before = path.read_text()
    path.write_text(f"template-file-path: out/vault.yaml\nparameters:\n  Plain: {text}\n")
    try:
        done = project.cfngen("lint")
    finally:
        path.write_text(before)
    assert done.returncode == 1
    assert "deployments/dev/vault.yaml" in done.stderr
    assert _words(done.stdout + done.stderr) == []
    assert "Traceback" not in done.stderr


def _vault(retention: Any) -> dict[str, Any]:
    resources: dict[str, Any] = {
        f"Stored{name}": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Name": f"/{name}", "Value": {"Ref": name}},
        }
        for name in SECRETS
    }
    return {
        "Parameters": {name: {"Type": "String", "NoEcho": True} for name in SECRETS},
        "Resources": {
            **resources,
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": retention}},
        },
        "Outputs": {f"Out{name}": {"Value": {"Ref": name}} for name in SECRETS},
    }


def test_with_an_account(here: World) -> None:
    here.stack("vault", _vault("a"), SECRETS)
    said = []
    saved = here.root / "plan.json"
    outputs = here.root / "outputs.json"
    for arguments in (
        ["plan", "--save", str(saved)],
        ["plan", "--format", "json"],
        ["deploy", "--yes", "--save-outputs", str(outputs)],
        ["deploy", "--yes", "--format", "json"],
        ["explain", "vault"],
        ["recover", "vault", "--yes"],
        ["verify"],
        ["verify", "--format", "json"],
        ["verify", "--format", "markdown"],
        ["status"],
        ["status", "--format", "json"],
        ["outputs"],
        ["outputs", "--format", "json"],
        ["outputs", "--format", "env"],
    ):
        ran = here.run(*arguments)
        said.append((arguments, ran.out + ran.err))
    ssm = here.aws.client("ssm")
    for name, value in SECRETS.items():
        # What drift finds is the secret, a little otherwise.
        ssm.put_parameter(Name=f"/{name}", Value=f"{value} {value[:1]}", Overwrite=True)
    for arguments in (["drift"], ["drift", "--format", "json"]):
        ran = here.run(*arguments)
        said.append((arguments, ran.out + ran.err))
    # Refused, with the topic's name in the reason.
    here.stack("vault", _vault({"Fn::Sub": "${Lines}${Json}"}), SECRETS)
    for command in ("deploy --yes --format json", "explain vault --format json", "explain vault"):
        ran = here.run(*command.split())
        said.append((command.split(), ran.out + ran.err))
    for arguments in (
        ["destroy", "--dry-run"],
        ["destroy", "--yes", "--confirm", "dev", "--format", "json"],
        ["destroy", "--leftovers"],
    ):
        ran = here.run(*arguments)
        said.append((arguments, ran.out + ran.err))
    # Made by hand: one value is the secret, one holds it where the template has none.
    here.stack("vault", _vault("a"), SECRETS)
    for name, value in SECRETS.items():
        ssm.put_parameter(Name=f"/{name}", Value=f"{value} {value[:1]}", Description=value, Type="String")
    for arguments in (["adopt", "vault", "--dry-run"], ["adopt", "vault", "--yes", "--format", "json"]):
        ran = here.run(*arguments)
        assert "Stored" in ran.out, ran.err
        said.append((arguments, ran.out + ran.err))
    for arguments, text in said:
        assert _words(text) == [], (arguments, text)
    for path in (saved, outputs):
        assert _words(path.read_text()) == []
        json.loads(path.read_text())
