"""`action.yml`: its steps, run as a runner runs them, in a clone of this repository with a change in it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.support import github
from tests.support.codebuild import Repository, borrow
from tests.support.github import PullRequest, Run
from tests.support.projects import ROOT

pytestmark = pytest.mark.unmeasured

ACTION = ROOT / "action.yml"
WORKFLOW = ROOT / "src/cfngen/cli/starter/project/dot-github/workflows/cfngen.yml"
MARK = "<!-- cfngen difference of . -->\n"
TOLD, COMMENTED, CHECKED = "Tell the difference", "Comment it", "Check that out/ is fresh"


@dataclass
class Clone:
    """A clone at a branch that gives a parameter another name."""

    source: Path
    base: str

    def run(self, pull_request: PullRequest, **inputs: str) -> Run:
        command = {"command": ".venv/bin/cfngen", **inputs}
        return github.run(ACTION, self.source, pull_request, self.base, command, self.source.parent / "temp")

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.source / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    folder = tmp_path_factory.mktemp("action")
    repository = Repository.make(folder / "origin")
    made = Clone(folder / "clone", base="")
    subprocess.run(["git", "clone", "--quiet", str(repository.root), str(made.source)], check=True)
    borrow(made.source)
    made.base = _git(made.source, "rev-parse", "HEAD")
    made.edit("templates/cost_guard.py", '"WarnPercent",', '"WarningPercent",')
    made.edit("templates/cost_guard.py", 'Ref("WarnPercent")', 'Ref("WarningPercent")')
    generated = subprocess.run(
        [".venv/bin/python", "generate.py"], cwd=made.source, capture_output=True, text=True, check=False
    )
    assert generated.returncode == 0, generated.stdout + generated.stderr
    return made


@pytest.fixture
def pull_request() -> Iterator[PullRequest]:
    with github.api(PullRequest()) as served:
        yield served


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_difference_is_commented_once_and_follows_the_branch(
    clone: Clone, pull_request: PullRequest
) -> None:
    for number in range(120):  # more than the API gives at once
        pull_request.comment(f"Comment {number}")
    theirs = pull_request.comment(f"{MARK}by a person")
    first = clone.run(pull_request)
    assert first.steps == {TOLD: True, COMMENTED: True, CHECKED: True}, first.log
    own = pull_request.comments[-1]
    assert own["body"].startswith(MARK)
    assert "cost-guard" in own["body"]
    assert own["body"].removeprefix(MARK) == first.summary

    pull_request.calls.clear()
    assert clone.run(pull_request).steps[COMMENTED]
    assert [call for call in pull_request.calls if not call.startswith("GET")] == []

    own["body"] = f"{MARK}of an earlier push"
    assert clone.run(pull_request).steps[COMMENTED]
    assert own["body"].removeprefix(MARK) == first.summary
    assert theirs["body"] == f"{MARK}by a person"
    assert pull_request.calls.count("PATCH comments/122") == 1


def test_without_the_right_to_comment_the_summary_has_it_and_a_warning_says_so(
    clone: Clone, pull_request: PullRequest
) -> None:
    pull_request.refuses = 403
    done = clone.run(pull_request)
    assert done.steps == {TOLD: True, COMMENTED: True, CHECKED: True}
    assert "::warning::The token may not comment" in done.log
    assert "cost-guard" in done.summary


def test_another_refusal_fails_the_step(clone: Clone, pull_request: PullRequest) -> None:
    pull_request.refuses = 500
    assert clone.run(pull_request).steps == {TOLD: True, COMMENTED: False}


def test_a_longer_difference_is_cut_and_says_where_the_rest_is(
    clone: Clone, pull_request: PullRequest, tmp_path: Path
) -> None:
    longer = tmp_path / "cfngen"
    longer.write_text('#!/bin/sh\ncase "$*" in *diff*) yes "one line" | head -c 70000 ;; esac\n')
    longer.chmod(0o755)
    done = clone.run(pull_request, command=str(longer))
    assert done.steps[COMMENTED], done.log
    (comment,) = pull_request.comments
    assert len(comment["body"]) == 65_536
    assert comment["body"].endswith("*The rest is in the summary of the job.*\n")
    assert len(done.summary) == 70_000


def test_stale_templates_fail_after_the_difference_is_told(clone: Clone, pull_request: PullRequest) -> None:
    clone.edit("templates/cost_guard.py", "Costs: a monthly budget", "Money: a monthly budget")
    done = clone.run(pull_request)
    clone.edit("templates/cost_guard.py", "Money: a monthly budget", "Costs: a monthly budget")
    assert done.steps == {TOLD: True, COMMENTED: True, CHECKED: False}
    assert "out/ is stale" in done.log


def test_a_base_that_the_clone_does_not_have_fails_with_a_sentence(
    clone: Clone, pull_request: PullRequest
) -> None:
    done = clone.run(pull_request, base="0" * 40)
    assert done.steps == {TOLD: False}
    assert "0" * 40 in done.log


def test_other_peoples_actions_are_pinned_by_their_full_commit() -> None:
    texts = [ACTION.read_text(encoding="utf-8"), WORKFLOW.read_text(encoding="utf-8")]
    used = re.findall(r"uses: (\S+)", "".join(texts))
    assert used
    for name in used:
        assert name.startswith("./") or re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", name), name


def test_the_workflow_has_the_rights_that_the_comment_needs_and_no_others() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert workflow[True] == "pull_request"  # YAML 1.1 reads `on` so; a fork's code gets no secret
    (checkout,) = (step for step in workflow["jobs"]["difference"]["steps"] if "checkout" in str(step))
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_no_expression_is_pasted_into_a_script() -> None:
    """What a pull request names could be a command there; an environment variable is only a value."""
    for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]:
        assert "${{" not in step["run"]
