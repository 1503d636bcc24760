"""The rows, one module a subject."""

from __future__ import annotations

from cfngen.report.controls.row import CheckRow
from cfngen.report.controls.rows import access, alarms, buckets, detection, keys, trail, watched, workloads

ROWS: tuple[CheckRow, ...] = (
    *trail.ROWS,
    *alarms.ROWS,
    *buckets.ROWS,
    *keys.ROWS,
    *access.ROWS,
    *detection.ROWS,
    *workloads.ROWS,
    *watched.ROWS,
)
