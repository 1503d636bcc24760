"""SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import cfngen
from cfngen.lint.finding import Finding, Level

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Final[dict[Level, str]] = {"error": "error", "warning": "warning", "informational": "note"}


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """A log with one run.

    >>> log = json.loads(render([], ["out/a.yaml"]))
    >>> log["version"], log["runs"][0]["results"]
    ('2.1.0', [])
    """
    rules = {finding.rule: finding for finding in sorted(findings, key=lambda finding: finding.rule)}
    run = {
        "tool": {
            "driver": {
                "name": "cfngen",
                "version": cfngen.__version__,
                "rules": [_rule(finding) for finding in rules.values()],
            }
        },
        "artifacts": [{"location": _location(file)} for file in files],
        "results": [_result(finding, list(rules).index(finding.rule)) for finding in findings],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": finding.rule, "defaultConfiguration": {"level": _LEVELS[finding.level]}}
    if finding.summary:
        rule["shortDescription"] = {"text": finding.summary}
    if finding.source_url:
        rule["helpUri"] = finding.source_url
    return rule


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _location(finding.file),
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.logical_id:
        path = ".".join(map(str, finding.path))
        location["logicalLocations"] = [
            {"name": finding.logical_id, "fullyQualifiedName": path, "kind": "resource"}
        ]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.level],
        "message": {"text": finding.message},
        "locations": [location],
        # The same finding keeps its fingerprint when lines move.
        "partialFingerprints": {"cfngen/v1": _fingerprint(finding)},
    }
    if finding.environments:
        result["properties"] = {"environments": list(finding.environments)}
    if finding.definition:
        file, _, line = finding.definition.rpartition(":")
        result["relatedLocations"] = [
            {
                "message": {"text": "defined here"},
                "physicalLocation": {
                    "artifactLocation": _location(file),
                    "region": {"startLine": int(line)},
                },
            }
        ]
    return result


def _location(file: str) -> dict[str, str]:
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}


def _fingerprint(finding: Finding) -> str:
    parts = [finding.rule, finding.file, *map(str, finding.path), finding.message]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
