"""The claims that have to hold before a stack is deployed, looked at right before that."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cfngen.deploy.outcome import Failure
from cfngen.deploy.request import Request
from cfngen.project import Project
from cfngen.verify.declared import declared

if TYPE_CHECKING:
    from cfngen.cli.session import AccountSession
    from cfngen.verify.results import Result


def unmet(
    project: Project, opened: AccountSession, request: Request, *, accepted: Collection[str] = ()
) -> Failure | None:
    """Why the stack is not to be deployed as things are now; None where everything it demands holds.

    What cannot be told is a warning, and stops nothing.

    Arguments:
        accepted: the ids of claims that the command line does not wait for.

    Raises:
        OutError: the file of claims is not what the manifest says.
    """
    claims = declared(project, request.entry, request.path)
    if not any(claim.get("before") for claim in claims.values()):
        return None
    looked = [each for each in _results(project, opened, request) if each.claim.id not in accepted]
    for result in looked:
        if result.outcome == "cannot tell":
            needs = f" (needs {', '.join(result.verdict.needs)})" if result.verdict.needs else ""
            warning = opened.console.colour("warning:", "yellow", stream="err")
            opened.console.note(
                f"{warning} {request.stack}: cannot tell whether this holds, which has to hold before the "
                f"deployment: {result.claim.says}: {result.verdict.evidence}{needs}"
            )
    broken = [each for each in looked if each.outcome == "does not hold"]
    if not broken:
        return None
    options = " ".join(f"--allow-unmet {result.claim.id}" for result in broken)
    first, *others = (_failure(result) for result in broken)
    return first._replace(remedy=f"correct that first, or accept it: {options}", also=tuple(others))


def _failure(result: Result) -> Failure:
    details = "".join(f"; {detail}" for detail in result.verdict.details)
    return Failure(
        f"before it is deployed, this has to hold: {result.claim.says}; {result.verdict.evidence}{details}",
        logical_id=result.claim.about,
        remedy=f"correct that first, or accept it: --allow-unmet {result.claim.id}",
    )


def _results(project: Project, opened: AccountSession, request: Request) -> list[Result]:
    from cfngen.cli.commands.verify import make_world
    from cfngen.verify.declared import of_definition
    from cfngen.verify.run import result_of

    world = make_world(project, opened)
    target = world.targets[request.stack]
    claims = [claim for claim in of_definition(target, {}, world.scope, {}) if claim.before]
    world.claims = claims
    return [result_of(claim, world) for claim in claims]
