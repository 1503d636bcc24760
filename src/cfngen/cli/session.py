"""What the commands that talk to an account have in common."""

from __future__ import annotations

import argparse
import gc
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from cfngen.aws.steps import SystemClock
from cfngen.cli.console import Console, Style
from cfngen.deploy.request import MASK, Request

FORMAT_VERSION = "1.0"

_SHORT = 4


def add_arguments(parser: argparse.ArgumentParser, *, stacks: Literal["one", "some"]) -> None:
    """The stacks, the environment, the format."""
    if stacks == "one":
        parser.add_argument("stack", metavar="STACK", help="the stack, by its name in out/")
    else:
        told = "only these stacks (default: all of the environment)"
        parser.add_argument("stacks", metavar="STACK", nargs="*", help=told)
        parser.add_argument(
            "--without", action="append", default=[], metavar="STACK", help="not this stack; can be repeated"
        )
    parser.add_argument("--env", metavar="ENV", required=True, help="a folder of deployments/")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="what stdout gets (default: text)"
    )


def clock() -> SystemClock:
    """The time that the commands go by."""
    return SystemClock()


@dataclass(frozen=True)
class Secretive:
    """A console on which no secret value ever appears."""

    console: Console
    secrets: tuple[str, ...]

    def data(self, text: str) -> None:
        self.console.data(self.hide(text))

    def note(self, text: str) -> None:
        self.console.note(self.hide(text))

    def progress(self, text: str) -> None:
        self.console.progress(self.hide(text))

    def colour(self, text: str, style: Style, *, stream: Literal["out", "err"] = "out") -> str:
        return self.console.colour(text, style, stream=stream)

    def hide(self, text: str) -> str:
        """The text without the secrets: a short one where it is a word of its own, any other anywhere."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            pattern = re.escape(secret)
            if len(secret) < _SHORT:
                pattern = rf"(?<![\w.-]){pattern}(?![\w.-])"
            text = re.sub(pattern, MASK, text)
        return text

    def json(self, document: Any) -> str:
        """The document as JSON, the secrets hidden in every string of it."""
        import json

        return json.dumps(self._hidden(document), indent=2, ensure_ascii=False)

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {key: self._hidden(item) for key, item in value.items()}
        return [self._hidden(item) for item in value] if isinstance(value, list | tuple) else value


def secretive(console: Console, asked: Sequence[Request]) -> Secretive:
    """The console, without the NoEcho values of what is asked for."""
    return Secretive(console, tuple({secret for request in asked for secret in request.secrets}))


@contextmanager
def starting() -> Iterator[None]:
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
    """Let SIGTERM, a pipeline's cancel, end in the same way as Ctrl-C: saying what is left."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
