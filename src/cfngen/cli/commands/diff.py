"""`cfngen diff`: what a change of out/ means: what is replaced, lost, opened, and the version that follows.

By default each stack is compared with its last release, and before the first release with what git has
committed. Two files are compared with each other, whatever project they belong to.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cfngen import files
from cfngen.cli import baseline, options
from cfngen.cli.console import Console
from cfngen.errors import TemplateError, UsageError
from cfngen.present.differences.difference import Difference
from cfngen.project import Project
from cfngen.template.change.compare import compare, versions
from cfngen.template.change.promises import promise_changes
from cfngen.template.change.version import stamped
from cfngen.template.load import load
from cfngen.template.values import MAX_BYTES

CHANGED = 3
_TWO_FILES = 2

EXAMPLES = (
    "cfngen diff                             every stack against its last release",
    "cfngen diff --against main --every-env  with each environment's values",
    "cfngen diff old.yaml new.yaml           any two templates",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "stacks",
        nargs="*",
        metavar="STACK",
        help="the stacks to compare (default: all), or two template files",
    )
    parser.add_argument(
        "--against",
        metavar="release|REVISION|FILE",
        help="what to compare with (default: the last release, before the first one HEAD)",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--env",
        metavar="ENV",
        action="append",
        default=[],
        help="with this environment's values, those before and those now; can be repeated",
    )
    chosen.add_argument("--every-env", action="store_true", help="with the values of every environment")
    options.add_format(parser, ("text", "json", "markdown"))
    parser.add_argument("--full", action="store_true", help="list every permission in the text")
    parser.add_argument("--exit-code", action="store_true", help="exit 3 when anything differs")


def find_project(start: Path) -> Project:
    """The project, or the folder itself: two files can be compared where there is none."""
    try:
        return Project.find(start)
    except UsageError:
        return Project(start.absolute())


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Compare, show, and say in the exit code whether anything differs, if asked to."""
    differences = _of_files(args, project) if _are_files(args.stacks) else _of_stacks(args, project)
    if args.format == "json":
        from cfngen.present.differences import document

        console.data(document.render(differences))
    elif args.format == "markdown":
        from cfngen.cli.drawings import drawings
        from cfngen.present.differences import markdown

        console.data(markdown.render(differences, drawings(project, differences)))
    else:
        from cfngen.present.differences import text

        console.lines(text.render(differences, full=args.full))
    if not differences:
        console.say("out/ holds no templates: run cfngen generate")
    changed = any(not difference.same for difference in differences)
    return CHANGED if changed and args.exit_code else 0


def _are_files(words: list[str]) -> bool:
    """Whether the words are files rather than stacks: a stack's name has neither a folder nor an ending."""
    return any("/" in word or "\\" in word or Path(word).suffix for word in words)


def _of_files(args: argparse.Namespace, project: Project) -> list[Difference]:
    if len(args.stacks) != _TWO_FILES or args.against or args.env or args.every_env:
        raise UsageError(
            "two files can only be compared with each other",
            remedy="cfngen diff OLD_FILE NEW_FILE, or name stacks",
        )
    old, new = (_read(Path(word), project) for word in args.stacks)
    found = compare(old, new)
    return [Difference(args.stacks[1], args.stacks[0], *versions(old, new, found.bump), found)]


def _read(path: Path, project: Project) -> dict[str, object]:
    try:
        return load(files.read(path, MAX_BYTES, pipe=True), project.relative(path.absolute())).data
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}", place=str(path)) from error


def _of_stacks(args: argparse.Namespace, project: Project) -> list[Difference]:
    from cfngen.cli import environment_diff
    from cfngen.cli.past import Past

    Project.find(project.root)  # raises where the stacks of no project are asked for
    with Past(project) as past:
        there = {path.stem for path in project.out.glob("*.yaml")}
        commit = baseline.revision(project, args.against)
        before = {path.stem for path in past.at(commit).out.glob("*.yaml")} if commit else set()
        stacks = list(dict.fromkeys(args.stacks)) or sorted(there | before)
        if args.against and len(stacks) > 1 and Path(args.against).is_file():
            raise UsageError(
                "a file is compared with one stack", remedy="name the stack: cfngen diff STACK --against FILE"
            )
        gone = before - there
        found: list[Difference] = []
        for name in _environments(args, project):
            found += environment_diff.differences(
                project, past, name, stacks, gone, args.against, named=bool(args.stacks)
            )
        shown = {difference.stack for difference in found}
        alone = [
            _removed(stack, past.at(commit), args.against)
            if stack in gone and commit
            else of_stack(stack, args.against, project)
            for stack in stacks
            if stack not in shown
        ]
    return sorted([*found, *alone], key=lambda difference: stacks.index(difference.stack))


def _environments(args: argparse.Namespace, project: Project) -> list[str]:
    from cfngen.template.environment.deployment_file import environments

    if args.every_env:
        return [where.name for where in environments(project)]
    return list(dict.fromkeys(args.env))


def of_stack(stack: str, against: str | None, project: Project) -> Difference:
    """What differs between a stack's template in out/ and what it is compared with."""
    new = baseline.current(project, stack)
    old = baseline.baseline(project, stack, against)
    comparison = compare(old.template, new)
    moved = versions(old.template, new, comparison.bump)
    promises = promise_changes(old.claims, baseline.current_claims(project, stack))
    return Difference(stack, old.name, *moved, comparison, promises=promises)


def _removed(stack: str, then: Project, against: str | None) -> Difference:
    old = baseline.current(then, stack)
    name = baseline.DEFAULT_REVISION if against in {None, baseline.RELEASE} else against
    return Difference(
        stack,
        str(name),
        stamped(old),
        None,
        compare(old, {}),
        removed="removed: no definition has it",
        notes=(baseline.STAYS,),
    )
