"""`cfngen show`: one stack's template on stdout, made anew from its definition."""

from __future__ import annotations

import argparse

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.generate import emit, pipeline
from cfngen.project import Project

EXAMPLES = ("cfngen show network",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stack", metavar="STACK", help="the stack's name")
    options.add_format(parser, ("yaml", "json"))


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    data = pipeline.template(project, args.stack)
    write = emit.to_json if args.format == "json" else emit.to_yaml
    console.exactly(write(data).decode())
    return 0
