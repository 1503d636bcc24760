"""For people: by file, the place to look at first, then what it means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from cfngen.lint.finding import Finding, Level
from cfngen.present import visible
from cfngen.present.style import Palette, Plain, Style

_STYLES: Final[dict[Level, Style]] = {"error": "red", "warning": "yellow", "informational": "cyan"}


def render(findings: Sequence[Finding], _files: Sequence[str]) -> str:
    """The findings without colours."""
    return render_text(findings, Plain())


def render_text(findings: Sequence[Finding], palette: Palette) -> str:
    """The findings, a paragraph each; nothing when there are none.

    >>> place = {"logical_id": "Logs", "definition": "templates/a.py:12", "environments": ("dev",)}
    >>> print(render([Finding("W1", "warning", "no name", "out/a.yaml", 3, 5, **place)], []), end="")
    out/a.yaml
      3:5  warning W1  no name
           Logs, defined in templates/a.py:12, with the values of dev
    """
    lines = []
    for file, group in groupby(findings, key=lambda finding: finding.file):
        lines.append(palette.colour(file, "bold"))
        for finding in group:
            place = f"  {finding.line}:{finding.column}  "
            kind = palette.colour(f"{finding.level} {finding.rule}", _STYLES[finding.level])
            lines.append(f"{place}{kind}  {finding.message}")
            lines += [" " * len(place) + line for line in _about(finding)]
        lines.append("")
    return visible.lines(lines)


def _about(finding: Finding) -> list[str]:
    parts = []
    if finding.logical_id:
        parts.append(finding.logical_id)
    if finding.definition:
        parts.append(f"defined in {finding.definition}")
    if finding.environments:
        parts.append(f"with the values of {' and '.join(finding.environments)}")
    remedy = [part for part in (finding.summary, finding.source_url) if part]
    return [line for line in (", ".join(parts), ": ".join(remedy)) if line]
