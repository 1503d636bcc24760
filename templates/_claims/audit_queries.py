"""Query results: as secret as the logs that they are from."""

from __future__ import annotations

from templates._claims.table import INSECURE, OLD_TLS, Case, Here, lines

STACK = "audit-queries"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    may, may_not = lines("ResultsBucketPolicy")
    bucket = here.arn_of(STACK, "ResultsBucket")
    result = f"{bucket}/results/query.csv"
    someone = here.administrator
    return [
        may("an administrator's query writes results", someone, "s3:PutObject", result),
        may("an administrator reads results", someone, "s3:GetObject", result),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
        may_not("over HTTP", someone, "s3:GetObject", result, INSECURE),
        may_not("written over HTTP", someone, "s3:PutObject", result, INSECURE),
        may_not("over TLS 1.1", someone, "s3:GetObject", result, OLD_TLS),
        may_not("listed over HTTP", someone, "s3:ListBucket", bucket, INSECURE),
        may_not("a role without permissions", someone, "s3:GetObject", result, holds="nothing"),
        may_not("the SageMaker role", here.role("sagemaker-execution"), "s3:GetObject", result),
        may_not("another account's administrator", here.stranger, "s3:GetObject", result),
        may_not("another account's administrator lists", here.stranger, "s3:ListBucket", bucket),
        may_not("anyone", "anonymous", "s3:GetObject", result),
    ]
