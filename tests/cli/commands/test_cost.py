"""`cfngen cost`, from outside."""

from __future__ import annotations

import json

import pytest

from tests.support.projects import SmallProject, make
from tests.support.schemas import valid

KEY = """\
from troposphere.kms import Key
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A key")
stack.add(Key("Key", KeyPolicy={}))
stack.add(Topic("Topic"))
"""


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = make(tmp_path_factory.mktemp("cost") / "project", keys=KEY, more=KEY)
    made.run("generate.py")
    folder = made.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    for stack in ("keys", "more"):
        (folder / f"{stack}.yaml").write_text(f"template-file-path: out/{stack}.yaml\n")
    return made


def test_text_says_the_sum_and_what_it_rests_on(project: SmallProject) -> None:
    done = project.cfngen("cost", "--env", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dev · ap-southeast-1 · prices collected 2")
    keys = next(line for line in lines if "customer-managed keys (Key)" in line)
    assert keys.split()[-3:] == ["1.00", "1.00", "1.00"]
    assert any(line.startswith("at list prices") for line in lines)
    assert "key_requests" in done.stdout
    assert "queries" not in done.stdout


def test_json_and_its_schema(project: SmallProject) -> None:
    done = project.cfngen("cost", "--env", "dev", "--format", "json", "--save", "reports/cost.json")
    document = json.loads(done.stdout)
    valid("cost", document)
    assert json.loads((project.root / "reports" / "cost.json").read_text()) == document
    assert round(sum(line["usd"]["expected"] for line in document["lines"]), 4) == round(
        document["usd"]["expected"], 4
    )


def test_usage_is_read_from_the_environment_and_from_the_file_that_is_named(project: SmallProject) -> None:
    def requests(*arguments: str) -> float:
        done = project.cfngen("cost", "--env", "dev", "--format", "json", *arguments)
        assert done.returncode == 0, done.stderr
        lines = json.loads(done.stdout)["lines"]
        return float(next(line["quantity"]["expected"] for line in lines if "requests with" in line["item"]))

    default = requests()
    (project.root / "deployments" / "dev" / "usage.yaml").write_text("key_requests: 7\n")
    (project.root / "busy.yaml").write_text("key_requests: 900000\n")
    assert (default, requests(), requests("--usage", "busy.yaml")) == (5_000, 7, 900_000)


def test_one_stack_in_markdown(project: SmallProject) -> None:
    done = project.cfngen("cost", "keys", "--env", "dev", "--format", "markdown", "--details")
    assert "| **keys** |" in done.stdout
    assert "**more**" not in done.stdout
    assert "- 0 resources are free by themselves" in done.stdout
    assert "(Key): key-month: 1; 1.00 US dollars for 1; confidence A, 2026-09-25 | 1.00 |" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("--env", "prod"), 2, "prod"),
        (("nobody", "--env", "dev"), 2, "there is no stack 'nobody'"),
        (("--env", "dev", "--usage", "missing.yaml"), 1, "missing.yaml: does not exist"),
    ],
)
def test_errors(project: SmallProject, arguments: tuple[str, ...], code: int, problem: str) -> None:
    done = project.cfngen("cost", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert problem in done.stderr


def test_a_region_without_prices(project: SmallProject) -> None:
    (project.root / "deployments" / "dev" / "environment.yaml").write_text("region: eu-west-3\n")
    done = project.cfngen("cost", "--env", "dev")
    assert done.returncode == 1
    assert "there are no prices for the Region eu-west-3" in done.stderr
