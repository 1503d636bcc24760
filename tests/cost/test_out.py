"""This repository's own stacks: every type is modelled or free, in every environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cfngen.cli.costing import account_of
from cfngen.cost.account import ChargedAccount
from cfngen.cost.estimate import estimate
from cfngen.cost.models import FREE, models
from cfngen.cost.prices import table
from cfngen.cost.usage import Usage, read
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment, environments
from cfngen.template.load import load
from tests.support.projects import ROOT

PROJECT = Project(ROOT)


@pytest.mark.parametrize("where", environments(PROJECT), ids=lambda where: str(where.name))
def test_every_type_is_modelled_and_priced(where: Environment) -> None:
    found = estimate(account_of(PROJECT, where, Usage()), table(), where.region)
    assert found.unmodelled == ()
    assert found.unpriced == ()
    assert found.lines


def test_every_type_is_modelled_or_free_whatever_the_values_are() -> None:
    """Also what no environment switches on; what is not is named where it is used."""
    templates = [load(path.read_bytes(), path.name).data for path in sorted(PROJECT.out.glob("*.yaml"))]
    types = {body["Type"] for template in templates for body in template["Resources"].values()}
    assert types - set(models()) - set(FREE) == {"AWS::SecurityHub::FindingAggregator"}
    loaded = {path: load((PROJECT.out / path).read_bytes(), path).data for path in ("detection.yaml",)}
    found = estimate(ChargedAccount.of(loaded, Usage()), table(), "ap-southeast-1")
    assert [each.type for each in found.unmodelled] == ["AWS::SecurityHub::FindingAggregator"]


def test_the_example_of_the_page_is_good(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "cost.md").read_text("utf-8"), re.DOTALL)
    path = tmp_path / "usage.yaml"
    path.write_text(example, "utf-8")
    usage = read(path, "usage.yaml")
    (dev,) = (each for each in environments(PROJECT) if each.name == "dev")
    assert account_of(PROJECT, dev, usage).usage.get("artifact-stores/DataBucket gb").expected == 40
