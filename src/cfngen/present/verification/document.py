"""Results as data: the JSON in the format of `verify.schema.json`, its keys stable."""

from __future__ import annotations

from typing import Any, Final

from cfngen.present.verification.wording import Report
from cfngen.verify.results import Result, counts

FORMAT_VERSION: Final = "1.0"


def document(report: Report) -> dict[str, Any]:
    """The document."""
    found = counts(report.results)
    return {
        "format_version": FORMAT_VERSION,
        "environment": report.environment,
        "account": report.account,
        "region": report.region,
        "at": report.at or None,
        "emulated": report.emulated,
        "seconds": round(report.seconds, 3),
        "calls": report.calls,
        "counts": {name.replace(" ", "-"): number for name, number in found.items()},
        "claims": [_claim(result) for result in report.results],
    }


def _claim(result: Result) -> dict[str, Any]:
    claim, verdict = result.claim, result.verdict
    return {
        "id": claim.id,
        "stack": claim.stack,
        "says": claim.says,
        "kind": claim.kind,
        "about": claim.about or None,
        "severity": claim.severity,
        "source": claim.source or None,
        "outcome": verdict.outcome.replace(" ", "-"),
        "evidence": verdict.evidence,
        "details": list(verdict.details),
        "again": verdict.again or None,
        "needs": list(verdict.needs),
    }
