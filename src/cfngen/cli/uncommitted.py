"""What would be deployed and is in no commit: nobody can have reviewed it."""

from __future__ import annotations

from collections.abc import Sequence

from cfngen import git
from cfngen.deploy.request import Request
from cfngen.errors import CfngenError
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment


def uncommitted(
    project: Project, environment: Environment, requests: Sequence[Request]
) -> dict[str, tuple[str, ...]]:
    """By stack, in words: each of its files that is not as in the last commit, and what differs in it.

    Empty where the project is in no git repository.
    """
    out = project.relative(project.out)
    deployments = f"deployments/{environment.name}"
    changed = set(git.changed(project.root, out, deployments))
    told: dict[str, tuple[str, ...]] = {}
    for request in requests:
        files = (request.path.as_posix(), f"{deployments}/{request.stack}.yaml")
        differing = [name for name in files if name in changed]
        if differing:
            told[request.stack] = tuple(_sentence(project, request, name) for name in differing)
    return told


def _sentence(project: Project, request: Request, name: str) -> str:
    differing = _differing(project, request) if name == request.path.as_posix() else ()
    what = f" ({', '.join(differing)})" if differing else ""
    return f"{name} differs from the last commit{what}: commit it and have it reviewed"


def _differing(project: Project, request: Request) -> list[str]:
    """The logical ids that differ."""
    from cfngen.template.change.compare import compare
    from cfngen.template.load import load

    before = git.show(project.root, "HEAD", request.path.as_posix())
    if before is None:
        return ["it is new"]
    try:
        old = load(before, request.path.as_posix()).data
    except CfngenError:
        return []
    return sorted({item.change.logical_id for item in compare(old, request.template).judgements})
