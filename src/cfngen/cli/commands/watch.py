"""`cfngen watch`: at every save, out/ is made anew, its difference is told in words, and it is linted."""

from __future__ import annotations

import argparse

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.cli.session import termination_interrupts
from cfngen.cli.sources import Sources
from cfngen.cli.watching import Watch
from cfngen.project import Project

EXAMPLES = (
    "cfngen watch          every stack, until Ctrl-C",
    "cfngen watch network  one stack",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    options.add_stacks(parser, every="all")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Watch until Ctrl-C, which is the way to end it."""
    try:
        with termination_interrupts():
            sources = Sources(project)
            watch = Watch(project, args.stacks, console, sources)
            watch.begin()
            while True:
                watch.saved(sources.wait())
    except KeyboardInterrupt:
        console.progress("")
        console.note("the watch has ended")
        return 0
