"""What was released first becomes what is in out/ now, in each environment, and nothing with data is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.environment.deployment_file import deployment, environment, environments
from cfngen.template.load import load
from tests.support.deployments import delete, deploy
from tests.support.projects import ROOT
from tests.support.readback import deployed, read_back
from tests.support.resolve import Deployed
from tests.support.sandbox_account import Aws, fresh_account

PROJECT = Project(ROOT)
MANIFEST = Manifest.read(PROJECT.manifest, "out/manifest.json")
FIRST = "1.0.0"
# Its roles went to a stack of their own, and not by an update.
SPLIT = {"delivery-pipeline"}
HOLD_DATA = {
    "AWS::CloudTrail::Trail",
    "AWS::ECR::Repository",
    "AWS::Glue::Database",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
}


@pytest.mark.parametrize("name", [where.name for where in environments(PROJECT)])
def test_the_first_release_becomes_the_present_one_and_keeps_its_data(sandbox: Sandbox, name: str) -> None:
    where = environment(PROJECT, name)
    order = MANIFEST.order()
    files = {stack: deployment(PROJECT, where, stack) for stack in order}
    names = {stack: file.stack_name(MANIFEST.stacks[stack].parameters) for stack, file in files.items()}
    first = {
        stack: path.read_text(encoding="utf-8")
        for stack in order
        if (path := PROJECT.releases / stack / f"{FIRST}.yaml").exists() and stack not in SPLIT
    }
    assert len(first) >= 9
    with fresh_account(sandbox, where.region) as aws:
        for stack, body in first.items():
            known = load(body.encode(), stack).data["Parameters"]
            values = _first_values(known, files[stack].parameters)
            made = deploy(aws, names[stack], body, values, files[stack].tags)
            assert (made.status, made.failed) == ("CREATE_COMPLETE", []), stack
        before = {stack: deployed(aws, names[stack]) for stack in first}
        for stack, file in files.items():
            body = (PROJECT.root / file.template).read_text(encoding="utf-8")
            outcome = deploy(aws, names[stack], body, file.parameters, file.tags)
            assert outcome.failed == [], stack
            assert outcome.status == ("UPDATE_COMPLETE" if stack in first else "CREATE_COMPLETE") or (
                "didn't contain changes" in outcome.status
            ), stack
            assert read_back(aws, names[stack]) == []
        for stack, was in before.items():
            now = deployed(aws, names[stack]).physical_ids
            moved = {logical_id for logical_id, old in was.physical_ids.items() if now.get(logical_id) != old}
            for logical_id in moved:
                kind = was.template["Resources"][logical_id]["Type"]
                assert kind not in HOLD_DATA or _is_kept(aws, was, logical_id), logical_id
        for stack in reversed(order):
            assert delete(aws, names[stack]) == "DELETE_COMPLETE"


def _first_values(known: Mapping[str, Any], present: Mapping[str, str]) -> dict[str, str]:
    """The environment's values as far as the first release takes them; the boundary came later."""
    return {
        name: value
        for name, value in present.items()
        if name in known
        and name != "PermissionsBoundary"
        and value in known[name].get("AllowedValues", [value])
    }


def _is_kept(aws: Aws, was: Deployed, logical_id: str) -> bool:
    """Whether a bucket that left its stack is still there: workshop puts models into the data bucket."""
    bucket = was.properties(logical_id).get("Bucket", was.physical_ids[logical_id])
    return bool(aws.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
