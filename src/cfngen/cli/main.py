"""The command line: finds the project, runs one command, prints what cfngen raises, chooses the exit code.

The exit codes are those of `cfngen.cli.exit_codes`.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cfngen.cli.console import Console, silence
from cfngen.cli.exit_codes import FAILED, FAULT, INTERRUPTED
from cfngen.errors import CfngenError, UsageError, nearest
from cfngen.present import visible
from cfngen.project import Project

# Only the module of the command that is asked for is imported: `cfngen list` does not pay for boto3.
COMMANDS = {
    "init": "begin a project: one small stack, its values and test, and files for CI",
    "new": "begin a stack: its definition, its values for every environment, its test",
    "generate": "generate out/ from templates/ and lint it; without an AWS account",
    "watch": "at every save: generate, say what the change means, and lint",
    "list": "show the stacks, their versions and the order to deploy them in",
    "show": "print one stack's template as YAML or JSON, without writing it",
    "lint": "lint the templates of out/ with every environment's values",
    "diff": "tell what a change to a template means: replacements, data, permissions",
    "release": "save the current templates as versions that never change",
    "plan": "make a change set for each stack, explain it and keep it",
    "deploy": "plan, confirm, execute and follow, in the order of the dependencies",
    "adopt": "import what was made by hand into the stack that describes it",
    "publish": "upload the templates to a bucket, and print links that open them in the console",
    "explain": "tell why a stack's last failed operation failed",
    "verify": "check in the account what the templates and their definitions promise",
    "drift": "show what was changed by hand",
    "activity": "tell who did what, from CloudTrail's log files",
    "status": "show the stacks of an environment: version, status, who changed them last",
    "outputs": "print the outputs of the deployed stacks",
    "destroy": "delete stacks, in reverse order; tell what stays and what data is lost",
    "recover": "bring a stack out of a state in which it cannot be deployed",
    "cost": "estimate what an environment costs a month, without an account",
    "report": "write everything about an environment as one HTML page, without an account",
    "completion": "print the script that completes commands in bash, zsh or fish",
    "sandbox": "start an AWS emulator on this machine to try things on",
}

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
        code = _ended(run, argv, console)
        console.finish()
    except CfngenError as error:
        console.go_on_without_reader()
        console.error(visible.error(error))
        return error.exit_code
    except KeyboardInterrupt:
        console.go_on_without_reader()
        console.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        silence(sys.stdout)
        return 0
    except ModuleNotFoundError:
        raise  # the environment is not set up: how it is, the caller knows
    # Whatever a fault of cfngen raises, the user is told how to report it.
    except Exception as error:  # noqa: BLE001
        # While a class is made, as in an import, Python wraps an interruption.
        if isinstance(error, RuntimeError) and isinstance(error.__cause__, KeyboardInterrupt):
            console.say("interrupted")
            return INTERRUPTED
        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            silence(sys.stdout)
            console.go_on_without_reader()
            console.error(f"the output cannot be written: {error.strerror}")
            return FAILED
        return _fault(error, console, debug="--debug" in argv)
    return code


def _ended(run: Command, argv: Sequence[str], console: Console) -> int:
    """The exit code, also of help and version, with which argparse ends the process."""
    try:
        return run(argv, console)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0


_UNWRITABLE = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}


def _fault(error: Exception, console: Console, *, debug: bool) -> int:
    """Say that cfngen itself is wrong, and how to report that."""
    import traceback

    import cfngen

    console.go_on_without_reader()
    if debug:
        console.say("".join(traceback.format_exception(error)).rstrip())
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = visible.one_line(traceback.format_exception_only(error)[-1].strip())
    where = f"{Path(frame.filename).name}, line {frame.lineno}"
    how = (
        "report it with the lines above"
        if debug
        else "run the command with --debug and report what it prints"
    )
    console.error(f"cfngen {cfngen.__version__} has a fault: {what} ({where}); {how}")
    return FAULT


def _run(argv: Sequence[str], console: Console) -> int:
    from importlib import import_module

    import cfngen
    from cfngen.cli import options, usage

    asked = _command(argv)
    if asked == "help":
        argv, asked = _help(argv)
    if asked is not None and asked not in COMMANDS:
        found = nearest(asked, COMMANDS, "; did you mean {}?")
        raise UsageError(f"there is no command {asked!r}{found or '; cfngen --help lists the commands'}")
    parser = usage.Parser(
        prog="cfngen", description=cfngen.__doc__, epilog=usage.epilog(_EXAMPLES, differences=True)
    )
    parser.add_argument("--version", action="version", version=f"cfngen {cfngen.__version__}")
    options.add_global(parser, within_command=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog=parser.prog)
    module = import_module(f"cfngen.cli.commands.{asked}") if asked else None
    # Where a command is named, nothing that is shown depends on the others.
    for name in [asked] if asked else [*COMMANDS]:
        summary = COMMANDS[name]
        sentence = summary[0].upper() + summary[1:] + "."
        command = commands.add_parser(name, help=summary, description=sentence)
        if module is not None:
            module.add_arguments(command)
            options.add_global(command, within_command=True)
            command.epilog = usage.epilog(
                getattr(module, "EXAMPLES", ()), differences=command.takes("--exit-code")
            )
    args = parser.parse_args(argv)
    if module is None:
        raise UsageError("no command is given", remedy="cfngen --help lists the commands")
    console.quiet = args.quiet
    if args.profile:
        _use_profile(args.profile)
    find = getattr(module, "find_project", Project.find)
    project = find(Path(args.project))
    options.require_environment(args, project)
    return int(module.run(args, project, console))


_EXAMPLES = (
    "cfngen generate                    make the templates of out/ and lint them",
    "cfngen plan --env dev              show what a deployment would change",
    "cfngen deploy --env dev            deploy it, after a question",
    "cfngen help plan                   explain one command",
)


def _use_profile(name: str) -> None:
    """Let every AWS client of this process use the profile, as `aws --profile` does.

    Keys in the environment would go before AWS_PROFILE:
    https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    """
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        os.environ.pop(variable, None)
    os.environ["AWS_PROFILE"] = name


def _help(argv: Sequence[str]) -> tuple[list[str], str | None]:
    """`help` and `help COMMAND` as the option, and the command."""
    words = [word for word in argv if not word.startswith("-")]
    about = words[words.index("help") + 1 :][:1]
    return [*about, "--help"], about[0] if about else None


def _command(argv: Sequence[str]) -> str | None:
    """The command that is asked for: the first word that is neither an option nor the value of one.

    >>> _command(["--project", "lint", "list"])
    'list'
    """
    words = iter(argv)
    for word in words:
        if word in {"--project", "--profile"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def terminal_width(otherwise: int = 100) -> int:
    """The columns of the terminal, or of COLUMNS; `otherwise` where there is none.

    shutil knows it, too, and would import three compression libraries first.
    """
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (ValueError, OSError):
        return otherwise
