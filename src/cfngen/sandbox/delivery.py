"""A trail that delivers: what the sandbox records becomes log files, log group events and signed digests.

Every second or so, what was recorded since is written for each trail that is logging, as CloudTrail would:
gzipped below the trail's prefix, to its log group, and in a digest file signed by a key of the sandbox. Only
management events are delivered. Where the bucket's policy does not let this trail in, nothing is written and
the trail's status says so.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudtrail, s3

from cfngen.sandbox import private

SECONDS = 1.0
STATUS = "_Delivery"
"""Where a trail keeps what GetTrailStatus says of its deliveries."""

_CHAIN = "_Chain"
_OBJECT_CALLS = {"GetObject", "PutObject", "DeleteObject", "HeadObject", "CopyObject"}
_PENDING: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
_LOCK = threading.Lock()


def install() -> None:
    """Take what is recorded, and deliver it from a thread of its own; once a process."""
    private.cloudtrail.recording_enabled = True
    private.cloudtrail.TRAIL_STATE_KEYS |= {STATUS, _CHAIN}
    by_itself = cloudtrail.record_event

    def record(**given: Any) -> None:
        by_itself(**_named(given))
        record_of = json.loads(private.cloudtrail.get_event_queue()[-1]["CloudTrailEvent"])
        if record_of["eventName"] not in _OBJECT_CALLS:
            with _LOCK:
                _PENDING[get_account_id(), get_region()].append(_as_delivered(record_of))

    cloudtrail.record_event = record
    threading.Thread(target=_forever, name="trail delivery", daemon=True).start()


def reset() -> None:
    """Forget what was not delivered yet."""
    with _LOCK:
        _PENDING.clear()


def _named(given: dict[str, Any]) -> dict[str, Any]:
    """The same with the name of a call that says it in its body, which MiniStack's recording overlooks."""
    parameters = dict(given["request_params"] or {})
    action = parameters.pop("Action", None)
    if action is None or not given["event_name"].startswith("POST."):
        return given
    parameters.pop("Version", None)
    return given | {"event_name": action, "request_params": parameters}


def _as_delivered(record: dict[str, Any]) -> dict[str, Any]:
    """The record with what MiniStack leaves out, and with names as CloudTrail writes them: `stackName`."""
    return record | {
        "requestParameters": _camel(record.get("requestParameters")),
        "readOnly": record["readOnly"] in {True, "true"},
        "managementEvent": True,
        "eventCategory": "Management",
    }


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _camel(member) for name, member in value.items()}
    return [_camel(member) for member in value] if isinstance(value, list) else value


def _forever() -> None:
    while True:
        time.sleep(SECONDS)
        with _LOCK:
            taken = dict(_PENDING)
            _PENDING.clear()
        for (account, region), events in taken.items():
            with request_scope(account, region):
                for _, _, trail in private.cloudtrail.visible_trail_items():
                    if trail.get("IsLogging"):
                        _attempt(trail, events)


def _attempt(trail: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """One delivery. Where it fails, the trail's status and the log say why, and the next ones are tried."""
    status = trail.setdefault(STATUS, {})
    now = datetime.now(UTC)
    try:
        _deliver(trail, events, status, now)
    except Exception as error:
        status["LatestDeliveryError"] = f"{type(error).__name__}: {error}"
        logging.getLogger(__name__).exception("the trail %s was not delivered", trail.get("Name"))


def _deliver(
    trail: dict[str, Any], events: list[dict[str, Any]], status: dict[str, Any], now: datetime
) -> None:
    status["LatestDeliveryAttemptTime"] = now.timestamp()
    log = _Log(trail, now)
    if refusal := log.refused(log.key):
        status["LatestDeliveryError"] = refusal
        return
    content = json.dumps({"Records": events}, separators=(",", ":")).encode()
    log.put(log.key, gzip.compress(content))
    status.pop("LatestDeliveryError", None)
    status["LatestDeliveryTime"] = now.timestamp()
    _to_log_group(trail, events, status, now)
    if trail.get("LogFileValidationEnabled"):
        _digest(trail, log, content, status)


class _Log:
    """Where a trail writes."""

    def __init__(self, trail: Mapping[str, Any], now: datetime) -> None:
        self.trail, self.now = trail, now
        self.bucket = trail["S3BucketName"]
        self.account, self.region = get_account_id(), get_region()
        prefix = f"{trail['S3KeyPrefix']}/" if trail.get("S3KeyPrefix") else ""
        self.base = f"{prefix}AWSLogs/{self.account}"
        name = f"{self.account}_CloudTrail_{self.region}_{now:%Y%m%dT%H%MZ}_{secrets.token_hex(8)}"
        self.key = f"{self.base}/CloudTrail/{self.region}/{now:%Y/%m/%d}/{name}.json.gz"

    def digest_key(self, end: datetime) -> str:
        """Where the digest that ends then lies."""
        name = (
            f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail['Name']}_{self.trail['HomeRegion']}"
        )
        folder = f"{self.base}/CloudTrail-Digest/{self.region}/{end:%Y/%m/%d}"
        return f"{folder}/{name}_{end:%Y%m%dT%H%M%SZ}.json.gz"

    def refused(self, key: str) -> str:
        """Why the bucket does not take the trail's files; empty where it does."""
        if private.s3.ensure_bucket(self.bucket) is None:
            return "NoSuchBucket"
        found = s3.bucket_policy_for_arn(f"arn:aws:s3:::{self.bucket}/{key}")
        asked = iam_evaluator.EvalContext(
            principal_arn="cloudtrail.amazonaws.com",
            principal_type="Service",
            principal_account=self.account,
            action="s3:PutObject",
            resource_arn=f"arn:aws:s3:::{self.bucket}/{key}",
            region=self.region,
            secure_transport=True,
            service_context={
                "aws:sourcearn": self.trail["TrailARN"],
                "aws:sourceaccount": self.account,
                "s3:x-amz-acl": "bucket-owner-full-control",
                "s3:tlsversion": "1.3",
                "aws:principalservicename": "cloudtrail.amazonaws.com",
            },
        )
        service = "cloudtrail.amazonaws.com"
        policy = found[0] if found else None
        decision = iam_evaluator.evaluate_resource_policy(policy, asked, service=service).decision
        return "" if decision == "Allow" else "AccessDenied"

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        headers = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
        private.s3.put_object(self.bucket, key, body, {"content-type": "application/json", **headers})


