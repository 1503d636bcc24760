"""`cfngen outputs`: what the deployed stacks give out, for people, programs and shells."""

from __future__ import annotations

import argparse
from typing import Any

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls
from cfngen.cli import session
from cfngen.cli.console import Console
from cfngen.cli.session import SERVICES, AccountSession, SecretConsole, Services, open_session
from cfngen.deploy import stack as stacks
from cfngen.deploy.stack import DeployedStack
from cfngen.present import outputs as present
from cfngen.present.visible import visible
from cfngen.project import Project
from cfngen.template.values import MASK

EXAMPLES = (
    "cfngen outputs --env dev",
    "cfngen outputs network --env dev --format env  for a shell",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some", region=True, formats=("text", "json", "env"))


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Read every stack in one call; 1 when a stack that was named is not deployed."""
    opened = open_session(args, project, console, services)
    quiet = opened.console
    deployed = _deployed(opened)
    found = {
        request.stack: deployed.get(request.stack_name, DeployedStack(request.stack_name))
        for request in opened.requests
    }
    missing = [stack for stack, each in found.items() if each.status.never_created]
    for stack in missing:
        quiet.say(f"{stack}: not deployed")
    if args.format == "json":
        quiet.data(quiet.json(present.document(found, opened.account, opened.environment.name)))
    elif args.format == "env":
        left_out = {
            (stack, name): why
            for stack, each in found.items()
            for name, value in each.outputs.items()
            if (why := _unfit(value, quiet))
        }
        for (stack, name), why in left_out.items():
            quiet.say(f"{stack}: {name} is left out: {why}")
        quiet.data(present.shell(found, left_out))
    else:
        quiet.data(present.text(found, quiet))
    return 1 if args.stacks and missing else 0


def _deployed(opened: AccountSession) -> dict[str, DeployedStack]:
    """The stacks that are there, by name; a single one is asked for by its name, which a policy may allow."""
    only: dict[str, Any] = {"StackName": opened.requests[0].stack_name} if len(opened.requests) == 1 else {}
    calls = Calls(opened.account, opened.clock)
    try:
        listed = calls.pages("cloudformation", "DescribeStacks", "Stacks", **only)
    except CallError as error:
        if only and error.trouble is Trouble.MISSING:
            return {}
        raise
    return {parsed.name: parsed for parsed in map(stacks.parse, listed)}


def _unfit(value: str, console: SecretConsole) -> str:
    """Why a value is not for a shell: what would be printed is not what the output is."""
    if MASK in console.secrets.hide(value):
        return "it holds the value of a NoEcho parameter"
    return "" if visible(value) == value else "it holds characters that cannot be shown"
