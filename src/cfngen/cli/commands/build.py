"""`cfngen build`: out/ from templates/, without linting."""

from __future__ import annotations

import argparse
from pathlib import Path

from cfngen.cli.console import Console
from cfngen.generate import pipeline, write
from cfngen.generate.pipeline import Plan
from cfngen.project import Project

FORMAT_VERSION = "1.0"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", metavar="STACK", nargs="*", help="only these stacks (default: all)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show what would change and exit 1 if anything would",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="what stdout gets (default: text)"
    )


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    planned = build(args, project, console)
    report(args, project, console, planned, {})
    if args.format == "text" and not (planned.changes or planned.errors):
        console.data(summary(planned))
    return exit_code(args, planned)


def build(args: argparse.Namespace, project: Project, console: Console) -> Plan:
    """Plan, and write unless `--check` says otherwise."""
    console.progress("rendering ...")
    if args.check:
        return pipeline.plan(project, args.stacks)
    with write.lock(project):
        planned = pipeline.plan(project, args.stacks)
        pipeline.write_plan(project, planned)
    return planned


def exit_code(args: argparse.Namespace, planned: Plan) -> int:
    return 1 if planned.errors or (args.check and planned.changes) else 0


def report(
    args: argparse.Namespace, project: Project, console: Console, planned: Plan, more: dict[str, object]
) -> None:
    """What was done, or would be; the errors to stderr, or into the JSON."""
    if args.format == "json":
        import json

        errors = [
            {"place": error.place, "problem": error.problem, "remedy": error.remedy}
            for error in planned.errors
        ]
        stacks = [_entry(name, planned, check=args.check) for name in _named(planned)]
        head = {"format_version": FORMAT_VERSION, "stacks": stacks, "errors": errors}
        document = {**head, "warnings": list(planned.warnings), **more}
        console.data(json.dumps(document, indent=2))
        return
    if args.check:
        _show_differences(console, project, planned)
    else:
        for path, change in planned.changes.items():
            verb = "removed" if change.after is None else "wrote"
            console.data(f"{verb} {project.relative(project.out / path)}")
    for warning in planned.warnings:
        console.note(f"{console.colour('warning:', 'yellow', stream='err')} {warning}")
    for error in planned.errors:
        console.note(f"{console.colour('error:', 'red', stream='err')} {error}")


def summary(planned: Plan) -> str:
    """One line about out/ when there was nothing to write."""
    count = len(planned.built)
    return f"out/ is up to date: {count} stack{'' if count == 1 else 's'}"


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
    return {"stack": name, "action": action, **described}


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
    console.note("out/ is stale: run python generate.py and commit what it writes")
