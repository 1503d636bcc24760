"""All stacks of out/, deployed in dependency order with each environment's values, are really there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.environment.deployment_file import deployment, environment, environments
from tests.support.deployments import Outcome, delete, deploy
from tests.support.readback import deployed, read_back
from tests.support.sandbox_account import Aws, fresh_account

PROJECT = Project.find(Path(__file__))
MANIFEST = Manifest.read(PROJECT.manifest, "out/manifest.json")
ENVIRONMENTS = [where.name for where in environments(PROJECT)]


class Everything:
    """One environment's stacks in an account of their own."""

    def __init__(self, aws: Aws, name: str) -> None:
        self.aws = aws
        where = environment(PROJECT, name)
        self.files = {stack: deployment(PROJECT, where, stack) for stack in MANIFEST.order()}
        self.names = {
            stack: file.stack_name(MANIFEST.stacks[stack].parameters) for stack, file in self.files.items()
        }
        # Read once: out/ may be generated anew meanwhile.
        self.bodies = {
            stack: (PROJECT.root / file.template).read_text(encoding="utf-8")
            for stack, file in self.files.items()
        }
        self.outcomes = {stack: self.deploy(stack) for stack in MANIFEST.order()}

    def deploy(self, stack: str, **changed: str) -> Outcome:
        """Take one stack there as it is in out/, with the environment's values and the `changed` ones."""
        file = self.files[stack]
        values = {**file.parameters, **changed}
        return deploy(self.aws, self.names[stack], self.bodies[stack], values, file.tags)


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def everything(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Everything]:
    where = environment(PROJECT, request.param)
    with fresh_account(sandbox, where.region) as aws:
        yield Everything(aws, where.name)


@pytest.mark.parametrize("stack", MANIFEST.order())
def test_each_resource_is_found_with_its_properties(everything: Everything, stack: str) -> None:
    assert everything.outcomes[stack].failed == []
    assert everything.outcomes[stack].status == "CREATE_COMPLETE"
    assert read_back(everything.aws, everything.names[stack]) == []


@pytest.mark.parametrize("stack", MANIFEST.order())
def test_deploying_again_changes_nothing(everything: Everything, stack: str) -> None:
    assert "didn't contain changes" in everything.deploy(stack).status


# Its tags are createOnlyProperties: changing one replaces it, on AWS too.
REPLACED_BY_TAGS = {"AWS::CE::AnomalySubscription"}


def test_a_cost_center_reaches_the_tags_in_place(everything: Everything) -> None:
    for stack in MANIFEST.order():
        if "CostCenter" not in MANIFEST.stacks[stack].parameters:
            continue
        name = everything.names[stack]
        before = deployed(everything.aws, name)
        outcome = everything.deploy(stack, CostCenter="changed")
        resources = before.template["Resources"]
        if not any("CostCenter" in str(resources[item]) for item in before.physical_ids):
            # Its conditions leave out every resource that has the tag.
            assert "didn't contain changes" in outcome.status
            continue
        assert (outcome.status, outcome.failed) == ("UPDATE_COMPLETE", [])
        after = deployed(everything.aws, name).physical_ids
        moved = {logical_id for logical_id, was in before.physical_ids.items() if after[logical_id] != was}
        assert {resources[item]["Type"] for item in moved} <= REPLACED_BY_TAGS
        assert read_back(everything.aws, name) == []


def test_all_stacks_can_be_deleted_at_last(everything: Everything) -> None:
    for stack in reversed(MANIFEST.order()):
        assert delete(everything.aws, everything.names[stack]) == "DELETE_COMPLETE"
