"""Versions follow what changed since the last release; a release never changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.projects import TOPIC, SmallProject, make

pytestmark = pytest.mark.unmeasured

TAGGED = """\
from troposphere import Tags
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.add(Topic("Topic", TopicName="news", DisplayName="News"))
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    project = make(tmp_path_factory.mktemp("released") / "project", news=TAGGED)
    assert project.render().returncode == 0
    done = project.cfngen("release")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(released: SmallProject, tmp_path: Path) -> SmallProject:
    return released.copied(tmp_path / "project")


def _version(project: SmallProject) -> str:
    manifest = json.loads(project.out()["manifest.json"])
    version: str = manifest["stacks"]["news"]["version"]
    assert f"Version: '{version}'".encode() in project.out()["news.yaml"]
    return version


@pytest.mark.parametrize(
    ("before", "after", "version"),
    [
        ("", "", "1.0.0"),
        ('Stack("A topic")', 'Stack("The topic")', "1.0.1"),
        ('DisplayName="News"', 'DisplayName="Daily"', "1.1.0"),
        ('TopicName="news"', 'TopicName="heads"', "2.0.0"),
        ('"Topic", TopicName', '"Renamed", TopicName', "2.0.0"),
    ],
)
def test_the_next_version_tells_what_a_consumer_can_lose(
    project: SmallProject, before: str, after: str, version: str
) -> None:
    project.define("news", TAGGED.replace(before, after))
    for _ in range(2):  # the same content is the same version, however often it is generated
        assert project.render().returncode == 0
        assert _version(project) == version


def test_going_back_gives_the_released_version_again(project: SmallProject) -> None:
    released = project.out()["news.yaml"]
    project.define("news", TAGGED.replace('"news"', '"heads"'))
    project.render()
    project.define("news", TAGGED)
    project.render()
    assert project.out()["news.yaml"] == released == project.out()["releases/news/1.0.0.yaml"]


def test_the_highest_release_counts_after_several(project: SmallProject) -> None:
    for number in range(1, 11):
        project.define("news", TAGGED.replace('DisplayName="News"', f'DisplayName="News {number}"'))
        project.render()
        assert project.cfngen("release").returncode == 0
        assert _version(project) == f"1.{number}.0"
    project.define("news", TAGGED)
    project.render()
    assert _version(project) == "1.11.0"


@pytest.mark.parametrize("command", [["generate", "--no-lint"], ["generate", "--check"]])
def test_a_frozen_file_that_was_altered_fails(project: SmallProject, command: list[str]) -> None:
    path = project.root / "out" / "releases" / "news" / "1.0.0.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    done = project.cfngen(*command)
    assert done.returncode == 1
    assert "out/releases/news/1.0.0.yaml: a frozen release was altered" in done.stderr
    assert "get it back with git" in done.stderr


def test_a_frozen_file_that_is_gone_fails(project: SmallProject) -> None:
    (project.root / "out" / "releases" / "news" / "1.0.0.yaml").unlink()
    done = project.render("--check")
    assert done.returncode == 1
    assert "out/releases/news/1.0.0.yaml: cannot be read" in done.stderr


def test_a_first_version_needs_no_release(tmp_path: Path) -> None:
    project = make(tmp_path / "other", news=TOPIC)
    project.render()
    assert _version(project) == "1.0.0"
