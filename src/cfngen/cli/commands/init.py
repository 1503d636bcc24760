"""`cfngen init`: a new project, in an empty folder or beside what a folder holds already."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from pathlib import Path

from cfngen import git
from cfngen.cli import starting
from cfngen.cli.console import Console
from cfngen.cli.placing import place
from cfngen.errors import CfngenError, UsageError
from cfngen.project import NAME_LENGTH, Project

EXAMPLES = (
    "cfngen init                             the current folder",
    "cfngen init network --region eu-west-1  a new folder",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", default=".", help="its folder (default: the current folder)"
    )
    parser.add_argument("--name", metavar="NAME", help="the project's name (default: from its folder's)")
    parser.add_argument(
        "--region", metavar="REGION", help="the Region of dev (default: that of your AWS configuration)"
    )
    parser.add_argument("--account", metavar="ID", help="the only account that dev may be deployed to")
    parser.add_argument(
        "--requirement",
        metavar="LINE",
        help="the line of requirements.txt that brings cfngen (default: from where it was installed here)",
    )


def find_project(start: Path) -> Project:
    """The folder itself: the project is made in it."""
    return Project(start.absolute())


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Write the files that are not there, say which ones were, and which commands come next."""
    here = project.root
    project = Project(Path(os.path.normpath(here / args.dir)))
    if starting.is_project(project):
        raise UsageError(
            "is a project already: templates/ holds definitions",
            place=str(project.root),
            remedy="add a stack to it: cfngen new STACK",
        )
    name = _name(args, project)
    region = _region(args)
    account = _account(args, console)
    requirement = args.requirement or starting.installed_from()
    files = starting.project_files(name, region, account, requirement)
    _make_folder(project.root)
    placed = place(project, files)
    for path in placed.written:
        console.data(f"wrote {path}")
    for path in placed.kept:
        console.data(f"kept {path}: it was there already")
    for sentence in _to_know(project, name, region, account, requirement):
        console.note(sentence)
    console.data("\nNext:")
    for command, why in _next(here, project):
        console.data(f"  {command}" + (f"    # {why}" if why else ""))
    return 0


def _name(args: argparse.Namespace, project: Project) -> str:
    name = args.name or starting.default_name(project.root)
    if starting.is_name(name):
        return str(name)
    problem = (
        f"{name!r} is not a project's name" if name else f"{project.root.name!r} gives no project's name"
    )
    raise UsageError(
        problem,
        remedy=f"--name takes lower-case letters, digits and hyphens, at most {NAME_LENGTH} characters",
    )


def _region(args: argparse.Namespace) -> str:
    if args.region is None:
        from cfngen.aws.session import configured_region

        return configured_region() or starting.FALLBACK_REGION
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z]+)+-\d", args.region):
        raise UsageError(f"{args.region!r} is not a Region", remedy="write one such as eu-west-1")
    return str(args.region)


def _account(args: argparse.Namespace, console: Console) -> str:
    """The account that dev is pinned to; empty where it is left open."""
    asked = "Account id of dev, to refuse every other account (Enter leaves it open):"
    account = args.account if args.account is not None else console.typed(asked)
    if account and not re.fullmatch(r"\d{12}", account):
        raise UsageError(f"{account!r} is not an account id", remedy="an account id has twelve digits")
    return str(account)


def _make_folder(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CfngenError(
            f"cannot be made: {error.strerror}", place=str(root), remedy="name another folder"
        ) from error


def _to_know(project: Project, name: str, region: str, account: str, requirement: str) -> list[str]:
    """What was chosen and could be wrong."""
    told = [f"Names begin with {name}-dev; the Region of dev is {region}."]
    if not account:
        told.append(
            "dev may be deployed to any account: list yours as accounts in deployments/dev/environment.yaml."
        )
    if "file:" in requirement:
        told.append(
            "requirements.txt names a place on this machine for cfngen: name one that every machine reaches."
        )
    if not _in_repository(project):
        told.append("This is not a git repository yet; `cfngen diff` and reviews need one.")
    return told


def _in_repository(project: Project) -> bool:
    try:
        return git.is_repository(project.root)
    except CfngenError:  # git is not installed, and a project does not need it
        return False


def _next(here: Path, project: Project) -> list[tuple[str, str]]:
    """The commands that come next, each with what it is for."""
    commands = [("cfngen generate", "templates/ -> out/, linted")]
    if not _in_repository(project):
        commands.append(("git init", ""))
    commands += [
        ("git add .", ""),
        ("git commit -m 'Begin with one stack'", ""),
        ("cfngen plan --env dev", "shows what would be deployed; needs an account, or `cfngen sandbox`"),
    ]
    if project.root != here:
        commands.insert(0, (f"cd {shlex.quote(os.path.relpath(project.root, here))}", ""))
    return commands
