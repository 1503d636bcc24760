"""What an environment costs, and what a change adds to the bill: how `cost`, `diff` and `plan` find out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from cfngen.cost.account import ChargedAccount
from cfngen.cost.change import CostChange, compare, total_change
from cfngen.cost.estimate import estimate
from cfngen.cost.prices import table
from cfngen.cost.usage import Usage, read
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request, requests
from cfngen.errors import CfngenError
from cfngen.project import ENVIRONMENT_FILE, USAGE_FILE, Project
from cfngen.template.change.compare import Comparison
from cfngen.template.change.consequence import Consequence
from cfngen.template.environment.deployment_file import NO_ACCOUNT, Environment, deployment
from cfngen.template.environment.resolve import resolve, resolve_open
from cfngen.template.load import load
from cfngen.template.loops import expanded

Stacks = Mapping[str, Mapping[str, Any]]
"""Templates by stack, with an environment's values put in; `{}` for a stack that is not there."""


def account_of(project: Project, where: Environment, usage: Usage) -> ChargedAccount:
    """The account that all stacks of an environment make together.

    Raises:
        DeploymentFileError: the usage names a resource that is not in it.
    """
    account = ChargedAccount.of(_resolved(requests(project, where), where), usage)
    usage.check(account.types())
    return account


def plan_cost(
    project: Project, where: Environment, asked: Sequence[Request], results: Sequence[StackResult]
) -> CostChange | None:
    """What the planned change sets add to the bill together.

    None where nothing is planned, or no price of the Region is known. The environment's other stacks count
    as their files say. A stack whose deployed template is not known counts as unchanged; its plan has a
    warning.
    """
    planned = {result.stack: result.effect for result in results if result.result == "planned"}
    if not planned:
        return None
    known = {stack: effect for stack, effect in planned.items() if effect.old is not None}
    same = _resolved([request for request in asked if request.stack not in known], where)
    same |= others(project, where, [request.stack for request in asked])
    before = same | {stack: effect.old or {} for stack, effect in known.items()}
    after = same | {stack: effect.new for stack, effect in known.items()}
    kept = {
        name
        for stack, effect in known.items()
        for name in replaced_and_retained(stack, effect.comparison, effect.new)
    }
    costs = cost_changes(before, after, where.region, usage_of(project, where, None), kept)
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


def others(project: Project, where: Environment, shown: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """The environment's stacks that are not shown, as their files say; what is wrong with one is not told."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((project.deployments / where.name).glob("*.yaml")):
        if path.stem in shown or path.name in {ENVIRONMENT_FILE, USAGE_FILE}:
            continue
        try:
            values = deployment(project, where, path.stem)
            template = load((project.root / values.template).read_bytes(), values.template.as_posix()).data
            found[path.stem] = resolve_open(
                expanded(template, values.parameters),
                values.parameters,
                account=where.account,
                region=where.region,
            )
        except (CfngenError, OSError):
            continue
    return found


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


def not_estimated(region: str) -> str:
    """Why a change has no cost."""
    return f"what this costs is not estimated: there are no prices for the Region {region}"


def replaced_and_retained(stack: str, comparison: Comparison, new: Mapping[str, Any]) -> set[str]:
    """The resources, as `<stack>/<logical id>`, that are replaced by new ones and stay in the account."""
    bodies = new.get("Resources", {})
    return {
        f"{stack}/{item.change.logical_id}"
        for item in comparison.judgements
        if item.change.section == "Resources"
        and item.consequence == Consequence.REPLACE
        and str(bodies.get(item.change.logical_id, {}).get("UpdateReplacePolicy")).startswith("Retain")
    }


def cost_changes(
    before: Stacks, after: Stacks, region: str, usage: Usage, replaced: Collection[str] = ()
) -> dict[str, CostChange]:
    """What each stack adds to the bill; nothing where the price table does not have the Region.

    Arguments:
        before: all stacks of the environment as they were: traffic crosses their borders.
        after: the same as they will be.
        replaced: the resources that are replaced and stay in the account, as `<stack>/<logical id>`.
    """
    prices = table()
    if region not in prices.regions:
        return {}
    old, new = (estimate(ChargedAccount.of(stacks, usage), prices, region) for stacks in (before, after))
    retained = {*_retained(before, after), *replaced}
    return {stack: compare(old.only({stack}), new.only({stack}), retained) for stack in after}


def _retained(before: Stacks, after: Stacks) -> set[str]:
    """What leaves its stack, moves to no other, and stays in the account by its DeletionPolicy.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    old, new = (
        {
            (stack, logical_id): body
            for stack, template in stacks.items()
            for logical_id, body in template.get("Resources", {}).items()
            if isinstance(body, Mapping)
        }
        for stacks in (before, after)
    )
    come = {
        (logical_id, body.get("Type"))
        for (stack, logical_id), body in new.items()
        if (stack, logical_id) not in old
    }
    return {
        f"{stack}/{logical_id}"
        for (stack, logical_id), body in old.items()
        if (stack, logical_id) not in new
        and str(body.get("DeletionPolicy")).startswith("Retain")
        and (logical_id, body.get("Type")) not in come
    }
