"""Why an operation failed, as text and as JSON."""

from __future__ import annotations

from typing import Any

from cfngen.deploy.operation.explain import Explanation
from cfngen.deploy.request import Request
from cfngen.present import FORMAT_VERSION, visible


def document(
    explanation: Explanation, request: Request, *, template: str | None, definition: str | None
) -> dict[str, Any]:
    """The JSON of explain, in the format of `explain.schema.json`.

    Arguments:
        template: `file:line` of the failed resource in its template, where that is known.
        definition: the same in the Python definition.
    """
    failure = explanation.failure
    return {
        "format_version": FORMAT_VERSION,
        "stack": request.stack,
        "stack_name": request.stack_name,
        "status": explanation.status.name or None,
        "operation": explanation.operation or None,
        "begun": explanation.at or None,
        "failure": failure
        and {
            "logical_id": failure.logical_id,
            "type": failure.type or None,
            "reason": failure.reason,
            "remedy": failure.remedy,
            "template": template,
            "definition": definition,
        },
        "followers": list(explanation.followers),
    }


def text(document: dict[str, Any], explanation: Explanation) -> str:
    """The same for a person."""
    name, failure = document["stack_name"], document["failure"]
    if failure is None:
        state = "does not exist" if explanation.status.absent else f"is in {document['status']}"
        return f"{document['stack']}: no failed operation is known; {name} {state}"
    head = f"{document['stack']}: the last failed operation was {document['operation'] or 'one'} of {name}"
    lines = [f"{head}, begun {document['begun']}" if document["begun"] else head]
    what = f"{failure['logical_id']} ({failure['type']})" if failure["logical_id"] else "the stack itself"
    lines.append(f"  first failure: {what}")
    lines.append(f"  reason: {failure['reason']}")
    lines += [f"  template: {failure['template']}"] if failure["template"] else []
    lines += [f"  definition: {failure['definition']}"] if failure["definition"] else []
    lines += [f"  remedy: {failure['remedy']}"] if failure["remedy"] else []
    lines += [f"  after it failed: {', '.join(document['followers'])}"] if document["followers"] else []
    lines.append(f"  now: {document['status']}, {explanation.status.meaning}")
    return visible.lines(lines)
