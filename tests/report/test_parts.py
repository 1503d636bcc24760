"""What the parts of the page say, of small environments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cfngen.project import Project
from cfngen.report.access.matrix import matrix
from cfngen.report.page import page, view
from cfngen.report.parts.access import access
from cfngen.report.parts.activity import activity
from cfngen.report.parts.changes import changes
from cfngen.report.parts.cost import cost
from cfngen.report.parts.evidence import evidence_part
from cfngen.report.parts.limits import limits
from cfngen.report.parts.overview import overview
from cfngen.report.render import html
from cfngen.report.results import Results
from cfngen.report.source import ReportSource, read_source
from cfngen.report.words import PageLanguage
from cfngen.template.environment.deployment_file import environment
from tests.support.projects import TOPIC, SmallProject, make
from tests.support.report import WRITTEN, activity_document, drift_document, verify_document

TRAIL = """\
from troposphere import Equals, Parameter, Ref
from troposphere.cloudtrail import Trail
from troposphere.s3 import Bucket, LoggingConfiguration
from troposphere.sns import Topic

from cfngen.define.claims import claim
from cfngen.define.stack import Stack

stack = Stack("A trail")
stack.template.add_parameter(Parameter("More", Type="String", Default="no"))
stack.template.add_condition("HasMore", Equals(Ref("More"), "yes"))
stack.add(Bucket("Logs"))
stack.add(Bucket("Read", LoggingConfiguration=LoggingConfiguration(DestinationBucketName=Ref("Logs"))))
stack.add(Topic("Topic", Condition="HasMore"))
stack.add(Trail("Trail", IsLogging=True, S3BucketName=Ref("Logs")))
stack.claim(claim("storage", "Logs", "Logs keeps every version", given={"demand": "versioning"}))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = make(tmp_path_factory.mktemp("parts") / "project", trail=TRAIL)
    done = made.cfngen("generate", "--no-lint")
    assert done.returncode == 0, done.stderr
    folder = made.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    (folder / "trail.yaml").write_text("template-file-path: out/trail.yaml\n")
    return made


def read(root: Path) -> ReportSource:
    return read_source(Project(root), environment(Project(root), "dev"))


def said(source: ReportSource, results: Results) -> dict[str, tuple[str, ...]]:
    """The limits: each sentence as the page says it in English, with its details."""
    who = access(matrix(view(source)))
    groups = limits(source, results, evidence_part(source, results), who, cost(source))
    return {
        limit.says.sentence.format(**limit.says.values): limit.details
        for group in groups
        for limit in group.limits
    }


def test_limits_without_results_name_what_is_not_known(small: SmallProject) -> None:
    told = said(read(small.root), Results())
    assert told["Trail trail/Trail records its own Region only."] == ()
    assert "Trail trail/Trail records no data events, such as reads of an object." in told
    assert told["1 bucket writes no access log."] == ("trail/Logs",)
    assert told["The templates can make these, too; the values of this environment leave them out."] == (
        "trail: AWS::SNS::Topic",
    )
    assert "Drift was not looked for: what was changed by hand is not known." in told
    assert "No activity was given: this page does not say who did what." in told
    assert any(sentence.startswith("No verification was given") for sentence in told)


def test_limits_of_results_name_what_was_not_decided(small: SmallProject) -> None:
    source = read(small.root)
    verify = verify_document(source)
    claim = verify["claims"][0]
    claim |= {"outcome": "cannot-tell", "needs": ["s3:GetBucketVersioning"], "evidence": "denied"}
    extra = {**claim, "id": "trail/later", "outcome": "not-yet", "needs": []}
    verify["claims"].append(extra)
    drift = drift_document(source)
    drift["stacks"][0] |= {"checked": 2, "total": 3}
    told = said(source, Results(verify, activity_document(source), drift))
    assert "The claims were checked on an emulator: this proves nothing about AWS." in told
    assert told["1 claim could not be decided."] == (f"{claim['id']}: denied (s3:GetBucketVersioning)",)
    assert told["1 claim cannot be true yet."] == ("trail/later: denied",)
    assert told["Of these stacks, not every resource could be read for drift."] == ("trail: 2 / 3",)
    assert told["1 log file could not be read."] == ("broken.json.gz: not gzip",)


def test_a_claim_that_is_declared_and_was_not_checked_is_told(small: SmallProject) -> None:
    source = read(small.root)
    nothing: dict[str, Any] = {**verify_document(source), "claims": []}
    (stack,) = evidence_part(source, Results(nothing)).stacks
    assert [claim.says for claim in stack.outcomes[""]] == ["Logs keeps every version"]
    assert "1 claim that a definition declares was not checked." in said(source, Results(nothing))


