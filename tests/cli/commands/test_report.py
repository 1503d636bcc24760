"""`cfngen report`, from outside."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import TOPIC, SmallProject, make

DATED = "SOURCE_DATE_EPOCH"


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = make(tmp_path_factory.mktemp("report") / "project", news=TOPIC)
    made.run("generate.py")
    folder = made.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    (folder / "news.yaml").write_text("template-file-path: out/news.yaml\n")
    return made


def test_the_page_is_written_without_an_account(project: SmallProject) -> None:
    done = project.cfngen("report", "--env", "dev")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote reports/report.html\n")
    assert "A topic" in (project.root / "reports" / "report.html").read_text()


def test_the_same_input_gives_the_same_bytes_but_for_the_date(project: SmallProject) -> None:
    def written(seconds: str) -> str:
        done = project.cfngen("report", "--env", "dev", "--save", "a.html", **{DATED: seconds})
        assert done.returncode == 0, done.stderr
        return (project.root / "a.html").read_text()

    assert written("1800000000") == written("1800000000")
    first, second = written("1800000000").splitlines(), written("1900000000").splitlines()
    differing = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert re.search(r'id="dated">Written 2027-01-15 08:00 UTC', differing[0][0])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON"),
        ("[]", "is not what cfngen verify writes"),
        ('{"format_version": "1.0"}', "is not what cfngen verify writes"),
        ("other environment", "is about the environment prod, not dev"),
        ("other region", "is about the Region us-east-1, not ap-southeast-1"),
    ],
)
def test_a_wrong_file_is_one_clear_error(
    project: SmallProject, tmp_path: Path, content: str | None, problem: str
) -> None:
    verify: dict[str, Any] = {
        "format_version": "1.0",
        "environment": "prod" if content == "other environment" else "dev",
        "account": "111122223333",
        "region": "us-east-1" if content == "other region" else "ap-southeast-1",
        "emulated": False,
        "seconds": 1,
        "calls": 1,
        "counts": {"holds": 0, "does-not-hold": 0, "not-yet": 0, "cannot-tell": 0},
        "claims": [],
    }
    path = tmp_path / "verify.json"
    if content is not None:
        path.write_text(json.dumps(verify) if content.startswith("other") else content)
    done = project.cfngen("report", "--env", "dev", "--verify", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {path}: {problem}")
    assert done.stderr.count("\n") == 2
    assert not (project.root / "reports").exists()


def test_a_date_that_is_none_is_one_clear_error(project: SmallProject) -> None:
    done = project.cfngen("report", "--env", "dev", **{DATED: "tomorrow"})
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "error: SOURCE_DATE_EPOCH is 'tomorrow'",
    )


def test_a_page_that_cannot_be_written_leaves_what_was_there(project: SmallProject) -> None:
    (project.root / "taken").write_text("mine")
    done = project.cfngen("report", "--env", "dev", "--save", "taken/report.html")
    assert done.returncode == 1
    assert "taken/report.html: cannot be written" in done.stderr
    assert (project.root / "taken").read_text() == "mine"


def test_the_diagram_is_printed_as_mermaid_text(project: SmallProject) -> None:
    whole, one = (project.cfngen("report", "--env", "dev", "--mermaid", *stack) for stack in ([], ["news"]))
    assert [done.returncode for done in (whole, one)] == [0, 0], whole.stderr + one.stderr
    assert whole.stdout == 'flowchart LR\n  n0["news<br>1 resource"]\n'
    assert '"Topic<br>SNS Topic"' in one.stdout
    assert not (project.root / "reports").exists()


def test_the_diagram_of_a_stack_that_is_not_deployed_is_an_error(project: SmallProject) -> None:
    done = project.cfngen("report", "--env", "dev", "--mermaid", "typo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: dev deploys no stack 'typo'\n  choose one of: news\n"
