"""`python generate.py`: the main job, out/ from templates/, then linted."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cfngen.cli.commands import build
from cfngen.cli.console import Console
from cfngen.cli.main import columns, guarded
from cfngen.generate import fresh
from cfngen.generate.locate import locate
from cfngen.project import Project


def main(root: Path, argv: Sequence[str]) -> int:
    """Generate and lint the project at `root`; returns the exit code."""
    return guarded(partial(_run, Project(root)), argv)


def _run(project: Project, argv: Sequence[str], console: Console) -> int:
    parser = argparse.ArgumentParser(
        prog="generate.py",
        formatter_class=partial(argparse.HelpFormatter, width=columns()),
        description="Generate the CloudFormation templates of out/ from the definitions of templates/, "
        "and lint them with every environment's values. Needs no AWS account.",
        epilog="Exit codes: 0 done, 1 error, stale with --check or lint errors, 2 usage, 130 interrupted.",
    )
    build.add_arguments(parser)
    args = parser.parse_args(argv)
    begun = fresh.inputs(str(project.root))
    planned = build.build(args, project, console)
    written = fresh.signature(str(project.root))

    from cfngen.lint.runner import lint_project

    there = [stack for stack in planned.built if (project.out / f"{stack}.yaml").exists()]
    findings = lint_project(project, there, locate=partial(locate, project), progress=console.progress)
    console.progress("")
    build.report(args, project, console, planned, {"findings": [finding.to_dict() for finding in findings]})
    if args.format == "text" and findings:
        from cfngen.present.findings.text_format import render_text

        console.data(render_text(findings, console))
    failed = any(finding.level == "error" for finding in findings)
    if args.format == "text" and not (planned.changes or planned.errors or findings):
        console.data(build.summary(planned))
    clean = not (args.stacks or args.check or planned.errors or findings)
    if clean and written.startswith(begun):
        fresh.remember(str(project.root), written, build.summary(planned))
    return 1 if failed else build.exit_code(args, planned)
