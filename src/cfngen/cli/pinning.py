"""An environment's first deployment offers to name its account, so that no other one is deployed to."""

from __future__ import annotations

import os
import re

from cfngen.aws.calls import CallError
from cfngen.aws.reading import Calls
from cfngen.cli.session import AccountSession
from cfngen.deploy import stack as stacks
from cfngen.deploy.neighbours import stack_names
from cfngen.errors import CfngenError
from cfngen.manifest import Manifest
from cfngen.present.layout.lines import line
from cfngen.project import ENVIRONMENT_FILE, Project
from cfngen.template.environment.deployment_file import Environment


def offer(project: Project, opened: AccountSession, *, ask: bool) -> None:
    """Where the environment may go to any account and is in none yet: write this one down, or say how.

    Arguments:
        ask: whether a person is there to agree; otherwise it is said only.

    Raises:
        CfngenError: the file cannot be written.
    """
    where, account = opened.environment, opened.account.id
    if where.accounts or not _first(project, opened):
        return
    name = f"{project.relative(project.deployments / where.name)}/{ENVIRONMENT_FILE}"
    wanted = _line(account)
    if not ask:
        opened.console.warn(
            f"{name} names no account, so {where.name} can be deployed to any account; "
            f"to refuse every other account, write {wanted}"
        )
        return
    told = f"{name} names no account. With the line {wanted}, every other account is refused."
    opened.console.lines([line(told)], stream="err")
    if opened.console.console.confirm("Write it?"):
        pin(project, where, account)
        opened.console.say(f"written: {name}; commit it")


def pin(project: Project, where: Environment, account: str) -> None:
    """Let the environment be for this account alone.

    Raises:
        CfngenError: the file cannot be written.
    """
    path = project.deployments / where.name / ENVIRONMENT_FILE
    try:
        before = path.read_text(encoding="utf-8")
        made = path.with_name(f".{ENVIRONMENT_FILE}.{os.getpid()}")
        made.write_text(pinned(before, account), encoding="utf-8")
        made.replace(path)
    except OSError as error:
        raise CfngenError(
            f"cannot be written: {error.strerror}",
            place=project.relative(path),
            remedy=f"write {_line(account)} into it",
        ) from error


def pinned(text: str, account: str) -> str:
    """An environment file that names the account: in the place of such a line or comment, or at the end.

    >>> print(pinned("# Where dev lives.\\nregion: eu-west-1\\n# accounts: ['1']\\n", "111122223333"), end="")
    # Where dev lives.
    region: eu-west-1
    accounts: ['111122223333']
    >>> print(pinned("region: eu-west-1", "111122223333"), end="")
    region: eu-west-1
    accounts: ['111122223333']
    """
    line = _line(account)
    for written in (r"^accounts:.*$", r"^#[ \t]*accounts:.*$"):
        changed, times = re.subn(written, line, text, count=1, flags=re.MULTILINE)
        if times:
            return changed
    return f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n"


def _line(account: str) -> str:
    return f"accounts: ['{account}']"


def _first(project: Project, opened: AccountSession) -> bool:
    """Whether no stack of the environment is deployed in this account; not where that may not be seen."""
    calls = Calls(opened.account, opened.clock)
    try:
        listed = calls.pages("cloudformation", "DescribeStacks", "Stacks")
    except CallError:
        return False
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    names = {*stack_names(project, opened.environment, manifest).values()}
    return not any(each.name in names and not each.status.creatable for each in map(stacks.parse, listed))
