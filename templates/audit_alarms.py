"""The audit alarms: someone is told within minutes when the audit trail shows what should not just happen.

Metric filters on the trail's log group, one for each of the CIS benchmark's fifteen monitoring controls and a
few more, an alarm on each, and one topic that all of them, the budgets and the cost anomalies speak through.

Choices, where the obvious one is wrong:

- The patterns are CIS's to the letter, and calls that are younger than the benchmark are counted by a second
  filter on the same metric, so that the same alarm tells of them (`_audit_alerts.py`).
- EventBridge publishes with a role, whose trust names our rule. AWS's pages disagree whether a role or the
  topic's policy decides, and which source the key's policy may ask for: so the topic's policy lets our rule
  in as well, the audit key lets EventBridge in where it names no account, and an alarm tells when an
  event could not be published.
- Beside the benchmark's fifteen, alarms tell of what makes somebody mightier (another version of a policy,
  another trust, another boundary) and of what makes the rest silent (a filter, an alarm, a subscription,
  the log group). The pipeline's own deployments set some of them off: that is what they are for.
- The benchmark's numbers are those of versions 1.4 to 5: versions 6 and 7 count the same controls 5.x.
- EventBridge sees the Insights events of its own Region only, the trail's log group those of all. So the
  rule tells those of this Region, readably, and one more filter and alarm count those of the others.
- `alias/aws/sns` would let no service publish: the topic has the audit trail's own key or none.
- Security Hub wants somebody to listen: without an AlertEmail, subscribe to the topic by other means.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
"""

from __future__ import annotations

from typing import Any

from awacs import kms, sns
from troposphere import AccountId, Equals, GetAtt, If, NoValue, Ref, Sub
from troposphere.cloudwatch import Alarm, Dashboard, MetricDimension
from troposphere.events import InputTransformer, Rule, Target
from troposphere.iam import ManagedPolicy, Role
from troposphere.logs import MetricFilter, MetricTransformation
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _naming, _trail
from templates._audit_alerts import ALERTS, BEYOND_CIS, BREAK_GLASS, INSIGHTS_ELSEWHERE, Alert
from templates._claims import audit_alarms as promises
from templates._claims import audit_alarms_facts, facts, table

stack = Stack(
    "Audit alarms: the CIS benchmark's metric filters on the audit trail, an alarm on each, and the topic "
    "that tells of them.",
    depends_on=["audit-trail", "delivery-roles"],
    termination_protection=True,
    protected=["Topic"],
)

TOLD = (*ALERTS, *BEYOND_CIS, INSIGHTS_ELSEWHERE)
NAMESPACE = Sub(f"{_naming.P}/Audit")

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

TRAIL = stack.group("Trail")
NOTIFICATION = stack.group("Notification")

_trail.add_log_group_name(TRAIL)
NOTIFICATION.text(
    "AlertEmail",
    "Address that the alerts go to, once its owner has confirmed. Empty: nobody yet.",
    pattern=r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    max_length=320,
    allowed="one e-mail address",
    optional=True,
    label="E-mail address",
)
NOTIFICATION.choice(
    "Encryption",
    "customer-managed: the key of stack audit-trail, which then must have one.",
    ["aws-managed", "customer-managed"],
)

recipes.existing_role(
    NOTIFICATION,
    "BreakGlassRole",
    "Role for emergencies, with its path: an alarm tells whenever somebody takes it.",
)
boundary = _common.permissions_boundary(stack)

rescued = stack.given("BreakGlassRole")
someone_listens = stack.given("AlertEmail")
own_key = stack.condition("UseCustomerManagedKey", Equals(Ref("Encryption"), "customer-managed"))

# --- The topic ----------------------------------------------------------------------------------------------

