"""How the command line explains itself: help, examples, exit codes, and errors of one line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from cfngen.cli.exit_codes import CHANGED, MEANINGS
from cfngen.cli.main import terminal_width
from cfngen.errors import UsageError, nearest


class Shape(argparse.HelpFormatter):
    """Help as wide as the terminal; lines that begin with a space keep their line breaks."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal_width(80) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n".join(
            line if line.startswith(" ") or not line else fill(line, width, indent)
            for line in text.split("\n")
        )


class Parser(argparse.ArgumentParser):
    """A parser whose errors are cfngen's, and which does not guess what a shortened option means."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=Shape, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise the error; argparse would print the usage and exit.

        Raises:
            UsageError: always.
        """
        if unknown := re.fullmatch(r"unrecognized arguments: (.*)", message):
            message = self._unknown(unknown[1].split(" "))
        message = re.sub(r"^the following arguments are required: (.*)", r"\1 is missing", message)
        raise UsageError(message, remedy=f"{self.prog} --help explains the arguments and options")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but an unknown option is the error of the command it was given to."""
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed, unknown

    def takes(self, option: str) -> bool:
        """Whether the command has this option."""
        return any(option in action.option_strings for action in self._actions)

    def _unknown(self, words: Sequence[str]) -> str:
        word = words[0].partition("=")[0]
        if not word.startswith("-"):
            return f"unexpected argument: {words[0]}"
        known = [
            option
            for action in self._actions
            if action.help != argparse.SUPPRESS
            for option in action.option_strings
        ]
        return f"there is no option {word}{nearest(word, known, '; did you mean {}?')}"


def epilog(examples: Sequence[str], *, differences: bool) -> str:
    """What follows the options in a command's help.

    Arguments:
        examples: whole commands.
        differences: whether the command has an exit code for differences.
    """
    codes = {code: text for code, text in MEANINGS.items() if code != CHANGED or differences}
    parts = [["examples:", *(f"  {example}" for example in examples)]] if examples else []
    parts.append(["exit codes:", *(f"  {code:<4}{text}" for code, text in codes.items())])
    return "\n\n".join("\n".join(part) for part in parts)
