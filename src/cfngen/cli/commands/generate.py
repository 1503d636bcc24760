"""`cfngen generate`: out/ from templates/, then linted; `generate.py` is the same."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.generate import definitions, fresh, pipeline, write
from cfngen.generate.kept import Kept
from cfngen.generate.pipeline import Plan
from cfngen.present import visible
from cfngen.project import Project

if TYPE_CHECKING:
    from cfngen.lint.finding import Finding

FORMAT_VERSION = "1.0"

EXAMPLES = (
    "cfngen generate          all stacks, then lint them",
    "cfngen generate --check  exit with 1 where out/ is not up to date",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", metavar="STACK", nargs="*", help="only these stacks (default: all)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show what would change and exit 1 if anything would",
    )
    parser.add_argument("--no-lint", action="store_true", help="do not lint what is generated")
    options.add_format(parser)


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    root = str(project.root)
    memorable = not (args.stacks or args.check or args.no_lint)
    begun = fresh.inputs(root) if memorable else ""
    kept = None if args.check else Kept.read(project)
    planned = _generate(args, project, console, kept)
    written = fresh.signature(root) if memorable else ""
    findings = [] if args.no_lint else _lint(project, planned, console)
    console.progress("")
    _report(args, project, console, planned, findings)
    clean = not (planned.errors or planned.warnings or findings)
    if memorable and clean and kept and written.startswith(begun):
        fresh.remember(root, written, summary(planned), kept.outside())
    failed = planned.errors or any(finding.level == "error" for finding in findings)
    return 1 if failed or (args.check and planned.changes) else 0


def summary(planned: Plan) -> str:
    """One line about out/ when there was nothing to write."""
    count = len(planned.built)
    return f"out/ is up to date: {count} stack{'' if count == 1 else 's'}"


def _generate(args: argparse.Namespace, project: Project, console: Console, kept: Kept | None) -> Plan:
    console.progress("rendering ...")
    if kept is None:
        return pipeline.plan(project, args.stacks)
    with write.lock(project):
        planned = pipeline.plan(project, args.stacks, kept)
        pipeline.write_plan(project, planned)
        kept.write()
    return planned


def _lint(project: Project, planned: Plan, console: Console) -> list[Finding]:
    from cfngen.lint.runner import lint_project

    there = [stack for stack in planned.built if (project.out / f"{stack}.yaml").exists()]
    return lint_project(
        project, there, locate=partial(definitions.locate, project), progress=console.progress
    )


def _report(
    args: argparse.Namespace, project: Project, console: Console, planned: Plan, findings: list[Finding]
) -> None:
    """What was done, or would be; the errors to stderr, or into the JSON."""
    if args.format == "json":
        import json

        errors = [
            {"place": error.place, "problem": error.problem, "remedy": error.remedy}
            for error in planned.errors
        ]
        stacks = [_entry(name, planned, check=args.check) for name in _named(planned)]
        document: dict[str, object] = {"format_version": FORMAT_VERSION, "stacks": stacks, "errors": errors}
        document["warnings"] = list(planned.warnings)
        if not args.no_lint:
            document["findings"] = [finding.to_dict() for finding in findings]
        console.data(json.dumps(document, indent=2))
        return
    if args.check:
        _show_differences(console, project, planned)
    else:
        for path, change in planned.changes.items():
            verb = "removed" if change.after is None else "wrote"
            console.data(f"{verb} {project.relative(project.out / path)}")
    for warning in planned.warnings:
        console.warn(warning)
    for error in planned.errors:
        console.error(visible.error(error))
    if findings:
        from cfngen.present.findings.text_format import render_text

        console.data(render_text(findings, console))
    if not (planned.changes or planned.errors or findings):
        console.data(summary(planned))


def _named(planned: Plan) -> list[str]:
    removed = [Path(path).stem for path, change in planned.changes.items() if change.after is None]
    return [*planned.built, *removed]


def _entry(name: str, planned: Plan, *, check: bool) -> dict[str, object]:
    change = planned.changes.get(f"{name}.yaml")
    entry = planned.manifest.stacks.get(name)
    action = "unchanged"
    if change is not None:
        action = "stale" if check else "removed" if change.after is None else "written"
    described = {"version": entry.version, "size": entry.size, "sha256": entry.sha256} if entry else {}
    return {"stack": name, "action": action, "rendered": name in planned.rendered, **described}


def _show_differences(console: Console, project: Project, planned: Plan) -> None:
    if not planned.changes:
        return
    from difflib import unified_diff

    for path, change in planned.changes.items():
        name = project.relative(project.out / path)
        before, after = (
            [] if content is None else content.decode("utf-8", "replace").splitlines()
            for content in (change.before, change.after)
        )
        old = "/dev/null" if change.before is None else f"a/{name}"
        new = "/dev/null" if change.after is None else f"b/{name}"
        for line in unified_diff(before, after, old, new, lineterm=""):
            style = {"+": "green", "-": "red", "@": "cyan"}.get(line[0])
            console.data(console.colour(line, style) if style else line)  # type: ignore[arg-type]
    console.say("out/ is stale: run cfngen generate and commit what it writes")