def test_results_of_other_templates_are_told_and_lead_nowhere(small: SmallProject) -> None:
    source = read(small.root)
    verify = verify_document(source)
    known = verify["claims"][0]
    gone = {**known, "id": "gone/x", "stack": "gone", "outcome": "does-not-hold"}
    made = {**known, "id": "trail/Logs/as-template", "kind": "resource", "about": "Logs"}
    removed = {**made, "id": "trail/Old/as-template", "about": "Old"}
    whole = {**known, "id": "trail/template", "kind": "template", "about": None}
    dropped = {**known, "id": "trail/dropped"}
    verify["claims"] += [gone, made, removed, whole, dropped]
    results = Results(verify)
    sentence = "3 results are about claims of other templates, not of these."
    assert said(source, results)[sentence] == ("gone/x", "trail/Old/as-template", "trail/dropped")
    drawn = html(page(Project(small.root), source, results, WRITTEN), PageLanguage())
    ids = set(re.findall(r' id="([^"]*)"', drawn))
    assert [each for each in re.findall(r' href="#([^"]*)"', drawn) if each not in ids] == []


def test_the_overview_counts_what_was_found(small: SmallProject) -> None:
    source = read(small.root)
    verify = verify_document(source)
    verify["claims"][0]["outcome"] = "does-not-hold"
    glance = overview(source, Results(verify, None, drift_document(source)))
    (row,) = glance.rows
    assert (row.resources, row.claims, row.state, row.drift) == (3, 1, "does-not-hold", "drifted")
    assert not row.released
    assert [claim["id"] for claim in glance.failing] == [verify["claims"][0]["id"]]


def test_versions_are_compared_with_the_one_before(tmp_path: Path) -> None:
    project = make(tmp_path / "project", trail=TOPIC)
    steps = [TOPIC, TOPIC.replace('"news"', '"olds"')]
    for source in steps:
        project.define("trail", source)
        assert project.cfngen("generate", "--no-lint").returncode == 0
        done = project.cfngen("release")
        assert done.returncode == 0, done.stdout + done.stderr
    project.define("trail", steps[1].replace('"A topic"', '"The topic"'))
    assert project.cfngen("generate", "--no-lint").returncode == 0
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    (folder / "trail.yaml").write_text("template-file-path: out/trail.yaml\n")
    (found,) = changes(Project(project.root), read(project.root))
    assert [(version.version, version.before) for version in found.versions] == [
        ("2.0.1", "2.0.0"),
        ("2.0.0", "1.0.0"),
        ("1.0.0", ""),
    ]
    assert [version.comparison and version.comparison.bump for version in found.versions] == [
        "patch",
        "major",
        None,
    ]


def question(columns: tuple[str, ...], *rows: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "name": "q",
        "description": "",
        "columns": list(columns),
        "rows": [dict(zip(columns, row, strict=True)) for row in rows],
        "cut": False,
    }


def answered(source: ReportSource, asked: dict[str, Any]) -> Any:
    (answer,) = activity({**activity_document(source), "questions": [asked]}).answers
    return answer


def test_an_answer_with_days_is_a_calendar_without_gaps(small: SmallProject) -> None:
    asked = question(
        ("who", "day", "calls"), ("a", "2026-03-01", 2), ("b", "2026-03-03", 5), ("a", "2026-03-03", 1)
    )
    calendar = answered(read(small.root), asked).calendar
    assert calendar.days == ("2026-03-01", "2026-03-02", "2026-03-03")
    assert calendar.rows == (("b", (0, 0, 5), 5), ("a", (2, 0, 1), 3))
    assert calendar.most == 5


def test_an_answer_with_numbers_is_bars_with_the_greatest_first(small: SmallProject) -> None:
    asked = question(("way", "person", "changes"), ("tool", "a", 2), ("console", "b", 9), ("tool", "b", 1))
    bars = answered(read(small.root), asked).bars
    assert bars.rows == (("console", (9,)), ("tool", (3,)))
    assert bars.most == 9


@pytest.mark.parametrize(
    "asked",
    [
        question(("when", "what"), ("2026-03-01T10:00:00Z", "x")),
        question(("what", "same"), ("x", True)),
        question(("n", "what"), (1, "x")),
        question(("who", "day", "n"), ("a", "2026-02-31", 1)),
        question(("who", "n"), ("a", -1)),
    ],
    ids=str,
)
def test_an_answer_of_another_shape_has_no_calendar(small: SmallProject, asked: dict[str, Any]) -> None:
    answer = answered(read(small.root), asked)
    assert answer.calendar is None
    assert answer.bars is None or asked["columns"] == ["who", "day", "n"]
    assert answer.total == 1


def test_a_region_without_prices_has_no_cost(small: SmallProject) -> None:
    path = small.root / "deployments" / "dev" / "environment.yaml"
    before = path.read_text()
    path.write_text("region: eu-north-1\n")
    try:
        source = read(small.root)
        assert cost(source) is None
        assert "There are no prices for the Region eu-north-1." in said(source, Results())
    finally:
        path.write_text(before)
