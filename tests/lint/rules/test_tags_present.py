from __future__ import annotations

import pytest

from tests.lint.conftest import Check

KEYS = ("Project", "Environment", "ManagedBy", "CostCenter")
ALL = "[" + ", ".join(f"{{Key: {key}, Value: x}}" for key in KEYS) + "]"


def test_accepts_all_keys(check: Check) -> None:
    assert check(f"Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {{Tags: {ALL}}}}}}}", "W9507") == []


@pytest.mark.parametrize("properties", ["{TopicName: t}", "{Tags: [{Key: Project, Value: a}]}"])
def test_names_the_keys_that_are_missing(check: Check, properties: str) -> None:
    [finding] = check(f"Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {properties}}}}}", "W9507")
    assert finding.message.endswith("Environment, ManagedBy, CostCenter")
    assert finding.level == "warning"


def test_knows_where_a_type_has_its_tags(check: Check) -> None:
    budget = """
        Resources:
          B:
            Type: AWS::Budgets::Budget
            Properties:
              Budget: {BudgetType: COST, TimeUnit: MONTHLY, BudgetLimit: {Amount: 1, Unit: USD}}
              ResourceTags: TAGS
    """
    assert check(budget.replace("TAGS", ALL), "W9507") == []
    assert len(check(budget.replace("TAGS", "[]"), "W9507")) == 1


def test_tags_can_be_a_mapping(check: Check) -> None:
    parameter = (
        "Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v, Tags: TAGS}}}"
    )
    keys = "{Project: a, Environment: b, ManagedBy: c, CostCenter: d}"
    assert check(parameter.replace("TAGS", keys), "W9507") == []
    assert len(check(parameter.replace("TAGS", "{Project: a}"), "W9507")) == 1


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: b}}",
        "{Type: 'Custom::Thing', Properties: {ServiceToken: a}}",
    ],
)
def test_asks_no_tags_of_what_cannot_have_them(check: Check, resource: str) -> None:
    assert check(f"Resources: {{R: {resource}}}", "W9507") == []
