"""What deleted stacks have left: listed, and deleted one by one, for `cfngen destroy`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from cfngen.aws.steps import Pace, run_alone
from cfngen.cli import saving
from cfngen.cli.exit_codes import INTERRUPTED
from cfngen.cli.session import AccountSession
from cfngen.cost.prices import table
from cfngen.cost.stored import Stored, monthly
from cfngen.deploy.account_look import Eyes
from cfngen.deploy.destroy.erase import ERASERS, Erased, command, erase
from cfngen.deploy.destroy.leftovers import Candidate, Leftovers, find
from cfngen.errors import UsageError, unknown
from cfngen.present.destruction.document import document
from cfngen.present.destruction.leftovers import Listed, erased_lines, leftover_lines, question_lines
from cfngen.present.layout.lines import Piece, line
from cfngen.present.layout.page import place
from cfngen.template.change.resource_types import Schemas


def find_leftovers(opened: AccountSession, schemas: Schemas) -> Leftovers:
    """What the stacks of the session have left, if they are deleted."""
    opened.console.progress("looking for what is left ...")
    eyes, pace = Eyes(opened.account, ()), Pace(opened.clock)
    found = run_alone(partial(find, opened.account, opened.requests, eyes, schemas, pace), opened.clock)
    opened.console.progress("")
    return found


def listed(opened: AccountSession, found: Leftovers, environment: str) -> list[Listed]:
    """The leftovers with the command that deletes each, and what it costs a month."""
    prices, schemas, account = table(), Schemas(), opened.account
    ids = [each.candidate.id for each in found.there]
    made = []
    for leftover in found.there:
        candidate, holding = leftover
        stored = holding.stored if holding else {}
        cost = monthly(candidate.type, stored, prices, account.region) if holding else None
        cost = Stored(Decimal(0)) if holding and holding.leaves else cost
        alone = ids.count(candidate.id) == 1
        how = command(account, candidate, environment, schemas, alone=alone)
        made.append(Listed(leftover, how, cost))
    return made


def print_leftovers(opened: AccountSession, found: Leftovers, environment: str) -> None:
    """The same as text, on stdout."""
    made = listed(opened, found, environment)
    opened.console.lines(leftover_lines(made, found, len(opened.requests)))


def show(args: argparse.Namespace, opened: AccountSession) -> int:
    """`cfngen destroy --leftovers`."""
    found = find_leftovers(opened, Schemas())
    account, name = opened.account, opened.environment.name
    if args.format == "text":
        opened.console.lines([line(Piece(place(name, account.id, account.region), "bold"))])
        print_leftovers(opened, found, name)
    give(args, opened, document(account, name, leftovers=listed(opened, found, name), notes=found.notes))
    return 0


def give(args: argparse.Namespace, opened: AccountSession, made: dict[str, Any]) -> None:
    """The result as JSON: on stdout, and in a file, where that is asked for."""
    if args.format == "json":
        opened.console.data(opened.console.json(made))
    if args.save:
        saving.save(args.save, opened.console.json(made))


def delete(args: argparse.Namespace, opened: AccountSession, confirmed: Callable[[], bool]) -> int:
    """`cfngen destroy --delete ID`: show what goes, ask, delete; 1 when one is still there."""
    found = find_leftovers(opened, Schemas())
    wanted = [_chosen(name, found, opened) for name in dict.fromkeys(args.delete)]
    account, name, text = opened.account, opened.environment.name, args.format == "text"
    there = [each for each in found.there if each.candidate in wanted]
    opened.console.lines(
        [line(Piece(place(name, account.id, account.region), "bold")), *question_lines(there)],
        stream="out" if text else "err",
    )
    erased = [Erased(each, "gone") for each in wanted if each in found.gone]
    left = [each.candidate for each in there]
    declined = bool(left) and not args.dry_run and not confirmed()
    if args.dry_run or declined:
        erased += [Erased(each, "declined") for each in left] if declined else []
        left = []
    cut = False
    for candidate in sorted(left, key=[each.candidate for each in found.there].index):
        try:
            erased.append(_erased(opened, candidate))
        except KeyboardInterrupt:
            again = f"cfngen destroy --env {args.env} --delete {candidate.id}"
            told = f"interrupted: {candidate.id} may be half deleted; go on with: {again}"
            opened.console.lines([line(told)], stream="err")
            cut = True
            break
    if text:
        opened.console.lines(erased_lines(erased))
    give(args, opened, document(account, name, erased=erased, notes=found.notes))
    if cut:
        return INTERRUPTED
    return 1 if any(each.end in {"failed", "declined"} for each in erased) else 0


def _erased(opened: AccountSession, candidate: Candidate) -> Erased:
    say, pace = opened.console.progress, Pace(opened.clock)
    result = run_alone(partial(erase, opened.account, candidate, pace, say), opened.clock)
    opened.console.progress("")
    return result


def _chosen(name: str, found: Leftovers, opened: AccountSession) -> Candidate:
    """The leftover of that id or name.

    Raises:
        UsageError: there is none, more than one, or none that this command deletes.
    """
    every = [*(each.candidate for each in found.there), *found.gone]
    matching = [each for each in every if name in {each.id, each.physical_id}]
    there = {each.candidate for each in found.there}
    matching = [each for each in matching if each in there] or matching[:1]
    if not matching:
        raise unknown(
            "leftover", name, [each.candidate.id for each in found.there], remedy=_nothing(name, opened)
        )
    if len(matching) > 1:
        names = ", ".join(each.physical_id for each in matching)
        raise UsageError(f"{name} is more than one resource", remedy=f"choose by name: {names}")
    if matching[0].type not in ERASERS:
        how = command(opened.account, matching[0], opened.environment.name, Schemas())
        raise UsageError(f"--delete does not delete a {matching[0].type}", remedy=f"delete it with: {how}")
    return matching[0]


def _nothing(name: str, opened: AccountSession) -> str:
    """Why nothing of that name is left over."""
    stack, _, logical_id = name.partition("/")
    known = {request.stack: request for request in opened.requests}
    if stack in known and logical_id in known[stack].template.get("Resources", {}):
        return f"{stack} is deployed and has it, or deletes it, or never made it"
    return f"nothing is left over of the stacks of {opened.environment.name}"
