"""What there is to lint: a template, and each environment's values for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cfngen.errors import OutError, unknown

if TYPE_CHECKING:
    from cfngen.project import Project

FALLBACK_REGION = "us-east-1"
"""Where a template is checked that no environment deploys: cfn-lint's own default.
https://github.com/aws-cloudformation/cfn-lint#parameters"""


@dataclass(frozen=True)
class Values:
    """One environment's values for one template.

    Attributes:
        environment: its name.
        region: the Region that they are used in.
        file: the deployment file, relative to the project's root.
        parameters: the strings that CloudFormation gets.
        lines: the line of each parameter in `file`, from 1.
    """

    environment: str
    region: str
    file: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One template to lint.

    Attributes:
        path: the file to read.
        name: the same, relative to the project's root.
        regions: the Regions that the template must be right for.
        values: the values that it must be right with, each in its own Region.
        by_itself: whether it must also be right with its parameters' own defaults and allowed values.
    """

    path: Path
    name: str
    regions: tuple[str, ...]
    values: tuple[Values, ...] = ()
    by_itself: bool = True


def stacks(project: Project) -> list[str]:
    """The stacks that have a template in out/, by name."""
    return sorted(path.stem for path in project.out.glob("*.yaml"))


def known(project: Project, asked: list[str]) -> list[str]:
    """The stacks asked for, or all of them.

    Raises:
        UsageError: a stack that out/ does not have.
        OutError: out/ has no template at all.
    """
    there = stacks(project)
    out = project.relative(project.out)
    if not there:
        raise OutError("there is no template to lint", place=out, remedy="run: cfngen generate")
    for stack in asked:
        if stack not in there:
            raise unknown("stack", stack, there)
    return sorted(set(asked)) or there


def inputs(project: Project, stack: str, chosen: list[str]) -> list[Path]:
    """The files besides the template that decide what is found: read raw, to know whether any changed."""
    environments = sorted(project.deployments.glob("*/environment.yaml"))
    values = sorted(project.deployments.glob(f"*/{stack}.yaml"))
    return [*environments, *(file for file in values if not chosen or file.parent.name in chosen)]


def plan(project: Project, stack: str, chosen: list[str]) -> list[Work]:
    """What to lint for a stack: its current template, and any frozen version that an environment holds on to.

    Arguments:
        chosen: the environments to take; empty: all.

    Raises:
        UsageError: there is no such environment.
        DeploymentFileError: a file of deployments/ is broken.
    """
    from cfngen.template.environment.deployment_file import (
        deployment,
        environments,  # reads YAML: not for a kept verdict,
    )

    places = environments(project)
    for name in chosen:
        if name not in {place.name for place in places}:
            names = [place.name for place in places]
            raise unknown("environment", name, names, remedy="make deployments/ENV/environment.yaml first")
    by_template: dict[Path, list[Values]] = {project.out / f"{stack}.yaml": []}
    for place in places:
        file = project.deployments / place.name / f"{stack}.yaml"
        if (chosen and place.name not in chosen) or not file.is_file():
            continue
        given = deployment(project, place, stack)
        by_template.setdefault(project.root / given.template, []).append(
            Values(place.name, place.region, given.file.as_posix(), given.parameters, given.lines)
        )
    everywhere = tuple(sorted({place.region for place in places})) or (FALLBACK_REGION,)
    return [
        Work(path, project.relative(path), everywhere, tuple(values))
        if path.parent == project.out
        else Work(
            path,
            project.relative(path),
            tuple(sorted({each.region for each in values})),
            tuple(values),
            False,
        )
        for path, values in by_template.items()
    ]
