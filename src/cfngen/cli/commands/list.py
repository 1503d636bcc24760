"""`cfngen list`: the stacks in the order to deploy them."""

from __future__ import annotations

import argparse
import json

from cfngen.cli import options
from cfngen.cli.console import Console
from cfngen.manifest import Manifest
from cfngen.present.visible import one_line
from cfngen.project import Project

EXAMPLES = (
    "cfngen list",
    "cfngen list --format json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_format(parser)


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    names = manifest.order()
    environments = {
        name: sorted(path.parent.name for path in project.deployments.glob(f"*/{name}.yaml"))
        for name in names
    }
    if args.format == "json":
        stacks = [
            {
                "stack": name,
                "version": manifest.stacks[name].version,
                "size": manifest.stacks[name].size,
                "depends_on": list(manifest.stacks[name].depends_on),
                "environments": environments[name],
            }
            for name in names
        ]
        console.data(json.dumps({"format_version": "1.0", "stacks": stacks}, indent=2))
        return 0
    width = max(map(len, names), default=0)
    for name in names:
        entry = manifest.stacks[name]
        after = f"after {', '.join(entry.depends_on)}" if entry.depends_on else ""
        where = "/".join(environments[name])
        line = f"{name:{width}}  {entry.version}  {entry.size:>6,} bytes  {where:8}  {after}"
        console.data(one_line(line.rstrip()))
    return 0
