"""Alerts: published by this account's alarms, budgets, cost anomalies and Insights rule, and nobody else."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, INSECURE, Case, Here, lines

STACK = "audit-alarms"
PUBLISH, ASSUME = "sns:Publish", "sts:AssumeRole"
EVENTS, ALARMS = "events.amazonaws.com", "cloudwatch.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    return [*_topic(here), *_insights(here)]


def _topic(here: Here) -> list[Case]:
    may, may_not = lines("TopicPolicy")
    topic = here.reference(STACK, "Topic")
    ours, theirs = {"aws:SourceAccount": ACCOUNT}, {"aws:SourceAccount": FOREIGN}
    alarm = {"aws:SourceArn": here.arn("cloudwatch", "alarm:P-root-usage")}
    other_alarm = {"aws:SourceArn": here.arn("cloudwatch", "alarm:other")}
    their_alarm = {"aws:SourceArn": here.arn("cloudwatch", "alarm:P-root-usage", FOREIGN)}
    rule, their_rule = (
        {"aws:SourceArn": here.arn("events", "rule/P-insights")},
        here.arn("events", "rule/P-insights", FOREIGN),
    )
    budget = {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:budget/{here.prefix}"}
    anomaly = {
        "aws:SourceArn": f"arn:aws:ce::{ACCOUNT}:anomalysubscription/0f0e0d0c-0b0a-0908-0706-050403020100"
    }
    return [
        may("our alarm publishes", ALARMS, PUBLISH, topic, ours | alarm),
        may("our budget publishes", "budgets.amazonaws.com", PUBLISH, topic, ours | budget),
        may("our cost anomaly publishes", "costalerts.amazonaws.com", PUBLISH, topic, ours | anomaly),
        may("our Insights rule publishes by itself", EVENTS, PUBLISH, topic, rule),
        may("an administrator publishes", here.administrator, PUBLISH, topic),
        may_not("another account's alarm", ALARMS, PUBLISH, topic, theirs | their_alarm),
        may_not("an alarm of no project of ours", ALARMS, PUBLISH, topic, ours | other_alarm),
        may_not("CloudWatch without saying for whom", ALARMS, PUBLISH, topic),
        may_not("another account's budget", "budgets.amazonaws.com", PUBLISH, topic, theirs | budget),
        may_not(
            "another account's cost anomaly",
            "costalerts.amazonaws.com",
            PUBLISH,
            topic,
            theirs | {"aws:SourceArn": anomaly["aws:SourceArn"].replace(ACCOUNT, FOREIGN)},
        ),
        may_not("EventBridge without saying for which rule", EVENTS, PUBLISH, topic, ours),
        may_not("another rule", EVENTS, PUBLISH, topic, {"aws:SourceArn": here.arn("events", "rule/other")}),
        may_not("another account's rule", EVENTS, PUBLISH, topic, {"aws:SourceArn": their_rule}),
        may_not("S3", "s3.amazonaws.com", PUBLISH, topic, ours),
        may_not("an administrator over HTTP", here.administrator, PUBLISH, topic, INSECURE),
        may_not("another account's administrator", here.stranger, PUBLISH, topic),
        may_not("another account subscribes", here.stranger, "sns:Subscribe", topic),
        may_not("anyone", "anonymous", PUBLISH, topic),
    ]


def _insights(here: Here) -> list[Case]:
    role = here.role("insights-publisher")
    may, may_not = lines(role)
    topic = here.reference(STACK, "Topic")
    rule = here.arn("events", "rule/P-insights")
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": rule}
    through_sns = {"kms:ViaService": f"sns.{here.region}.amazonaws.com"}
    result = [
        may("EventBridge takes the role for our rule", EVENTS, ASSUME, role, ours),
        may("publishes alerts", role, PUBLISH, topic),
        may_not(
            "EventBridge takes it for another rule",
            EVENTS,
            ASSUME,
            role,
            ours | {"aws:SourceArn": rule + "-x"},
        ),
        may_not(
            "EventBridge takes it for another account",
            EVENTS,
            ASSUME,
            role,
            {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()},
        ),
        may_not("EventBridge does not say for whom", EVENTS, ASSUME, role),
        may_not("Lambda takes the role", "lambda.amazonaws.com", ASSUME, role, ours),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("another account takes the role", here.stranger, ASSUME, role),
        may_not("publishes elsewhere", role, PUBLISH, topic + "-other"),
        may_not("subscribes", role, "sns:Subscribe", topic),
        may_not("opens the topic", role, "sns:SetTopicAttributes", topic),
        may_not("reads audit logs", role, "s3:GetObject", here.arn_of("audit-trail", "TrailBucket") + "/x"),
    ]
    if here.prod:
        key, other = here.arn_of("audit-trail", "Key"), here.arn_of("artifact-stores", "Key")
        result += [
            may("encrypts alerts through SNS", role, "kms:GenerateDataKey", key, through_sns),
            may_not("uses the key by itself", role, "kms:Decrypt", key),
            may_not("uses another key through SNS", role, "kms:Decrypt", other, through_sns),
        ]
    return result
