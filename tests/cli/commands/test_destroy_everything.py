"""`cfngen destroy` over whole accounts: all stacks of this repository, and runs that were killed."""

from __future__ import annotations

import itertools
import os
import shlex
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cfngen.template.environment.deployment_file import environments
from tests.cli.commands.test_destroy import SURE, bucket
from tests.sandbox.test_stacks import MANIFEST, PROJECT, Everything
from tests.support.account_world import World, botocore_session, topic
from tests.support.faults import Line
from tests.support.killed import run_killed
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws
from tests.support.schemas import valid

pytestmark = pytest.mark.unmeasured


def inventory(aws: Aws) -> set[str]:
    """The names of all that is in an account, of every service that the stacks use."""
    return {str(name) for names in _inventory(aws) for name in names}


def _inventory(aws: Aws) -> Iterator[list[Any]]:
    client = aws.client
    iam = client("iam")
    yield [each["StackName"] for each in client("cloudformation").describe_stacks()["Stacks"]]
    yield [each["Name"] for each in client("s3").list_buckets()["Buckets"]]
    yield [each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]]
    yield [each["filterName"] for each in client("logs").describe_metric_filters()["metricFilters"]]
    yield [each["name"] for each in client("logs").describe_query_definitions()["queryDefinitions"]]
    roles = iam.list_roles()["Roles"]
    yield [each["RoleName"] for each in roles if not each["Path"].startswith("/aws-service-role/")]
    yield [each["Arn"] for each in iam.list_policies(Scope="Local")["Policies"]]
    yield [each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    yield [each["repositoryName"] for each in client("ecr").describe_repositories()["repositories"]]
    yield [each["TopicArn"] for each in client("sns").list_topics()["Topics"]]
    yield [each["AlarmName"] for each in client("cloudwatch").describe_alarms()["MetricAlarms"]]
    yield [each["DashboardName"] for each in client("cloudwatch").list_dashboards()["DashboardEntries"]]
    yield [each["Name"] for each in client("events").list_rules()["Rules"]]
    config = client("config")
    yield [each["name"] for each in config.describe_configuration_recorders()["ConfigurationRecorders"]]
    yield [each["name"] for each in config.describe_delivery_channels()["DeliveryChannels"]]
    yield [each["ConfigRuleName"] for each in config.describe_config_rules()["ConfigRules"]]
    yield [each["Name"] for each in client("cloudtrail").describe_trails()["trailList"]]
    yield [each["Name"] for each in client("glue").get_databases()["DatabaseList"]]
    groups = client("athena").list_work_groups()["WorkGroups"]
    yield [each["Name"] for each in groups if each["Name"] != "primary"]
    yield client("codebuild").list_projects()["projects"]
    yield [
        each["BudgetName"] for each in client("budgets").describe_budgets(AccountId=aws.account)["Budgets"]
    ]
    yield [each["name"] for each in client("accessanalyzer").list_analyzers()["analyzers"]]
    keys = [client("kms").describe_key(KeyId=each["KeyId"]) for each in client("kms").list_keys()["Keys"]]
    yield [key["KeyMetadata"]["KeyId"] for key in keys if key["KeyMetadata"]["KeyManager"] == "CUSTOMER"]


def test_all_stacks_of_dev_go_and_what_stays_is_told_with_commands_that_work(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = inventory(aws)
    Everything(aws, "dev")
    line = Line()
    here = World(PROJECT.root, aws, session=lambda: line.tap(botocore_session()))
    full = aws.client("s3").put_object
    for name in (
        each["Name"] for each in aws.client("s3").list_buckets()["Buckets"] if "-dat-" in each["Name"]
    ):
        for body in (b"one", b"two"):
            full(Bucket=name, Key="model", Body=body)
        aws.client("s3").delete_object(Bucket=name, Key="model")
    for columns in (80, 100, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        shown = here.run("destroy", "--dry-run").out
        assert max(map(len, shown.splitlines())) <= columns
        assert len(shown.splitlines()) < 220
    ran = here.run("destroy", *SURE, "--format", "json")
    assert ran.code == 0, ran.err
    valid("destroy", ran.json)
    assert {each["result"] for each in ran.json["stacks"]} == {"deleted"}
    gone = [each["stack"] for each in ran.json["stacks"]]
    events = ran.err.splitlines()
    begins = {stack: events.index(f"{stack}: DELETE_IN_PROGRESS") for stack in gone}
    ends = {stack: events.index(f"{stack}: DELETE_COMPLETE") for stack in gone}
    for stack, entry in MANIFEST.stacks.items():
        assert all(ends[stack] < begins[other] for other in entry.depends_on)
    kept = [(each["stack"], item) for each in ran.json["stacks"] for item in each["resources"]]
    stays = {item["physical_id"] for _, item in kept if item["fate"] == "stays"}
    told = {each["physical_id"]: each for each in ran.json["leftovers"]}
    assert set(told) == {name for name in stays if name in inventory(aws)}
    assert inventory(aws) - before == set(told)
    assert all(each["usd_a_month"] is not None for each in told.values())
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, here.run("destroy", "--leftovers").out.splitlines())) <= 80
    for each in told.values():
        words = shlex.split(each["command"])
        assert words[:4] == ["cfngen", "destroy", "--env", "dev"]
        done = here.run("destroy", *words[4:], *SURE)
        assert done.code == 0, done.out + done.err
    assert inventory(aws) - before == set()
    assert here.run("destroy", "--leftovers", "--format", "json").json["leftovers"] == []
    told_of = (ROOT / "docs" / "destroying.md").read_text()
    for operation in set(line.calls) - {"GetCallerIdentity"}:
        assert f":{NEEDS.get(operation, operation)}`" in told_of, operation


NEEDS = {
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "DeleteObjects": "DeleteObjectVersion",
}
"""The S3 operations whose permission has another name:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""


def test_prod_is_protected_and_dev_is_not() -> None:
    protected = {where.name: where.protected for where in environments(PROJECT)}
    assert (protected["prod"], protected["dev"]) == (True, False)


# --- Killed -------------------------------------------------------------------------------------------------

_ACCOUNTS = itertools.count(600_000_000_000)


def elsewhere(here: World) -> World:
    """The same project in an empty account."""
    aws = replace(here.aws, account=str(next(_ACCOUNTS)), _clients={})
    os.environ["AWS_ACCESS_KEY_ID"] = aws.account  # the fixture restores it
    made = replace(here, aws=aws)
    made.environment()
    return made


def three(here: World) -> None:
    """Three stacks, each on the one before; one is protected, and keeps a bucket with an object."""
    name = f"kept-{here.aws.account}"
    here.stack("base", bucket(name, DeletionPolicy="Retain"), termination_protection=True)
    here.stack("middle", topic("middle"), depends_on=("base",), termination_protection=True)
    here.stack("user", topic("user"), depends_on=("middle",))
    assert here.deploy().code == 0
    for body in (b"one", b"two"):
        here.aws.client("s3").put_object(Bucket=name, Key="a", Body=body)


def objects(here: World) -> int:
    return len(
        here.aws.client("s3").list_object_versions(Bucket=f"kept-{here.aws.account}").get("Versions", ())
    )


def test_killed_at_any_call_the_next_run_ends_as_wanted(here: World) -> None:
    three(here)
    line = Line()
    counted = replace(here, session=lambda: line.tap(botocore_session()))
    assert counted.run("destroy", *SURE).code == 0
    calls = line.calls[: line.calls.index("ListStacks")]  # until all stacks are gone
    changing = [
        index for index, name in enumerate(calls, 1) if name in {"DeleteStack", "UpdateTerminationProtection"}
    ]
    moments = [(index, moment) for index in changing for moment in ("before", "after")]
    assert len(moments) == 10
    for index, moment in moments:
        there = elsewhere(here)
        three(there)
        assert run_killed(there.root, index, moment, ["destroy", *SURE]) == -signal.SIGKILL
        ran = there.run("destroy", *SURE, "--format", "json")
        assert ran.code == 0, f"{moment} call {index}: {ran.err}"
        assert there.deployed() == {}
        assert [each["id"] for each in ran.json["leftovers"]] == ["base/Bucket"]
        assert objects(there) == 2


def test_killed_while_a_bucket_is_emptied_the_next_run_goes_on(here: World) -> None:
    three(here)
    assert here.run("destroy", *SURE).code == 0
    line = Line()
    counted = replace(here, session=lambda: line.tap(botocore_session()))
    assert counted.run("destroy", "--delete", "base/Bucket", *SURE).code == 0
    first = line.calls.index("DeleteBucketPolicy") + 1
    for index in range(first, len(line.calls) + 1, 2):
        there = elsewhere(here)
        three(there)
        assert there.run("destroy", *SURE).code == 0
        command = ["destroy", "--delete", "base/Bucket", *SURE]
        assert run_killed(there.root, index, "after", command) == -signal.SIGKILL
        assert there.run(*command).code == 0
        assert there.aws.client("s3").list_buckets()["Buckets"] == []
