"""Pages to look at: this repository's dev environment with results, and a project that means harm."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cfngen.project import Project
from cfngen.report.page import page
from cfngen.report.render import html
from cfngen.report.results import Kind, Results, read_results
from cfngen.report.source import ReportSource, read_source
from cfngen.report.words import words
from cfngen.template.environment.deployment_file import environment
from tests.support.projects import ROOT

WRITTEN = datetime(2026, 3, 5, 12, tzinfo=UTC)
ACCOUNT = "111122223333"
OUTCOMES = ("holds", "holds", "holds", "does-not-hold", "cannot-tell", "not-yet")


@cache
def drawn(language: str, given: tuple[str, ...] = ("verify", "activity", "drift")) -> str:
    """The page about dev, with these results."""
    project = Project(ROOT)
    source = read_source(project, environment(project, "dev"))
    made: dict[str, Callable[[ReportSource], dict[str, Any]]]
    made = {"verify": verify_document, "activity": activity_document, "drift": drift_document}
    results = Results(**{name: made[name](source) for name in given})
    return html(page(project, source, results, WRITTEN), words(project, language))


def of_project(root: Path, language: str = "en", **documents: Mapping[str, Any]) -> str:
    """The page about dev of another project, its results read from files as the command reads them."""
    project = Project(root)
    source = read_source(project, environment(project, "dev"))
    paths: dict[Kind, Path] = {}
    for name in ("verify", "activity", "drift"):
        if name in documents:
            paths[name] = root / f"{name}.json"
            paths[name].write_text(json.dumps(documents[name]), encoding="utf-8")
    return html(page(project, source, read_results(source, paths), WRITTEN), words(project, language))


def verify_document(source: ReportSource) -> dict[str, Any]:
    """Every declared claim checked, with every outcome among them."""
    claims = [
        {
            "id": f"{stack.name}/{name}",
            "stack": stack.name,
            "says": claim["says"],
            "kind": claim["kind"],
            "about": claim["about"] or None,
            "severity": claim.get("severity", "high"),
            "source": claim.get("source"),
            "outcome": "holds",
            "evidence": "it was looked at",
            "details": [],
            "again": None,
            "needs": [],
        }
        for stack in source.stacks
        for name, claim in stack.claims.items()
    ]
    for claim, outcome in zip(claims, OUTCOMES, strict=False):
        claim["outcome"] = outcome
        if outcome == "cannot-tell":
            claim["needs"] = ["s3:GetBucketVersioning"]
    return {
        "format_version": "1.0",
        "environment": source.environment.name,
        "account": ACCOUNT,
        "region": source.environment.region,
        "at": "2026-03-05T11:00:00+00:00",
        "emulated": True,
        "seconds": 6.5,
        "calls": 289,
        "counts": {
            outcome: sum(claim["outcome"] == outcome for claim in claims)
            for outcome in dict.fromkeys(OUTCOMES)
        },
        "claims": claims,
    }


def activity_document(source: ReportSource) -> dict[str, Any]:
    """Two people and a pipeline in four days."""
    people = {"lan.anh": (40, 12, 1), "minh": (25, 3, 0), "pipeline": (90, 55, 2)}
    return {
        "format_version": "1.0",
        "environment": source.environment.name,
        "from": "2026-03-01",
        "to": "2026-03-04",
        "engine": "duckdb",
        "source": "s3://logs/AWSLogs/",
        "verification": {
            "status": "unproven",
            "files": 3,
            "digests": 2,
            "digests_found": 3,
            "problems": ["no digest covers 2026-03-04 10:00"],
        },
        "counts": {
            "files": 4,
            "new": 4,
            "events": 160,
            "copies": 5,
            "outside": 0,
            "others": {"insight": 1},
            "mended": 0,
            "dropped": 0,
            "versions": {},
            "skipped": [{"key": "broken.json.gz", "reason": "not gzip"}],
            "earliest": "2026-03-01T08:00:00Z",
            "latest": "2026-03-04T09:00:00Z",
        },
        "scanned_bytes": None,
        "questions": [
            _question(
                "activity-per-person",
                "What each person did.",
                ("person", "calls", "changes", "failures"),
                [(name, *numbers) for name, numbers in people.items()],
            ),
            _question(
                "activity-per-day",
                "What each person did on each day.",
                ("person", "date", "calls"),
                [
                    (name, f"2026-03-0{day}", numbers[0] // day)
                    for day in range(1, 5)
                    for name, numbers in people.items()
                ],
            ),
            _question(
                "change-sets",
                "Who created, approved and executed each change set.",
                ("stack", "change_set", "created_by", "same_person"),
                [("mlops-dev-audit-trail", "cfngen-1", "lan.anh", False)],
            ),
            _question("denied-calls", "What was denied.", ("person", "calls"), []),
        ],
    }


def drift_document(source: ReportSource) -> dict[str, Any]:
    """One stack changed by hand, one that could not be read in full."""
    results = {0: "drifted", 1: "unknown"}
    return {
        "format_version": "1.0",
        "at": "2026-03-05T11:00:00+00:00",
        "emulated": True,
        "stacks": [
            {
                "stack": stack.name,
                "stack_name": stack.stack_name,
                "result": results.get(number, "in-sync"),
                "reason": None,
                "resources": [
                    {
                        "logical_id": next(iter(stack.resources)),
                        "physical_id": "id",
                        "type": "AWS::Logs::LogGroup",
                        "status": "MODIFIED",
                        "reason": "",
                        "differences": [{"path": "RetentionInDays", "expected": "365", "actual": "7"}],
                    }
                ]
                if number == 0
                else [],
                "checked": len(stack.resources) - (number == 1),
                "total": len(stack.resources),
            }
            for number, stack in enumerate(source.stacks)
        ],
    }


def _question(
    name: str, description: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "columns": list(columns),
        "rows": [dict(zip(columns, row, strict=True)) for row in rows],
        "cut": False,
    }
