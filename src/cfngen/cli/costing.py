"""What an environment costs, and what a change adds to the bill: how `cost`, `diff` and `plan` find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cfngen.cost.account import ChargedAccount
from cfngen.cost.change import CostChange, compare, total_change
from cfngen.cost.estimate import estimate
from cfngen.cost.prices import table
from cfngen.cost.usage import Usage, read
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request, requests
from cfngen.project import USAGE_FILE, Project
from cfngen.template.environment.deployment_file import NO_ACCOUNT, Environment
from cfngen.template.environment.resolve import resolve

Stacks = Mapping[str, Mapping[str, Any]]
"""Templates by stack, with an environment's values put in; `{}` for a stack that is not there."""


def account_of(project: Project, where: Environment, usage: Usage) -> ChargedAccount:
    """The account that all stacks of an environment make together."""
    return ChargedAccount.of(_resolved(requests(project, where), where), usage)


def plan_cost(
    project: Project, where: Environment, asked: Sequence[Request], results: Sequence[StackResult]
) -> CostChange | None:
    """What the planned change sets add to the bill together; None where no price of the Region is known.

    A stack whose deployed template is not known counts as unchanged; its plan has a warning.
    """
    planned = {result.stack: result.effect for result in results if result.result == "planned"}
    known = {stack: effect for stack, effect in planned.items() if effect.old is not None}
    same = _resolved([request for request in asked if request.stack not in known], where)
    stacks = [request.stack for request in asked]
    before = {stack: known[stack].old or {} if stack in known else same[stack] for stack in stacks}
    after = {stack: known[stack].new if stack in known else same[stack] for stack in stacks}
    costs = cost_changes(before, after, where.region, usage_of(project, where, None))
    return total_change(costs.values()) if costs else None


def _resolved(asked: Sequence[Request], where: Environment) -> dict[str, Mapping[str, Any]]:
    return {
        request.stack: resolve(
            request.template,
            request.shown,
            account=where.account or NO_ACCOUNT,
            region=where.region,
            stack_name=request.stack_name,
        )
        for request in asked
    }


def usage_of(project: Project, where: Environment, given: Path | None) -> Usage:
    """The usage of an environment: the file that is named, else its own, else the defaults.

    Raises:
        DeploymentFileError: the file is broken, or the named one does not exist.
    """
    own = project.deployments / where.name / USAGE_FILE
    if given is None and not own.exists():
        return Usage()
    path = given or own
    return read(path, project.relative(path.absolute()))


def cost_changes(before: Stacks, after: Stacks, region: str, usage: Usage) -> dict[str, CostChange]:
    """What each stack adds to the bill; nothing where the price table does not have the Region.

    Arguments:
        before: all stacks of the environment as they were: traffic crosses their borders.
        after: the same as they will be.
    """
    prices = table()
    if region not in prices.regions:
        return {}
    old, new = (estimate(ChargedAccount.of(stacks, usage), prices, region) for stacks in (before, after))
    return {stack: compare(old.only({stack}), new.only({stack})) for stack in after}
