"""A logical id is found in the definition that made it."""

from __future__ import annotations

from pathlib import Path

from cfngen.generate.definitions import locate
from cfngen.project import Project
from tests.support.projects import TOPIC, make


def test_the_line_that_creates_it(tmp_path: Path) -> None:
    project = Project(make(tmp_path / "p", my_news=TOPIC).root)
    assert locate(project, "my-news", "Topic") == "templates/my_news.py:6"


def test_the_call_rather_than_a_mention_before_it(tmp_path: Path) -> None:
    source = 'NAMES = ["Topic"]\n' + TOPIC
    project = Project(make(tmp_path / "p", news=source).root)
    assert locate(project, "news", "Topic") == "templates/news.py:7"


def test_a_call_over_several_lines(tmp_path: Path) -> None:
    source = TOPIC.replace('Topic("Topic"', 'Topic(\n    "Topic"')
    project = Project(make(tmp_path / "p", news=source).root)
    assert locate(project, "news", "Topic") == "templates/news.py:7"


def test_what_is_computed_stands_nowhere(tmp_path: Path) -> None:
    project = Project(make(tmp_path / "p", news=TOPIC).root)
    assert locate(project, "news", "Computed1") is None
    assert locate(project, "nowhere", "Topic") is None
