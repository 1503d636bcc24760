"""The audit trail: written by CloudTrail alone, read by people, changed by nobody."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, INSECURE, OLD_TLS, Case, Here, lines

STACK = "audit-trail"
EVENTS = "events.amazonaws.com"
CLOUDTRAIL = "cloudtrail.amazonaws.com"
ACCESS_LOGS = "logging.s3.amazonaws.com"
OWNER_CONTROLS = {"s3:x-amz-acl": "bucket-owner-full-control"}


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    return [*_bucket(here), *_access_logs(here), *_delivery_role(here), *(_key(here) if here.prod else [])]


def _bucket(here: Here) -> list[Case]:
    may, may_not = lines("TrailBucketPolicy")
    bucket = here.arn_of(STACK, "TrailBucket")
    log = f"{bucket}/mlops-logs/AWSLogs/{ACCOUNT}/CloudTrail/{here.region}/2026/11/24/events.json.gz"
    trail = here.arn_of(STACK, "Trail")
    ours = {"aws:SourceArn": trail, "aws:SourceAccount": ACCOUNT}
    theirs = {"aws:SourceArn": trail.replace(ACCOUNT, FOREIGN), "aws:SourceAccount": FOREIGN}
    other = {"aws:SourceArn": here.arn("cloudtrail", "trail/other"), "aws:SourceAccount": ACCOUNT}
    someone = here.administrator
    return [
        may("our trail delivers", CLOUDTRAIL, "s3:PutObject", log, ours | OWNER_CONTROLS),
        may("our trail checks the bucket", CLOUDTRAIL, "s3:GetBucketAcl", bucket, ours),
        may("an administrator reads a log", someone, "s3:GetObject", log),
        may("an administrator lists the logs", someone, "s3:ListBucket", bucket),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
        may_not("another account's trail delivers", CLOUDTRAIL, "s3:PutObject", log, theirs | OWNER_CONTROLS),
        may_not("another account's trail checks it", CLOUDTRAIL, "s3:GetBucketAcl", bucket, theirs),
        may_not(
            "another trail of this account delivers", CLOUDTRAIL, "s3:PutObject", log, other | OWNER_CONTROLS
        ),
        may_not("our trail keeps the log to itself", CLOUDTRAIL, "s3:PutObject", log, ours),
        may_not(
            "our trail writes another account's logs",
            CLOUDTRAIL,
            "s3:PutObject",
            log.replace(ACCOUNT, FOREIGN),
            ours | OWNER_CONTROLS,
        ),
        may_not("our trail reads", CLOUDTRAIL, "s3:GetObject", log, ours),
        may_not(
            "AWS Config delivers here", "config.amazonaws.com", "s3:PutObject", log, ours | OWNER_CONTROLS
        ),
        may_not("an administrator overwrites a log", someone, "s3:PutObject", log, OWNER_CONTROLS),
        may_not("an administrator deletes a log", someone, "s3:DeleteObject", log),
        may_not("an administrator deletes a version", someone, "s3:DeleteObjectVersion", log),
        may_not("an administrator shortens the retention", someone, "s3:PutObjectRetention", log),
        may_not("an administrator lifts the lock", someone, "s3:BypassGovernanceRetention", log),
        may_not("an administrator reads over HTTP", someone, "s3:GetObject", log, INSECURE),
        may_not("an administrator reads over TLS 1.1", someone, "s3:GetObject", log, OLD_TLS),
        may_not("an administrator lists over HTTP", someone, "s3:ListBucket", bucket, INSECURE),
        may_not("another account's administrator reads", here.stranger, "s3:GetObject", log),
        may_not("anyone reads", "anonymous", "s3:GetObject", log),
        may_not("anyone writes", "anonymous", "s3:PutObject", log, OWNER_CONTROLS),
    ]


def _access_logs(here: Here) -> list[Case]:
    may, may_not = lines("AccessLogBucketPolicy")
    bucket = here.arn_of(STACK, "AccessLogBucket")
    log = f"{bucket}/trail-bucket/2026-11-24"
    trail_bucket = {"aws:SourceArn": here.arn_of(STACK, "TrailBucket")}
    ours, theirs = {"aws:SourceAccount": ACCOUNT}, {"aws:SourceAccount": FOREIGN}
    someone = here.administrator
    return [
        may("the trail bucket's access is logged", ACCESS_LOGS, "s3:PutObject", log, ours | trail_bucket),
        may(
            "the data bucket's access is logged",
            ACCESS_LOGS,
            "s3:PutObject",
            log,
            ours | {"aws:SourceArn": here.bucket("dat")},
        ),
        may("an administrator reads", someone, "s3:GetObject", log),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
        may_not(
            "another account's bucket of that name", ACCESS_LOGS, "s3:PutObject", log, theirs | trail_bucket
        ),
        may_not(
            "another bucket of this account",
            ACCESS_LOGS,
            "s3:PutObject",
            log,
            ours | {"aws:SourceArn": "arn:aws:s3:::b"},
        ),
        may_not("S3 without saying for whom", ACCESS_LOGS, "s3:PutObject", log),
        may_not("S3 reads", ACCESS_LOGS, "s3:GetObject", log, ours | trail_bucket),
        may_not("CloudTrail delivers here", CLOUDTRAIL, "s3:PutObject", log, ours | OWNER_CONTROLS),
        may_not("an administrator reads over HTTP", someone, "s3:GetObject", log, INSECURE),
        may_not("an administrator reads over TLS 1.1", someone, "s3:GetObject", log, OLD_TLS),
        may_not("another account's administrator reads", here.stranger, "s3:GetObject", log),
        may_not("anyone reads", "anonymous", "s3:GetObject", log),
    ]


def _delivery_role(here: Here) -> list[Case]:
    role = here.arn_of(STACK, "DeliveryRole")
    may, may_not = lines(role)
    group = here.reference(STACK, "LogGroup")
    stream = here.arn("logs", f"log-group:{group}:log-stream:{ACCOUNT}_CloudTrail_{here.region}")
    log_group = here.arn("logs", f"log-group:{group}")
    assume = "sts:AssumeRole"
    return [
        may("CloudTrail takes the role", CLOUDTRAIL, assume, role),
        may("makes its stream", role, "logs:CreateLogStream", stream),
        may("makes its second stream", role, "logs:CreateLogStream", f"{stream}_2"),
        may("writes events", role, "logs:PutLogEvents", stream),
        may_not("EC2 takes the role", "ec2.amazonaws.com", assume, role),
        may_not("Lambda takes the role", "lambda.amazonaws.com", assume, role),
        may_not("an administrator takes the role", here.administrator, assume, role),
        may_not("another account takes the role", here.stranger, assume, role),
        may_not("writes another stream", role, "logs:PutLogEvents", stream.replace("CloudTrail", "Other")),
        may_not(
            "writes another account's stream",
            role,
            "logs:PutLogEvents",
            stream.replace("m:" + ACCOUNT, "m:" + FOREIGN),
        ),
        may_not("writes another group", role, "logs:PutLogEvents", stream.replace(group, "other")),
        may_not("makes groups", role, "logs:CreateLogGroup", log_group),
        may_not("deletes its stream", role, "logs:DeleteLogStream", stream),
        may_not("deletes the group", role, "logs:DeleteLogGroup", log_group),
        may_not("shortens the retention", role, "logs:PutRetentionPolicy", log_group),
        may_not("reads events", role, "logs:GetLogEvents", stream),
        may_not("reads the logs in S3", role, "s3:GetObject", here.arn_of(STACK, "TrailBucket") + "/x"),
    ]


def _key(here: Here) -> list[Case]:
    may, may_not = lines("Key")
    key = here.arn_of(STACK, "Key")
    trail = here.arn_of(STACK, "Trail")
    group = here.arn("logs", f"log-group:{here.reference(STACK, 'LogGroup')}")
    logs = f"logs.{here.region}.amazonaws.com"
    ours = {"aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    our_group = {"kms:EncryptionContext:aws:logs:arn": group}
    keeper = here.arn("iam", "role/PlatformAdministrator")
    generate, grant, for_aws = "kms:GenerateDataKey", "kms:CreateGrant", "kms:GrantIsForAWSResource"
    return [
        may("our trail encrypts", CLOUDTRAIL, generate, key, ours),
        may("our trail sees the key", CLOUDTRAIL, "kms:DescribeKey", key, {"aws:SourceArn": trail}),
        may("CloudWatch Logs encrypts our group", logs, "kms:Encrypt", key, our_group),
        may("CloudWatch Logs decrypts our group", logs, "kms:Decrypt", key, our_group),
        may("an alarm publishes", "cloudwatch.amazonaws.com", generate, key, {"aws:SourceAccount": ACCOUNT}),
        may(
            "a cost anomaly is published",
            "costalerts.amazonaws.com",
            generate,
            key,
            {"aws:SourceAccount": ACCOUNT},
        ),
        may("EventBridge publishes, for this account", EVENTS, generate, key, {"aws:SourceAccount": ACCOUNT}),
        may("EventBridge publishes, for nobody in particular", EVENTS, generate, key),
        may_not("another account's EventBridge", EVENTS, generate, key, {"aws:SourceAccount": FOREIGN}),
        may_not("EventBridge deletes it", EVENTS, "kms:ScheduleKeyDeletion", key),
        may("the key's keeper changes its policy", keeper, "kms:PutKeyPolicy", key, holds="nothing"),
        may("an administrator reads logs", here.administrator, "kms:Decrypt", key),
        may("a grant for an AWS service", here.administrator, grant, key, {for_aws: "true"}),
        may_not("another account's trail encrypts", CLOUDTRAIL, generate, key, theirs),
        *(
            may_not(f"a trail with their {name}", CLOUDTRAIL, generate, key, ours | {name: theirs[name]})
            for name in ours
        ),
        may_not("another account's trail sees the key", CLOUDTRAIL, "kms:DescribeKey", key, theirs),
        may_not(
            "CloudWatch Logs encrypts another group",
            logs,
            "kms:Encrypt",
            key,
            {next(iter(our_group)): group + "-x"},
        ),
        may_not(
            "another account's alarm",
            "cloudwatch.amazonaws.com",
            generate,
            key,
            {"aws:SourceAccount": FOREIGN},
        ),
        may_not("the key's keeper reads", keeper, "kms:Decrypt", key, holds="nothing"),
        may_not(
            "another role changes its policy", here.administrator, "kms:PutKeyPolicy", key, holds="nothing"
        ),
        may_not("a grant for a person", here.administrator, grant, key, {for_aws: "false"}),
        may_not("a grant for nobody in particular", here.administrator, grant, key),
        may_not("another account's administrator reads", here.stranger, "kms:Decrypt", key),
        may_not("another account's administrator changes it", here.stranger, "kms:PutKeyPolicy", key),
        may_not("the delivery role reads", here.arn_of(STACK, "DeliveryRole"), "kms:Decrypt", key),
        may_not("a role without permissions reads", here.administrator, "kms:Decrypt", key, holds="nothing"),
    ]
