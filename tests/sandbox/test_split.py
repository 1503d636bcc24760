"""A deployed delivery-pipeline 1.0.0 gives its roles to delivery-roles, and none of them is made anew.

The files are those of tools/split_pipeline.py, the steps those of docs/upgrading.md.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.environment.deployment_file import deployment, environment
from tests.support.deployments import ALL_CAPABILITIES, deploy, settled
from tests.support.projects import ROOT
from tests.support.readback import deployed, read_back
from tests.support.sandbox_account import Aws, fresh_account
from tools.split_pipeline import MOVED, NEW, OLD, files

PROJECT = Project(ROOT)
MANIFEST = Manifest.read(PROJECT.manifest, "out/manifest.json")


def _ids(aws: Aws, prefix: str) -> dict[str, str]:
    """What tells a resource from one of the same name that was made later."""
    iam = aws.client("iam")
    role = iam.get_role(RoleName=f"{prefix}-cfn-execution")["Role"]
    policies = iam.list_policies(Scope="Local", MaxItems=1000)["Policies"]
    ours = {each["PolicyName"]: each["PolicyId"] for each in policies}
    names = ("boundary", "cfn-watch", "cfn-store", "cfn-iam")
    return {"role": role["RoleId"], **{name: ours[f"{prefix}-{name}"] for name in names}}


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_roles_of_a_deployed_pipeline_move_to_their_own_stack(sandbox: Sandbox, name: str) -> None:
    where = environment(PROJECT, name)
    prefix = f"mlops-retail-prediction-{name}"
    old, new = f"{prefix}-{OLD}", f"{prefix}-{NEW}"
    with fresh_account(sandbox, where.region) as aws:
        written = files(name, aws.account)
        values = {each["ParameterKey"]: each["ParameterValue"] for each in written["parameters.json"]}
        first = (PROJECT.releases / OLD / "1.0.0.yaml").read_text(encoding="utf-8")
        assert deploy(aws, old, first, values).status == "CREATE_COMPLETE"
        api = aws.client("cloudformation")
        before, was = _ids(aws, prefix), deployed(aws, old).physical_ids

        api.set_stack_policy(StackName=old, StackPolicyBody=json.dumps(written["stack-policy.json"]))
        for step in ("retained.json", "without.json"):
            outcome = deploy(aws, old, _small(written[step]), values)
            assert (outcome.status, outcome.failed) == ("UPDATE_COMPLETE", []), step
        assert _ids(aws, prefix) == before

        made = api.create_change_set(
            StackName=new,
            ChangeSetName="import",
            ChangeSetType="IMPORT",
            TemplateBody=_small(written["import.json"]),
            Parameters=written["parameters.json"],
            ResourcesToImport=written["resources.json"],
            Capabilities=ALL_CAPABILITIES,
        )
        api.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"])
        api.execute_change_set(ChangeSetName=made["Id"])
        assert settled(aws, made["StackId"]) == "IMPORT_COMPLETE"

        for stack, of in ((new, NEW), (old, OLD)):
            file = deployment(PROJECT, where, of)
            body = (PROJECT.root / file.template).read_text(encoding="utf-8")
            outcome = deploy(aws, stack, body, file.parameters, file.tags)
            assert (outcome.status, outcome.failed) == ("UPDATE_COMPLETE", []), stack
            assert not [each for each in outcome.changes if each["Action"] == "Remove"]
            assert read_back(aws, stack) == []
        assert _ids(aws, prefix) == before
        now = deployed(aws, new).physical_ids
        assert {logical_id: now[logical_id] for logical_id in MOVED} == {
            logical_id: was[logical_id] for logical_id in MOVED
        }
        assert not set(MOVED) & set(deployed(aws, old).physical_ids)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_skipping_the_first_step_deletes_the_role_that_every_stack_has_recorded(
    sandbox: Sandbox, name: str
) -> None:
    """The step is there for a reason: without Retain, what leaves the template leaves the account."""
    where = environment(PROJECT, name)
    prefix = f"mlops-retail-prediction-{name}"
    with fresh_account(sandbox, where.region) as aws:
        written = files(name, aws.account)
        values = {each["ParameterKey"]: each["ParameterValue"] for each in written["parameters.json"]}
        first = (PROJECT.releases / OLD / "1.0.0.yaml").read_text(encoding="utf-8")
        assert deploy(aws, f"{prefix}-{OLD}", first, values).status == "CREATE_COMPLETE"
        without = _small(written["without.json"])
        assert deploy(aws, f"{prefix}-{OLD}", without, values).status == "UPDATE_COMPLETE"
        iam = aws.client("iam")
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.get_role(RoleName=f"{prefix}-cfn-execution")


def test_each_file_fits_into_a_call() -> None:
    written = files("prod", "111122223333")
    assert all(len(_small(written[name])) <= 51_200 for name in written)


def _small(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
