"""AWS Config: reads how things are set up, and writes that to its own bucket."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, INSECURE, OLD_TLS, Case, Here, lines

STACK = "compliance"
CONFIG = "config.amazonaws.com"
OWNER_CONTROLS = {"s3:x-amz-acl": "bucket-owner-full-control"}


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    return [*_bucket(here), *_recorder(here), *_key(here)]


def _for_us(here: Here) -> dict[str, str]:
    return {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": here.arn("config", "configuration-recorder/x")}


def _for_them(here: Here) -> dict[str, str]:
    return {name: text.replace(ACCOUNT, FOREIGN) for name, text in _for_us(here).items()}


def _bucket(here: Here) -> list[Case]:
    may, may_not = lines("ConfigBucketPolicy")
    bucket = here.arn_of(STACK, "ConfigBucket")
    history, someone = f"{bucket}/AWSLogs/{ACCOUNT}/Config/{here.region}/history.json.gz", here.administrator
    ours, theirs = _for_us(here), _for_them(here)
    return [
        may("AWS Config delivers", CONFIG, "s3:PutObject", history, ours | OWNER_CONTROLS),
        may("AWS Config checks the bucket", CONFIG, "s3:GetBucketAcl", bucket, ours),
        may("an administrator reads", someone, "s3:GetObject", history),
        may_not("another account's AWS Config", CONFIG, "s3:PutObject", history, theirs | OWNER_CONTROLS),
        may_not("another account's AWS Config checks it", CONFIG, "s3:GetBucketAcl", bucket, theirs),
        may_not("AWS Config keeps it to itself", CONFIG, "s3:PutObject", history, ours),
        may_not("AWS Config without saying for whom", CONFIG, "s3:PutObject", history, OWNER_CONTROLS),
        may_not(
            "AWS Config writes another account's history",
            CONFIG,
            "s3:PutObject",
            history.replace(f"AWSLogs/{ACCOUNT}", f"AWSLogs/{FOREIGN}"),
            ours | OWNER_CONTROLS,
        ),
        may_not("CloudTrail", "cloudtrail.amazonaws.com", "s3:PutObject", history, ours | OWNER_CONTROLS),
        may_not("an administrator over HTTP", someone, "s3:GetObject", history, INSECURE),
        may_not("an administrator over TLS 1.1", someone, "s3:GetObject", history, OLD_TLS),
        may_not("the SageMaker role", here.role("sagemaker-execution"), "s3:GetObject", history),
        may_not("another account's administrator", here.stranger, "s3:GetObject", history),
        may_not("anyone", "anonymous", "s3:GetObject", history),
    ]


def _recorder(here: Here) -> list[Case]:
    role = here.arn_of(STACK, "RecorderServiceRole")
    may, may_not = lines(role)
    bucket, assume = here.arn_of(STACK, "ConfigBucket"), "sts:AssumeRole"
    history = f"{bucket}/AWSLogs/{ACCOUNT}/Config/x"
    ours, theirs = _for_us(here), _for_them(here)
    return [
        may("AWS Config takes the role", CONFIG, assume, role, ours),
        may("delivers", role, "s3:PutObject", history, OWNER_CONTROLS),
        may("sees how buckets are set up", role, "s3:GetBucketPolicy", here.bucket("mdl")),
        may("sees the trail", role, "cloudtrail:DescribeTrails", "*"),
        may_not("AWS Config takes it for another account", CONFIG, assume, role, theirs),
        may_not("AWS Config does not say for whom", CONFIG, assume, role),
        may_not("EC2 takes the role", "ec2.amazonaws.com", assume, role),
        may_not("an administrator takes the role", here.administrator, assume, role),
        may_not("writes elsewhere in the bucket", role, "s3:PutObject", f"{bucket}/other", OWNER_CONTROLS),
        may_not(
            "writes audit logs",
            role,
            "s3:PutObject",
            here.arn_of("audit-trail", "TrailBucket") + "/x",
        ),
        may_not("reads data", role, "s3:GetObject", here.bucket("dat") + "/raw/sales.csv"),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
        may_not("changes what it sees", role, "s3:PutBucketPolicy", here.bucket("mdl")),
        may_not("stops the trail", role, "cloudtrail:StopLogging", here.arn_of("audit-trail", "Trail")),
    ]


def _key(here: Here) -> list[Case]:
    key = here.arn_of(STACK, "Key")
    may, may_not = lines("Key")
    keeper, generate = here.arn("iam", "role/PlatformAdministrator"), "kms:GenerateDataKey"
    grant, for_aws = "kms:CreateGrant", "kms:GrantIsForAWSResource"
    return [
        may("AWS Config encrypts", CONFIG, generate, key, _for_us(here)),
        may("an administrator reads", here.administrator, "kms:Decrypt", key),
        may("the key's keeper changes its policy", keeper, "kms:PutKeyPolicy", key, holds="nothing"),
        may("a grant for an AWS service", here.administrator, grant, key, {for_aws: "true"}),
        may_not("another account's AWS Config", CONFIG, generate, key, _for_them(here)),
        may_not("AWS Config without saying for whom", CONFIG, generate, key),
        may_not("CloudTrail", "cloudtrail.amazonaws.com", generate, key, _for_us(here)),
        may_not("the key's keeper reads", keeper, "kms:Decrypt", key, holds="nothing"),
        may_not(
            "another role changes its policy", here.administrator, "kms:PutKeyPolicy", key, holds="nothing"
        ),
        may_not("a grant for a person", here.administrator, grant, key, {for_aws: "false"}),
        may_not("a grant for nobody in particular", here.administrator, grant, key),
        may_not("a role without permissions", here.administrator, "kms:Decrypt", key, holds="nothing"),
        may_not("the SageMaker role", here.role("sagemaker-execution"), "kms:Decrypt", key),
        may_not("another account's administrator", here.stranger, "kms:Decrypt", key),
    ]
