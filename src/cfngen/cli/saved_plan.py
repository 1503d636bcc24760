"""What `plan` saved, for `deploy --plan`: deployed stack by stack as it was planned, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cfngen.aws.steps import run_alone
from cfngen.cli import saving
from cfngen.cli.session import AccountSession
from cfngen.deploy.flow import check_saved
from cfngen.deploy.request import Request
from cfngen.deploy.stack_run import Orders
from cfngen.errors import CfngenError, UsageError
from cfngen.project import Project

SavedPlan = Mapping[str, str | None]
"""By stack: the ARN of its change set; None where nothing was to be changed."""


KEPT = 20
"""Plans of an environment that are kept below .cfngen/, the newest."""


def keep(project: Project, environment: str, text: str) -> Path | None:
    """Write a plan below .cfngen/, beside the last ones of its environment; None where that fails."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = project.cache / "plans"
    path = folder / f"{environment}-{moment}.json"
    try:
        project.make_cache()
        saving.save(path, text)
        older = sorted(folder.glob(f"{environment}-????????-??????.json"))
        for each in older[:-KEPT]:
            each.unlink(missing_ok=True)
    except (CfngenError, OSError):
        return None
    return path


def contents(requests: Sequence[Request]) -> dict[str, str]:
    """What the plan is of: the same for the same template, values and tags."""
    return {request.stack: request.digest for request in requests}


def read(path: Path, opened: AccountSession) -> SavedPlan:
    """The plan of a file.

    Raises:
        UsageError: it is not a plan, one of another account or environment, one that failed, or out/ or
            deployments/ have changed since.
    """
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        saved = {str(stack["stack"]): (stack["result"], stack["change_set"]) for stack in document["stacks"]}
        made_of: dict[str, str] = dict(document["contents"])
        place = tuple(str(document[key]) for key in ("environment", "account", "region"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"is not a plan: {error}",
            place=str(path),
            remedy=f"write one: cfngen plan --env {opened.environment.name} --save {path}",
        ) from error
    here = (opened.environment.name, opened.account.id, opened.account.region)
    if place != here:
        raise _outdated(path, f"it is a plan for {', '.join(place)}, and this is {', '.join(here)}")
    unplanned = [stack for stack, (result, arn) in saved.items() if (result, bool(arn)) not in _USABLE]
    if unplanned:
        raise _outdated(path, f"it has no change set of {', '.join(unplanned)}")
    now = contents(opened.requests)
    changed = [stack for stack in saved if stack not in now or now[stack] != made_of.get(stack)]
    if changed:
        raise _outdated(path, f"out/ or deployments/ have changed since: {', '.join(changed)}")
    return {stack: str(arn) if arn else None for stack, (_, arn) in saved.items()}


_USABLE = {("planned", True), ("no-change", False)}


def check(path: Path, saved: SavedPlan, opened: AccountSession, orders: Orders) -> None:
    """Hold all of it against the account before anything is begun.

    Raises:
        UsageError: something of it cannot be deployed any more.
        AccountError: the account cannot be asked.
    """
    told = []
    for request in opened.requests:
        if request.stack in saved:
            mine = orders._replace(change_set=saved[request.stack])
            steps = partial(check_saved, opened.account, request, mine, opened.clock)
            failure = run_alone(steps, opened.clock)
            told += [f"{request.stack}: {failure.reason}"] if failure else []
    if told:
        raise _outdated(path, "; ".join(told))


def _outdated(path: Path, why: str) -> UsageError:
    return UsageError(f"{why}; nothing was done", place=str(path), remedy="make a new plan and review it")
