"""Bytes -> findings: cfn-lint's runner, held in one process, and our own rules, which are cfn-lint rules."""

from cfngen.lint.finding import Finding
from cfngen.lint.formats.text_format import render_text
from cfngen.lint.runner import lint_project

__all__ = ["Finding", "lint_project", "render_text"]
