"""What became of a stack that could not be deployed to, as text and as JSON."""

from __future__ import annotations

from typing import Any

from cfngen.deploy.operation.follow import End
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.present import FORMAT_VERSION, visible


def document(
    request: Request, stack: DeployedStack, done: str, end: End | None, *, usable: bool
) -> dict[str, Any]:
    """The JSON of recover, in the format of `recover.schema.json`.

    Arguments:
        stack: as it was before.
        done: `done`, `declined`, or `none` where nothing could be done.
        end: how the operation ended, where there was one.
        usable: whether the stack can be deployed to now.
    """
    status = end.status if end else stack.status
    failure = end.failure if end else None
    return {
        "format_version": FORMAT_VERSION,
        "stack": request.stack,
        "stack_name": request.stack_name,
        "before": stack.status.name or None,
        "action": (stack.status.recovery or "watch") if done == "done" else done,
        "after": status.name or None,
        "deployable": usable,
        "failure": failure and {"logical_id": failure.logical_id, "reason": failure.reason},
    }


def text(request: Request, done: str, end: End | None, *, usable: bool) -> str:
    """The same for a person."""
    if done == "none":
        return "  the stack can be deployed" if usable else "  nothing can be repaired in this state"
    if done == "declined":
        return "  declined, nothing was done"
    if usable:
        return f"  done: {request.stack} can be deployed again"
    lines = [f"  {request.stack} still cannot be deployed"]
    failure = end.failure if end else None
    if failure is not None:
        lines.append(f"  {f'{failure.logical_id}: ' if failure.logical_id else ''}{failure.reason}")
        if failure.logical_id:
            lines.append(
                f"  --skip {failure.logical_id} (rollback) or --retain {failure.logical_id} (deletion)"
            )
    return visible.lines(lines)
