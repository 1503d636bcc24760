"""`cfngen explain`: why a stack's last failed operation failed, and where that is written."""

from __future__ import annotations

import argparse
from functools import partial

from cfngen.aws.steps import Pace, run_alone
from cfngen.cli import session
from cfngen.cli.console import Console
from cfngen.cli.session import SERVICES, Services, open_session
from cfngen.deploy.operation.explain import explain
from cfngen.deploy.request import Request
from cfngen.present import explanation as present
from cfngen.project import Project

EXAMPLES = ("cfngen explain network --env dev",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="one", region=True)


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Explain; 1 only when the account cannot be asked."""
    opened = open_session(args, project, console, services)
    (request,), quiet = opened.requests, opened.console
    quiet.progress(f"reading the events of {request.stack_name} ...")
    explanation = run_alone(
        partial(explain, opened.account, request.stack_name, Pace(opened.clock)), opened.clock
    )
    quiet.progress("")
    failed = explanation.failure and explanation.failure.logical_id
    document = present.document(
        explanation,
        request,
        template=_template_line(request, failed),
        definition=_definition_line(project, request.stack, failed),
    )
    quiet.data(quiet.json(document) if args.format == "json" else present.text(document, explanation))
    return 0


def _template_line(request: Request, logical_id: str | None) -> str | None:
    if logical_id is None or logical_id not in request.template["Resources"]:
        return None
    from cfngen.template.load import load

    line, _ = load(request.content, request.path.as_posix()).position(("Resources", logical_id))
    return f"{request.path.as_posix()}:{line}"


def _definition_line(project: Project, stack: str, logical_id: str | None) -> str | None:
    from cfngen.generate.definitions import locate

    return locate(project, stack, logical_id) if logical_id and project.templates.is_dir() else None
