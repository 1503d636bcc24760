"""How prowler's report is read and compared; the run itself is `make judge`."""

from __future__ import annotations

import json

from tests.support.projects import ROOT
from tools.judge import Failure, Row, broken, failures, rows, unexplained


def _finding(status: str, check: str, resource: str) -> dict[str, object]:
    return {
        "status_code": status,
        "status_detail": "because",
        "metadata": {"event_code": check},
        "resources": [{"name": resource}],
    }


def test_only_failures_are_taken_from_a_report() -> None:
    report = json.dumps([_finding("FAIL", "s3_x", "b"), _finding("PASS", "s3_x", "c")])
    assert list(failures(report)) == [Failure("s3_x", "b", "because")]


def test_a_check_that_broke_is_a_failure() -> None:
    said = "12 checks\nSomething went wrong in iam_x, please use --log-level ERROR\ndone"
    assert [failure.check for failure in broken(said)] == ["iam_x"]


def test_a_failure_without_a_row_and_a_row_without_a_failure_are_told() -> None:
    known = [Row("s3_*", "b", "a reason"), Row("kms_y", "*", "another")]
    found = [Failure("s3_x", "b", "because"), Failure("iam_z", "r", "because")]
    assert unexplained(found, known) == ([found[1]], [known[1]])


def test_the_page_has_a_reason_for_each_row() -> None:
    text = (ROOT / "docs" / "scanners.md").read_text(encoding="utf-8")
    known = rows(text)
    assert known
    assert all(len(row.reason.split()) > 5 for row in known)
