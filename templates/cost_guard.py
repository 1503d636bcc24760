"""Nobody finds out from the invoice: a monthly budget, and a watch for spending that is unlike other days.

Both tell the alert topic of stack audit-alarms, whose policy lets budgets.amazonaws.com and
costalerts.amazonaws.com of this account publish, and on request one e-mail address, which needs no
confirmation.

Choices, where the obvious one is wrong:

- Budgets and Cost Explorer are global services. Their resource types deploy in any commercial Region and
  call us-east-1 by themselves; only the topic has to be in this account.
- The budget has no name of ours: its notifications cannot be updated, so a changed threshold or address makes
  a new budget, and CloudFormation could not make a second one of the same name. It names it after the stack.
- The budget is the account's. `BudgetScope=project` counts what bears our Project tag, which costs nothing
  until somebody activates the tag for cost allocation: no tag does so by itself, there is no resource type
  for it, and only the management account (or one that stands alone) may do it. It takes up to 24 hours, and
  the past stays untagged: `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status
  TagKey=Project,Status=Active`.
- An account has one monitor of AWS services, in a member account that is the only kind there may be, and
  Cost Explorer made it already (Default-Services-Monitor) wherever it was opened since March 2023. A second
  one is refused, with the words "already exists". So the default makes none; `create` is for an account
  without, and `existing` takes the id that `aws ce get-anomaly-monitors` tells.
- SNS is told at once; AWS offers e-mail the daily summary, in a subscription of its own.
- A monitor's tags cannot be updated, and the second monitor that a replacement makes is refused: the monitor,
  which costs nothing itself, has no CostCenter tag, the one whose value may change.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2515
"""

from __future__ import annotations

import json

from troposphere import And, Condition, Equals, If, Not, NoValue, Or, Ref, Sub
from troposphere.budgets import (
    Budget,
    BudgetData,
    Notification,
    NotificationWithSubscribers,
    Spend,
)
from troposphere.budgets import ResourceTag as BudgetTag
from troposphere.budgets import Subscriber as BudgetSubscriber
from troposphere.ce import AnomalyMonitor, AnomalySubscription, ResourceTag, Subscriber

from cfngen.define import recipes
from cfngen.define.stack import Stack
from cfngen.define.suppress import suppressed
from templates import _common, _naming

