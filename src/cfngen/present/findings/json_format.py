"""For programs. `format_version` changes its first number when a key changes its meaning or goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from cfngen.lint.finding import Finding, count

FORMAT_VERSION: Final = "1.0"


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """An object: `files` that were linted, the `count` of findings by level, and `findings`.

    >>> json.loads(render([], ["out/a.yaml"]))["count"]
    {'error': 0, 'warning': 0, 'informational': 0}
    """
    content = {
        "format_version": FORMAT_VERSION,
        "files": list(files),
        "count": count(findings),
        "findings": [finding.to_dict() for finding in findings],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
