"""Stacks as an environment deploys them: out/<stack>.yaml with the values of deployments/<environment>/."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from cfngen.project import Project
from cfngen.template.environment.deployment_file import deployment, environment
from cfngen.template.environment.parameters import check
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load

ACCOUNT = "111122223333"
REGION = "ap-southeast-1"

_PROJECT = Project(Path(__file__).resolve().parents[3])


@cache
def template(stack: str) -> dict[str, Any]:
    """The generated template."""
    path = _PROJECT.out / f"{stack}.yaml"
    return load(path.read_bytes(), path.name).data


@cache
def values(stack: str, where: str) -> dict[str, str]:
    """The parameter values of an environment's deployment file."""
    return dict(deployment(_PROJECT, environment(_PROJECT, where), stack).parameters)


def resources(stack: str, where: str = "dev", **changed: str) -> dict[str, Any]:
    """The resources that an environment gets, by logical id, `changed` parameters put in."""
    parameters = {**values(stack, where), **changed}
    resolved: dict[str, Any] = resolve(template(stack), parameters, account=ACCOUNT, region=REGION)[
        "Resources"
    ]
    return resolved


def properties(stack: str, logical_id: str, where: str = "dev", **changed: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = resources(stack, where, **changed)[logical_id]["Properties"]
    return found


def document(policy: Any) -> dict[str, dict[str, Any]]:
    """A policy document's statements by their Sid, whether the document is an object or a JSON string."""
    parsed = json.loads(policy) if isinstance(policy, str) else policy
    return {statement["Sid"]: statement for statement in parsed["Statement"]}


def refused(stack: str, where: str = "dev", **changed: str) -> list[str]:
    """What is wanted instead, for each value that does not fit once `changed` are put in."""
    return [problem.remedy for problem in check(template(stack), {**values(stack, where), **changed})]
