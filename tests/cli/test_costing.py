"""What a change adds to the bill is told where the change is reviewed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cfngen.cli.costing import cost_changes, replaced_and_retained
from cfngen.cost.quantity import Quantity
from cfngen.cost.usage import Usage
from cfngen.present.cost import change_sentence
from cfngen.template.change.compare import compare_in
from tests.support.account_world import World, topic
from tests.support.projects import TOPIC, SmallProject, make
from tests.support.schemas import valid

KEY = (
    TOPIC.replace("import Topic", "import Topic\nfrom troposphere.kms import Key")
    + 'stack.add(Key("Key", KeyPolicy={}))\n'
)

KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}],
}


LOGGED = (
    TOPIC.replace("import Topic", "import Topic\nfrom troposphere.s3 import Bucket, LoggingConfiguration")
    + """\
stack.add(Bucket("Read", LoggingConfiguration=LoggingConfiguration(DestinationBucketName="logs-of-all")))
"""
)

LOGS = (
    TOPIC.replace("import Topic", "import Topic\nfrom troposphere.s3 import Bucket")
    + 'stack.add(Bucket("Logs", BucketName="logs-of-all"))\n'
)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = make(tmp_path_factory.mktemp("costing") / "project", news=TOPIC, other=LOGS)
    folder = made.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: us-east-1\n")
    for stack in ("news", "other"):
        (folder / f"{stack}.yaml").write_text(f"template-file-path: out/{stack}.yaml\n")
    assert made.render().returncode == 0
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *identity, *arguments], cwd=made.root, check=True, capture_output=True)
    made.define("news", KEY)
    assert made.render().returncode == 0
    return made


@pytest.fixture
def project(committed: SmallProject, tmp_path: Path) -> SmallProject:
    return committed.copied(tmp_path / "project")


def test_what_a_change_costs_in_another_stack_is_told_with_the_change(project: SmallProject) -> None:
    project.define("news", LOGGED)
    assert project.render().returncode == 0
    document = json.loads(project.cfngen("diff", "--env", "dev", "--format", "json").stdout)
    news, other = (stack["cost"] for stack in document["stacks"])
    (storage,) = (item for item in news["items"] if item["item"] == "Standard storage")
    # 5 GB in news; in other, the bucket of logs holds logs from now on, not 5 GB of anything.
    assert storage["stacks"] == ["news", "other"]
    logs = 12 * 1_500 * 2_000 / 1024**3
    assert storage["usd"]["expected"] == pytest.approx(0.023 * logs)
    assert other == {
        "usd": {"low": 0, "expected": 0, "high": 0},
        "items": [],
        "not_modelled": [],
        "no_price": [],
        "retained": [],
    }


@pytest.mark.parametrize("policy", ["Retain", "Delete", None])
def test_what_is_replaced_and_retained_costs_beside_the_new_one(policy: str | None) -> None:
    sides = []
    for name in ("old", "new"):
        body = {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": name},
            "UpdateReplacePolicy": policy,
        }
        sides.append({"Resources": {"It": {key: value for key, value in body.items() if value}}})
    old, new = sides
    kept = replaced_and_retained("a", compare_in(old, new, {}, account=None, region="us-east-1"), new)
    usage = Usage({"secret_requests": Quantity.of(0)})
    cost = cost_changes({"a": old}, {"a": new}, "us-east-1", usage, kept)["a"]
    assert float(cost.usd.expected) == (0.4 if policy == "Retain" else 0)
    assert cost.retained == (("a/It",) if policy == "Retain" else ())


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize(
    ("policy", "usd"), [("Retain", 0), ("RetainExceptOnCreate", 0), ("Delete", -1), (None, -1)]
)
def test_what_is_retained_costs_as_before(policy: str | None, usd: int, *, moved: bool) -> None:
    """Unless another stack takes it over: then it is charged there."""
    key = {"Type": "AWS::KMS::Key", "DeletionPolicy": policy}
    before: Any = {"a": {"Resources": {"Key": key}}, "b": {"Resources": {}}}
    after: Any = {"a": {"Resources": {}}, "b": {"Resources": {"Key": key} if moved else {}}}
    usage = Usage({"key_requests": Quantity.of(0)})
    costs = cost_changes(before, after, "us-east-1", usage)
    assert costs["a"].usd.expected == (-1 if moved else usd)
    assert costs["b"].usd.expected == moved
    stays = usd == 0 and not moved
    assert costs["a"].retained == (("a/Key",) if stays else ())
    assert ("stays in the account and is charged as before: a/Key" in change_sentence(costs["a"])) is stays


def test_diff_says_what_the_environment_will_cost_more(project: SmallProject) -> None:
    text = project.cfngen("diff", "--env", "dev").stdout
    assert "  cost: +1.02 USD a month: +1.00 AWS KMS, customer-managed keys, in news" in text
    assert (
        "**Cost**\n\n- +1.02 USD a month"
        in project.cfngen("diff", "--env", "dev", "--format", "markdown").stdout
    )
    document = json.loads(project.cfngen("diff", "--env", "dev", "--format", "json").stdout)
    valid("diff", document)
    costs = {stack["stack"]: stack["cost"]["usd"]["expected"] for stack in document["stacks"]}
    assert costs == {"news": 1.015, "other": 0.0}


def test_usage_of_the_environment_counts(project: SmallProject) -> None:
    (project.root / "deployments" / "dev" / "usage.yaml").write_text("key_requests: 1000000\n")
    assert "+4.00 USD a month" in project.cfngen("diff", "--env", "dev").stdout


def test_a_region_without_prices_is_said(project: SmallProject) -> None:
    (project.root / "deployments" / "dev" / "environment.yaml").write_text("region: eu-west-3\n")
    text = project.cfngen("diff", "news", "--env", "dev").stdout
    assert "cost:" not in text
    assert "what this costs is not estimated: there are no prices for the Region eu-west-3" in text


def test_a_template_by_itself_has_no_cost(project: SmallProject) -> None:
    assert "USD a month" not in project.cfngen("diff").stdout


def test_plan_says_what_all_stacks_together_add(here: World) -> None:
    key = topic("one")
    key["Resources"]["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}}
    here.environment(region="us-east-1")
    here.stack("one", topic("one"))
    here.stack("two", topic("two"))
    assert here.deploy().code == 0
    here.stack("one", key)
    ran = here.plan()
    valid("deploy", ran.json)
    assert [item["stacks"] for item in ran.json["cost"]["items"] if "customer-managed" in item["item"]] == [
        ["one"]
    ]
    text = here.run("plan").out
    assert "Cost: +1.02 USD a month: +1.00 AWS KMS, customer-managed keys, in one" in text
    assert here.deploy().code == 0
    assert "Cost:" not in here.run("plan").out
