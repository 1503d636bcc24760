"""Every environment of this repository, deployed whole: what its stacks promise holds there."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from cfngen.sandbox.launcher import Sandbox
from tests.support.account_world import World
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
    claims = {each["id"]: each for each in ran.json["claims"]}
    failing = {name: each["evidence"] for name, each in claims.items() if each["outcome"] == "does-not-hold"}
    assert (ran.code, failing) == (0, {})
    assert {name for name, each in claims.items() if each["outcome"] == "not-yet"} == NOT_YET[environment]
    assert [name for name, each in claims.items() if each["outcome"] == "cannot-tell"] == []
    assert ran.json["counts"]["holds"] > 1000
