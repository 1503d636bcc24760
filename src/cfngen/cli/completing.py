"""What the shell offers when a person presses Tab: commands, options, stacks, environments, choices.

The kinds of values are read from the parsers: an argument's metavar says what it takes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Literal

from cfngen.cli import options
from cfngen.cli.main import COMMANDS
from cfngen.cli.usage import Parser
from cfngen.errors import CfngenError
from cfngen.project import Project


@dataclass(frozen=True)
class Offer:
    """What may follow.

    Attributes:
        kind: whether the words are offered, or the shell's own files or folders.
        words: each word with its description.
    """

    kind: Literal["words", "files", "folders"]
    words: tuple[tuple[str, str], ...] = ()


def offer(words: Sequence[str], start: Path) -> Offer:
    """What may stand for the last of the words.

    Arguments:
        words: the command line after `cfngen`, up to the cursor; the last one may be empty or begun.
        start: the folder that the person is in.
    """
    *before, begun = _joined(words) or [""]
    name = next((word for word in _without_values(before) if not word.startswith("-")), None)
    if name is None or name == "help":
        parser = Parser(prog="cfngen")
        options.add_global(parser, within_command=False)
        known = [("help", "explain a command"), *COMMANDS.items()] if name is None else [*COMMANDS.items()]
        return _offered(parser, before, begun, start, known)
    if name not in COMMANDS:
        return Offer("words")
    parser = Parser(prog=name)
    import_module(f"cfngen.cli.commands.{name}").add_arguments(parser)
    options.add_global(parser, within_command=True)
    return _offered(parser, before, begun, start, None)


def _offered(
    parser: argparse.ArgumentParser,
    before: Sequence[str],
    begun: str,
    start: Path,
    known: list[tuple[str, str]] | None,
) -> Offer:
    """The value of an option that waits for one, options, or the words that the command is about."""
    actions = {option: action for action in parser._actions for option in action.option_strings}
    last = actions.get(before[-1]) if before else None
    project = _project(before, start)
    if last is not None and last.nargs != 0:
        return _values(last, before, begun, project)
    option, equals, value = begun.partition("=")
    if equals and option in actions:
        inner = _values(actions[option], before, value, project)
        return Offer(inner.kind, tuple((f"{option}={word}", text) for word, text in inner.words))
    positional = next((action for action in parser._actions if not action.option_strings), None)
    if known is not None and not begun.startswith("-"):
        return _matching(known, begun)
    if positional is None or begun.startswith("-"):
        return _matching(_unused(parser, before), begun)
    return _values(positional, before, begun, project)


def _values(action: argparse.Action, before: Sequence[str], begun: str, project: Project | None) -> Offer:
    if action.choices is not None:
        return _matching([(str(choice), "") for choice in action.choices], begun)
    if action.metavar in {"FILE", "DIR"}:
        return Offer("files" if action.metavar == "FILE" else "folders")
    if project is None:
        return Offer("words")
    if action.metavar == "ENV":
        from cfngen.template.environment.deployment_file import environment_names

        return _matching([(name, "environment") for name in environment_names(project)], begun)
    if action.metavar == "STACK" and "new" not in before:
        used = set(before)
        return _matching([(name, "stack") for name in _stacks(project, before) if name not in used], begun)
    return Offer("words")


def _stacks(project: Project, before: Sequence[str]) -> list[str]:
    """The stacks of the environment that is named, else all that are defined or generated."""
    from cfngen.generate.definitions import find

    pairs = pairwise(before)
    chosen = [value for option, value in pairs if option == "--env"]
    generated = {path.stem for path in project.out.glob("*.yaml")}
    if chosen:
        deployed = {path.stem for name in chosen for path in (project.deployments / name).glob("*.yaml")}
        return sorted(deployed & generated)
    try:
        defined = {definition.stack for definition in find(project)}
    except CfngenError:
        defined = set()  # the command will say what is wrong
    return sorted(generated | defined)


def _unused(parser: argparse.ArgumentParser, before: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options that may be given, without those that were given and count once."""
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or not action.option_strings:
            continue
        repeated = isinstance(action, argparse._AppendAction)
        if repeated or not set(action.option_strings) & set(before):
            yield action.option_strings[-1], (action.help or "").partition(";")[0].partition(" (")[0]


def _matching(candidates: Iterator[tuple[str, str]] | list[tuple[str, str]], begun: str) -> Offer:
    return Offer("words", tuple((word, text) for word, text in candidates if word.startswith(begun)))


def _joined(words: Sequence[str]) -> list[str]:
    """The words without the `=` that bash makes a word of its own."""
    kept = [word for word in words if word != "="]
    return [*kept, ""] if words and words[-1] == "=" else kept


def _without_values(words: Sequence[str]) -> Iterator[str]:
    """The words but for those that are values of an option that stands before the command."""
    following = iter(words)
    for word in following:
        if word in {"--project", "--profile"}:
            next(following, None)
        else:
            yield word


def _project(before: Sequence[str], start: Path) -> Project | None:
    for option, value in pairwise(before):
        if option == "--project":
            start = start / value
    try:
        return Project.find(start)
    except CfngenError:
        return None
