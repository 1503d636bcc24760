"""Who did what, as JSON: `activity.schema.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cfngen.activity.answers import Activity
from cfngen.present import FORMAT_VERSION


def document(activity: Activity) -> dict[str, Any]:
    """The report; every row is an object by the names of the columns."""
    counts = activity.counts and asdict(activity.counts)
    if counts and activity.counts:
        counts["skipped"] = [file._asdict() for file in activity.counts.skipped]
    return {
        "format_version": FORMAT_VERSION,
        "environment": activity.environment,
        "from": activity.first.isoformat(),
        "to": activity.last.isoformat(),
        "engine": activity.engine,
        "source": activity.source,
        "verification": asdict(activity.verification),
        "counts": counts,
        "scanned_bytes": activity.scanned,
        "questions": [
            {
                "name": answer.question.name,
                "description": answer.question.description,
                "columns": list(answer.columns),
                "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
                "cut": answer.cut,
            }
            for answer in activity.answers
        ],
    }
