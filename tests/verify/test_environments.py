"""Every environment of this repository, deployed whole: what its stacks promise holds there."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from cfngen.aws.reading import Calls
from cfngen.aws.resources import Resource, Scope, identifier, read
from cfngen.aws.session import connect
from cfngen.aws.together import TOGETHER, read_together
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.change.resource_types import Schemas
from cfngen.template.environment.deployment_file import Environment
from cfngen.template.likeness import differences
from tests.support.account_world import FastClock, World
from tests.support.projects import ROOT
from tests.support.sandbox_account import fresh_account, point_to

# README's own commands do the same with dev, whose literal bucket name workshop has, too.
NOT_YET = {
    "prod": {"audit-trail/Trail/probe", "compliance/TrailEnabled/rules"},
}


@pytest.mark.parametrize("environment", NOT_YET)
def test_all_that_the_stacks_promise_holds_or_cannot_hold_yet(
    sandbox: Sandbox, tmp_path: Path, environment: str
) -> None:
    shutil.copytree(ROOT / "out", tmp_path / "out")
    # `World` knows its environment as dev; the stacks' names come from their values.
    shutil.copytree(ROOT / "deployments" / environment, tmp_path / "deployments" / "dev")
    (tmp_path / "templates").mkdir()
    with fresh_account(sandbox) as account, pytest.MonkeyPatch.context() as patch:
        point_to(account, patch)
        world = World(tmp_path, account)
        deployed = world.deploy()
        assert deployed.code == 0, deployed.err[-2000:]
        time.sleep(3)  # the trail delivers once a second
        ran = world.run("verify", "--format", "json")
        told, alone = _both_ways(world)
    claims = {each["id"]: each for each in ran.json["claims"]}
    failing = {name: each["evidence"] for name, each in claims.items() if each["outcome"] == "does-not-hold"}
    assert (ran.code, failing) == (0, {})
    assert {name for name, each in claims.items() if each["outcome"] == "not-yet"} == NOT_YET[environment]
    assert [name for name, each in claims.items() if each["outcome"] == "cannot-tell"] == []
    assert ran.json["counts"]["holds"] > 1000
    resources = sum(name.endswith("/as-template") for name in claims)
    # Each file of the trail is read once, and there are more of them the longer it was delivering.
    digests, logs = re.findall(
        r"(\d+) (?:digests|log files)", claims["audit-trail/Trail/integrity"]["evidence"]
    )
    assert ran.json["calls"] - int(digests) - int(logs) <= 1.75 * resources
    assert told == alone


def _both_ways(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Resources that one call tells many of, as that call tells them and as GetResource does."""
    account = connect(Environment("dev", world.aws.region))
    calls, scope, schemas = Calls(account, FastClock()), Scope(account.id, account.region, "aws"), Schemas()
    (group,) = {each["logGroupName"] for each in calls("logs", "DescribeMetricFilters")["metricFilters"]}
    summaries = calls.pages("cloudformation", "DescribeStacks", "Stacks")
    found: dict[str, list[Resource]] = {kind: [] for kind in TOGETHER}
    for stack in summaries:
        for each in calls.pages(
            "cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack["StackId"]
        ):
            if each["ResourceType"] in found:
                given = {"LogGroupName": group}
                resource = Resource(each["ResourceType"], each["PhysicalResourceId"], given)
                found[resource.type].append(resource)
    told, alone = {}, {}
    for kind, resources in found.items():
        assert len(resources) > 1, kind
        together = read_together(calls, kind, resources)
        for resource in resources:
            name = identifier(resource, scope, schemas)
            properties = read(calls, resource, scope, schemas).properties or {}
            alone[name] = set(properties)
            told[name] = {
                key for key, value in properties.items() if not differences(value, together[name].get(key))
            }
    return told, alone
