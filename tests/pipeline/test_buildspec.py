"""buildspec.yml against CodeBuild's documented schema, and against the stack whose projects run it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cfngen.project import Project
from cfngen.template.environment.deployment_file import environments
from cfngen.template.load import load
from tests.support.codebuild import BUILDSPEC
from tests.support.projects import ROOT

SCHEMA = json.loads((Path(__file__).parent / "buildspec.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TEXT = (ROOT / "buildspec.yml").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "out" / "delivery-pipeline.yaml").read_bytes(), "delivery-pipeline").data
PROJECTS = [
    resource["Properties"]
    for resource in TEMPLATE["Resources"].values()
    if resource["Type"] == "AWS::CodeBuild::Project"
]
# https://github.com/aws/aws-codebuild-docker-images: the runtimes.yml of each image of AWS's own.
PYTHONS = {
    "aws/codebuild/standard:7.0": {"3.11", "3.12"},
    "aws/codebuild/standard:8.0": {"3.10", "3.11", "3.12", "3.13", "3.14"},
    "aws/codebuild/amazonlinux-x86_64-standard:5.0": {"3.9", "3.10", "3.11", "3.12", "3.13", "3.14"},
    "aws/codebuild/amazonlinux-x86_64-standard:6.0": {"3.10", "3.11", "3.12", "3.13", "3.14"},
}


def test_it_is_as_codebuild_documents() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in VALIDATOR.iter_errors(BUILDSPEC)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda spec: spec.update(version=0.1),
        lambda spec: spec.pop("phases"),
        lambda spec: spec.update(stages={}),
        lambda spec: spec["phases"].update(check={"commands": ["true"]}),
        lambda spec: spec["phases"]["build"].pop("commands"),
        lambda spec: spec["phases"]["build"].update({"on-failure": "STOP"}),
        lambda spec: spec["phases"]["build"].update({"runtime-versions": {"python": 3.12}}),
        lambda spec: spec["phases"]["install"]["commands"].append({"echo a": "b"}),
        lambda spec: spec["env"]["variables"].update(CODEBUILD_MINE="x"),
        lambda spec: spec["env"]["exported-variables"].append("AWS_REGION"),
        lambda spec: spec["env"].update({"shell": "zsh"}),
        lambda spec: spec["reports"]["lint"].update({"file-format": "SARIF"}),
        lambda spec: spec["artifacts"].update(file=["a"]),
        lambda spec: spec["cache"].pop("paths"),
        lambda spec: spec["batch"]["build-list"][0].pop("identifier"),
        lambda spec: spec["batch"]["build-list"][0].update(identifier="two words"),
    ],
)
def test_the_schema_is_strict(spoil: Callable[[dict[str, Any]], None]) -> None:
    spoiled = deepcopy(BUILDSPEC)
    spoil(spoiled)
    assert not VALIDATOR.is_valid(spoiled)


def test_a_key_is_said_once() -> None:
    """PyYAML keeps the last of two same keys; what CodeBuild does is not documented."""

    def keys(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            assert len(names) == len(set(names)), names
        for child in node.value if isinstance(node, yaml.CollectionNode) else ():
            for each in child if isinstance(child, tuple) else (child,):
                keys(each)

    root = yaml.compose(TEXT)
    assert root is not None
    keys(root)


def test_every_environment_is_in_the_batch() -> None:
    builds = BUILDSPEC["batch"]["build-list"]
    wanted = [where.name for where in environments(Project(ROOT))]
    assert [each["identifier"] for each in builds] == wanted
    assert [each["env"]["variables"] for each in builds] == [{"CFNGEN_ENVIRONMENT": name} for name in wanted]


def test_the_python_is_on_every_image_that_the_stack_allows() -> None:
    python = str(BUILDSPEC["phases"]["install"]["runtime-versions"]["python"])
    assert all(python in pythons for pythons in PYTHONS.values())
    image = TEMPLATE["Parameters"]["BuildImage"]
    assert image["Default"] in PYTHONS
    assert all(re.fullmatch(image["AllowedPattern"], name) for name in PYTHONS)


def test_the_projects_say_environment_goal_and_role() -> None:
    for project in PROJECTS:
        names = {each["Name"] for each in project["Environment"]["EnvironmentVariables"]}
        assert {"CFNGEN_BRANCH", "CFNGEN_ENVIRONMENT", "CFNGEN_GOAL", "CFNGEN_ROLE_ARN"} <= names


def test_the_role_is_told_by_the_name_that_the_stack_gives_it() -> None:
    roles = load((ROOT / "out" / "delivery-roles.yaml").read_bytes(), "delivery-roles").data
    name = roles["Resources"]["ExecutionRole"]["Properties"]["RoleName"]
    assert name == {"Fn::Sub": "${Project}-${Environment}-cfn-execution"}
    assert '-"$CFNGEN_ENVIRONMENT"-cfn-execution)' in TEXT


def test_directories_are_cached_that_a_local_cache_can_hold() -> None:
    assert {project["Cache"]["Type"] for project in PROJECTS} == {"LOCAL", "NO_CACHE"}
    assert all(path.startswith("/") and path.endswith("/**/*") for path in BUILDSPEC["cache"]["paths"])
