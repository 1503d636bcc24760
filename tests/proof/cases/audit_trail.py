"""The audit trail once its administrator is named, and once it has a data trail of its own."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines
from tests.support.proof.account import FOREIGN
from tests.support.proof.tools import ACCOUNT

STACK = "audit-trail"
ADMINISTERED = "prod with an audit administrator"
CLOUDTRAIL = "cloudtrail.amazonaws.com"
EVENTS = "events.amazonaws.com"
OWNER_CONTROLS = {"s3:x-amz-acl": "bucket-owner-full-control"}


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    return [*_administered(here), *_data_trail(here)] if here.scenario == ADMINISTERED else []


def _administered(here: Here) -> list[Case]:
    """Once somebody is named, nobody else changes what becomes of the logs."""
    may, may_not = lines("trail bucket's settings")
    bucket, other = here.account.arn_of(STACK, "TrailBucket"), here.account.arn_of(STACK, "AccessLogBucket")
    keeper, someone, execution = (
        here.arn("iam", "role/AuditKeeper"),
        here.administrator,
        here.role("cfn-execution"),
    )
    settings = (
        "PutLifecycleConfiguration",
        "PutBucketVersioning",
        "PutBucketPolicy",
        "DeleteBucketPolicy",
        "PutBucketObjectLockConfiguration",
        "PutEncryptionConfiguration",
        "PutReplicationConfiguration",
    )
    return [
        *(may_not(f"an administrator: {name}", someone, f"s3:{name}", bucket) for name in settings),
        may("the named role sets a lifecycle", keeper, f"s3:{settings[0]}", bucket, holds="everything"),
        may("the named role mends the policy", keeper, "s3:PutBucketPolicy", bucket, holds="everything"),
        may("the pipeline sets a lifecycle", execution, f"s3:{settings[0]}", bucket),
        may("an administrator changes another bucket", someone, f"s3:{settings[0]}", other),
        may_not("the named role deletes a log", keeper, "s3:DeleteObject", f"{bucket}/x", holds="everything"),
        may_not("another account's role", here.stranger, f"s3:{settings[0]}", bucket),
    ]


def _data_trail(here: Here) -> list[Case]:
    """Where data events have a trail of their own, it delivers as the first does."""
    may, may_not = lines("bucket and key of two trails")
    bucket, key = here.account.arn_of(STACK, "TrailBucket"), here.account.arn_of(STACK, "Key")
    first = here.account.arn_of(STACK, "Trail")
    log = f"{bucket}/mlops-logs/AWSLogs/{ACCOUNT}/CloudTrail/{here.region}/2026/11/24/events.json.gz"
    encrypts = "kms:EncryptionContext:aws:cloudtrail:arn"
    found = []
    for name, trail in (("the first", first), ("the second", f"{first}-data")):
        ours = {"aws:SourceArn": trail, "aws:SourceAccount": ACCOUNT}
        found += [
            may(f"{name} delivers", CLOUDTRAIL, "s3:PutObject", log, ours | OWNER_CONTROLS),
            may(f"{name} checks the bucket", CLOUDTRAIL, "s3:GetBucketAcl", bucket, ours),
            may(f"{name} encrypts", CLOUDTRAIL, "kms:GenerateDataKey", key, ours | {encrypts: trail}),
        ]
    for name, trail in (
        ("a third", f"{first}-other"),
        ("another account's second", f"{first}-data".replace(ACCOUNT, FOREIGN)),
    ):
        other = {"aws:SourceArn": trail, "aws:SourceAccount": ACCOUNT}
        found += [
            may_not(f"{name} delivers", CLOUDTRAIL, "s3:PutObject", log, other | OWNER_CONTROLS),
            may_not(f"{name} checks the bucket", CLOUDTRAIL, "s3:GetBucketAcl", bucket, other),
            may_not(f"{name} encrypts", CLOUDTRAIL, "kms:GenerateDataKey", key, other | {encrypts: trail}),
        ]
    return found
