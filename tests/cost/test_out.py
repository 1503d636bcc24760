"""This repository's own stacks: every type is modelled or free, in every environment."""

from __future__ import annotations

import pytest

from cfngen.cli.costing import account_of
from cfngen.cost.estimate import estimate
from cfngen.cost.prices import table
from cfngen.cost.usage import Usage
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment, environments
from tests.support.projects import ROOT

PROJECT = Project(ROOT)


@pytest.mark.parametrize("where", environments(PROJECT), ids=lambda where: str(where.name))
def test_every_type_is_modelled_and_priced(where: Environment) -> None:
    found = estimate(account_of(PROJECT, where, Usage()), table(), where.region)
    assert found.unmodelled == ()
    assert found.unpriced == ()
    assert found.lines
