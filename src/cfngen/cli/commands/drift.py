"""`cfngen drift`: what was changed by hand, property by property."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from cfngen.aws.calls import CallError
from cfngen.cli import session
from cfngen.cli.commands.plan import CHANGES
from cfngen.cli.commands.verify import ClaimsProgress, make_world
from cfngen.cli.console import Console
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.session import SERVICES, Services, open_session, termination_interrupts
from cfngen.present import drift as present
from cfngen.project import Project
from cfngen.verify import generic
from cfngen.verify.claims import Claim
from cfngen.verify.drift import StackDrift, drift
from cfngen.verify.results import Result
from cfngen.verify.run import verify
from cfngen.verify.world import World

EXAMPLES = (
    "cfngen drift --env dev",
    "cfngen drift network --env dev --exit-code  exit with 3 where something was changed",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some", region=True)
    parser.add_argument("--exit-code", action="store_true", help=f"exit with {CHANGES} when there is drift")


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Read every resource, side by side; 1 when one cannot be read."""
    opened = open_session(args, project, console, services)
    quiet = opened.console
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
    world = make_world(project, opened)
    stacks = [request.stack for request in opened.requests]
    quiet.progress("checking ...")
    with termination_interrupts():
        world.look()
        claims = [claim for stack in stacks for claim in _claims(world, stack)]
        results, interrupted = verify(claims, world, ClaimsProgress(quiet, len(claims)))
    quiet.progress("")
    drifts = [_drift(world, stack, results, interrupted=interrupted) for stack in stacks]
    if args.format == "json":
        quiet.data(quiet.json(present.document(drifts, at=at, emulated=world.emulated)))
    else:
        for each in drifts:
            quiet.data(present.text(each, quiet, opened.environment.name))
    if interrupted:
        return INTERRUPTED
    if any(each.result in {"failed", "unknown"} for each in drifts):
        return 1
    return CHANGES if args.exit_code and any(each.result == "drifted" for each in drifts) else 0


def _claims(world: World, stack: str) -> list[Claim]:
    try:
        deployed = world.deployed(stack)
    except CallError:
        return []  # told below
    return list(generic.of_resources(world.targets[stack], deployed)) if deployed else []


def _drift(world: World, stack: str, results: list[Result], *, interrupted: bool) -> StackDrift:
    about = [result for result in results if result.claim.stack == stack]
    try:
        return drift(world, stack, about, interrupted=interrupted)
    except CallError as error:
        return StackDrift(stack, world.targets[stack].stack_name, "failed", reason=str(error))
