"""Options that several commands have in common: one name and one meaning for one thing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cfngen.errors import UsageError

if TYPE_CHECKING:
    from cfngen.project import Project
    from cfngen.template.environment.deployment_file import Environment

ENVIRONMENT_VARIABLE = "CFNGEN_ENV"


def add_global(parser: argparse.ArgumentParser, *, within_command: bool) -> None:
    """What every command takes, before and after its name.

    Arguments:
        within_command: the parser of one command, which must not undo what was given before its name.
    """
    group = parser.add_argument_group("options of every command")

    def default(value: object) -> object:
        return argparse.SUPPRESS if within_command else value

    group.add_argument(
        "--project",
        metavar="DIR",
        default=default("."),
        help="a folder of the project (default: the current folder)",
    )
    group.add_argument(
        "--profile",
        metavar="NAME",
        default=default(None),
        help="use the credentials of this AWS profile, and no others",
    )
    group.add_argument(
        "--quiet",
        action="store_true",
        default=default(False),
        help="print results, warnings and errors only",
    )
    group.add_argument(
        "--debug",
        action="store_true",
        default=default(False),
        help="print the traceback of an unexpected error",
    )


def add_stacks(parser: argparse.ArgumentParser, *, every: str) -> None:
    """The stacks that a command is about.

    Arguments:
        every: which stacks these are where none is named.
    """
    parser.add_argument("stacks", metavar="STACK", nargs="*", help=f"only these stacks (default: {every})")


def add_environment(parser: argparse.ArgumentParser) -> None:
    """The one environment that a command is about."""
    parser.add_argument(
        "--env",
        metavar="ENV",
        default=os.environ.get(ENVIRONMENT_VARIABLE) or None,
        help=f"the environment: a folder of deployments/ (default: ${ENVIRONMENT_VARIABLE})",
    )
    parser.set_defaults(needs_environment=True)


def add_region(parser: argparse.ArgumentParser, what: str = "look in this Region") -> None:
    """Another Region than the environment's: for commands that change nothing.

    The Region that stacks are deployed to is written in environment.yaml, where it is reviewed.
    """
    parser.add_argument("--region", metavar="REGION", help=f"{what} (default: the environment's)")


def add_format(parser: argparse.ArgumentParser, formats: Sequence[str] = ("text", "json")) -> None:
    """How the result is written to standard output."""
    parser.add_argument(
        "--format",
        choices=formats,
        default=formats[0],
        help=f"how to write the result to standard output (default: {formats[0]})",
    )


def require_environment(args: argparse.Namespace, project: Project) -> None:
    """Refuse a command that needs an environment and is given none.

    Raises:
        UsageError: neither --env nor CFNGEN_ENV names one.
    """
    if not getattr(args, "needs_environment", False) or args.env:
        return
    from cfngen.template.environment.deployment_file import environment_names

    names = ", ".join(environment_names(project))
    raise UsageError(
        "--env ENV is missing",
        remedy=f"choose from: {names}; or set {ENVIRONMENT_VARIABLE} to one of them"
        if names
        else "make deployments/ENV/environment.yaml first",
    )


def chosen_environment(args: argparse.Namespace, project: Project) -> Environment:
    """The environment of `--env`, in the Region of `--region` where the command takes one.

    Raises:
        UsageError: there is no such environment, or the Region is not the name of a Region.
        DeploymentFileError: its environment file is missing or broken.
    """
    from cfngen.template.environment.deployment_file import environment, is_region

    chosen = environment(project, args.env)
    region = getattr(args, "region", None)
    if region is None:
        return chosen
    if not is_region(region):
        raise UsageError(f"{region!r} is not a Region", remedy="write one such as eu-west-1")
    from dataclasses import replace

    return replace(chosen, region=region)
