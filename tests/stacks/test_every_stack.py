"""What all stacks have in common, whatever they are for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cfngen.generate.render import MAX_BYTES
from cfngen.manifest import Manifest
from cfngen.template.environment.parameters import check
from tests.support.projects import ROOT
from tests.support.stacks.deployed import refused, template, values

MANIFEST = Manifest.read(ROOT / "out" / "manifest.json", "out/manifest.json")
STACKS = sorted(MANIFEST.stacks)
PARAMETERS = [(stack, name) for stack in STACKS for name in template(stack).get("Parameters", {})]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield str(key)
            yield from _strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _strings(child)


def test_there_are_the_thirteen() -> None:
    assert STACKS == [
        "artifact-stores",
        "audit-alarms",
        "audit-queries",
        "audit-trail",
        "compliance",
        "cost-guard",
        "delivery-access",
        "delivery-pipeline",
        "delivery-roles",
        "detection",
        "job-roles",
        "platform-roles",
        "pod-roles",
    ]


def test_the_audit_trail_comes_first_then_the_boundary_and_the_pipeline_last() -> None:
    order = MANIFEST.order()
    assert (order[0], order[-1]) == ("audit-trail", "delivery-pipeline")
    assert MANIFEST.stacks["delivery-roles"].depends_on == ("audit-trail",)


@pytest.mark.parametrize("stack", STACKS)
def test_there_is_room_below_what_the_console_takes(stack: str) -> None:
    assert len((ROOT / "out" / f"{stack}.yaml").read_bytes()) <= 48_000


@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("stack", STACKS)
def test_every_shipped_value_sets_the_boundary_and_its_stack_waits_for_it(
    stack: str, environment: str
) -> None:
    if "PermissionsBoundary" in template(stack)["Parameters"]:
        assert values(stack, environment)["PermissionsBoundary"] == (
            f"mlops-retail-prediction-{environment}-boundary"
        )
        assert "delivery-roles" in MANIFEST.stacks[stack].depends_on


@pytest.mark.parametrize("stack", STACKS)
def test_the_console_takes_it_inline(stack: str) -> None:
    assert len((ROOT / "out" / f"{stack}.yaml").read_bytes()) <= MAX_BYTES


@pytest.mark.parametrize(("stack", "parameter"), PARAMETERS)
def test_a_parameter_explains_itself_has_a_default_and_refuses_what_aws_would(
    stack: str, parameter: str
) -> None:
    data = template(stack)
    definition = data["Parameters"][parameter]
    assert definition["Description"].endswith(".")
    assert "Default" in definition
    assert definition["ConstraintDescription"].endswith((".", "-", "#"))
    bounded = {"MinValue", "MaxValue"} <= definition.keys()
    assert bounded or {"AllowedValues", "AllowedPattern"} & definition.keys()
    form = data["Metadata"]["AWS::CloudFormation::Interface"]
    assert form["ParameterLabels"][parameter]["default"]
    assert [group for group in form["ParameterGroups"] if parameter in group["Parameters"]]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_environment_has_values_that_fit(stack: str, environment: str) -> None:
    assert refused(stack, environment) == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_defaults_alone_fit_so_that_the_console_needs_nothing(stack: str) -> None:
    assert check(template(stack), {}) == []


@pytest.mark.parametrize("stack", STACKS)
def test_outputs_say_what_they_are_and_are_exported_by_convention(stack: str) -> None:
    for name, output in template(stack)["Outputs"].items():
        assert output["Description"]
        assert output["Export"]["Name"] == {"Fn::Sub": f"${{Project}}-${{Environment}}-{name}"}


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_imports_from_another(stack: str) -> None:
    assert "Fn::ImportValue" not in set(_strings(template(stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_tied_to_one_account_partition_or_credential(stack: str) -> None:
    for text in _strings(template(stack)):
        assert not re.search(r"arn:aws[:-]", text), text
        assert not re.fullmatch(r"\d{12}", text), text
        assert not re.search(r"AKIA[0-9A-Z]{16}", text)


@pytest.mark.parametrize("stack", STACKS)
def test_policies_are_customer_managed_never_inline(stack: str) -> None:
    for logical_id, resource in template(stack)["Resources"].items():
        assert resource["Type"] not in {"AWS::IAM::Policy", "AWS::IAM::UserPolicy", "AWS::IAM::RolePolicy"}
        assert "Policies" not in resource.get("Properties", {}), logical_id


@pytest.mark.parametrize("stack", STACKS)
def test_every_bucket_of_ours_is_in_our_own_namespace_until_a_name_is_given(stack: str) -> None:
    for logical_id, resource in template(stack)["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            namespace = resource["Properties"]["BucketNamespace"]
            assert namespace["Fn::If"][1:] == ["global", "account-regional"], logical_id


def test_where_the_page_is_wrong_each_row_names_a_test_that_holds_our_answer() -> None:
    text = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`tests/" in line]
    assert len(rows) >= 20
    for path, name in re.findall(r"`(tests/[\w/.]+)::(\w+)`", text):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in source, f"{path} has no {name}"
    for row in rows:
        assert "::" in row


def test_the_manifest_describes_out() -> None:
    recorded = json.loads((ROOT / "out" / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    assert sorted(recorded) == sorted(path.stem for path in Path(ROOT / "out").glob("*.yaml"))
