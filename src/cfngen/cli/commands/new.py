"""`cfngen new`: one more stack: its definition, its values for every environment, its test."""

from __future__ import annotations

import argparse

from cfngen.cli import starting
from cfngen.cli.console import Console
from cfngen.cli.placing import existing, place
from cfngen.errors import UsageError
from cfngen.generate.definitions import find, unfit
from cfngen.project import Project

EXAMPLES = ("cfngen new network",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("stack", metavar="STACK", help="its name: lower-case words with hyphens in between")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Write the files, or none of them where one is there already."""
    stack = str(args.stack)
    if problem := unfit(stack) or _other_case(stack):
        raise UsageError(f"the stack cannot be called {stack!r}: {problem}", remedy=_remedy(stack))
    if any(definition.stack == stack for definition in find(project)):
        raise UsageError(f"there is a stack {stack!r} already", remedy=f"look at it: cfngen show {stack}")
    paths = starting.stack_paths(project, stack)
    if there := existing(project.root, paths):
        raise UsageError(
            f"the stack {stack!r} would overwrite what is there: {', '.join(there)}",
            remedy="move these files elsewhere, or give the stack another name; nothing was written",
        )
    for path in place(project, starting.stack_files(project, stack)).written:
        console.data(f"wrote {path}")
    environments = [path.split("/")[1] for path in paths if path.startswith("deployments/")]
    console.data("\nNext:")
    console.data(f"  cfngen generate {stack}")
    for environment in environments[:1]:
        console.data(f"  cfngen plan {stack} --env {environment}")
    if not environments:
        console.note("There is no environment yet: make deployments/<environment>/environment.yaml.")
    return 0


def _other_case(stack: str) -> str | None:
    return "it has capital letters" if stack != stack.lower() else None


def _remedy(stack: str) -> str:
    near = starting.words_of(stack)
    return f"call it {near}" if near and not unfit(near) else "write lower-case words with hyphens in between"
