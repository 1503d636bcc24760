"""The audit trail goes on writing and the alarms go on telling, whatever boundaries and denials there are."""

from __future__ import annotations

from copy import copy

import pytest

from tests.support.proof.account import Account, Request, account, decide
from tests.support.proof.tools import ACCOUNT, SCENARIOS

CLOUDTRAIL, EVENTS = "cloudtrail.amazonaws.com", "events.amazonaws.com"
ROOT_USED = "RootUsageAlarm"
PUBLISHERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com")


def under_the_boundary(here: Account) -> Account:
    """The same account, in which somebody has put CloudTrail's delivery role under the boundary."""
    changed = copy(here)
    delivery = here.arn_of("audit-trail", "DeliveryRole")
    changed.boundary = {**here.boundary, delivery: here.reference("delivery-roles", "Boundary")}
    return changed


def what_must_go_on(here: Account) -> dict[str, Request]:
    """Each call on the way from an event to the bucket, to the log group and to a person."""
    delivery, trail = here.arn_of("audit-trail", "DeliveryRole"), here.arn_of("audit-trail", "Trail")
    group = here.arn("logs", f"log-group:{here.reference('audit-trail', 'LogGroup')}")
    stream = f"{group}:log-stream:{ACCOUNT}_CloudTrail_{here.region}"
    bucket, topic = here.arn_of("audit-trail", "TrailBucket"), here.reference("audit-alarms", "Topic")
    ours = {"aws:SourceArn": trail, "aws:SourceAccount": ACCOUNT}
    log = f"{bucket}/mlops-logs/AWSLogs/{ACCOUNT}/CloudTrail/{here.region}/2026/11/27/events.json.gz"
    publisher = here.arn_of("audit-alarms", "InsightsRole")
    rule = {"aws:SourceArn": here.arn("events", f"rule/{here.reference('audit-alarms', 'InsightsRule')}")}
    of_account = {"aws:SourceAccount": ACCOUNT}
    alarm = {"aws:SourceArn": here.arn("cloudwatch", f"alarm:{here.reference('audit-alarms', ROOT_USED)}")}
    sources: tuple[dict[str, str], ...] = (
        alarm,
        {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:budget/x"},
        {},
    )
    asked = {
        "CloudTrail takes its role": Request(CLOUDTRAIL, "sts:AssumeRole", delivery),
        "a stream is made": Request(delivery, "logs:CreateLogStream", stream),
        "events reach the log group": Request(delivery, "logs:PutLogEvents", stream),
        "the bucket is checked": Request(CLOUDTRAIL, "s3:GetBucketAcl", bucket, ours),
        "logs reach the bucket": Request(
            CLOUDTRAIL, "s3:PutObject", log, ours | {"s3:x-amz-acl": "bucket-owner-full-control"}
        ),
        "EventBridge takes its role": Request(EVENTS, "sts:AssumeRole", publisher, of_account | rule),
        "EventBridge publishes with its role": Request(publisher, "sns:Publish", topic),
        "EventBridge publishes by itself": Request(EVENTS, "sns:Publish", topic, rule),
        **{
            f"{service} publishes": Request(service, "sns:Publish", topic, of_account | source)
            for service, source in zip(PUBLISHERS, sources, strict=True)
        },
    }
    if here.has("audit-trail", "Key"):
        key, generate = here.arn_of("audit-trail", "Key"), "kms:GenerateDataKey"
        context = {"kms:EncryptionContext:aws:cloudtrail:arn": trail}
        through = {"kms:ViaService": f"sns.{here.region}.amazonaws.com"}
        asked |= {
            "logs are encrypted": Request(CLOUDTRAIL, generate, key, ours | context),
            "the log group is encrypted": Request(
                f"logs.{here.region}.amazonaws.com",
                "kms:Encrypt",
                key,
                {"kms:EncryptionContext:aws:logs:arn": group},
            ),
            "EventBridge encrypts with its role": Request(publisher, generate, key, through),
            "EventBridge encrypts by itself": Request(EVENTS, generate, key),
            **{f"{service} encrypts": Request(service, generate, key, of_account) for service in PUBLISHERS},
        }
    return asked


@pytest.mark.parametrize("bounded", [False, True], ids=["as deployed", "delivery role under the boundary"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_everything_goes_on(scenario: str, bounded: bool) -> None:
    here = under_the_boundary(account(scenario)) if bounded else account(scenario)
    asked = what_must_go_on(here)
    decisions = decide([(here, request) for request in asked.values()])
    silent = {
        what: decision.because
        for what, decision in zip(asked, decisions, strict=True)
        if decision.allowed is not True
    }
    assert silent == {}


def test_a_boundary_that_denies_without_exception_is_noticed() -> None:
    """It would stop the delivery, and every alarm would go silent."""
    here = under_the_boundary(account("prod"))
    boundary = here.reference("delivery-roles", "Boundary")
    ceiling = here.managed(boundary)
    unconditional = {
        **ceiling,
        "Statement": [
            {name: part for name, part in each.items() if name != "Condition" or each["Effect"] == "Allow"}
            for each in ceiling["Statement"]
        ],
    }
    broken = copy(here)
    broken.__dict__["_managed"] = {**here.__dict__["_managed"], boundary: unconditional}
    stream = what_must_go_on(here)["events reach the log group"]
    assert [each.allowed for each in decide([(here, stream), (broken, stream)])] == [True, False]
