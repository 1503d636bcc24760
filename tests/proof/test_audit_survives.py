"""The audit trail goes on writing and the alarms go on telling, whatever boundaries and denials there are."""

from __future__ import annotations

from copy import copy

import pytest

from tests.support.proof.account import FOREIGN, VERSION, Account, Request, account, decide
from tests.support.proof.tools import ACCOUNT, ORGANIZATION, SCENARIOS, scenario_targets

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
    return {**_to_the_log_group(here), **_to_the_bucket(here), **_to_a_person(here)}


def _chosen(here: Account, name: str) -> str:
    return scenario_targets(here.name)["audit-trail"].parameters[name]


def _places(here: Account) -> list[tuple[str, str]]:
    """Whose events the trail records, and below which folder and stream it puts them."""
    ours = (f"AWSLogs/{ACCOUNT}", ACCOUNT)
    if _chosen(here, "OrganizationTrail") == "false":
        return [ours]
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
    return [
        ours,
        *((f"AWSLogs/{ORGANIZATION}/{each}", f"{ORGANIZATION}_{each}") for each in (ACCOUNT, FOREIGN)),
    ]


def _to_the_log_group(here: Account) -> dict[str, Request]:
    delivery = here.arn_of("audit-trail", "DeliveryRole")
    group = here.arn("logs", f"log-group:{here.reference('audit-trail', 'LogGroup')}")
    asked = {"CloudTrail takes its role": Request(CLOUDTRAIL, "sts:AssumeRole", delivery)}
    for _, whose in _places(here):
        stream = f"{group}:log-stream:{whose}_CloudTrail_{here.region}"
        asked |= {
            f"a stream is made for {whose}": Request(delivery, "logs:CreateLogStream", stream),
            f"events of {whose} reach the log group": Request(delivery, "logs:PutLogEvents", stream),
        }
    if here.has("audit-trail", "Key"):
        asked["the log group is encrypted"] = Request(
            f"logs.{here.region}.amazonaws.com",
            "kms:Encrypt",
            here.arn_of("audit-trail", "Key"),
            {"kms:EncryptionContext:aws:logs:arn": group},
        )
    return asked


def _to_the_bucket(here: Account) -> dict[str, Request]:
    bucket, prefix = here.arn_of("audit-trail", "TrailBucket"), _chosen(here, "LogPrefix")
    access, logging = here.arn_of("audit-trail", "AccessLogBucket"), "logging.s3.amazonaws.com"
    asked = {
        "access logs reach their bucket": Request(
            logging,
            "s3:PutObject",
            f"{access}/trail-bucket/2026-11-27-00-00-00-0123456789ABCDEF",
            {"aws:SourceArn": bucket, "aws:SourceAccount": ACCOUNT},
        )
    }
    trails = ["Trail", *(["DataTrail"] if here.has("audit-trail", "DataTrail") else [])]
    for name in trails:
        trail = here.arn_of("audit-trail", name)
        ours = {"aws:SourceArn": trail, "aws:SourceAccount": ACCOUNT}
        controls = ours | {"s3:x-amz-acl": "bucket-owner-full-control"}
        asked[f"{name} checks the bucket"] = Request(CLOUDTRAIL, "s3:GetBucketAcl", bucket, ours)
        for folder, _ in _places(here):
            for kind in ("CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight"):
                file = f"{bucket}/{prefix}/{folder}/{kind}/{here.region}/2026/11/27/x.json.gz"
                asked[f"{name}: {kind} reaches {folder}"] = Request(
                    CLOUDTRAIL, "s3:PutObject", file, controls
                )
        if here.has("audit-trail", "Key"):
            asked[f"{name}: logs are encrypted"] = Request(
                CLOUDTRAIL,
                "kms:GenerateDataKey",
                here.arn_of("audit-trail", "Key"),
                ours | {"kms:EncryptionContext:aws:cloudtrail:arn": trail},
            )
    return asked


def _to_a_person(here: Account) -> dict[str, Request]:
    topic, publisher = here.reference("audit-alarms", "Topic"), here.arn_of("audit-alarms", "InsightsRole")
    rule = {"aws:SourceArn": here.arn("events", f"rule/{here.reference('audit-alarms', 'InsightsRule')}")}
    of_account = {"aws:SourceAccount": ACCOUNT}
    alarm = {"aws:SourceArn": here.arn("cloudwatch", f"alarm:{here.reference('audit-alarms', ROOT_USED)}")}
    sources: tuple[dict[str, str], ...] = (
        alarm,
        {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:budget/x"},
        {},
    )
    asked = {
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
        through = {"kms:ViaService": f"sns.{here.region}.amazonaws.com"}
        asked |= {
            "EventBridge encrypts with its role": Request(publisher, generate, key, through),
            "EventBridge encrypts by itself": Request(EVENTS, generate, key),
            **{f"{service} encrypts": Request(service, generate, key, of_account) for service in PUBLISHERS},
        }
    return asked


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_everything_goes_on(scenario: str) -> None:
    """As deployed, and after somebody has put CloudTrail's delivery role under the boundary."""
    here = account(scenario)
    asked = what_must_go_on(here)
    worlds = {"": here, "under the boundary: ": under_the_boundary(here)}
    trials = [
        (f"{where}{what}", there, request)
        for where, there in worlds.items()
        for what, request in asked.items()
    ]
    decisions = decide([(there, request) for _, there, request in trials])
    silent = {
        what: decision.because
        for (what, _, _), decision in zip(trials, decisions, strict=True)
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
    stream = what_must_go_on(here)[f"events of {ACCOUNT} reach the log group"]
    assert [each.allowed for each in decide([(here, stream), (broken, stream)])] == [True, False]


def test_each_call_needs_a_policy() -> None:
    """Or it would go on whatever the stacks say."""
    here = account("prod for an organization")
    asked = what_must_go_on(here)
    nothing = {"Sid": "N", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}
    policy = {"Version": VERSION, "Statement": [nothing]}
    bare = copy(here)
    bare.guarded, bare.roles = dict.fromkeys(here.guarded, policy), dict.fromkeys(here.roles, policy)
    bare.identity = {}
    decisions = decide([(bare, request) for request in asked.values()])
    assert [what for what, each in zip(asked, decisions, strict=True) if each.allowed is not False] == []
    assert len([what for what in asked if ORGANIZATION in what]) == 16