def _to_log_group(
    trail: Mapping[str, Any], events: list[dict[str, Any]], status: dict[str, Any], now: datetime
) -> None:
    arn = trail.get("CloudWatchLogsLogGroupArn")
    if not arn:
        return
    place, _, group = arn.removesuffix(":*").partition(":log-group:")
    stream = f"{get_account_id()}_CloudTrail_{get_region()}"
    messages = [{"timestamp": int(now.timestamp() * 1000), "message": json.dumps(event)} for event in events]
    # The events of every Region go to the one group, which is in the trail's own.
    with request_scope(get_account_id(), place.split(":")[3]):
        found = private.cloudwatch_logs.log_groups.get(group)
        if found is None:
            status["LatestCloudWatchLogsDeliveryError"] = "ResourceNotFoundException"
            return
        if stream not in found["streams"]:
            private.cloudwatch_logs.create_log_stream({"logGroupName": group, "logStreamName": stream})
        private.cloudwatch_logs.put_log_events(
            {"logGroupName": group, "logStreamName": stream, "logEvents": messages}
        )
    status.pop("LatestCloudWatchLogsDeliveryError", None)
    status["LatestCloudWatchLogsDeliveryTime"] = now.timestamp()


def _digest(trail: dict[str, Any], log: _Log, content: bytes, status: dict[str, Any]) -> None:
    chains = trail.setdefault(_CHAIN, {})
    last = chains.get(log.region)
    # Whole seconds, rounded up: a digest ends after the logging began that it is about.
    now = log.now.replace(microsecond=0) + timedelta(seconds=1)
    start = last["end"] if last else now - timedelta(seconds=1)
    end = max(now, start + timedelta(seconds=1))
    times = [event["eventTime"] for event in json.loads(content)["Records"]]
    document = {
        "awsAccountId": log.account,
        "digestStartTime": _iso(start),
        "digestEndTime": _iso(end),
        "digestS3Bucket": log.bucket,
        "digestS3Object": log.digest_key(end),
        "digestPublicKeyFingerprint": public_key()["Fingerprint"],
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": max(times),
        "oldestEventTime": min(times),
        "previousDigestS3Bucket": log.bucket if last else None,
        "previousDigestS3Object": last["key"] if last else None,
        "previousDigestHashValue": last["hash"] if last else None,
        "previousDigestHashAlgorithm": "SHA-256" if last else None,
        "previousDigestSignature": last["signature"] if last else None,
        "logFiles": [
            {
                "s3Bucket": log.bucket,
                "s3Object": log.key,
                "hashValue": hashlib.sha256(content).hexdigest(),
                "hashAlgorithm": "SHA-256",
                "newestEventTime": max(times),
                "oldestEventTime": min(times),
            }
        ],
    }
    plain = json.dumps(document, separators=(",", ":")).encode()
    digest = hashlib.sha256(plain).hexdigest()
    signature = _signed(
        "\n".join(
            (
                document["digestEndTime"],
                f"{log.bucket}/{document['digestS3Object']}",
                digest,
                document["previousDigestSignature"] or "null",
            )
        )
    )
    key = document["digestS3Object"]
    metadata = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
    log.put(key, gzip.compress(plain), metadata)
    chains[log.region] = {"end": end, "key": key, "hash": digest, "signature": signature}
    status["LatestDigestDeliveryTime"] = log.now.timestamp()


def _iso(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


@cache
def _private_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, 2048)


def _signed(text: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signature: bytes = _private_key().sign(text.encode(), PKCS1v15(), SHA256())
    return signature.hex()


@cache
def public_key() -> dict[str, Any]:
    """The sandbox's key as an entry of ListPublicKeys: DER in base64, its MD5 as the fingerprint."""
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    value: bytes = _private_key().public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    now = time.time()
    return {
        "Value": b64encode(value).decode(),
        "ValidityStartTime": now - 86_400,
        "ValidityEndTime": now + 365 * 86_400,
        "Fingerprint": hashlib.md5(value, usedforsecurity=False).hexdigest(),
    }
