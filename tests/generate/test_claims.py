"""Claims that a definition declares: written, hashed, frozen, and told when they change."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cfngen.manifest import Manifest
from tests.support.projects import SmallProject, make
from tests.support.schemas import valid

TOPIC = """\
from troposphere import Ref, Equals
from troposphere.sns import Topic

from cfngen.define.claims import claim
from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.condition("Here", Equals(Ref("AWS::Region"), "eu-west-1"))
topic = stack.add(Topic("Topic", TopicName="news"))
stack.claim({claims})
"""
ONE = 'claim("topic", topic, "somebody reads the news", given={"topic": Ref("Topic")})'


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = make(tmp_path, news=TOPIC.format(claims=ONE))
    ran = made.generate("--no-lint")
    assert ran.returncode == 0, ran.stderr
    return made


def test_they_are_written_a_claim_a_line_and_hashed(project: SmallProject) -> None:
    content = project.out()["news.claims.json"]
    claims = json.loads(content)["claims"]
    assert claims == {
        "Topic/topic": {
            "says": "somebody reads the news",
            "kind": "topic",
            "about": "Topic",
            "severity": "high",
            "given": {"topic": {"Ref": "Topic"}},
        }
    }
    assert sum(b"somebody" in line for line in content.splitlines()) == 1
    entry = Manifest.from_bytes(project.out()["manifest.json"], "").stacks["news"]
    assert entry.claims == hashlib.sha256(content).hexdigest()


def test_without_claims_there_is_no_file_and_it_goes_when_the_last_one_goes(project: SmallProject) -> None:
    project.define("news", TOPIC.format(claims=""))
    assert project.generate("--no-lint").returncode == 0
    assert "news.claims.json" not in project.out()
    assert b"claims" not in project.out()["manifest.json"]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (f"{ONE}, {ONE}", "claim 'Topic/topic' is declared twice"),
        ('claim("topic", "Tropic", "x")', "claim 'Tropic/topic' is not about a resource of the template"),
        ('claim("topic", topic, "x", when="There")', "claim 'Topic/topic' names the condition There"),
        ('claim("topic", topic, "x", given={"a": Ref("Nope")})', "claim 'Topic/topic' refers to Nope"),
        ('claim("magic", topic, "x")', "not 'magic'"),
    ],
)
def test_what_nobody_could_check_is_an_error(project: SmallProject, claims: str, said: str) -> None:
    before = project.out()
    project.define("news", TOPIC.format(claims=claims))
    ran = project.generate("--no-lint")
    assert ran.returncode == 1
    assert said in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
    assert project.out() == before


def test_diff_tells_when_a_promise_is_added_changed_or_dropped(project: SmallProject) -> None:
    assert project.cfngen("release").returncode == 0
    frozen = project.out()["releases/news/1.0.0.claims.json"]
    two = ONE.replace("somebody", "everybody") + ', claim("topic", topic, "it is loud", name="loud")'
    project.define("news", TOPIC.format(claims=two))
    project.generate("--no-lint")
    assert project.out()["releases/news/1.0.0.claims.json"] == frozen
    text = project.cfngen("diff", "--exit-code")
    assert text.returncode == 3
    assert "changed: everybody reads the news (before: somebody reads the news)" in text.stdout
    assert "added: it is loud" in text.stdout
    assert "news  1.0.0  other promises" in text.stdout
    document = json.loads(project.cfngen("diff", "--format", "json").stdout)
    valid("diff", document)
    assert [each["action"] for each in document["stacks"][0]["promises"]] == ["change", "add"]
    project.define("news", TOPIC.format(claims=""))
    project.generate("--no-lint")
    markdown = project.cfngen("diff", "--format", "markdown").stdout
    assert "- **dropped**: somebody reads the news" in markdown


def test_altered_claims_of_a_release_are_refused(project: SmallProject) -> None:
    project.cfngen("release")
    (project.root / "out" / "releases" / "news" / "1.0.0.claims.json").write_text("{}")
    ran = project.generate("--no-lint")
    assert ran.returncode == 1
    assert "the claims of a frozen release were altered" in ran.stderr