stack = Stack(
    "Costs: a monthly budget with actual and forecast thresholds, and anomaly detection, to the alert topic.",
    depends_on=["audit-alarms"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

BUDGET = stack.group("Monthly budget")
ANOMALIES = stack.group("Cost anomalies")
NOTIFICATION = stack.group("Who is told, beside the alert topic")

BUDGET.number(
    "MonthlyBudget",
    "US dollars that a month may cost.",
    default=50,
    least=1,
    most=1000000,
    unit="US dollars",
    label="Amount (USD)",
)
BUDGET.choice(
    "BudgetScope",
    "project: only what is tagged Project, once that tag is active for cost allocation.",
    ["account", "project"],
    label="What counts",
)
BUDGET.number(
    "WarnPercent",
    "Tell when this much of the budget is spent.",
    default=80,
    least=1,
    most=99,
    unit="percent; at 100 there is always a notification",
    label="Warn at (percent spent)",
)
BUDGET.number(
    "ForecastPercent",
    "Tell when the month is forecast to cost this much of the budget. Needs 5 weeks of data.",
    default=100,
    least=1,
    most=1000,
    unit="percent",
    label="Warn at (percent forecast)",
)
ANOMALIES.choice(
    "AnomalyMonitor",
    "create: for an account that has no monitor of AWS services. existing: use that one.",
    ["none", "create", "existing"],
    label="Monitor of AWS services",
)
ANOMALIES.text(
    "AnomalyMonitorId",
    "What the existing monitor's ARN ends with (aws ce get-anomaly-monitors).",
    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    allowed="32 hexadecimal digits in five groups with hyphens between them",
    optional=True,
    label="Existing monitor",
)
ANOMALIES.number(
    "AnomalyImpact",
    "US dollars above the expected from which on an anomaly is told.",
    default=10,
    least=1,
    most=1000000,
    unit="US dollars",
    label="Least impact (USD)",
)
NOTIFICATION.text(
    "CostEmail",
    "Address for budget notifications and the daily summary of anomalies. May be empty.",
    pattern=r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    max_length=302,
    allowed="one e-mail address",
    optional=True,
    label="E-mail address",
)
stack.rule(
    "ExistingMonitorHasId",
    [
        {
            "Assert": Not(Equals(Ref("AnomalyMonitorId"), "")),
            "AssertDescription": "An existing monitor needs its AnomalyMonitorId.",
        }
    ],
    when=Equals(Ref("AnomalyMonitor"), "existing"),
)
stack.rule(
    "IdIsOfExistingMonitor",
    [
        {
            "Assert": Equals(Ref("AnomalyMonitor"), "existing"),
            "AssertDescription": "An AnomalyMonitorId goes with AnomalyMonitor existing.",
        }
    ],
    when=Not(Equals(Ref("AnomalyMonitorId"), "")),
)

by_project = stack.condition("CountProject", Equals(Ref("BudgetScope"), "project"))
creates = stack.condition("CreateMonitor", Equals(Ref("AnomalyMonitor"), "create"))
monitored = stack.condition("HasMonitor", Or(Condition(creates), Equals(Ref("AnomalyMonitor"), "existing")))
has_email = stack.given("CostEmail")
summarized = stack.condition("SendSummary", And(Condition(monitored), Condition(has_email)))

topic = recipes.arn("sns", _naming.ALERT_TOPIC)

# --- The budget ---------------------------------------------------------------------------------------------


def told(kind: str, percent: object) -> NotificationWithSubscribers:
    """Tell everybody when this percentage of the budget is spent or forecast."""
    return NotificationWithSubscribers(
        Notification=Notification(
            NotificationType=kind,
            ComparisonOperator="GREATER_THAN",
            Threshold=percent,
            ThresholdType="PERCENTAGE",
        ),
        Subscribers=[
            BudgetSubscriber(SubscriptionType="SNS", Address=topic),
            If(has_email, BudgetSubscriber(SubscriptionType="EMAIL", Address=Ref("CostEmail")), NoValue),
        ],
    )


TAGS = {
    "CostCenter": Ref("CostCenter"),
    "Environment": Ref("Environment"),
    "ManagedBy": "cfngen",
    "Project": Ref("Project"),
}

stack.add(
    Budget(
        "Budget",
        Budget=BudgetData(
            BudgetType="COST",
            TimeUnit="MONTHLY",
            BudgetLimit=Spend(Amount=Ref("MonthlyBudget"), Unit="USD"),
            CostFilters=If(by_project, {"TagKeyValue": [Sub("user:Project$${Project}")]}, NoValue),
        ),
        NotificationsWithSubscribers=[
            told("ACTUAL", Ref("WarnPercent")),
            told("ACTUAL", 100),
            told("FORECASTED", Ref("ForecastPercent")),
        ],
        ResourceTags=[BudgetTag(Key=key, Value=value) for key, value in TAGS.items()],
    )
)

# --- Anomalies ----------------------------------------------------------------------------------------------

stack.add(
    AnomalyMonitor(
        "Monitor",
        Condition=creates,
        DeletionPolicy="Delete",
        Metadata=suppressed(
            {"W9507": "A changed tag makes a second monitor, which AWS refuses: CostCenter may change."}
        ),
        MonitorName=recipes.named("services"),
        MonitorType="DIMENSIONAL",
        MonitorDimension="SERVICE",
        ResourceTags=[
            ResourceTag(Key=key, Value=value) for key, value in TAGS.items() if key != "CostCenter"
        ],
    )
)

monitors = [
    If(
        creates,
        Ref("Monitor"),
        Sub("arn:${AWS::Partition}:ce::${AWS::AccountId}:anomalymonitor/${AnomalyMonitorId}"),
    )
]
large_enough = Sub(
    json.dumps(
        {
            "Dimensions": {
                "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                "Values": ["${AnomalyImpact}"],
            }
        },
        indent=2,
    )
)

stack.add(
    AnomalySubscription(
        "AlertSubscription",
        Condition=monitored,
        SubscriptionName=recipes.named("cost-anomaly-alerts"),
        MonitorArnList=monitors,
        Frequency="IMMEDIATE",
        ThresholdExpression=large_enough,
        Subscribers=[Subscriber(Type="SNS", Address=topic)],
        ResourceTags=[ResourceTag(Key=key, Value=value) for key, value in TAGS.items()],
    )
)
stack.add(
    AnomalySubscription(
        "SummarySubscription",
        Condition=summarized,
        SubscriptionName=recipes.named("cost-anomaly-summary"),
        MonitorArnList=monitors,
        Frequency="DAILY",
        ThresholdExpression=large_enough,
        Subscribers=[Subscriber(Type="EMAIL", Address=Ref("CostEmail"))],
        ResourceTags=[ResourceTag(Key=key, Value=value) for key, value in TAGS.items()],
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "BudgetName", "Name of the budget", Ref("Budget"))
recipes.export(
    stack,
    "AnomalyMonitorArn",
    "ARN of the cost anomaly monitor",
    monitors[0],
    condition=monitored,
)
