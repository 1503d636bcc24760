"""`cfngen destroy`: show what goes and what stays, ask, delete, tell what is left."""

from __future__ import annotations

import argparse

from cfngen.cli import leftovers, saving, session
from cfngen.cli.console import Console
from cfngen.cli.destruction import Destruction
from cfngen.cli.session import (
    NO_TERMINAL,
    SERVICES,
    AccountSession,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.errors import AccountError, UsageError
from cfngen.project import ENVIRONMENT_FILE, Project
from cfngen.template.environment.deployment_file import Environment, environment

EXAMPLES = (
    "cfngen destroy --env dev --dry-run              show what would go, what stays, what data is lost",
    "cfngen destroy --env dev                        delete all stacks, after dev is typed",
    "cfngen destroy network --env dev                only this one, if nothing needs it",
    "cfngen destroy --env dev --leftovers            list what deleted stacks have left, with its cost",
    "cfngen destroy --env dev --delete network/Logs  delete a leftover with all that it holds",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    parser.add_argument(
        "--undefined",
        action="store_true",
        help="also the deployed stacks that no environment defines any more",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be deleted, and delete nothing"
    )
    parser.add_argument("--yes", action="store_true", help="delete without asking; needs --confirm")
    parser.add_argument("--confirm", metavar="ENV", help="the environment's name once more, with --yes")
    parser.add_argument(
        "--retain",
        action="append",
        default=[],
        metavar="ID",
        help="a resource that stays in the account, of one stack whose deletion has failed; can be repeated",
    )
    parser.add_argument(
        "--role-arn",
        metavar="ARN",
        help="the role that CloudFormation deletes with (default: the one that each stack was deployed with)",
    )
    parser.add_argument(
        "--leftovers", action="store_true", help="only list what deleted stacks have left in the account"
    )
    parser.add_argument(
        "--delete",
        action="append",
        default=[],
        metavar="ID",
        help="only delete this leftover with all that it holds, by STACK/ID or its own name; can be repeated",
    )
    saving.add_save(parser, "the result")


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Delete stacks, or list or delete what they have left; 1 when not all of it was done."""
    where = environment(project, args.env)
    _check(args, where, console, project)
    console.go_on_without_reader()
    opened = open_session(args, project, console, services)
    with termination_interrupts():
        if args.leftovers:
            return leftovers.show(args, opened)
        if args.delete:
            return leftovers.delete(args, opened, lambda: _confirmed(args, opened, "delete this"))
        return Destruction(
            args, project, opened, lambda: _confirmed(args, opened, "delete all of this")
        ).run()


def _check(args: argparse.Namespace, where: Environment, console: Console, project: Project) -> None:
    """Refuse what contradicts itself, what nobody can confirm, and a protected environment."""
    if args.leftovers and (args.delete or args.retain):
        raise UsageError("--leftovers only lists", remedy="leave out --delete and --retain")
    if args.delete and (args.stacks or args.retain):
        remedy = "leave out the stacks and --retain: what --delete names belongs to no stack any more"
        raise UsageError("--delete deletes no stacks", remedy=remedy)
    if args.leftovers or args.dry_run:
        return
    if where.protected:
        file = project.relative(project.deployments / where.name / ENVIRONMENT_FILE)
        raise AccountError(
            f"{where.name} is protected: nothing of it is deleted",
            place=file,
            remedy="if that is meant, remove the line 'protected: true' and have the change reviewed; "
            "--dry-run shows what would be deleted",
        )
    if args.confirm is not None and args.confirm != where.name:
        raise UsageError(
            f"--confirm says {args.confirm!r}, and the environment is {where.name!r}: nothing was deleted",
            remedy=f"name the environment twice: --env {where.name} --confirm {where.name}",
        )
    if args.yes and args.confirm is None:
        raise UsageError(
            "--yes alone deletes nothing",
            remedy=f"name the environment once more: --yes --confirm {where.name}",
        )
    if not (args.yes or console.interactive):
        raise UsageError(
            NO_TERMINAL,
            remedy=f"look at it with --dry-run, then run this with --yes --confirm {where.name}",
        )


def _confirmed(args: argparse.Namespace, opened: AccountSession, what: str) -> bool:
    """Whether the environment's name was typed, or given."""
    if args.yes:
        return True
    name, account = opened.environment.name, opened.account
    opened.console.say(f"This is account {account.id}, {account.region}.")
    typed = opened.console.console.typed(f"Type the environment's name to {what}:")
    if typed != name:
        opened.console.say(f"{typed!r} is not {name!r}: nothing was deleted")
    return typed == name
