"""What a page is made of: the stacks of one environment, read from out/ and deployments/ alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfngen.cost.usage import Usage, read
from cfngen.deploy.request import Request, requests
from cfngen.manifest import StackEntry
from cfngen.project import USAGE_FILE, Project
from cfngen.template.change.version import stamped
from cfngen.template.environment.deployment_file import NO_ACCOUNT, Environment
from cfngen.template.environment.resolve import resolve
from cfngen.verify.declared import declared


@dataclass(frozen=True)
class ReportedStack:
    """One stack of the environment.

    Attributes:
        name: the logical stack name.
        stack_name: the deployed stack's.
        file: the template that the environment deploys, relative to the project's root.
        sha256: of its bytes, in lower-case hexadecimal.
        entry: what the manifest says of it.
        template: the template as it is written, functions and all.
        resolved: Resources and Outputs with the environment's values put in; NoEcho values masked. What only
            a deployment knows is a mark such as `<Key>`.
        parameters: every parameter's value as it may be shown.
        tags: the stack's tags.
        claims: what its definition declares, by name: `says`, `kind`, `about`, `severity`, `source`, `given`.
    """

    name: str
    stack_name: str
    file: str
    sha256: str
    entry: StackEntry
    template: Mapping[str, Any]
    resolved: Mapping[str, Any]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    claims: Mapping[str, Mapping[str, Any]]

    @property
    def description(self) -> str:
        """The template's own, empty where it has none."""
        return str(self.template.get("Description", ""))

    @property
    def version(self) -> str:
        """The version that is stamped into the template, empty where it has none."""
        return stamped(self.template) or ""

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """The resources that are there with these values, by logical id."""
        resources: Mapping[str, Mapping[str, Any]] = self.resolved.get("Resources", {})
        return resources


@dataclass(frozen=True)
class ReportSource:
    """One environment.

    Attributes:
        environment: where its stacks live.
        stacks: each after those it depends on.
        usage: what is assumed for its cost.
    """

    environment: Environment
    stacks: tuple[ReportedStack, ...]
    usage: Usage

    def stack(self, name: str) -> ReportedStack | None:
        """A stack by its name; None where the environment does not deploy it."""
        return next((stack for stack in self.stacks if stack.name == name), None)


def read_source(project: Project, where: Environment) -> ReportSource:
    """The environment as out/ and deployments/ have it; no account is asked.

    Raises:
        OutError: out/ is not what the manifest says.
        DeploymentFileError: a value does not fit its template, or the usage file is broken.
    """
    usage = project.deployments / where.name / USAGE_FILE
    return ReportSource(
        where,
        tuple(_stack(project, where, request) for request in requests(project, where)),
        read(usage, project.relative(usage)) if usage.exists() else Usage(),
    )


def _stack(project: Project, where: Environment, request: Request) -> ReportedStack:
    return ReportedStack(
        name=request.stack,
        stack_name=request.stack_name,
        file=request.path.as_posix(),
        sha256=hashlib.sha256(request.content).hexdigest(),
        entry=request.entry,
        template=request.template,
        resolved=resolve(
            request.template,
            request.shown,
            account=where.account or NO_ACCOUNT,
            region=where.region,
            stack_name=request.stack_name,
        ),
        parameters=request.shown,
        tags=request.tags,
        claims=declared(project, request.entry, Path(request.path)),
    )
