"""`cfngen cost`: what an environment costs a month, line by line, without an account."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cfngen.cli import options, saving
from cfngen.cli.console import Console
from cfngen.cli.costing import account_of, usage_of
from cfngen.cost.account import ChargedAccount
from cfngen.cost.estimate import estimate
from cfngen.cost.prices import table
from cfngen.errors import unknown
from cfngen.present import cost as present
from cfngen.project import USAGE_FILE, Project

EXAMPLES = (
    "cfngen cost --env dev",
    "cfngen cost network --env dev --details   every resource of one stack",
    "cfngen cost --env dev --region us-east-1  the same stacks elsewhere",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    options.add_stacks(parser, every="all of the environment")
    options.add_environment(parser)
    options.add_region(parser, "estimate with the prices of this Region")
    parser.add_argument(
        "--usage",
        type=Path,
        metavar="FILE",
        help=f"what is used in a month (default: deployments/ENV/{USAGE_FILE}, where there is one)",
    )
    parser.add_argument(
        "--details",
        action="store_true",
        help="show every resource, with its quantity and the source of its price",
    )
    options.add_format(parser, ("text", "json", "markdown"))
    saving.add_save(parser, "the estimate")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Estimate; 0 also where something is not modelled, which the output names."""
    where = options.chosen_environment(args, project)
    usage = usage_of(project, where, args.usage)
    account = account_of(project, where, usage)
    prices = table()
    everything = estimate(account, prices, where.region)
    chosen = everything.only(_stacks(args.stacks, account)) if args.stacks else everything
    document = json.dumps(present.document(chosen, where.name, prices.collected, usage), indent=2)
    if args.format == "json":
        console.data(document)
    elif args.format == "markdown":
        console.data(present.markdown(chosen, where.name, prices.collected, usage, details=args.details))
    else:
        console.data(present.text(chosen, where.name, prices.collected, usage, console, details=args.details))
    if args.save:
        saving.save(args.save, document)
    return 0


def _stacks(asked: list[str], account: ChargedAccount) -> frozenset[str]:
    known = {resource.stack for resource in account.resources}
    for stack in asked:
        if stack not in known:
            raise unknown("stack", stack, known, remedy="no stack of this environment has a resource")
    return frozenset(asked)
