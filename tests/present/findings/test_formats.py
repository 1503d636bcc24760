"""Each format, read as its readers read it."""

from __future__ import annotations

import json
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from cfngen.lint.finding import Finding
from cfngen.present.findings import FORMATS, render
from cfngen.present.findings.text_format import render_text
from cfngen.present.style import Style

FILES = ["out/a b.yaml", "out/clean.yaml"]
FINDINGS = [
    Finding(
        "E9506",
        "error",
        "plain <text> & \x00 more",
        "out/a b.yaml",
        12,
        3,
        "Logs",
        ("Resources", "Logs", "Properties", 0),
        ("dev", "prod"),
        "Deny plain text",
        "https://docs.aws.amazon.com/x",
        "templates/a_b.py:40",
    ),
    Finding("I9511", "informational", "chosen", "out/a b.yaml", 14, 1, "Role"),
    Finding("W9507", "warning", "no tags", "deployments/dev/a.yaml"),
]


def test_text_groups_by_file_and_says_where_to_look() -> None:
    text = render("text", FINDINGS, FILES)
    assert text.splitlines()[:4] == [
        "out/a b.yaml",
        "  12:3  error E9506  plain <text> & \\u0000 more",
        "        Logs, defined in templates/a_b.py:40, with the values of dev and prod",
        "        Deny plain text: https://docs.aws.amazon.com/x",
    ]
    assert text.count("out/a b.yaml") == 1
    assert "out/clean.yaml" not in text


def test_text_colours_by_level() -> None:
    class Marks:
        def colour(self, text: str, style: Style) -> str:
            return f"<{style}>{text}</>"

    text = render_text(FINDINGS, Marks())
    for painted in ("<red>error E9506</>", "<cyan>informational I9511</>", "<yellow>warning W9507</>"):
        assert painted in text


def test_json_says_everything() -> None:
    data = json.loads(render("json", FINDINGS, FILES))
    assert data["format_version"] == "1.0"
    assert data["files"] == FILES
    assert data["count"] == {"error": 1, "warning": 1, "informational": 1}
    assert [Finding.from_dict(item) for item in data["findings"]] == FINDINGS


def test_junit_fails_errors_and_passes_clean_files() -> None:
    root = ElementTree.fromstring(render("junit", FINDINGS, FILES))  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["deployments/dev/a.yaml", "out/a b.yaml", "out/clean.yaml"]
    assert [suites[name].get("failures") for name in suites] == ["0", "1", "0"]
    for suite in suites.values():
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        assert all(case.get("name") and case.get("classname") for case in cases)
    failure = suites["out/a b.yaml"].find("testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert failure.get("type") == "E9506"
    assert "templates/a_b.py:40" in failure.text
    assert "with the values of dev and prod" in failure.text


def test_sarif_has_what_the_standard_requires() -> None:
    log = json.loads(render("sarif", FINDINGS, FILES))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "cfngen"
    assert [rule["id"] for rule in driver["rules"]] == ["E9506", "I9511", "W9507"]
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error", "note", "warning"]
    for result, finding in zip(run["results"], FINDINGS, strict=True):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["message"]["text"] == finding.message
        place = result["locations"][0]["physicalLocation"]
        assert " " not in place["artifactLocation"]["uri"]
        assert unquote(place["artifactLocation"]["uri"]) == finding.file
        assert place["region"] == {"startLine": finding.line, "startColumn": finding.column}
    related = run["results"][0]["relatedLocations"][0]["physicalLocation"]
    assert related == {
        "artifactLocation": {"uri": "templates/a_b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 40},
    }


def test_a_sarif_fingerprint_stays_when_lines_move() -> None:
    def fingerprint(line: int) -> str:
        finding = Finding("E1", "error", "wrong", "a.yaml", line)
        result = json.loads(render("sarif", [finding], []))["runs"][0]["results"][0]
        return str(result["partialFingerprints"])

    assert fingerprint(1) == fingerprint(2)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_is_a_document_too(name: str) -> None:
    text = render(name, [], FILES)
    if name == "text":
        assert text == ""
    elif name == "junit":
        assert len(ElementTree.fromstring(text)) == 2  # noqa: S314 - our own text
    else:
        assert json.loads(text)
