"""What is asked for: one stack's template, values, tags and protection, all checked before any call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cfngen import files
from cfngen.errors import DeploymentFileError, OutError, unknown
from cfngen.manifest import Manifest, StackEntry
from cfngen.project import Project
from cfngen.template.capabilities import capabilities
from cfngen.template.environment.deployment_file import Deployment, Environment, deployment, deployments
from cfngen.template.environment.parameters import Problem, check, effective, secret
from cfngen.template.load import load
from cfngen.template.values import MASK, MAX_BYTES

MAX_INLINE_BYTES = 51_200
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


@dataclass(frozen=True)
class Request:
    """One stack as it should be.

    Attributes:
        stack: the logical stack name.
        stack_name: the deployed stack's.
        path: the template, relative to the project's root.
        content: the template's verified bytes.
        template: the same as data.
        parameters: every parameter's value, the defaults included.
        secret: the names of the NoEcho parameters.
        tags: the stack's tags.
        entry: the manifest's word on capabilities, dependencies and protection.
        environment: the environment's name.
        resolved: the template with its values put in, by where it goes to, once asked for.
    """

    stack: str
    stack_name: str
    path: Path
    content: bytes = field(repr=False)
    template: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    secret: frozenset[str]
    tags: Mapping[str, str]
    entry: StackEntry
    environment: str = ""
    resolved: dict[tuple[str, ...], dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def capabilities(self) -> tuple[str, ...]:
        """What CloudFormation is told to accept."""
        return capabilities(self.template)

    @property
    def shown(self) -> dict[str, str]:
        """The parameters as they may be shown."""
        return {name: MASK if name in self.secret else value for name, value in self.parameters.items()}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown."""
        return tuple(value for name, value in self.parameters.items() if name in self.secret and value)

    @cached_property
    def digest(self) -> str:
        """The same for the same template, values and tags; not of secret values, which could be guessed."""
        content = [hashlib.sha256(self.content).hexdigest(), self.shown, self.tags]
        return short_hash(content)


def short_hash(content: object) -> str:
    """Twelve hexadecimal digits of anything that is JSON.

    >>> short_hash(["a", {"b": 1, "a": 2}]) == short_hash(["a", {"a": 2, "b": 1}])
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def requests(
    project: Project,
    environment: Environment,
    stacks: Sequence[str] = (),
    *,
    without: Sequence[str] = (),
    inline_only: bool = False,
) -> list[Request]:
    """What is asked for in an environment, each stack after those it depends on.

    Arguments:
        stacks: only these; empty: all that the environment has a deployment file for.
        without: not these.
        inline_only: refuse a template that has to go through S3.

    Raises:
        UsageError: a stack that does not exist.
        OutError: out/ is not what the manifest says.
        DeploymentFileError: a value does not fit its template.
    """
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    wanted = list(stacks) or [file.stack for file in deployments(project, environment)]
    for stack in (*wanted, *without):
        if stack not in manifest.stacks:
            raise unknown("stack", stack, manifest.stacks, remedy="make out/ first: cfngen generate")
    asked = [
        request(project, deployment(project, environment, stack), manifest.stacks[stack])
        for stack in manifest.order()
        if stack in wanted and stack not in without
    ]
    if inline_only:
        for each in asked:
            _refuse_large(each)
    return asked


def request(project: Project, values: Deployment, entry: StackEntry) -> Request:
    """One stack's request.

    Raises:
        OutError: its template is not what the manifest says.
        DeploymentFileError: a value does not fit the template.
    """
    content = verified(project, values.stack, entry, values.template)
    template = load(content, values.template.as_posix()).data
    _refuse(check(template, values.parameters), values)
    return Request(
        stack=values.stack,
        stack_name=values.stack_name(entry.parameters),
        path=values.template,
        content=content,
        template=template,
        parameters=effective(template, values.parameters),
        secret=secret(template),
        tags=values.tags,
        entry=entry,
        environment=values.environment.name,
    )


def verified(project: Project, stack: str, entry: StackEntry, path: Path) -> bytes:
    """The bytes of a stack's template: its current one, or one of its releases.

    Arguments:
        path: the template, relative to the project's root.

    Raises:
        OutError: it cannot be read, is no template of this stack, or is not what the manifest says.
    """
    expected = _known(project, stack, entry).get(path)
    name = path.as_posix()
    if expected is None:
        raise OutError(
            f"the manifest does not list this template of {stack}",
            place=name,
            remedy=f"name out/{stack}.yaml, or one of its releases, as template-file-path",
        )
    try:
        content = files.read(project.root / path, MAX_BYTES)
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=name) from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise OutError(
            "is not what the manifest says: it was changed after it was generated",
            place=name,
            remedy="generate it again (cfngen generate) and review what changes; nothing was deployed",
        )
    return content


def _known(project: Project, stack: str, entry: StackEntry) -> dict[Path, str]:
    """sha256 by path."""
    out, releases = (folder.relative_to(project.root) for folder in (project.out, project.releases))
    frozen = {releases / stack / f"{version}.yaml": sha256 for version, sha256 in entry.releases.items()}
    return {out / f"{stack}.yaml": entry.sha256, **frozen}


def _refuse(problems: Sequence[Problem], values: Deployment) -> None:
    if not problems:
        return
    first = problems[0]
    place = values.place(first.parameter) if first.parameter else values.file.as_posix()
    more = [f"{values.place(other.parameter or '')}: {other.problem}" for other in problems[1:]]
    raise DeploymentFileError(first.problem, place=place, remedy="\n  ".join([first.remedy, *more]))


def _refuse_large(each: Request) -> None:
    if len(each.content) > MAX_INLINE_BYTES:
        raise OutError(
            f"{len(each.content):,} bytes, and CloudFormation takes {MAX_INLINE_BYTES:,} inline",
            place=each.path.as_posix(),
            remedy="name a bucket that it can go through: --template-bucket BUCKET",
        )
