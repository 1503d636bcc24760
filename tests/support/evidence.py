"""This repository's stacks with an environment's values, as the evidence is judged from them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from cfngen.deploy.request import requests
from cfngen.project import Project
from cfngen.report.controls.declared import declared_claims
from cfngen.template.environment.deployment_file import environment
from cfngen.template.environment.resolve import resolve
from cfngen.verify.claims import Claim
from tests.support.projects import ROOT

ACCOUNT = "111122223333"


class Made(NamedTuple):
    """What an environment's templates make: resources, claims, and the types of all templates."""

    stacks: dict[str, dict[str, Any]]
    claims: tuple[Claim, ...]
    types: frozenset[str]


@cache
def made(name: str) -> Made:
    """Do not change it: it is shared."""
    project = Project(ROOT)
    where = environment(project, name)
    asked = requests(project, where)
    claims: list[Claim] = []
    for request in asked:
        path = ROOT / "out" / f"{request.stack}.claims.json"
        if path.exists():
            claims += declared_claims(
                request.stack,
                json.loads(path.read_text(encoding="utf-8"))["claims"],
                request.template,
                request.shown,
                account=ACCOUNT,
                region=where.region,
            )
    stacks = {
        request.stack: resolve(
            request.template,
            request.shown,
            account=ACCOUNT,
            region=where.region,
            stack_name=request.stack_name,
        )
        for request in asked
    }
    types = frozenset(
        str(body["Type"]) for request in asked for body in request.template["Resources"].values()
    )
    return Made(stacks, tuple(claims), types)
