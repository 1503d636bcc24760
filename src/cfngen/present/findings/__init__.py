"""Findings as text: for people, for programs, for a build's report page and for code scanning."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from cfngen.lint.finding import Finding

FORMATS: Final = ("text", "json", "junit", "sarif")


def render(name: str, findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Findings in one of `FORMATS`.

    Arguments:
        files: the files that were linted, also those without findings, relative to the project's root.

    >>> render("text", [], ["out/a.yaml"])
    ''
    """
    module = import_module(f"cfngen.present.findings.{name}_format")
    return str(module.render(findings, files))
