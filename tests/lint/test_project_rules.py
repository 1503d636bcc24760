"""The project's own rules in lint/: appended to cfn-lint's and ours, and never a traceback."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.lint.conftest import Check
from tests.support.projects import TOPIC, SmallProject, make

RULE = """\
from cfnlint.rules import CloudFormationLintRule, RuleMatch


class Polite(CloudFormationLintRule):
    id = "W9601"
    shortdesc = "Say hello"
    description = "Says hello."
    source_url = "https://example.com"
    tags = []

    def match(self, cfn):
        return [RuleMatch(["Resources", name], f"hello {name}") for name in cfn.get_resources()]
"""


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = make(tmp_path / "project", news=TOPIC)
    (made.root / "lint").mkdir()
    (made.root / "lint" / "polite.py").write_text(RULE, encoding="utf-8")
    assert made.render().returncode == 0
    return made


def _messages(project: SmallProject) -> list[str]:
    done = project.cfngen("lint", "--format", "json")
    assert done.returncode == 0, done.stderr
    return [
        finding["message"] for finding in json.loads(done.stdout)["findings"] if "W9601" in finding["rule"]
    ]


def test_a_rule_of_the_project_finds_and_a_changed_one_finds_anew(project: SmallProject) -> None:
    assert _messages(project) == ["hello Topic"]
    (project.root / "lint" / "polite.py").write_text(RULE.replace("hello {", "hi {"), encoding="utf-8")
    assert _messages(project) == ["hi Topic"]
    (project.root / "lint" / "polite.py").unlink()
    assert _messages(project) == []


def test_from_another_folder_the_rules_are_the_same(project: SmallProject, tmp_path: Path) -> None:
    elsewhere = SmallProject(tmp_path)
    done = elsewhere.cfngen("--project", project.root.name, "lint")
    assert "hello Topic" in done.stdout, done.stderr


def test_a_changed_rule_ends_that_there_is_nothing_to_do(project: SmallProject) -> None:
    (project.root / "lint" / "polite.py").unlink()
    assert project.generate().returncode == 0
    time.sleep(0.1)  # a stamp needs files that have not changed just now
    assert project.generate().stdout == "out/ is up to date: 1 stack\n"
    (project.root / "lint" / "polite.py").write_text(RULE, encoding="utf-8")
    assert "hello Topic" in project.generate().stdout


@pytest.mark.parametrize(
    ("source", "place", "problem"),
    [
        ("def (", "lint/polite.py:1", "SyntaxError"),
        ("\nraise ValueError('not today')", "lint/polite.py:2", "ValueError: not today"),
        ("import nowhere_to_be_found", "lint/polite.py:1", "ModuleNotFoundError"),
        (RULE.replace("W9601", "W9507"), "lint/", "DuplicateRuleError"),
    ],
)
def test_a_broken_rule_is_one_error(project: SmallProject, source: str, place: str, problem: str) -> None:
    (project.root / "lint" / "polite.py").write_text(source, encoding="utf-8")
    done = project.cfngen("lint")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {place}: a lint rule cannot be loaded: ")
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["Policy", "RolePolicy", "UserPolicy", "GroupPolicy"])
def test_an_inline_policy_is_found_by_this_repositorys_rule(check: Check, kind: str) -> None:
    policy = "{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: []}}"
    [finding] = check(f"Resources: {{P: {{Type: 'AWS::IAM::{kind}', Properties: {policy}}}}}", "E9602")
    assert (finding.level, finding.logical_id) == ("error", "P")


@pytest.mark.parametrize("name", ["TopicArn", "!Sub '${Environment}-TopicArn'", "!Ref Project"])
def test_an_export_of_another_name_is_found_by_this_repositorys_rule(check: Check, name: str) -> None:
    template = f"""
        Parameters: {{Project: {{Type: String}}, Environment: {{Type: String}}}}
        Resources: {{Topic: {{Type: AWS::SNS::Topic}}}}
        Outputs: {{TopicArn: {{Value: !Ref Topic, Export: {{Name: {name}}}}}}}
    """
    assert [finding.rule for finding in check(template, "E9601")] == ["E9601"]
