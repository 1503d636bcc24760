"""`cfngen verify`: whether the account is what the templates and their definitions promise."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from cfngen.aws.calls import CallError
from cfngen.cli import options, session
from cfngen.cli.commands.plan import CHANGES
from cfngen.cli.console import Console
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.saving import add_save, format_of, save
from cfngen.cli.session import (
    SERVICES,
    AccountSession,
    SecretConsole,
    Services,
    open_session,
    termination_interrupts,
)
from cfngen.deploy.request import Request, requests
from cfngen.present.verification.wording import Report
from cfngen.project import Project
from cfngen.verify import generic
from cfngen.verify.claims import Claim
from cfngen.verify.declared import Sibling, declared, of_definition
from cfngen.verify.results import Result
from cfngen.verify.run import verify
from cfngen.verify.world import Target, World

FORMATS = ("text", "json", "junit", "markdown")

EXAMPLES = (
    "cfngen verify --env dev",
    "cfngen verify --env dev --save reports/verify.xml  for test reports, too",
    "cfngen verify --env dev --policy                   the permissions that verifying needs",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some", formats=FORMATS, region=True)
    parser.add_argument(
        "--live", action="store_true", help="make one harmless call and wait until it is recorded, too"
    )
    parser.add_argument(
        "--policy",
        action="store_true",
        help="print the policy that a verifying role needs, and check nothing",
    )
    parser.add_argument("--all", action="store_true", help="show the claims that hold, too")
    add_save(parser, "the report", FORMATS)
    parser.add_argument("--strict", action="store_true", help='let "not yet" and "cannot tell" fail as well')
    parser.add_argument(
        "--exit-code", action="store_true", help=f"exit with {CHANGES} where a claim does not hold"
    )


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Check every claim; 1 when one does not hold."""
    if args.policy:
        console.data(_policy(project, args))
        return 0
    forms = {path: format_of(path, FORMATS) for path in args.save}
    opened = open_session(args, project, console, services)
    quiet, account = opened.console, opened.account
    begun, at = opened.clock.now(), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
    world = make_world(project, opened, live=args.live)
    with termination_interrupts():
        quiet.progress("looking at the stacks ...")
        world.look()
        claims = [claim for request in opened.requests for claim in _claims(world, request.stack)]
        results, cut = verify(claims, world, ClaimsProgress(quiet, len(claims)))
    quiet.progress("")
    report = Report(
        opened.environment.name,
        account.id,
        account.region,
        world.emulated,
        results,
        opened.clock.now() - begun,
        world.calls.made,
        at,
    )
    quiet.data(_rendered(args.format, report, quiet, everything=args.all))
    for path, form in forms.items():
        save(path, _rendered(form, report, quiet, everything=True).rstrip("\n"))
    return INTERRUPTED if cut else _exit_code(results, args)


def _policy(project: Project, args: argparse.Namespace) -> str:
    """The policy for the stacks that are asked about; nothing is asked of an account."""
    import json

    from cfngen.template.change.resource_types import Schemas
    from cfngen.verify.policy import policy

    where = options.chosen_environment(args, project)
    claims: list[Claim] = []
    types: set[str] = set()
    for request in requests(project, where, args.stacks, without=args.without):
        target = _target(project, request)
        resources = target.template["Resources"]
        types |= {body["Type"] for body in resources.values()}
        kinds = {"resource", "additions", *(body["kind"] for body in target.claims.values())}
        claims += [
            *generic.of_stack(target),
            *(Claim(target.stack, kind, "", kind) for kind in sorted(kinds)),
        ]
    return json.dumps(policy(claims, types, Schemas(where.region)), indent=2)


def make_world(project: Project, opened: AccountSession, *, live: bool = False) -> World:
    """The account with every stack of the environment: what any of them attaches to another is meant."""
    wanted = {request.stack for request in opened.requests}
    others = requests(project, opened.environment, without=tuple(wanted))
    targets = {each.stack: _target(project, each) for each in (*opened.requests, *others)}
    return World(
        opened.account,
        opened.environment,
        targets,
        opened.clock,
        live=live,
        say=opened.console.progress,
    )


def _exit_code(results: Sequence[Result], args: argparse.Namespace) -> int:
    failing = {"does not hold", *(("not yet", "cannot tell") if args.strict else ())}
    if any(result.outcome in failing for result in results):
        return CHANGES if args.exit_code else 1
    return 0


def _target(project: Project, request: Request) -> Target:
    return Target(
        request.stack,
        request.stack_name,
        request.content,
        request.template,
        request.parameters,
        request.secret,
        request.tags,
        request.entry,
        declared(project, request.entry, request.path),
    )


def _claims(world: World, stack: str) -> list[Claim]:
    target = world.targets[stack]
    found = list(generic.of_stack(target))
    try:
        deployed = world.deployed(stack)
    except CallError:
        return found  # the claims about the stack as a whole tell why
    if deployed is None:
        return found
    return [
        *found,
        *generic.of_resources(target, deployed),
        *of_definition(target, deployed.ids, world.scope, _siblings(world)),
    ]


def _siblings(world: World) -> dict[str, Sibling]:
    found = {}
    for name, target in world.targets.items():
        try:
            deployed = world.deployed(name)
        except CallError:
            continue  # told by the claims of that stack
        if deployed is not None:
            found[name] = Sibling(target.template, target.parameters, target.stack_name, deployed.ids)
    return found


class ClaimsProgress:
    """Tells how far the run is."""

    def __init__(self, console: SecretConsole, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0

    def __call__(self, result: Result) -> None:
        self._done += 1
        self._console.progress(f"{self._done} of {self._total} claims: {result.claim.id[:60]} ...")


def _rendered(style: str, report: Report, console: SecretConsole, *, everything: bool) -> str:
    if style == "json":
        from cfngen.present.verification.document import document

        return console.json(document(report))
    if style == "junit":
        from cfngen.present.verification import junit

        return console.secrets.hide(junit.render(report))
    if style == "markdown":
        from cfngen.present.verification import markdown

        return console.secrets.hide(markdown.render(report))
    from cfngen.present.verification import text

    return console.secrets.hide(text.render(report, console, everything=everything))
