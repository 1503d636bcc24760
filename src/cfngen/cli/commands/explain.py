"""`cfngen explain`: why a stack's last failed operation failed, and where that is written."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from cfngen.aws.session import connect
from cfngen.aws.steps import Pace, run_alone
from cfngen.cli import session
from cfngen.cli.console import Console
from cfngen.cli.session import FORMAT_VERSION
from cfngen.deploy.operation.explain import Explanation, explain
from cfngen.deploy.request import Request, requests
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="one")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Explain; 1 only when the account cannot be asked."""
    with session.starting():
        where = environment(project, args.env)
        (request,) = requests(project, where, [args.stack])
        quiet = session.secretive(console, [request])
        account = connect(where)
        account.client("cloudformation")
    clock = session.clock()
    quiet.progress(f"reading the events of {request.stack_name} ...")
    found = run_alone(partial(explain, account, request.stack_name, Pace(clock)), clock)
    quiet.progress("")
    document = _document(found, request, project)
    if args.format == "json":
        quiet.data(quiet.json(document))
    else:
        quiet.data(_text(document, found))
    return 0


def _document(found: Explanation, request: Request, project: Project) -> dict[str, Any]:
    """The JSON of explain, in the format of `explain.schema.json`."""
    failure = found.failure
    return {
        "format_version": FORMAT_VERSION,
        "stack": request.stack,
        "stack_name": request.stack_name,
        "status": found.status.name or None,
        "operation": found.operation or None,
        "begun": found.at or None,
        "failure": failure
        and {
            "logical_id": failure.logical_id,
            "type": failure.type or None,
            "reason": failure.reason,
            "remedy": failure.remedy,
            "template": _template_line(request, failure.logical_id),
            "definition": _definition_line(project, request.stack, failure.logical_id),
        },
        "followers": list(found.followers),
    }


def _template_line(request: Request, logical_id: str | None) -> str | None:
    if logical_id is None or logical_id not in request.template["Resources"]:
        return None
    from cfngen.template.load import load

    line, _ = load(request.content, request.path.as_posix()).position(("Resources", logical_id))
    return f"{request.path.as_posix()}:{line}"


def _definition_line(project: Project, stack: str, logical_id: str | None) -> str | None:
    from cfngen.generate.locate import locate

    return locate(project, stack, logical_id) if logical_id and project.templates.is_dir() else None


def _text(document: dict[str, Any], found: Explanation) -> str:
    name, failure = document["stack_name"], document["failure"]
    if failure is None:
        state = "does not exist" if found.status.absent else f"is in {document['status']}"
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
    lines.append(f"  now: {document['status']}, {found.status.meaning}")
    return "\n".join(lines)
