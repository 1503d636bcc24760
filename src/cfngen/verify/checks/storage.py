"""A bucket is kept as it should be: versions, encryption, nothing public, a life cycle, a log of access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cfngen.aws.calls import CallError, Trouble
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = (
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetLifecycleConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketLogging",
    "s3:ListBucket",
)
_UNSET = {
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchLifecycleConfiguration",
    "ObjectLockConfigurationNotFoundError",
}
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

Ask = Callable[[str], Mapping[str, Any]]
"""The answer to one of S3's operations about the bucket; {} where nothing is set."""


def check(claim: Claim, world: World) -> Verdict:
    """Check one demand, `given["demand"]`, of the bucket `given["bucket"]`.

    What Cloud Control has told of the bucket is enough to say that it holds. What does not hold by that, or
    is not known, is asked of S3 itself.
    """
    given = claim.given
    if given["demand"] == "objects":
        return _objects(given, world)
    demand = _DEMANDS[given["demand"]]
    if (known := world.known("AWS::S3::Bucket", given["bucket"])) is not None:
        verdict = demand(given, lambda operation: _AS_ANSWER[operation](known))
        if verdict.outcome == "holds":
            return verdict
    return demand(given, partial(_get, world, given["bucket"]))


def _versioning(_: Mapping[str, Any], ask: Ask) -> Verdict:
    status = ask("GetBucketVersioning").get("Status", "off")
    return holds("versioning is on") if status == "Enabled" else fails(f"versioning is {status.lower()}")


def _encryption(given: Mapping[str, Any], ask: Ask) -> Verdict:
    rules = ask("GetBucketEncryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    used = [rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules]
    wanted = given.get("algorithm", "AES256")
    if wanted in used:
        return holds(f"objects are encrypted with {wanted} by default")
    return fails(f"the default encryption is {', '.join(filter(None, used)) or 'not set'}, not {wanted}")


def _private(_: Mapping[str, Any], ask: Ask) -> Verdict:
    blocks = ask("GetPublicAccessBlock").get("PublicAccessBlockConfiguration", {})
    missing = [name for name in _BLOCKS if not blocks.get(name)]
    if missing:
        return fails(f"the public access block lacks {', '.join(missing)}")
    return holds("all four settings of the public access block are on")


def _lifecycle(given: Mapping[str, Any], ask: Ask) -> Verdict:
    rules = ask("GetBucketLifecycleConfiguration").get("Rules", [])
    rule = next((each for each in rules if each.get("ID") == given["rule"]), None)
    if rule is None:
        return fails(f"there is no lifecycle rule {given['rule']}")
    if rule.get("Status") != "Enabled":
        return fails(f"the lifecycle rule {given['rule']} is disabled")
    wanted = {str(name): int(days) for name, days in given.get("transitions", {}).items()}
    found = {each["StorageClass"]: each.get("Days") for each in rule.get("Transitions", ())}
    if found != wanted:
        return fails(f"{given['rule']} moves objects to {_told(found)}, and should to {_told(wanted)}")
    return holds(f"{given['rule']} moves objects to {_told(wanted)}")


def _lock(given: Mapping[str, Any], ask: Ask) -> Verdict:
    retention = (
        ask("GetObjectLockConfiguration")
        .get("ObjectLockConfiguration", {})
        .get("Rule", {})
        .get("DefaultRetention", {})
    )
    if retention.get("Mode") != given["mode"]:
        return fails(f"Object Lock is {retention.get('Mode', 'off')}, and should be {given['mode']}")
    return holds(f"Object Lock is {retention['Mode']} for {retention.get('Days')} days")


def _access_log(given: Mapping[str, Any], ask: Ask) -> Verdict:
    enabled = ask("GetBucketLogging").get("LoggingEnabled")
    if not enabled:
        return fails("access to the bucket is not logged")
    if enabled["TargetBucket"] != given["to"]:
        return fails(f"access is logged to {enabled['TargetBucket']}, and should be to {given['to']}")
    return holds(f"access is logged to {enabled['TargetBucket']}/{enabled.get('TargetPrefix', '')}")


def _objects(given: Mapping[str, Any], world: World) -> Verdict:
    """Whether objects arrive today under a prefix that ends with the day; what is younger may be empty."""
    now = datetime.now(UTC)
    prefix = f"{given['prefix']}{now:%Y/%m/%d}/" if given.get("daily") else given["prefix"]
    answer = world.calls.fresh("s3", "ListObjectsV2", Bucket=given["bucket"], Prefix=prefix, MaxKeys=1000)
    objects = answer.get("Contents", [])
    if objects and answer.get("IsTruncated"):
        return holds(f"more than {len(objects)} objects under {prefix}")
    if objects:
        last = max(each["LastModified"] for each in objects)
        return holds(f"{len(objects)} objects under {prefix}, the last of {last.astimezone(UTC):%H:%M} UTC")
    every = world.calls("s3", "ListObjectsV2", Bucket=given["bucket"], Prefix=given["prefix"], MaxKeys=1)
    if given.get("daily") and every.get("Contents"):
        return not_yet(f"no object under {prefix} yet, and older ones under {given['prefix']}", "later today")
    return not_yet(
        f"no object under {given['prefix']} yet", "in 15 minutes; if then there is none, delivery fails"
    )


def _get(world: World, bucket: str, operation: str) -> dict[str, Any]:
    """The answer; {} where S3 says by an error that nothing is set."""
    try:
        return world.calls("s3", operation, Bucket=bucket)
    except CallError as error:
        response = getattr(error.__cause__, "response", None) or {}
        if error.trouble is not Trouble.DENIED and response.get("Error", {}).get("Code") in _UNSET:
            return {}
        raise


def _told(transitions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} after {days} days" for name, days in transitions.items()) or "nothing"


_DEMANDS: Mapping[str, Callable[[Mapping[str, Any], Ask], Verdict]] = {
    "versioning": _versioning,
    "encryption": _encryption,
    "private": _private,
    "lifecycle": _lifecycle,
    "object lock": _lock,
    "access log": _access_log,
}


def _encryption_answer(bucket: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    named = [
        {"ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault", {})}
        for rule in rules
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": named}}


def _lifecycle_answer(bucket: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = [
        {
            "ID": rule.get("Id"),
            "Status": rule.get("Status"),
            "Transitions": [
                {"StorageClass": each.get("StorageClass"), "Days": each.get("TransitionInDays")}
                for each in rule.get("Transitions", ())
            ],
        }
        for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", ())
    ]
    return {"Rules": rules}


def _logging_answer(bucket: Mapping[str, Any]) -> Mapping[str, Any]:
    logging = bucket.get("LoggingConfiguration", {})
    if "DestinationBucketName" not in logging:
        return {}
    return {
        "LoggingEnabled": {
            "TargetBucket": logging["DestinationBucketName"],
            "TargetPrefix": logging.get("LogFilePrefix", ""),
        }
    }


# The properties of AWS::S3::Bucket as S3's own operations tell them.
_AS_ANSWER: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "GetBucketVersioning": lambda bucket: bucket.get("VersioningConfiguration", {}),
    "GetBucketEncryption": _encryption_answer,
    "GetPublicAccessBlock": lambda bucket: {
        "PublicAccessBlockConfiguration": bucket.get("PublicAccessBlockConfiguration", {})
    },
    "GetBucketLifecycleConfiguration": _lifecycle_answer,
    "GetObjectLockConfiguration": lambda bucket: {
        "ObjectLockConfiguration": bucket.get("ObjectLockConfiguration", {})
    },
    "GetBucketLogging": _logging_answer,
}
