"""`cfngen release` in a small project, from outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from cfngen.present.differences.changelog import insert
from tests.support.projects import TOPIC, SmallProject, make

QUEUE = """\
from troposphere.sns import Topic
from troposphere.sqs import Queue

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.add(Topic("Topic", TopicName="news"))
stack.add(Queue("Queue", DeletionPolicy="Delete", UpdateReplacePolicy="Delete"))
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one stack, built, and what linting it leaves behind."""
    project = make(tmp_path_factory.mktemp("original") / "project", alarms=TOPIC)
    assert project.generate().returncode == 0
    return project.root


@pytest.fixture
def project(original: Path, tmp_path: Path) -> SmallProject:
    return SmallProject(Path(shutil.copytree(original, tmp_path / "project")))


def test_a_release_is_frozen_recorded_and_told(project: SmallProject) -> None:
    released = project.cfngen("release")
    assert (released.returncode, released.stdout) == (0, "released alarms 1.0.0\n")
    out = project.out()
    assert out["releases/alarms/1.0.0.yaml"] == out["alarms.yaml"]
    entry = json.loads(out["manifest.json"])["stacks"]["alarms"]
    assert entry["releases"] == {"1.0.0": sha256(out["alarms.yaml"]).hexdigest()}
    changelog = (project.root / "CHANGELOG.md").read_text()
    assert changelog.startswith("# Changelog\n\n## alarms 1.0.0 - 2")
    assert "First release." in changelog
    assert project.render("--check").returncode == 0


def test_nothing_is_released_twice(project: SmallProject) -> None:
    project.cfngen("release", "alarms")
    before = {**project.out(), "": (project.root / "CHANGELOG.md").read_bytes()}
    again = project.cfngen("release", "alarms")
    assert (again.returncode, again.stdout) == (0, "nothing to release: every version is frozen already\n")
    assert {**project.out(), "": (project.root / "CHANGELOG.md").read_bytes()} == before


def test_the_next_release_has_the_next_version_and_tells_what_is_new(project: SmallProject) -> None:
    project.cfngen("release")
    project.define("alarms", QUEUE)
    assert project.render().returncode == 0
    assert project.render("--check").returncode == 0
    released = project.cfngen("release")
    assert (released.returncode, released.stdout) == (0, "released alarms 1.1.0\n")
    changelog = (project.root / "CHANGELOG.md").read_text()
    assert changelog.index("## alarms 1.1.0") < changelog.index("## alarms 1.0.0")
    assert "### Added\n\n- resource `Queue` (AWS::SQS::Queue)\n" in changelog
    project.define("alarms", TOPIC)
    project.render()
    assert project.cfngen("release").stdout == "released alarms 2.0.0\n"
    assert "- resource `Queue` (AWS::SQS::Queue): delete" in (project.root / "CHANGELOG.md").read_text()


def test_what_is_stale_is_refused(project: SmallProject) -> None:
    before = project.out()
    project.define("alarms", QUEUE)
    refused = project.cfngen("release")
    assert refused.returncode == 1
    assert "out/alarms.yaml" in refused.stderr
    assert "is not what templates/ defines" in refused.stderr
    assert project.out() == before


def test_lint_errors_are_refused(project: SmallProject) -> None:
    project.define("alarms", TOPIC.replace('"news"', '__import__("troposphere").Ref("NoSuchThing")'))
    project.render()
    before = project.out()
    refused = project.cfngen("release")
    assert refused.returncode == 1
    assert "nothing is released" in refused.stderr
    assert "out/alarms.yaml" in refused.stdout
    assert project.out() == before


def altered(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# mine\n")


@pytest.mark.parametrize("damage", [altered, Path.unlink])
def test_a_frozen_file_that_was_altered_fails_the_check(
    project: SmallProject, damage: Callable[[Path], None]
) -> None:
    project.cfngen("release")
    damage(project.root / "out" / "releases" / "alarms" / "1.0.0.yaml")
    for run in (project.render("--check"), project.cfngen("release")):
        assert run.returncode == 1
        assert "out/releases/alarms/1.0.0.yaml" in run.stderr
        assert "Traceback" not in run.stderr


def test_another_file_of_this_version_is_not_overwritten(project: SmallProject) -> None:
    path = project.root / "out" / "releases" / "alarms" / "1.0.0.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("Resources: {}\n")
    refused = project.cfngen("release", "alarms")
    assert refused.returncode == 1
    assert "out/releases/alarms/1.0.0.yaml: is not a release of alarms" in refused.stderr
    assert path.read_text() == "Resources: {}\n"


KILLED = """
import os, signal
from cfngen.generate import exchange, write
{call} = lambda *arguments: {deed}
from cfngen.cli.main import main
raise SystemExit(main(["release"]))
"""


def test_killed_between_its_files_no_entry_is_lost_or_told_twice(project: SmallProject) -> None:
    killed = KILLED.format(call="write.apply", deed="os.kill(os.getpid(), signal.SIGKILL)")
    assert project.run("-c", killed).returncode == -9
    assert "releases/alarms/1.0.0.yaml" not in project.out()
    assert project.cfngen("release").stdout == "released alarms 1.0.0\n"
    changelog = (project.root / "CHANGELOG.md").read_text()
    assert changelog.count("## alarms 1.0.0 - ") == changelog.count("First release.") == 1


def test_what_cannot_be_frozen_is_not_told(project: SmallProject) -> None:
    failing = KILLED.format(
        call="exchange._write", deed="(_ for _ in ()).throw(OSError(28, 'No space left'))"
    )
    for before in (None, "# Changelog\n\nMine.\n"):
        path = project.root / "CHANGELOG.md"
        if before:
            path.write_text(before)
        refused = project.run("-c", failing)
        assert refused.returncode == 1
        assert "cannot be written: No space left" in refused.stderr
        assert (path.read_text() if path.exists() else None) == before


def test_an_unknown_stack_is_a_usage_error(project: SmallProject) -> None:
    refused = project.cfngen("release", "no-such")
    assert refused.returncode == 2
    assert "no-such" in refused.stderr


def test_entries_go_between_what_is_unreleased_and_what_is_older() -> None:
    changelog = "# Changelog\n\n## [Unreleased]\n\n- x\n\n## a 1.0.0 - 2030-01-01\n\nFirst.\n"
    assert insert(changelog, ["## b 1.0.0\n\nB\n", "## c 1.0.0\n\nC\n"]) == (
        "# Changelog\n\n## [Unreleased]\n\n- x\n\n## b 1.0.0\n\nB\n\n## c 1.0.0\n\nC\n\n"
        "## a 1.0.0 - 2030-01-01\n\nFirst.\n"
    )
    assert insert("# Changelog\n\n## Unreleased\n\n- x\n", ["## b 1.0.0\n"]) == (
        "# Changelog\n\n## Unreleased\n\n- x\n\n## b 1.0.0\n"
    )
