"""What the commands that talk to an account have in common: how they begin, what they are handed."""

from __future__ import annotations

import argparse
import gc
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from cfngen.aws.session import Account, connect
from cfngen.aws.steps import Clock, SystemClock
from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.cli.gates import Reviewer, review
from cfngen.deploy.request import Request, requests
from cfngen.errors import UsageError
from cfngen.present.layout.lines import Line
from cfngen.present.secrets import Secrets
from cfngen.present.style import Style
from cfngen.present.visible import Clean
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment


def add_arguments(
    parser: argparse.ArgumentParser,
    *,
    stacks: Literal["one", "some"],
    formats: Sequence[str] = ("text", "json"),
    region: bool = False,
) -> None:
    """The stacks, the environment, the format.

    Arguments:
        region: whether another Region than the environment's may be looked at: the command changes nothing.
    """
    if stacks == "one":
        parser.add_argument("stack", metavar="STACK", help="the stack, by its name in out/")
    else:
        options.add_stacks(parser, every="all of the environment")
        parser.add_argument(
            "--without", action="append", default=[], metavar="STACK", help="not this stack; can be repeated"
        )
    options.add_environment(parser)
    if region:
        options.add_region(parser)
    options.add_format(parser, formats)


NO_TERMINAL = "this command asks before it acts, and there is no terminal to ask on"


@dataclass(frozen=True)
class Services:
    """What a command reaches the outside world through: handed in, so that a test can hand in its own.

    Attributes:
        clock: the time.
        connect: the account that the credentials belong to, checked against the environment.
        review: what is looked at in the project before anything is planned or deployed.
    """

    clock: Clock
    connect: Callable[[Environment], Account]
    review: Reviewer = review


SERVICES = Services(SystemClock(), connect)


@dataclass(frozen=True)
class SecretConsole:
    """A console on which no secret value ever appears."""

    console: Console
    secrets: Secrets

    def data(self, text: str) -> None:
        self.console.data(text)  # which hides what `open_session` told it

    def lines(self, lines: Iterable[Line], *, stream: Literal["out", "err"] = "out") -> None:
        self.console.lines(lines, stream=stream)

    def note(self, text: str) -> None:
        self.console.note(text)

    def say(self, text: str) -> None:
        self.console.say(text)

    def warn(self, text: str) -> None:
        self.console.warn(text)

    def progress(self, text: str) -> None:
        self.console.progress(text)

    def colour(self, text: str, style: Style, *, stream: Literal["out", "err"] = "out") -> str:
        return self.console.colour(text, style, stream=stream)

    def json(self, document: Any) -> Clean:
        """The document as JSON, without the secrets."""
        return self.secrets.json(document)


@dataclass(frozen=True)
class AccountSession:
    """What one command works with.

    Attributes:
        environment: the environment that was named.
        requests: what is asked for, each stack after those it depends on.
        account: the account, connected.
        console: the console, without the NoEcho values of the requests.
        clock: the time.
    """

    environment: Environment
    requests: list[Request]
    account: Account
    console: SecretConsole
    clock: Clock


def open_session(
    args: argparse.Namespace,
    project: Project,
    console: Console,
    services: Services,
    *,
    inline_only: bool = False,
    at_least_one: bool = False,
) -> AccountSession:
    """Check what is asked for, then connect to the account.

    Arguments:
        args: as `add_arguments` declares them.
        inline_only: refuse a template that has to go through S3.
        at_least_one: refuse where no stack is asked for.

    Raises:
        UsageError, OutError, DeploymentFileError: as `requests`.
        AccountError: no credentials, or an account that the environment does not allow.
    """
    with _no_collection():
        stacks: Sequence[str] = [args.stack] if "stack" in args else args.stacks
        where = options.chosen_environment(args, project)
        wanted = requests(
            project, where, stacks, without=getattr(args, "without", ()), inline_only=inline_only
        )
        if at_least_one and not wanted:
            raise UsageError(
                "no stack is asked for: no deployment file is here, or --without leaves all of them out",
                place=f"deployments/{where.name}/",
                remedy="write a deployment file, or make a stack with its files: cfngen new STACK",
            )
        secrets = Secrets(tuple({secret for request in wanted for secret in request.secrets}))
        console.conceal(secrets.hide)
        account = services.connect(where)
        account.client("cloudformation")
    return AccountSession(where, wanted, account, SecretConsole(console, secrets), services.clock)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Start without the garbage collector, and set aside from it what was made until then.

    Templates, service models and modules live until the end: to look through them for garbage again and
    again is a tenth of what a plan costs.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def termination_interrupts() -> Iterator[None]:
    """Let SIGTERM, a pipeline's cancel, and SIGHUP, a terminal's end, end in the same way as Ctrl-C.

    A signal that is ignored, as `nohup` does it, stays so.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    # Python lets only the main thread say what a signal does.
    able = threading.current_thread() is threading.main_thread()
    heard = [number for number, handler in before.items() if able and handler is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
