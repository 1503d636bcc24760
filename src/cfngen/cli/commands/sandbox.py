"""`cfngen sandbox`: an AWS emulator on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import shlex

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.errors import CfngenError
from cfngen.project import Project

EXAMPLES = (
    "cfngen sandbox              any free port",
    "cfngen sandbox --port 4566",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="a port of 127.0.0.1 (default: a free one)"
    )
    parser.add_argument(
        "--execute",
        action="store_true",
        help="run the code of Lambda functions, Glue jobs and others, with your rights (default: refuse)",
    )
    options.add_format(parser)


def run(args: argparse.Namespace, _project: Project, console: Console) -> int:
    from cfngen.sandbox.launcher import Sandbox

    try:
        with Sandbox(args.port, execute=args.execute) as sandbox:
            environment = sandbox.environment()
            if args.format == "json":
                console.data(json.dumps({"format_version": "1.0", "environment": environment}, indent=2))
            else:
                console.data("\n".join(_exports(environment)))
            console.flush()
            console.note("The sandbox runs. Export these variables in another terminal; Ctrl-C here ends it.")
            console.note("Another account: any 12 digits as AWS_ACCESS_KEY_ID. Nothing is kept.")
            code = sandbox.wait()
    except KeyboardInterrupt:
        return 0  # the way to end it
    raise CfngenError(f"the emulator ended by itself, with exit code {code}", remedy="start it again")


def _exports(environment: dict[str, str]) -> list[str]:
    return [
        # A session's token or a profile would go with the keys below.
        "unset AWS_PROFILE AWS_SESSION_TOKEN",
        *(f"export {name}={shlex.quote(value)}" for name, value in environment.items()),
    ]
