"""What became of stacks, as text and as JSON: the same for plan and deploy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cfngen.aws.session import Account
from cfngen.deploy.changeset.effect import Effect
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.status import StackStatus
from cfngen.present import FORMAT_VERSION, visible
from cfngen.present.differences import text
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.document import stack_document
from cfngen.present.style import Palette, Style


def document(results: Sequence[StackResult], account: Account, environment: str) -> dict[str, Any]:
    """The JSON of plan and deploy, in the format of `deploy.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "account": account.id,
        "region": account.region,
        "stacks": [_entry(result, environment) for result in results],
    }


def _entry(result: StackResult, environment: str) -> dict[str, Any]:
    failure = result.failure
    compared = stack_document(_difference(result, environment))
    return {
        "stack": result.stack,
        "stack_name": result.stack_name,
        "result": result.result,
        "status": result.status or None,
        "from_version": result.from_version,
        "to_version": result.to_version,
        "change_set": result.change_set,
        "url": result.url,
        "changes": [_change(change, result.effect) for change in compared["changes"]],
        "permissions": compared["permissions"],
        "outputs": dict(result.outputs),
        "failure": failure and _failure(failure),
        "blocked": result.blocked and _failure(result.blocked),
        "state": result.state,
        "warnings": list(result.warnings),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    document: dict[str, Any] = {
        "logical_id": failure.logical_id,
        "type": failure.type or None,
        "reason": failure.reason,
        "remedy": failure.remedy,
    }
    return document | ({"also": [_failure(other) for other in failure.also]} if failure.also else {})


def _change(change: dict[str, Any], effect: Effect) -> dict[str, Any]:
    """A change of a template as one of a stack: whether it is an import, what becomes of the old resource."""
    of_resource = change["section"] == "Resources"
    action = "import" if of_resource and change["logical_id"] in effect.imported else change["action"]
    policy_action = effect.policy_actions.get(change["logical_id"]) if of_resource else None
    return {**change, "action": action, "policy_action": policy_action}


def _difference(result: StackResult, environment: str) -> Difference:
    new = StackStatus(result.status).creatable
    deployed = "" if new else f"what is deployed as {result.stack_name}"
    comparison = result.effect.comparison
    return Difference(result.stack, deployed, result.from_version, result.to_version, comparison, environment)


def plan_text(result: StackResult, palette: Palette, environment: str) -> str:
    """What a change set does, the gravest first, its ARN and the console's page about it."""
    shown = text.render([_difference(result, environment)], palette)
    if result.effect.comparison.same:
        shown = visible.one_line(f"{result.stack}: changes nothing but settings of the stack itself")
    lines: list[str] = []
    if result.blocked is not None:
        blocked = palette.colour("BLOCKED", "red")
        lines += [f"  {blocked} {result.blocked.reason}", f"  {result.blocked.remedy}"]
    lines += [f"  change set {result.change_set}"] if result.change_set else []
    lines += [f"  {result.url}"] if result.url else []
    return "\n".join([shown, *map(visible.one_line, lines)])


def end_text(result: StackResult, palette: Palette, again: str) -> str:
    """How it ended, and what to do next."""
    word, style = _ENDS[result.result]
    lines = [f"{result.stack}: {palette.colour(word, style)}"]
    failure = result.failure
    if failure is not None and result.result != "interrupted":
        what = f"{failure.logical_id} ({failure.type}): " if failure.logical_id and failure.type else ""
        lines.append(f"  {what}{failure.reason}")
        lines += [f"  {other.logical_id} ({other.type}): {other.reason}" for other in failure.also]
    elif failure is not None and failure.reason != "interrupted":
        lines.append(f"  {failure.reason}")
    if result.state:
        lines.append(f"  {result.state}")
    if failure is not None and failure.remedy:
        lines.append(f"  {failure.remedy}")
    if result.result == "interrupted":
        lines.append(f"  go on with: {again}")
    lines += [f"  {palette.colour('warning:', 'yellow')} {warning}" for warning in result.warnings]
    lines += [f"  {name} = {value}" for name, value in result.outputs.items()]
    return visible.lines(lines)


_ENDS: dict[str, tuple[str, Style]] = {
    "no-change": ("nothing to change", "green"),
    "planned": ("planned", "cyan"),
    "deployed": ("deployed", "green"),
    "declined": ("declined, nothing was changed", "yellow"),
    "failed": ("failed", "red"),
    "rolled-back": ("failed and was rolled back", "red"),
    "skipped": ("skipped", "yellow"),
    "interrupted": ("interrupted", "red"),
}
