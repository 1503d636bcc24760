"""The other stacks of an environment: those a stack depends on, and those that nothing defines any more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cfngen.aws.calls import CallError, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy import stack
from cfngen.deploy.changeset.prepare import resolved
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment, deployments, environments

_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Neighbours(NamedTuple):
    """What is deployed besides what is asked for.

    Attributes:
        missing: by stack that is asked for, the dependencies that neither are deployed nor asked for.
        imports: by stack that is asked for, the exports that it imports and that no stack has or will have.
        undefined: the names of deployed stacks that have this environment's prefix and no definition.
        new: the stacks that are asked for and not deployed.
        unknown: why this could not be looked at; None where it was.
    """

    missing: Mapping[str, tuple[str, ...]]
    imports: Mapping[str, tuple[str, ...]] = _NONE
    undefined: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    unknown: str | None = None


def neighbours(
    account: Account, project: Project, environment: Environment, requests: Sequence[Request], pace: Pace
) -> Steps[Neighbours]:
    """Look at every stack of the account, once.

    That they cannot be looked at stops nothing. It takes cloudformation:DescribeStacks on every stack.

    Raises:
        OutError, DeploymentFileError: out/ or deployments/ cannot be read.
    """
    try:
        deployed = yield from deployed_stacks(account, pace)
    except CallError as error:
        return Neighbours({}, unknown=f"the account's other stacks cannot be looked at: {error}")
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    own = stack_names(project, environment, manifest)
    asked = {request.stack for request in requests}
    missing = {
        request.stack: tuple(
            other
            for other in request.entry.depends_on
            if other not in asked and not _there(deployed.get(own.get(other, "")))
        )
        for request in requests
    }
    return Neighbours(
        {name: others for name, others in missing.items() if others},
        _imports(account, requests, {export for each in deployed.values() for export in each.exports}),
        tuple(undefined(project, environment, manifest, deployed)),
        tuple(request.stack for request in requests if not _there(deployed.get(request.stack_name))),
    )


def undefined(
    project: Project, environment: Environment, manifest: Manifest, deployed: Mapping[str, DeployedStack]
) -> list[str]:
    """The names of deployed stacks that have the environment's prefix and that no environment defines."""
    names = {where.name: stack_names(project, where, manifest) for where in environments(project)}
    prefixes = tuple({name.removesuffix(stack) for stack, name in names[environment.name].items()})
    known = {name for each in names.values() for name in each.values()}
    return sorted(
        name
        for name, stack in deployed.items()
        if name.startswith(prefixes) and name not in known and not stack.status.creatable
    )


def _imports(account: Account, requests: Sequence[Request], exports: set[str]) -> dict[str, tuple[str, ...]]:
    """Each stack's imports that neither a deployed stack gives nor one that is asked for.

    A name is told with a dot for each character that is neither a letter nor a digit, as `resolve` writes it.
    """
    templates = {request.stack: resolved(account, request) for request in requests}
    for template in templates.values():
        outputs = template.get("Outputs", {}).values()
        exports |= {str(output["Export"].get("Name")) for output in outputs if "Export" in output}
    known = {re.sub("[^A-Za-z0-9]", ".", export) for export in exports}
    wanted = {
        stack: sorted(set(_IMPORT.findall(json.dumps(template))) - known)
        for stack, template in templates.items()
    }
    return {stack: tuple(names) for stack, names in wanted.items() if names}


_IMPORT = re.compile(r"<Fn::ImportValue:([A-Za-z0-9.]+)>")


def stack_names(project: Project, environment: Environment, manifest: Manifest) -> dict[str, str]:
    """The deployed stacks' names by the stacks' own."""
    return {
        file.stack: file.stack_name(manifest.stacks[file.stack].parameters)
        for file in deployments(project, environment)
        if file.stack in manifest.stacks
    }


def _there(found: DeployedStack | None) -> bool:
    return found is not None and not found.status.creatable


def deployed_stacks(account: Account, pace: Pace) -> Steps[dict[str, DeployedStack]]:
    """Every stack of the account that is not a part of another one, by name.

    Raises:
        CallError: they cannot be read.
    """
    asked: dict[str, str] = {}
    found: dict[str, DeployedStack] = {}
    while True:
        page = yield from patiently(pace, account.cloudformation, "DescribeStacks", **asked)
        for data in page["Stacks"]:
            if not data.get("ParentId"):
                parsed = stack.parse(data)
                found[parsed.name] = parsed
        if not page.get("NextToken"):
            return found
        asked["NextToken"] = page["NextToken"]
