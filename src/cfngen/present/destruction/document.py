"""The JSON of destroy, in the format of `destroy.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cfngen.aws.session import Account
from cfngen.deploy.destroy.erase import Erased
from cfngen.deploy.destroy.flow import Destroyed
from cfngen.deploy.destroy.order import Obstacle
from cfngen.deploy.destroy.removal import Removal, Removed
from cfngen.deploy.outcome import Failure
from cfngen.present import FORMAT_VERSION
from cfngen.present.destruction.leftovers import Listed


def document(
    account: Account,
    environment: str,
    *,
    removals: Sequence[Removal] = (),
    results: Sequence[Destroyed] = (),
    obstacles: Sequence[Obstacle] = (),
    leftovers: Sequence[Listed] = (),
    erased: Sequence[Erased] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """What was shown, what was done and what is left."""
    shown = {removal.stack: removal for removal in removals}
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "account": account.id,
        "region": account.region,
        "stacks": [_stack(result, shown[result.stack], obstacles) for result in results],
        "leftovers": [_leftover(each) for each in leftovers],
        "erased": [_erased(each) for each in erased],
        "notes": list(notes),
    }


def _stack(result: Destroyed, removal: Removal, obstacles: Sequence[Obstacle]) -> dict[str, Any]:
    return {
        "stack": result.stack,
        "stack_name": result.stack_name,
        "result": result.result,
        "status": result.status or None,
        "termination_protection": removal.deployed.protected,
        "resources": [_resource(each) for each in removal.resources],
        "obstacles": [
            {"stack": each.by, "why": each.why} for each in obstacles if each.stack == result.stack
        ],
        "failures": [_failure(failure) for failure in result.failures],
        "state": result.state,
        "warnings": list(result.warnings),
    }


def _resource(removed: Removed) -> dict[str, Any]:
    return {
        "logical_id": removed.resource.logical_id,
        "type": removed.resource.type,
        "physical_id": removed.resource.physical_id or None,
        "fate": removed.kind,
        "policy": removed.policy or None,
        "lost": removed.lost or None,
        "blocks": removed.blocks or None,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "logical_id": failure.logical_id,
        "type": failure.type or None,
        "reason": failure.reason,
        "remedy": failure.remedy,
    }


def _leftover(listed: Listed) -> dict[str, Any]:
    candidate, holding = listed.leftover
    return {
        "id": candidate.id,
        "stack": candidate.stack,
        "logical_id": candidate.logical_id,
        "type": candidate.type,
        "physical_id": candidate.physical_id,
        "source": candidate.source,
        "left": candidate.deleted or None,
        "seen": holding is not None,
        "holds": holding.text if holding and holding.text else None,
        "leaves": holding.leaves if holding and holding.leaves else None,
        "usd_a_month": None if listed.cost is None else float(round(listed.cost.usd, 4)),
        "price_confirmed": None if listed.cost is None else listed.cost.confirmed,
        "command": listed.command,
    }


def _erased(erased: Erased) -> dict[str, Any]:
    return {
        "id": erased.candidate.id,
        "physical_id": erased.candidate.physical_id,
        "result": erased.end,
        "text": erased.text or None,
        "failure": _failure(erased.failure) if erased.failure else None,
    }