stack.add(
    Topic(
        "Topic",
        TopicName=Sub(_naming.ALERT_TOPIC),
        DisplayName=Sub(f"{_naming.P} alerts"),
        KmsMasterKeyId=If(own_key, Sub(_naming.AUDIT_KEY), NoValue),
        Tags=_common.tags(),
    )
)
stack.add(
    TopicPolicy(
        "TopicPolicy",
        Topics=[Ref("Topic")],
        PolicyDocument=iam.policy(
            iam.allow(
                "OurAlarmsPublish",
                [sns.Publish],
                [Ref("Topic")],
                to=iam.service("cloudwatch.amazonaws.com"),
                when=iam.only_for(recipes.arn("cloudwatch", f"alarm:{_naming.P}-*")),
            ),
            iam.allow(
                "OurBudgetsPublish",
                [sns.Publish],
                [Ref("Topic")],
                to=iam.service("budgets.amazonaws.com"),
                when=iam.only_for(Sub("arn:${AWS::Partition}:budgets::${AWS::AccountId}:*")),
            ),
            iam.allow(
                "OurCostAnomaliesPublish",
                [sns.Publish],
                [Ref("Topic")],
                to=iam.service("costalerts.amazonaws.com"),
                when={"StringEquals": {"aws:SourceAccount": AccountId}},
            ),
            iam.allow(
                "OurInsightsRulePublishes",
                [sns.Publish],
                [Ref("Topic")],
                to=iam.service("events.amazonaws.com"),
                when={"ArnEquals": {"aws:SourceArn": recipes.arn("events", f"rule/{_naming.P}-insights")}},
            ),
            iam.deny(
                "DenyInsecureTransport",
                [sns.Publish],
                [Ref("Topic")],
                to=iam.anyone(),
                when={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ),
    )
)
stack.add(
    SubscriptionResource(
        "EmailSubscription",
        Condition=someone_listens,
        Protocol="email",
        TopicArn=Ref("Topic"),
        Endpoint=Ref("AlertEmail"),
    )
)

# --- A filter and an alarm for each alert -------------------------------------------------------------------


def add_filter(
    alert: Alert, pattern: str | Sub, *, suffix: str = "", only_if: dict[str, Any] | None = None
) -> None:
    """A metric filter that counts what the pattern matches in the trail's log group."""
    stack.add(
        MetricFilter(
            f"{alert.name}{'Later' if suffix else ''}Filter",
            **(only_if or {}),
            FilterName=alert.named(suffix),
            LogGroupName=Ref("LogGroupName"),
            FilterPattern=pattern,
            MetricTransformations=[
                MetricTransformation(MetricNamespace=NAMESPACE, MetricName=alert.name, MetricValue="1")
            ],
        )
    )


for alert in (*TOLD, BREAK_GLASS):
    only_if: dict[str, Any] = {"Condition": rescued} if alert is BREAK_GLASS else {}
    add_filter(alert, Sub(alert.pattern) if "${" in alert.pattern else alert.pattern, only_if=only_if)
    if alert.later:
        add_filter(alert, alert.later, suffix="-later")
    stack.add(
        Alarm(
            f"{alert.name}Alarm",
            **only_if,
            AlarmName=alert.named(),
            AlarmDescription=alert.told,
            Namespace=NAMESPACE,
            MetricName=alert.name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[Ref("Topic")],
            Tags=_common.tags(),
        )
    )

# --- Insights events of this Region -------------------------------------------------------------------------

stack.add(
    Role(
        "InsightsRole",
        RoleName=recipes.named("insights-publisher"),
        Description="EventBridge tells of CloudTrail Insights events",
        AssumeRolePolicyDocument=iam.service_trust(
            "events.amazonaws.com",
            when=iam.only_for(recipes.arn("events", f"rule/{_naming.P}-insights")),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "InsightsPolicy",
        ManagedPolicyName=recipes.named("insights-publisher"),
        Description="Publish to the alerts topic, and nothing else",
        Roles=[Ref("InsightsRole")],
        PolicyDocument=iam.policy(iam.allow("PublishAlerts", [sns.Publish], [Ref("Topic")])),
    )
)
stack.add(
    ManagedPolicy(
        "InsightsKeyPolicy",
        Condition=own_key,
        ManagedPolicyName=recipes.named("insights-publisher-key"),
        Description="Use the audit key, through SNS only",
        Roles=[Ref("InsightsRole")],
        PolicyDocument=iam.policy(
            iam.allow(
                "EncryptAlerts",
                [kms.Decrypt, kms.GenerateDataKey],
                [recipes.arn("kms", "key/*")],
                when={
                    "StringEquals": {"kms:ViaService": Sub("sns.${AWS::Region}.amazonaws.com")},
                    "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.AUDIT_KEY)},
                },
            )
        ),
    )
)
stack.add(
    Rule(
        "InsightsRule",
        Name=recipes.named("insights"),
        Description="CloudTrail Insights saw unusual activity in this Region.",
        # Only AWS itself may send events whose source begins with aws.
        EventPattern={"source": [{"prefix": "aws."}], "detail-type": ["AWS Insight via CloudTrail"]},
        Targets=[
            Target(
                Id="alerts",
                Arn=Ref("Topic"),
                RoleArn=GetAtt("InsightsRole", "Arn"),
                InputTransformer=InputTransformer(
                    InputPathsMap={
                        "account": "$.account",
                        "region": "$.region",
                        "time": "$.time",
                        "state": "$.detail.insightDetails.state",
                        "kind": "$.detail.insightDetails.insightType",
                        "service": "$.detail.insightDetails.eventSource",
                        "call": "$.detail.insightDetails.eventName",
                        "id": "$.detail.sharedEventID",
                    },
                    InputTemplate=(
                        '"<kind> (<state>) at <time> in account <account>, <region>: unusual activity of '
                        '<call> of <service>. Insight <id> in the CloudTrail console."'
                    ),
                ),
            )
        ],
        Tags=_common.tags(),
    )
)

stack.add(
    Alarm(
        "InsightsUndeliveredAlarm",
        AlarmName=recipes.named("insights-undelivered"),
        AlarmDescription="EventBridge could not publish an Insights event to the topic of the alerts.",
        Namespace="AWS/Events",
        MetricName="FailedInvocations",
        Dimensions=[MetricDimension(Name="RuleName", Value=Ref("InsightsRule"))],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[Ref("Topic")],
        Tags=_common.tags(),
    )
)

# --- Everything at a glance ---------------------------------------------------------------------------------

BODY = """{
  "widgets": [
    {
      "type": "alarm", "width": 24, "height": 4,
      "properties": {
        "title": "Audit alarms",
        "alarms": [
          %(alarms)s
        ]
      }
    },
    {
      "type": "metric", "width": 24, "height": 8,
      "properties": {
        "title": "What was seen, every five minutes",
        "region": "${AWS::Region}", "view": "timeSeries", "stacked": true, "stat": "Sum", "period": 300,
        "metrics": [
          %(metrics)s
        ]
      }
    },
    {
      "type": "log", "width": 24, "height": 8,
      "properties": {
        "title": "Refused calls",
        "region": "${AWS::Region}", "view": "table",
        "query": "SOURCE '${LogGroupName}' | filter ispresent(errorCode) | stats count(*) by errorCode"
      }
    }
  ]
}"""
stack.add(
    Dashboard(
        "Dashboard",
        DashboardName=recipes.named("audit"),
        DashboardBody=Sub(
            BODY
            % {
                "alarms": ",\n          ".join(f'"${{{alert.name}Alarm.Arn}}"' for alert in TOLD),
                "metrics": ",\n          ".join(f'["{_naming.P}/Audit", "{alert.name}"]' for alert in TOLD),
            }
        ),
        Tags=_common.tags(),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "AlertTopicArn", "ARN of the topic that alerts go to", Ref("Topic"))
recipes.export(
    stack,
    "AlertRecipient",
    "Who gets the alerts by e-mail",
    If(someone_listens, Ref("AlertEmail"), "nobody: set AlertEmail, or subscribe to the topic otherwise"),
)
recipes.export(stack, "AuditDashboardName", "Name of the CloudWatch dashboard", Ref("Dashboard"))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*audit_alarms_facts.facts([*TOLD, BREAK_GLASS]))
stack.claim(*table.claims(stack, "audit-alarms", promises.cases))
