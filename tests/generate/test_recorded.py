"""Whatever became of the manifest, versions rise and no release is forgotten."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.projects import TOPIC, SmallProject, make

DAILY = TOPIC.replace('TopicName="news"', 'TopicName="news", DisplayName="Daily"')
WEEKLY = TOPIC.replace('TopicName="news"', 'TopicName="news", DisplayName="Weekly"')
CONFLICT = b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> theirs\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """Released as 1.0.0 and 1.1.0, in no repository."""
    project = make(tmp_path_factory.mktemp("released") / "project", news=TOPIC, other=TOPIC)
    for source in (TOPIC, DAILY):
        project.define("news", source)
        assert project.render().returncode == 0
        assert project.cfngen("release").returncode == 0
    return project


@pytest.fixture
def project(released: SmallProject, tmp_path: Path) -> SmallProject:
    """A copy of it."""
    return released.copied(tmp_path / "project")


def _manifest(project: SmallProject) -> Path:
    return project.root / "out" / "manifest.json"


def _git(project: SmallProject, *arguments: str, fails: bool = False) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=project.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stderr + done.stdout


def _commit(project: SmallProject) -> None:
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "--message", "More")


def _forget_releases(path: Path) -> None:
    data = json.loads(path.read_text())
    for entry in data["stacks"].values():
        entry["releases"] = {}
    path.write_text(json.dumps(data))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "lost": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "in conflict": lambda path: path.write_bytes(CONFLICT),
    "half merged": _forget_releases,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
@pytest.mark.parametrize("committed", [True, False])
def test_it_is_made_anew_and_forgets_no_release(
    project: SmallProject, damage: Callable[[Path], object], *, committed: bool
) -> None:
    if committed:
        _git(project, "init", "--quiet")
        _commit(project)
    before = project.out()
    damage(_manifest(project))
    done = project.render()
    assert done.returncode == 0, done.stderr
    assert project.out() == before
    unsure = "neither the manifest nor git says what was released"
    assert ("warning: " in done.stderr) == (not committed or damage is not _forget_releases)
    assert (unsure in done.stderr) == (not committed)
    assert ("news 1.0.0, news 1.1.0" in done.stderr) == (not committed)
    project.define("news", WEEKLY)
    project.render()
    assert json.loads(_manifest(project).read_text())["stacks"]["news"]["version"] == "1.2.0"


def test_check_warns_and_is_stale(project: SmallProject) -> None:
    _manifest(project).unlink()
    done = project.render("--check", "--format", "json")
    assert done.returncode == 1
    assert "out/manifest.json: cannot be read: No such file" in json.loads(done.stdout)["warnings"][0]
    assert not _manifest(project).exists()


@pytest.mark.parametrize("damage", ["lost", "cut", "in conflict"])
def test_one_stack_alone_does_not_replace_it(project: SmallProject, damage: str) -> None:
    DAMAGES[damage](_manifest(project))
    before = project.out()
    done = project.render("news")
    assert done.returncode == 1
    assert "out/manifest.json: " in done.stderr
    assert "make it again with all stacks: cfngen generate" in done.stderr
    assert project.out() == before


def test_a_frozen_file_that_git_knows_otherwise_is_refused(project: SmallProject) -> None:
    _git(project, "init", "--quiet")
    _commit(project)
    frozen = project.root / "out" / "releases" / "news" / "1.0.0.yaml"
    frozen.write_bytes(frozen.read_bytes() + b"# mine\n")
    _forget_releases(_manifest(project))
    before = project.out()
    done = project.render()
    assert done.returncode == 1
    assert "out/releases/news/1.0.0.yaml: a frozen release was altered" in done.stderr
    assert project.out() == before


def test_a_frozen_file_that_only_git_knows_is_asked_for(project: SmallProject) -> None:
    _git(project, "init", "--quiet")
    _commit(project)
    (project.root / "out" / "releases" / "news" / "1.1.0.yaml").unlink()
    _manifest(project).unlink()
    done = project.render()
    assert done.returncode == 1
    assert "out/releases/news/1.1.0.yaml: cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"Resources: {T: {Type: AWS::SNS::Topic}}\n", "is not release 1.9.0 of news"),
        (b"mine\n", "is not a release of news"),
    ],
)
def test_a_foreign_file_at_the_place_of_a_release_is_refused(
    project: SmallProject, content: bytes, problem: str
) -> None:
    (project.root / "out" / "releases" / "news" / "1.9.0.yaml").write_bytes(content)
    done = project.render()
    assert done.returncode == 1
    assert f"out/releases/news/1.9.0.yaml: {problem}" in done.stderr


def test_a_merge_of_two_releases_is_resolved_by_one_command(project: SmallProject) -> None:
    _git(project, "init", "--quiet", "--initial-branch", "main")
    _commit(project)
    _git(project, "checkout", "--quiet", "-b", "topic")
    project.define("other", DAILY)
    project.define("another")  # at the same place of the manifest as what the other branch adds
    project.render()
    project.cfngen("release")
    _commit(project)
    _git(project, "checkout", "--quiet", "main")
    project.define("news", WEEKLY)
    project.define("books")
    project.render()
    project.cfngen("release")
    _commit(project)
    _git(project, "merge", "topic", fails=True)
    assert "resolve it: cfngen generate" in project.cfngen("list").stderr
    _git(project, "checkout", "--theirs", "CHANGELOG.md")
    done = project.render()
    assert done.returncode == 0, done.stderr
    assert "holds a merge conflict" in done.stderr
    assert "neither the manifest nor git" not in done.stderr
    stacks = json.loads(_manifest(project).read_text())["stacks"]
    assert list(stacks["news"]["releases"]) == ["1.0.0", "1.1.0", "1.2.0"]
    assert list(stacks["other"]["releases"]) == ["1.0.0", "1.1.0"]
    assert project.render("--check").returncode == 0


def test_the_same_version_of_two_branches_is_refused_with_the_way_out(project: SmallProject) -> None:
    _git(project, "init", "--quiet", "--initial-branch", "main")
    _commit(project)
    for branch, source in (("topic", WEEKLY), ("main", TOPIC.replace("TopicName", "DisplayName"))):
        _git(project, "checkout", "--quiet", *(["-b", branch] if branch == "topic" else [branch]))
        project.define("other", source)
        project.render()
        project.cfngen("release")
        _commit(project)
    conflict = project.root / "out" / "releases" / "other" / "1.1.0.yaml"
    if not conflict.exists():  # the second one removed a name, which is a major version
        conflict = conflict.with_name("2.0.0.yaml")
    frozen = conflict.read_bytes()
    conflict.write_bytes(CONFLICT)
    done = project.render()
    assert done.returncode == 1
    assert "was released on two branches" in done.stderr
    assert "git checkout --ours or --theirs" in done.stderr
    conflict.write_bytes(frozen)
    assert project.render().returncode == 0


def test_two_modules_for_one_stack_are_refused(project: SmallProject) -> None:
    project.define("two_words")
    project.define("two-words")
    done = project.render()
    assert done.returncode == 1
    assert (
        "templates/two_words.py: makes the stack two-words, and so does templates/two-words.py" in done.stderr
    )
    assert not (project.root / "out" / "two-words.yaml").exists()
