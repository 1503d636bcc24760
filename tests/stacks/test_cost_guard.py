"""What the cost guard must guarantee."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.stacks.deployed import ACCOUNT, REGION, properties, refused, resources, template

STACK = "cost-guard"
MONITOR_ID = "8a1b2c3d-1111-2222-3333-444455556666"
EXISTING = {"AnomalyMonitor": "existing", "AnomalyMonitorId": MONITOR_ID}


def alert_topic(where: str) -> str:
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:mlops-retail-prediction-{where}-audit-alerts"


def notifications(where: str = "prod", **changed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = properties(STACK, "Budget", where, **changed)[
        "NotificationsWithSubscribers"
    ]
    return found


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_the_alert_topic_hears_of_spent_and_of_forecast_money(where: str) -> None:
    told = notifications(where)
    assert {entry["Notification"]["NotificationType"] for entry in told} == {"ACTUAL", "FORECASTED"}
    assert "100" in {
        str(entry["Notification"]["Threshold"])
        for entry in told
        if entry["Notification"]["NotificationType"] == "ACTUAL"
    }
    for entry in told:
        assert {"SubscriptionType": "SNS", "Address": alert_topic(where)} in entry["Subscribers"]
    assert (
        len(told) <= 5
    )  # https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html


def test_the_topic_of_the_alarms_is_the_one_that_is_told() -> None:
    assert properties("audit-alarms", "Topic", "prod")["TopicName"] == alert_topic("prod").rpartition(":")[2]


def test_email_is_told_where_there_is_an_address() -> None:
    def addresses(**changed: str) -> list[str]:
        return [
            subscriber["Address"]
            for entry in notifications("dev", **changed)
            for subscriber in entry["Subscribers"]
            if subscriber["SubscriptionType"] == "EMAIL"
        ]

    assert addresses() == []
    assert addresses(CostEmail="costs@example.com") == ["costs@example.com"] * 3


def test_the_amount_is_a_month_of_dollars() -> None:
    budget = properties(STACK, "Budget", "dev", MonthlyBudget="120")["Budget"]
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetLimit"] == {"Amount": "120", "Unit": "USD"}


def test_the_budget_can_be_replaced_since_nothing_of_it_is_named() -> None:
    """Its notifications cannot be updated; a second budget of the same name could not be made."""
    assert "BudgetName" not in template(STACK)["Resources"]["Budget"]["Properties"]["Budget"]


def test_the_account_counts_unless_the_project_is_asked_for() -> None:
    assert "CostFilters" not in properties(STACK, "Budget")["Budget"]
    filtered = properties(STACK, "Budget", BudgetScope="project")["Budget"]["CostFilters"]
    assert filtered == {"TagKeyValue": ["user:Project$mlops-retail-prediction"]}


@pytest.mark.parametrize(
    ("mode", "made"),
    [
        ({"AnomalyMonitor": "none"}, set()),
        ({"AnomalyMonitor": "create"}, {"Monitor", "AlertSubscription"}),
        (EXISTING, {"AlertSubscription"}),
        ({**EXISTING, "CostEmail": "costs@example.com"}, {"AlertSubscription", "SummarySubscription"}),
    ],
)
def test_the_one_monitor_of_an_account_may_be_there_already(mode: dict[str, str], made: set[str]) -> None:
    assert set(resources(STACK, "dev", **mode)) == {"Budget"} | made


def test_neither_default_nor_shipped_values_make_a_second_monitor() -> None:
    assert set(resources(STACK, "dev")) == set(resources(STACK, "prod")) == {"Budget"}
    assert template(STACK)["Parameters"]["AnomalyMonitor"]["Default"] == "none"


def test_an_existing_monitor_is_listened_to() -> None:
    subscription = properties(STACK, "AlertSubscription", **EXISTING)
    assert subscription["MonitorArnList"] == [f"arn:aws:ce::{ACCOUNT}:anomalymonitor/{MONITOR_ID}"]


def test_sns_is_told_at_once_and_mail_by_day() -> None:
    """AWS takes no other frequency for either."""
    at_once, by_day = (
        properties(STACK, name, "prod", **EXISTING) for name in ("AlertSubscription", "SummarySubscription")
    )
    assert at_once["Frequency"] == "IMMEDIATE"
    assert at_once["Subscribers"] == [{"Type": "SNS", "Address": alert_topic("prod")}]
    assert by_day["Frequency"] == "DAILY"
    assert [subscriber["Type"] for subscriber in by_day["Subscribers"]] == ["EMAIL"]


def test_small_surprises_are_left_alone() -> None:
    subscription = properties(STACK, "AlertSubscription", AnomalyMonitor="create", AnomalyImpact="25")
    threshold = json.loads(subscription["ThresholdExpression"])["Dimensions"]
    assert (threshold["Key"], threshold["Values"]) == ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", ["25"])


@pytest.mark.parametrize("logical_id", ["Budget", "AlertSubscription", "SummarySubscription"])
def test_who_pays_is_written_on_everything(logical_id: str) -> None:
    tags = {tag["Key"] for tag in properties(STACK, logical_id, "prod", **EXISTING)["ResourceTags"]}
    assert tags == {"Project", "Environment", "ManagedBy", "CostCenter"}


def test_nothing_that_may_change_would_replace_the_monitor() -> None:
    """Its tags cannot be updated, and an account may not have the second one that a replacement makes."""
    before, after = (
        properties(STACK, "Monitor", "prod", AnomalyMonitor="create", CostCenter=cost_center)
        for cost_center in ("mlops", "retail")
    )
    assert before == after


WRONG = [
    ({"Project": "Retail"}, "Lower-case"),
    ({"Environment": "production"}, "at most 4"),
    ({"CostCenter": ""}, "Letters"),
    ({"MonthlyBudget": "0"}, "1 to 1000000"),
    ({"MonthlyBudget": "ten"}, "1 to 1000000"),
    ({"BudgetScope": "team"}, "account or project"),
    ({"WarnPercent": "100"}, "1 to 99"),
    ({"ForecastPercent": "0"}, "1 to 1000"),
    ({"AnomalyMonitor": "default"}, "none, create or existing"),
    ({"AnomalyMonitor": "existing"}, "needs its AnomalyMonitorId"),
    ({"AnomalyMonitor": "create", "AnomalyMonitorId": MONITOR_ID}, "goes with AnomalyMonitor existing"),
    ({"AnomalyMonitorId": f"arn:aws:ce::{ACCOUNT}:anomalymonitor/{MONITOR_ID}"}, "hexadecimal"),
    ({"AnomalyImpact": "-1"}, "1 to 1000000"),
    ({"CostEmail": "costs@example"}, "one e-mail address"),
    ({"CostEmail": "a@example.com,b@example.com"}, "one e-mail address"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))


def test_every_parameter_was_given_a_wrong_value() -> None:
    assert {name for wrong, _ in WRONG for name in wrong} == set(template(STACK)["Parameters"])
    assert refused(STACK, "dev") == refused(STACK, "prod") == []
