"""`cfngen diff`: what a change of out/ means: what is replaced, lost, opened, and the version that follows.

By default each stack is compared with its last release, and before the first release with what git has
committed. Two files are compared with each other, whatever project they belong to.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cfngen.cli import baseline
from cfngen.cli.console import Console
from cfngen.errors import TemplateError, UsageError
from cfngen.present.differences.difference import Difference
from cfngen.project import Project
from cfngen.template.change.compare import compare, compare_in, versions
from cfngen.template.environment.deployment_file import Deployment, deployment, environment
from cfngen.template.load import load

CHANGED = 3
_TWO_FILES = 2


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
    parser.add_argument("--env", metavar="ENV", help="put this environment's values in")
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="what stdout gets (default: text)",
    )
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
        from cfngen.present.differences import markdown

        console.data(markdown.render(differences))
    else:
        from cfngen.present.differences import text

        console.data(text.render(differences, console))
    if not differences:
        console.note("out/ holds no templates: run python generate.py")
    changed = any(not difference.comparison.same for difference in differences)
    return CHANGED if changed and args.exit_code else 0


def _are_files(words: list[str]) -> bool:
    """Whether the words are files rather than stacks: a stack's name has neither a folder nor an ending."""
    return any("/" in word or "\\" in word or Path(word).suffix for word in words)


def _of_files(args: argparse.Namespace, project: Project) -> list[Difference]:
    if len(args.stacks) != _TWO_FILES or args.against or args.env:
        raise UsageError(
            "two files are compared with each other, by themselves",
            remedy="cfngen diff OLD_FILE NEW_FILE, or name stacks",
        )
    old, new = (_read(Path(word), project) for word in args.stacks)
    found = compare(old, new)
    return [Difference(args.stacks[1], args.stacks[0], *versions(old, new, found.bump), found)]


def _read(path: Path, project: Project) -> dict[str, object]:
    try:
        return load(path.read_bytes(), project.relative(path.absolute())).data
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}", place=str(path)) from error


def _of_stacks(args: argparse.Namespace, project: Project) -> list[Difference]:
    Project.find(project.root)  # raises where the stacks of no project are asked for
    stacks = args.stacks or sorted(path.stem for path in project.out.glob("*.yaml"))
    if args.against and len(stacks) > 1 and Path(args.against).is_file():
        raise UsageError(
            "a file is compared with one stack", remedy="name the stack: cfngen diff STACK --against FILE"
        )
    values = _values(args, project, stacks)
    return [_of_stack(stack, args.against, project, values.get(stack)) for stack in dict.fromkeys(stacks)]


def _values(args: argparse.Namespace, project: Project, stacks: list[str]) -> dict[str, Deployment]:
    """Each stack's values; a stack that the environment does not deploy has none, unless it was asked for."""
    if not args.env:
        return {}
    where = environment(project, args.env)
    wanted = [
        stack
        for stack in stacks
        if args.stacks or (project.deployments / where.name / f"{stack}.yaml").is_file()
    ]
    return {stack: deployment(project, where, stack) for stack in wanted}


def _of_stack(stack: str, against: str | None, project: Project, values: Deployment | None) -> Difference:
    new = baseline.current(project, stack)
    old = baseline.baseline(project, stack, against)
    if values is None:
        found, name = compare(old.template, new), None
    else:
        where = values.environment
        account = where.accounts[0] if where.accounts else None
        found = compare_in(old.template, new, values.parameters, account=account, region=where.region)
        name = where.name
    return Difference(stack, old.name, *versions(old.template, new, found.bump), found, name)
