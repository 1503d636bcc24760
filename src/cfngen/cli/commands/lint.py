"""`cfngen lint`: what is wrong with the templates of out/, by themselves and with each environment's values.

Exit code 1 when there is an error. A warning alone does not fail the run, so that a new version of cfn-lint
with a new warning does not stop a delivery; `--strict` fails on warnings, too. Informational findings never
fail.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cfngen.cli import options, saving
from cfngen.cli.console import Console
from cfngen.lint.finding import Finding, Level, count
from cfngen.lint.runner import lint_project
from cfngen.lint.work import known
from cfngen.present.findings import FORMATS, render
from cfngen.present.findings.text_format import render_text
from cfngen.project import Project

EXAMPLES = (
    "cfngen lint                            every template, every environment",
    "cfngen lint network --env dev          one stack, one environment",
    "cfngen lint --save reports/lint.sarif  for code scanning, too",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="the stacks to lint (default: all)")
    options.add_format(parser, FORMATS)
    saving.add_save(parser, "the findings", FORMATS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="ENV",
        help="check with this environment's values only; can be repeated (default: every environment)",
    )
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")
    parser.add_argument("--no-cache", action="store_true", help="lint again what was linted before")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Lint, show, and say in the exit code whether anything is wrong."""
    from functools import partial

    from cfngen.generate.definitions import locate

    forms = {path: saving.format_of(path, FORMATS) for path in args.save}
    stacks = known(project, args.stacks)
    findings = lint_project(
        project,
        stacks,
        environments=args.env,
        locate=partial(locate, project),
        progress=console.progress,
        cached=not args.no_cache,
    )
    files = [project.relative(project.out / f"{stack}.yaml") for stack in stacks]
    if args.output:
        saving.save(args.output, render(args.format, findings, files).rstrip("\n"))
    elif args.format == "text":
        console.data(render_text(findings, console))
    else:
        console.data(render(args.format, findings, files))
    for path, form in forms.items():
        saving.save(path, render(form, findings, files).rstrip("\n"))
    console.note(summary(findings, len(stacks)))
    return exit_code(findings, strict=args.strict)


def exit_code(findings: list[Finding], *, strict: bool = False) -> int:
    """1 when the findings fail a run, 0 otherwise.

    >>> warning = Finding("W1", "warning", "so", "a.yaml")
    >>> exit_code([warning]), exit_code([warning], strict=True)
    (0, 1)
    """
    found = count(findings)
    return 1 if found["error"] or (strict and found["warning"]) else 0


def summary(findings: list[Finding], stacks: int) -> str:
    """One line for a person.

    >>> summary([], 1)
    'linted 1 stack: no findings'
    >>> summary([Finding("W1", "warning", "so", "a.yaml")], 2)
    'linted 2 stacks: 1 warning'
    """
    plurals: dict[Level, str] = {"error": "errors", "warning": "warnings", "informational": "informational"}
    found = [
        f"{number} {level if number == 1 else plurals[level]}"
        for level, number in count(findings).items()
        if number
    ]
    return f"linted {stacks} stack{'' if stacks == 1 else 's'}: {', '.join(found) or 'no findings'}"
