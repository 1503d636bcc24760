"""`cfngen new`: a stack that is named, tagged and placed as the others of its project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.support.projects import SmallProject, make

VALUES = """\
template-file-path: out/news.yaml
parameters:
  Project: shop
  Environment: {environment}
tags:
  Project: shop
  Environment: {environment}
  ManagedBy: cfngen
  Cost:Center: it's 7
  Team: web
"""


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """Two environments with one stack each."""
    project = make(tmp_path / "project", news=DEFINITION)
    for folder, environment in (("dev", "dev"), ("production", "prod")):
        place = project.root / "deployments" / folder
        place.mkdir(parents=True)
        (place / "environment.yaml").write_text("region: eu-west-1\n", encoding="utf-8")
        (place / "news.yaml").write_text(VALUES.format(environment=environment), encoding="utf-8")
    return project


DEFINITION = """\
from troposphere.sns import Topic

from cfngen import Stack, recipes

stack = Stack("News")
recipes.naming(stack, project="shop", environment="dev")
stack.add(Topic("Topic", Tags=recipes.tags()))
"""


def _deployment(project: SmallProject, environment: str, stack: str) -> dict[str, dict[str, str]]:
    path = project.root / "deployments" / environment / f"{stack}.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_it_writes_definition_values_and_test(project: SmallProject) -> None:
    done = project.cfngen("new", "price-feed")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "wrote deployments/dev/price-feed.yaml",
        "wrote deployments/production/price-feed.yaml",
        "wrote tests/test_price_feed.py",
        "wrote templates/price_feed.py",
        "",
        "Next:",
        "  cfngen generate price-feed",
        "  cfngen plan price-feed --env dev",
    ]


def test_it_is_named_and_tagged_as_the_others_and_lint_finds_nothing(project: SmallProject) -> None:
    (project.root / ".cfnlintrc").write_text(
        "configure_rules:\n  W9507:\n    keys: [Project, Environment, ManagedBy, 'Cost:Center', Team]\n",
        encoding="utf-8",
    )
    assert project.cfngen("new", "price-feed").returncode == 0
    production = _deployment(project, "production", "price-feed")
    assert production["parameters"] == {"Project": "shop", "Environment": "prod"}
    assert production["tags"] == _deployment(project, "production", "news")["tags"]
    generated = project.cfngen("generate", "price-feed", "--format", "json")
    assert generated.returncode == 0, generated.stderr
    assert json.loads(generated.stdout)["findings"] == []
    template = yaml.safe_load(project.cfngen("show", "price-feed", "--format", "json").stdout)
    tags = {tag["Key"]: tag["Value"] for tag in template["Resources"]["Topic"]["Properties"]["Tags"]}
    assert (tags["Team"], tags["Cost:Center"]) == ("web", "it's 7")
    tested = project.run("-m", "pytest", "-q", "tests/test_price_feed.py")
    assert tested.returncode == 0, tested.stdout


def test_its_test_lies_beside_the_tests_of_other_stacks(project: SmallProject) -> None:
    (project.root / "tests" / "stacks").mkdir(parents=True)
    assert "wrote tests/stacks/test_price_feed.py" in project.cfngen("new", "price-feed").stdout


def test_without_any_environment_it_says_what_to_make(tmp_path: Path) -> None:
    project = make(tmp_path / "my-shop")
    done = project.cfngen("new", "price-feed")
    assert done.returncode == 0, done.stderr
    assert "There is no environment yet" in done.stderr
    assert 'project="my-shop"' in (project.root / "templates" / "price_feed.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "problem", "remedy"),
    [
        (
            "environment",
            "deployments/<environment>/environment.yaml is not a file of a stack",
            "write lower-case words",
        ),
        ("usage", "deployments/<environment>/usage.yaml is not a file of a stack", "write lower-case words"),
        ("Price_Feed", "a stack's name has letters, digits and hyphens", "call it price-feed"),
        ("PriceFeed", "it has capital letters", "call it pricefeed"),
        ("2fast", "a stack's name has letters", "call it fast"),
        ("../fast", "a stack's name has letters", "call it fast"),
        ("a" * 129, "at most 128", "write lower-case words"),
    ],
)
def test_a_name_that_no_stack_can_have_is_refused(
    project: SmallProject, name: str, problem: str, remedy: str
) -> None:
    before = sorted(project.root.rglob("*"))
    done = project.cfngen("new", name)
    assert done.returncode == 2
    assert problem in done.stderr
    assert remedy in done.stderr
    assert sorted(project.root.rglob("*")) == before


def test_a_stack_that_is_there_is_refused(project: SmallProject) -> None:
    done = project.cfngen("new", "news")
    assert done.returncode == 2
    assert "there is a stack 'news' already" in done.stderr


def test_nothing_is_overwritten(project: SmallProject) -> None:
    theirs = project.root / "deployments" / "dev" / "price-feed.yaml"
    theirs.write_text("mine\n", encoding="utf-8")
    done = project.cfngen("new", "price-feed")
    assert done.returncode != 0
    assert "deployments/dev/price-feed.yaml" in done.stderr
    assert theirs.read_text(encoding="utf-8") == "mine\n"
    assert not (project.root / "templates" / "price_feed.py").exists()


@pytest.mark.parametrize(
    ("module", "problem"), [("environment", "not a file of a stack"), ("ünews", "a stack's name has letters")]
)
def test_generate_refuses_the_same_names(tmp_path: Path, module: str, problem: str) -> None:
    project = make(tmp_path / "project", **{module: DEFINITION})
    done = project.render()
    assert done.returncode == 1
    assert f"templates/{module}.py: makes the stack" in done.stderr
    assert problem in done.stderr
