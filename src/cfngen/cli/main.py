"""The command line: finds the project, runs one command, prints what cfngen raises, chooses the exit code.

Exit codes: 0 done (also when nothing had to be done), 1 failed, stale or lint errors, 2 usage,
3 changes where `--exit-code` asked for them, 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cfngen.cli.console import Console, silence
from cfngen.errors import CfngenError
from cfngen.present import visible
from cfngen.project import Project

# Only the module of the command that is asked for is imported: `cfngen list` does not pay for boto3.
COMMANDS = {
    "init": "begin a project: one small stack, its values and test, and files for CI",
    "new": "begin a stack: its definition, its values for every environment, its test",
    "generate": "generate out/ from templates/ and lint it; without an AWS account",
    "list": "show the stacks, their versions and the order to deploy them in",
    "show": "print one stack's template as YAML or JSON, without writing it",
    "lint": "lint the templates of out/ with every environment's values",
    "diff": "tell what a change to a template means: replacements, data, permissions",
    "release": "freeze the current templates as versions",
    "plan": "make a change set for each stack, explain it and keep it",
    "deploy": "plan, confirm, execute and follow, in the order of the dependencies",
    "publish": "put the templates where the console finds them, and print links to it",
    "explain": "tell why a stack's last failed operation failed",
    "verify": "check in the account what the templates and their definitions promise",
    "drift": "show what was changed by hand",
    "activity": "tell who did what, from CloudTrail's log files",
    "status": "tell how an environment stands: versions, what is out of date, who changed it last",
    "outputs": "print what the deployed stacks give out",
    "recover": "get a stack going again that cannot be deployed to",
    "cost": "estimate what an environment costs a month, without an account",
    "report": "write everything about an environment as one HTML page, without an account",
    "sandbox": "start an AWS emulator on this machine to try things on",
}

INTERRUPTED = 130

# A command makes thousands of objects that it needs until its end; looking through them for cycles every
# 700 of them, which is Python's default, is a tenth of a run.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000

Command = Callable[[Sequence[str], Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The `cfngen` command; returns the exit code."""
    return guarded(_run, sys.argv[1:] if argv is None else argv)


def process(argv: Sequence[str] | None = None) -> int:
    """The same, as all that the process does: at its end, Python need not look for cycles once more."""
    code = main(argv)
    gc.freeze()
    return code


def guarded(run: Command, argv: Sequence[str]) -> int:
    """Run a command so that a user sees one clear error instead of a traceback.

    A closed pipe (`cfngen list | head -1`) is not an error: output ends, exit code 0.
    """
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    console = Console.standard()
    try:
        code = run(argv, console)
        console.finish()
    except CfngenError as error:
        console.note(f"{console.colour('error:', 'red', stream='err')} {visible.error(error)}")
        return error.exit_code
    except KeyboardInterrupt:
        console.note("interrupted")
        return INTERRUPTED
    except RuntimeError as error:
        # While a class is made, as in an import, Python wraps it.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        console.note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        silence(sys.stdout)
        return 0
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        silence(sys.stdout)
        console.go_on_without_reader()
        console.note(f"error: the output cannot be written: {error.strerror}")
        return 1
    return code


_UNWRITABLE = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}


def _run(argv: Sequence[str], console: Console) -> int:
    import argparse
    from importlib import import_module

    import cfngen

    shape = partial(argparse.HelpFormatter, width=columns())
    parser = argparse.ArgumentParser(prog="cfngen", description=cfngen.__doc__, formatter_class=shape)
    parser.add_argument("--version", action="version", version=f"cfngen {cfngen.__version__}")
    parser.add_argument(
        "--project", metavar="DIR", default=".", help="a folder of the project (default: where you stand)"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = _command(argv)
    module = import_module(f"cfngen.cli.commands.{asked}") if asked else None
    # Where the command comes first, nothing that is shown depends on the others.
    known = [asked] if asked and argv[0] in {asked, "--project"} else [*COMMANDS]
    for name in known:
        summary = COMMANDS[name]
        told = summary[0].upper() + summary[1:] + "."
        command = commands.add_parser(name, help=summary, description=told, formatter_class=shape)
        if name == asked and module is not None:
            module.add_arguments(command)
    args = parser.parse_args(argv)
    if module is None:  # argparse has exited before: no word of argv is a command
        return 2
    find = getattr(module, "find_project", Project.find)
    return int(module.run(args, find(Path(args.project)), console))


def _command(argv: Sequence[str]) -> str | None:
    """The command that is asked for: the first word that is neither an option nor the value of one.

    >>> _command(["--project", "lint", "list"])
    'list'
    """
    words = iter(argv)
    for word in words:
        if word == "--project":
            next(words, None)
        elif not word.startswith("-"):
            return word if word in COMMANDS else None
    return None


def columns() -> int:
    """How wide help may be; argparse would import shutil and three compression libraries to find out."""
    return terminal_width(80) - 2


def terminal_width(otherwise: int = 100) -> int:
    """The columns of the terminal; `otherwise` where there is none."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (ValueError, OSError):
        return otherwise
