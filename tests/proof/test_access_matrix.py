"""The report's access matrix, every cell, against the permission table and against an IAM evaluator."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import pytest

from cfngen.report.access.account import FOREIGN as ANOTHER
from cfngen.report.access.account import AccountPolicies
from cfngen.report.access.account import account as reading
from cfngen.report.access.decide import AccessRequest, decide, sides
from cfngen.report.access.matrix import matrix
from cfngen.report.access.model import Principal, Use
from cfngen.report.access.situations import situations
from cfngen.report.view import View, of_templates
from cfngen.template.environment.deployment_file import environment
from cfngen.template.values import unknowns
from tests.proof.test_permissions import table
from tests.support.proof.account import FOREIGN, Request, account
from tests.support.proof.tools import ACCOUNT, ENVIRONMENTS, PROJECT, SCENARIOS, scenario_targets, stacks

MOST = 8
"""Situations of one action that the evaluator is asked about, spread over all of them."""

FEWEST = 2_000
POSSIBLE = {"allowed": {True}, "denied": {False}, "conditional": {True, False}, "depends": {True, False}}


@cache
def view(scenario: str) -> View:
    targets = scenario_targets(scenario)
    return of_templates(
        [(name, each.template, each.parameters, each.stack_name, {}) for name, each in targets.items()],
        region=environment(PROJECT, scenario.partition(" ")[0]).region,
        account=ACCOUNT,
    )


@cache
def read(scenario: str) -> AccountPolicies:
    return reading(view(scenario))


@cache
def ids(scenario: str) -> Mapping[str, str]:
    """The ids that the proof gives what only AWS names, by the view's marks."""
    marks = {f"{stack}/{name}" for stack in stacks(scenario) for name in _open(scenario, stack)}
    return {f"<{mark}>": str(uuid5(NAMESPACE_URL, mark)) for mark in marks} | {ANOTHER: FOREIGN}


def _open(scenario: str, stack: str) -> set[str]:
    target = scenario_targets(scenario)[stack]
    return set(target.template["Resources"]) | unknowns(target.template)


def told(value: Any, names: Mapping[str, str]) -> Any:
    text = json.dumps(value, ensure_ascii=False)
    for name, other in names.items():
        text = text.replace(name, other)
    return json.loads(text)


def principal(here: AccountPolicies, request: Request) -> Principal:
    """Who asks, as the matrix has it."""
    name = request.principal
    if name == "anonymous":
        return Principal("anyone", "anyone", "anyone", "")
    if ":oidc-provider/" in name:
        return Principal(name, "federated", name, name)
    if ":role/" not in name:
        return Principal(name, "service", name, name)
    if request.holds == "everything":
        return Principal(name, "administrator", name, name)
    return here.principals[name] if request.holds == "stack" else Principal(name, "role", name, name)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_of_the_table_is_decided_the_same(scenario: str) -> None:
    here = read(scenario)
    marks = {value: mark for mark, value in ids(scenario).items() if mark != ANOTHER}
    wrong = []
    for case in table(scenario):
        request = case.request
        resource, context = told([request.resource, dict(request.context)], marks)
        answer = decide(here, AccessRequest(principal(here, request), request.action, resource, context))
        if answer.allowed is not case.allowed:
            wrong.append(f"{case.what}: {request}: {answer}")
    assert wrong == []


@pytest.mark.unmeasured
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_cell_is_what_the_evaluator_says(environment: str) -> None:
    """Each cell, in the situations that tell conditions apart, by actions that stand for others.

    One action stands for those that the same statements are about, and where nothing is about the action, one
    resource stands for all. Of each action of AWS, one request at least is asked.
    """
    here, found = read(environment), matrix(view(environment))
    rows = {row.id: row for row in found.principals}
    alike = defaultdict(list)
    for cell in found.cells.values():
        for use in cell.uses:
            about = sides(here, rows[cell.principal], use.action, use.resource)
            where = use.resource if about.identity or about.guard else ""
            alike[cell.principal, about, where].append(use)
    asked, seen = [], set()
    for number, ((row, _, _), uses) in enumerate(alike.items()):
        chosen = uses[number % len(uses)]
        for use in uses:
            if use is chosen or use.action not in seen:
                seen.add(use.action)
                requests = list(_asked(here, rows[row], use))
                assert {allowed for allowed, _ in requests} <= POSSIBLE[use.verdict], use
                asked += requests
    assert len(asked) > FEWEST
    assert _wrong(environment, asked) == []


def test_a_wrong_reading_is_seen() -> None:
    """Without the policies on the resources, or without their conditions, the evaluator says otherwise."""
    here = read("dev")
    open_ = {
        arn: tuple(replace(each, tests=()) for each in guard if each.effect == "Allow")
        for arn, guard in here.guards.items()
    }
    unguarded, unlimited = replace(here, guards={}), replace(here, guards=open_)
    found = matrix(view("dev"))
    rows = {row.id: row for row in found.principals}
    few = [
        (rows[cell.principal], use)
        for cell in found.cells.values()
        for use in cell.uses
        if cell.resource in {"audit-trail/TrailBucket", "audit-trail/LogGroup"}
    ]
    for changed in (unguarded, unlimited):
        assert _wrong("dev", [each for row, use in few for each in _asked(changed, row, use)])


def test_a_column_for_many_resources_has_the_cells_of_each() -> None:
    merged, whole = matrix(view("prod")), matrix(view("prod"), whole=True)
    many = [column for column in merged.resources if column.members]
    assert many
    for column in many:
        for member in column.members:
            for row in merged.principals:
                for kind in column.kinds:
                    one = merged.cell(row.id, column.id, kind)
                    assert whole.cell(row.id, f"{column.stack}/{member}", kind).verdict == one.verdict


def _asked(here: AccountPolicies, row: Principal, use: Use) -> Iterator[tuple[bool, AccessRequest]]:
    """The requests of one action, and what our reading says of each."""
    tried = situations(here, row, use.action, use.resource, sides(here, row, use.action, use.resource))
    assert tried is not None
    for situation in tried[:: max(1, len(tried) // MOST)]:
        request = AccessRequest(row, use.action, situation.resource, situation.context)
        yield decide(here, request).allowed, request


def _wrong(environment: str, asked: Sequence[tuple[bool, AccessRequest]]) -> list[str]:
    """Where the evaluator says otherwise."""
    names = ids(environment)
    decisions = account(environment).decide([_request(request, names) for _, request in asked])
    return [
        f"{request}: {decision}"
        for (allowed, request), decision in zip(asked, decisions, strict=True)
        if decision.allowed is not allowed
    ]


def _request(asked: AccessRequest, names: Mapping[str, str]) -> Request:
    holds: Literal["everything", "stack"] = (
        "everything" if asked.principal.kind == "administrator" else "stack"
    )
    who = told(asked.principal.arn, names) or "anonymous"
    several = {key: values[0] if len(values) == 1 else list(values) for key, values in asked.context.items()}
    resource, context = told([asked.resource, several], names)
    return Request(who, asked.action, resource, context, holds)
